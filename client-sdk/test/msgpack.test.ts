import fc from 'fast-check';
import { Packr, Unpackr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { CrowdcueError } from '@crowdcue/protocol';
import { decodeMsgpack } from '../src/msgpack.js';
import { encodeMsgpack } from '../src/msgpack-encode.js';

// As Colyseus's messages are packed.
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof CrowdcueError)) throw error;
    return error.code;
  }
};

const leaf = fc.oneof(
  fc.constantFrom(null, undefined, true, false), fc.integer().map((n) => n + 0), fc.maxSafeInteger().map((n) => n + 0), fc.double().map((n) => n + 0),
  fc.constantFrom(-33, -32, -1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1),
  fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 0, max: 70_000 }).map((n) => 'x'.repeat(n)), fc.uint8Array({ maxLength: 300 }),
);
const key = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__'); // msgpackr renames it
const message = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('any'), { maxLength: 20 }), fc.dictionary(key, tie('any'), { maxKeys: 20, noNullPrototype: true })),
})).any;

/** msgpackr gives bytes as Buffers. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)])) : value;
};

describe('msgpack', () => {
  it('[SDK40] reads what the origin packs, and packs what the origin reads', () => {
    fc.assert(fc.property(message, (value) => {
      expect(decodeMsgpack(packr.pack(value))).toEqual(value);
      expect(plain(unpackr.unpack(encodeMsgpack(value)))).toEqual(value);
      expect(decodeMsgpack(encodeMsgpack(value))).toEqual(value);
    }), { numRuns: 500 });
  });

  it('[SDK40] reads the forms that only other packers write: 64 bits, single floats, numbers as keys, wide heads', () => {
    expect(decodeMsgpack(packr.pack(5n))).toBe(5);
    expect(decodeMsgpack(packr.pack(-5n))).toBe(-5);
    expect(decodeMsgpack(bytesOf('cf001fffffffffffff'))).toBe(Number.MAX_SAFE_INTEGER);
    expect(decodeMsgpack(bytesOf('d3ffe0000000000001'))).toBe(Number.MIN_SAFE_INTEGER);
    expect(decodeMsgpack(bytesOf('ca3fc00000'))).toBe(1.5);
    expect(decodeMsgpack(packr.pack(new Map<unknown, unknown>([[1, 'a'], ['b', 2]])))).toEqual({ 1: 'a', b: 2 });
    expect(decodeMsgpack(bytesOf('dd00000001c0'))).toEqual([null]);
    expect(decodeMsgpack(bytesOf('df00000001a16101'))).toEqual({ a: 1 });
    expect(decodeMsgpack(bytesOf('db0000000161'))).toBe('a');
    expect(decodeMsgpack(bytesOf('a2eda0'))).toBe('\ufffd\ufffd'); // half an emoji is no broken connection
  });

  it('[SDK40] writes the shortest form of each value', () => {
    const golden: readonly (readonly [unknown, string])[] = [
      [null, 'c0'], [undefined, 'd40000'], [true, 'c3'], [0, '00'], [-0, '00'], [127, '7f'], [-32, 'e0'], [-33, 'd0df'], [128, 'cc80'], [256, 'cd0100'],
      [65_536, 'ce00010000'], [2 ** 32 - 1, 'ceffffffff'], [2 ** 32, 'cb41f0000000000000'], [-129, 'd1ff7f'], [-32_769, 'd2ffff7fff'], [1.5, 'cb3ff8000000000000'],
      ['é', 'a2c3a9'], ['x'.repeat(32), `d920${'78'.repeat(32)}`], [new Uint8Array([1, 2]), 'c4020102'], [[1, [2]], '92019102'], [{ a: { b: 1 } }, '81a16181a16201'],
      [Array.from({ length: 16 }, () => 1), `dc0010${'01'.repeat(16)}`], [new Map([[1, 2]]), '810102'], [new Date(0), `b8${Buffer.from(new Date(0).toJSON()).toString('hex')}`],
    ];
    for (const [value, bytes] of golden) expect(hex(encodeMsgpack(value)), String(value)).toBe(bytes);
    expect(hex(encodeMsgpack(Object.fromEntries(Array.from({ length: 16 }, (_, i) => [String(i), i])))).slice(0, 6)).toBe('de0010');
  });

  it('[SDK41] answers a message that ends too early with frame_truncated, wherever it ends', () => {
    const whole = packr.pack({ text: 'x'.repeat(300), list: Array.from({ length: 20 }, (_, i) => i * 1000), bytes: new Uint8Array(3), f: 1.5, u: undefined, n: -70_000 });
    for (let end = 0; end < whole.length; end++) expect(codeOf(() => decodeMsgpack(whole.subarray(0, end)))).toBe('frame_truncated');
    for (const head of ['ddffffffff', 'dfffffffff', 'dbffffffff', 'c6ffffffff']) expect(codeOf(() => decodeMsgpack(bytesOf(head)))).toBe('frame_truncated');
  });

  it('[SDK41] answers what means nothing with frame_malformed: extensions, integers beyond a number, odd keys, depth, a rest', () => {
    const bad = ['c1', 'd40001', 'd6ff00000000', 'c7010100', 'cf0020000000000000', 'd3ffe0000000000000', '81c001', '819001', '8180c0', '0000', `${'91'.repeat(65)}00`, `${'81a161'.repeat(65)}00`];
    for (const bytes of bad) expect(codeOf(() => decodeMsgpack(bytesOf(bytes))), bytes).toBe('frame_malformed');
    expect(codeOf(() => decodeMsgpack(bytesOf(`${'91'.repeat(64)}00`)))).toBeUndefined();
    expect(codeOf(() => decodeMsgpack(new Uint8Array(1_000_000).fill(0x91)))).toBe('frame_malformed');
  });

  it('[SDK41] answers garbage with a value or one of its two errors, never with anything else', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect([undefined, 'frame_truncated', 'frame_malformed']).toContain(codeOf(() => decodeMsgpack(bytes)));
    }), { numRuns: 5_000 });
  });

  it('[SDK41] takes __proto__ for a name like any other', () => {
    const value = decodeMsgpack(encodeMsgpack(JSON.parse('{"__proto__":{"banned":true}}'))) as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(value['banned']).toBeUndefined();
  });

  it('[SDK42] refuses to send what a message can not hold, with bad_request', () => {
    const own: unknown[] = [];
    own.push(own);
    for (const value of [() => 1, Symbol('s'), 1n, own, { a: [Symbol('s')] }]) expect(codeOf(() => encodeMsgpack(value))).toBe('bad_request');
  });

  it('gives bytes that are the message\'s own', () => {
    const frame = packr.pack(new Uint8Array([1, 2, 3]));
    const bytes = decodeMsgpack(frame) as Uint8Array;
    frame.fill(0);
    expect([...bytes]).toEqual([1, 2, 3]);
  });
});
