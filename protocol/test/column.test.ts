import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../src/bytes.js';
import { codeOf } from './support/bytes-of.js';

/** Bytes that are mostly varints of a few bytes, some of them cut, overlong or beyond 32 bits. */
const bytes = fc.array(fc.oneof(
  fc.integer({ min: 0, max: 0x7f }).map((a) => [a]),
  fc.tuple(fc.integer({ min: 0x80, max: 0xff }), fc.integer({ min: 0, max: 0xff })),
  fc.tuple(fc.integer({ min: 0x80, max: 0xff }), fc.integer({ min: 0x80, max: 0xff }), fc.integer({ min: 0, max: 0x7f })),
  fc.array(fc.integer({ min: 0, max: 0xff }), { minLength: 4, maxLength: 9 }),
), { maxLength: 12 }).map((parts) => Uint8Array.from(parts.flat()));

describe('a column of numbers', () => {
  it('[PRO3] [PRO9] is read as its numbers one by one are, faults and place afterwards included', () => fc.assert(fc.property(bytes, fc.nat(14), (frame, count) => {
    const [one, all] = [new ByteReader(frame), new ByteReader(frame)];
    const [slow, fast] = [new Uint32Array(count), new Uint32Array(count)];
    const wrong = codeOf(() => { for (let i = 0; i < count; i++) slow[i] = one.bounded(0xffff_ffff); });
    expect(codeOf(() => all.columnU32(fast, count))).toBe(wrong);
    if (wrong === undefined) expect([[...fast], all.offset]).toEqual([[...slow], one.offset]);
  }), { numRuns: 3_000 }));
});
