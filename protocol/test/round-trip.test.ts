import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ByteReader, ByteWriter, decodeAction, decodeBatch, decodeClientMessage, decodeClock, decodeConfirm, decodeDelay, decodeDelayErrors, decodeError, decodeGreeting, decodeJoinRoom,
  decodeKeyframe, decodeQueue, decodeRefused, decodeRoomResponse, decodeTick, decodeTier, decodeWelcome, encodeAction, encodeBatch, encodeClientMessage, encodeClock, encodeConfirm, encodeDelay, encodeDelayErrors, encodeError, errorStep, LIMITS,
  encodeGreeting, encodeJoinRoom, encodeKeyframe, encodeQueue, encodeRefused, encodeRoomData, encodeRoomResponse, encodeRoomState, encodeTick, encodeTier, encodeWelcome, ERRORS, FRAME,
  joinPatches,
} from '@crowdcue/protocol';
import * as any from './support/arbitraries.js';
import { codeOf } from './support/bytes-of.js';

/** What is encoded is decoded again, also when it stands somewhere inside a larger buffer, as a socket hands it over. */
const roundTrips = <T>(values: fc.Arbitrary<T>, encode: (value: T) => Uint8Array, decode: (frame: Uint8Array) => T) =>
  fc.assert(fc.property(values, fc.nat(9), (value, before) => {
    const frame = encode(value);
    expect(decode(frame)).toEqual(value);
    const buffer = new Uint8Array(before + frame.length + 3).fill(0xff);
    buffer.set(frame, before);
    expect(decode(buffer.subarray(before, before + frame.length))).toEqual(value);
  }));

describe('frames of a viewer', () => {
  it('[PRO1] action', () => roundTrips(any.action, encodeAction, decodeAction));
  it('[PRO1] tier', () => roundTrips(any.tier, encodeTier, decodeTier));
  it('[PRO1] clock question and answer', () => roundTrips(any.clock, encodeClock, decodeClock));
  it('[PRO1] delay', () => roundTrips(any.delay, encodeDelay, decodeDelay));
  it('[PRO1] queue', () => roundTrips(any.queue, encodeQueue, decodeQueue));
  it('[PRO1] welcome', () => roundTrips(any.welcome, encodeWelcome, decodeWelcome));
  it('[PRO1] confirm', () => roundTrips(any.safe, encodeConfirm, decodeConfirm));
  it('[PRO1] refused', () => roundTrips(fc.record({ n: any.safe, code: any.error }), ({ n, code }) => encodeRefused(n, code), decodeRefused));
  it('[PRO1] join room', () => roundTrips(any.joinRoom, encodeJoinRoom, decodeJoinRoom));

  it('[PRO1] error', () => fc.assert(fc.property(any.error, (code) => {
    expect(decodeError(encodeError(code))).toEqual({ wire: ERRORS[code].wire, message: `${code}: ${ERRORS[code].message}` });
  })));

  it('[PRO1] room data', () => fc.assert(fc.property(any.text, any.bytes, (type, payload) => {
    expect(decodeClientMessage(encodeRoomData(type, payload))).toEqual({ kind: 'data', requestId: 0, type, payload });
  })));

  it('[PRO1] data, byte messages and requests', () => roundTrips(any.clientMessage, encodeClientMessage, decodeClientMessage));

  it('[PRO1] room response', () => roundTrips(any.roomResponse, (r) => encodeRoomResponse(r.requestId, r.status as 0 | 1 | 2, r.payload), decodeRoomResponse));

  it('[PRO1] state bodies go through unchanged, joined ones with the switch to the root between', () => fc.assert(fc.property(
    any.bytes, fc.array(any.bytes, { maxLength: 8 }), (body, bodies) => {
      expect([...encodeRoomState(body)]).toEqual([FRAME.roomState, ...body]);
      expect([...joinPatches(bodies)]).toEqual([FRAME.roomStatePatch, ...bodies.flatMap((b, i) => (i === 0 ? [...b] : [0xff, 0x00, ...b]))]);
    })));
});

describe('frames of a link', () => {
  it('[PRO1] greeting', () => roundTrips(any.greeting, encodeGreeting, decodeGreeting));
  it('[PRO1] delay errors', () => roundTrips(fc.array(fc.record({ error: fc.nat(LIMITS.delayMs), viewers: fc.nat(LIMITS.linkSlots) }), { maxLength: 60 }), encodeDelayErrors, decodeDelayErrors));
  it('[PRO1] an error counts in its step: never smaller than it is, below 51 ms more up to a second and below 1,001 above', () => {
    for (let error = 0; error <= LIMITS.delayMs; error++) {
      const more = errorStep(error) - error;
      if (more < 0 || more >= (error <= 1_000 ? 50 : 1_000)) expect.fail(`${error} counts as ${errorStep(error)}`);
    }
    expect(errorStep(LIMITS.delayMs)).toBe(LIMITS.delayMs);
  });
  it('[PRO1] keyframe', () => roundTrips(any.keyframe, encodeKeyframe, decodeKeyframe));
  it('[PRO1] tick', () => roundTrips(any.tick, encodeTick, decodeTick));
  it('[PRO1] batch', () => roundTrips(any.rowBatch, (b) => encodeBatch(any.batchOf(b)), (f) => any.rowBatchOf(decodeBatch(f))));
});

describe('what a decoder hands out', () => {
  it('[PRO2] link frames and joins own their bytes: the socket may take its buffer back', () => fc.assert(fc.property(
    any.tick, any.keyframe, any.greeting, any.joinRoom, any.rowBatch, (tick, keyframe, greeting, joinRoom, batch) => {
      const lent = <T>(frame: Uint8Array, decode: (f: Uint8Array) => T): T => {
        const value = decode(frame);
        frame.fill(0xee);
        return value;
      };
      expect(lent(encodeTick(tick), decodeTick)).toEqual(tick);
      expect(lent(encodeKeyframe(keyframe), decodeKeyframe)).toEqual(keyframe);
      expect(lent(encodeGreeting(greeting), decodeGreeting)).toEqual(greeting);
      expect(lent(encodeJoinRoom(joinRoom), decodeJoinRoom)).toEqual(joinRoom);
      expect(any.rowBatchOf(lent(encodeBatch(any.batchOf(batch)), decodeBatch))).toEqual(batch);
    }), { numRuns: 40 }));

  it('[PRO2] an encoded frame is not touched by the next one', () => {
    const first = encodeConfirm(1);
    encodeConfirm(2);
    expect(decodeConfirm(first)).toBe(1);
  });
});

describe('numbers and text', () => {
  const number = (value: number) => new ByteWriter(1).varint(value).bytes();

  it('[PRO3] a varint has one form, the shortest, of at most 8 bytes', () => fc.assert(fc.property(any.safe, (value) => {
    const bytes = number(value);
    expect(bytes.length).toBe(Math.max(1, Math.ceil(value.toString(2).length / 7)));
    expect(new ByteReader(bytes).varint()).toBe(value);
    const longer = bytes.slice();
    longer[longer.length - 1]! |= 0x80;
    expect(codeOf(() => new ByteReader(new Uint8Array([...longer, 0])).varint())).toBe('frame_malformed');
  })));

  it('[PRO3] a varint that goes on for ever, or past 2^53 - 1, is malformed', () => {
    expect(codeOf(() => new ByteReader(new Uint8Array([...new Uint8Array(400).fill(0x80), 0])).varint())).toBe('frame_malformed');
    expect(codeOf(() => new ByteReader(new Uint8Array([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10])).varint())).toBe('frame_malformed');
    expect(new ByteReader(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f])).varint()).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('[PRO3] a writer refuses what no reader could read back', () => {
    for (const value of [-1, Number.NaN, Infinity, -Infinity, 2 ** 53]) expect(() => number(value), String(value)).toThrow(RangeError);
    expect(() => encodeJoinRoom({ reconnectionToken: 'é'.repeat(128), reflection: new Uint8Array() })).toThrow(RangeError);
  });

  it('[PRO3] text that is not UTF-8 is malformed', () => {
    for (const bad of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      const frame = new ByteWriter(8).block(new Uint8Array(bad)).bytes();
      expect(codeOf(() => new ByteReader(frame).text())).toBe('frame_malformed');
    }
  });

  it('[PRO3] times that are not finite are malformed', () => {
    for (const sent of [Number.NaN, Infinity, -Infinity]) expect(codeOf(() => decodeClock(encodeClock({ sent })))).toBe('frame_malformed');
  });
});
