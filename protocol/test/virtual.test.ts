/** What a link carries for virtual clients. Its bytes are part of the wire like those of `golden.test.ts`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BatchBuilder, decodeBatch, decodeLinkSession, decodeVirtualOut, decodeVirtualOutAck, encodeBatch, encodeLinkSession, encodeParts, encodeVirtualOut,
  encodeVirtualOutAck, newActionColumns, PartJoiner, VIRTUAL, type Batch, type VirtualJoin, type VirtualOp, type VirtualOut,
} from '@crowdcue/protocol';
import { codeOf, plain, randomOf, seedOf, toHex } from './support/bytes-of.js';

const JOIN: VirtualJoin = {
  slot: 300, connection: 7, sessionId: 'seat', token: 'tok', reconnection: 'back', skipHandshake: true, address: '192.0.2.1', headers: [['origin', 'é']],
};
const batchWith = (virtualJoins?: readonly VirtualJoin[]): Batch => ({
  n: 1, time: 0, joins: [], actions: { ...newActionColumns(1), length: 0 }, messages: [], leaves: [], ...(virtualJoins && { virtualJoins }),
});
const OUT: VirtualOut = {
  n: 300, acked: 9, ops: [
    { kind: 'direct', slot: 5, frame: new Uint8Array([0x0d, 1]) },
    { kind: 'broadcast', except: [1, 200], frame: new Uint8Array([0x0d]) },
    { kind: 'enter', slot: 5 },
    { kind: 'quiet', slot: 6 },
    { kind: 'close', slot: 6, connection: 2, code: 4000, reason: 'why' },
  ],
};
const hex = (text: string): string => text.replaceAll(' ', '');

describe('golden bytes of virtual clients', () => {
  it('[PRO6] a batch has the section of virtual joins only when there are some', () => {
    expect(toHex(encodeBatch(batchWith()))).toBe('2001000000000000000000000000');
    expect(toHex(encodeBatch(batchWith([])))).toBe('2001000000000000000000000000');
    expect(toHex(encodeBatch(batchWith([JOIN])))).toBe(hex(
      '20010000000000000000 00000000 01 ac02 07 01 0473656174 03746f6b 046261636b 093139322e302e322e31 01 066f726967696e 02c3a9',
    ));
    expect(decodeBatch(encodeBatch(batchWith([JOIN]))).virtualJoins).toEqual([JOIN]);
    expect(decodeBatch(encodeBatch(batchWith())).virtualJoins).toBeUndefined();
  });

  it('[PRO6] operations and their acknowledgement', () => {
    const bytes = encodeVirtualOut(OUT);
    expect(toHex(bytes)).toBe(hex('31 ac02 09 05 0105020d01 02 02 01c801 010d 0305 0406 05 06 02 a00f 03776879'));
    expect(decodeVirtualOut(bytes)).toEqual(OUT);
    expect(toHex(encodeVirtualOutAck(300))).toBe('32ac02');
    expect(decodeVirtualOutAck(encodeVirtualOutAck(300))).toBe(300);
    expect(VIRTUAL).toEqual({ part: 48, out: 49, outAck: 50 });
  });

  it('[PRO6] the session id of a link, and nothing else, reads as one', () => {
    const session = { relayId: 'r-1_a', incarnation: 1_770_000_000_000, from: 3, proof: `${'x'.repeat(43)}.1770000000` };
    const text = `crowdcue-link~r-1_a~1770000000000~3~${'x'.repeat(43)}.1770000000`;
    expect(encodeLinkSession(session)).toBe(text);
    expect(decodeLinkSession(text)).toEqual(session);
    for (const other of ['', 'AbC123xyz', `${text} `, text.replace('~3~', '~-3~'), 'crowdcue-link~~1~1~x', `x${text}`]) expect(decodeLinkSession(other)).toBeUndefined();
  });
});

const byte = fc.uint8Array({ maxLength: 40 }).map(plain);
const slot = fc.nat({ max: 0xffff_ffff });
const op: fc.Arbitrary<VirtualOp> = fc.oneof(
  fc.record({ kind: fc.constant('direct' as const), slot, frame: byte }),
  fc.record({ kind: fc.constant('broadcast' as const), except: fc.array(slot, { maxLength: 4 }), frame: byte }),
  fc.record({ kind: fc.constantFrom('enter' as const, 'quiet' as const), slot }),
  fc.record({ kind: fc.constant('close' as const), slot, connection: fc.nat(), code: fc.nat({ max: 0xffff }), reason: fc.string({ unit: 'grapheme' }) }),
);

describe('frames of virtual clients', () => {
  it('[PRO1] operations, joins and parts', () => {
    fc.assert(fc.property(fc.record({ n: fc.nat(), acked: fc.nat(), ops: fc.array(op, { maxLength: 8 }) }), fc.integer({ min: 3, max: 50 }), (out, size) => {
      const bytes = encodeVirtualOut(out);
      expect(decodeVirtualOut(bytes)).toEqual(out);
      const parts = encodeParts(bytes, size);
      expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(size);
      const joiner = new PartJoiner(bytes.length);
      const joined = parts.map((part) => joiner.take(part));
      expect(joined.slice(0, -1).every((whole) => whole === undefined)).toBe(true);
      expect(joined.at(-1)).toEqual(bytes);
    }), { seed: seedOf('virtual round trip') });
  });

  it('[PRO11] a builder keeps virtual joins for the batch that it makes next', () => {
    const builder = new BatchBuilder();
    builder.virtualJoin(JOIN);
    expect(builder.size).toBe(1);
    expect(decodeBatch(builder.encode(1, 0)).virtualJoins).toEqual([JOIN]);
    expect([builder.size, decodeBatch(builder.encode(2, 0)).virtualJoins]).toEqual([0, undefined]);
  });

  it('[PRO7] cut anywhere they are truncated or malformed, and [PRO8] a byte too many is refused', () => {
    const batch = encodeBatch(batchWith([JOIN]));
    const plainLength = encodeBatch(batchWith()).length;
    const out = encodeVirtualOut(OUT);
    for (let at = 1; at < out.length; at++) expect(codeOf(() => decodeVirtualOut(out.slice(0, at)))).toMatch(/^frame_(truncated|malformed)$/);
    for (let at = plainLength + 1; at < batch.length; at++) expect(codeOf(() => decodeBatch(batch.slice(0, at)))).toMatch(/^frame_(truncated|malformed)$/);
    for (const [frame, decode] of [[out, decodeVirtualOut], [batch, decodeBatch], [encodeVirtualOutAck(1), decodeVirtualOutAck]] as const) {
      expect(codeOf(() => decode(new Uint8Array([...frame, 0])))).toBe('frame_malformed');
    }
  });

  it('[PRO9] random bytes give a value or a frame_ error, and [PRO10] parts make nothing larger than they may', () => {
    const random = randomOf(seedOf('fuzz virtual'));
    const head = encodeBatch(batchWith());
    for (let i = 0; i < 5_000; i++) {
      const noise = new Uint8Array(random(48)).map(() => (random(3) === 0 ? random(4) : random(256)));
      for (const decode of [() => decodeVirtualOut(new Uint8Array([VIRTUAL.out, ...noise])), () => decodeVirtualOutAck(new Uint8Array([VIRTUAL.outAck, ...noise])), () => decodeBatch(new Uint8Array([...head, ...noise]))]) {
        const code = codeOf(decode);
        if (code !== undefined) expect(code).toMatch(/^frame_/);
      }
    }
    const joiner = new PartJoiner(10);
    joiner.take(new Uint8Array([VIRTUAL.part, 0, ...new Uint8Array(8)]));
    expect(codeOf(() => joiner.take(new Uint8Array([VIRTUAL.part, 1, 1, 2, 3])))).toBe('frame_oversize');
    expect(codeOf(() => new PartJoiner(10).take(new Uint8Array([VIRTUAL.part])))).toBe('frame_truncated');
    expect(codeOf(() => decodeVirtualOut(new Uint8Array([0x23, 0])))).toBe('frame_unknown');
  });
});
