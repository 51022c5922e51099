import fc from 'fast-check';
import { getMessageBytes } from '@colyseus/core';
import { decode, encode } from '@colyseus/schema';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import {
  ByteReader, ByteWriter, decodeClientMessage, decodeJoinRoom, encodeError, encodeJoinRoom, encodeRoomData, encodeRoomResponse, ERRORS, FRAME, type ErrorCode,
} from '@crowdcue/protocol';
import { bytes, text, u32, upTo } from './support/arbitraries.js';
import { plain, toHex } from './support/bytes-of.js';

const packr = new Packr({ useRecords: false });
/** Colyseus's own bytes of a number or string. */
const theirs = (write: (buffer: Uint8Array, at: { offset: number }) => unknown, capacity: number): Uint8Array => {
  const buffer = new Uint8Array(capacity);
  const at = { offset: 0 };
  write(buffer, at);
  return buffer.slice(0, at.offset);
};

describe('against the encoders of Colyseus 0.18', () => {
  it('[PRO5] numbers to 2^31 - 1 are the bytes of @colyseus/schema', () => {
    const same = (value: number) => {
      expect(toHex(new ByteWriter(1).colyNumber(value).bytes()), String(value)).toBe(toHex(theirs((b, at) => encode.number(b as never, value, at), 16)));
    };
    for (let value = 0; value < 0x1_0200; value++) same(value);
    fc.assert(fc.property(upTo(0x7fff_ffff), same));
  });

  it('[PRO5] numbers to 2^32 - 1 are read by @colyseus/schema', () => fc.assert(fc.property(u32, (value) => {
    const ours = new ByteWriter(1).colyNumber(value).bytes();
    expect(decode.number(ours as never, { offset: 0 })).toBe(value);
    expect(new ByteReader(ours).colyNumber()).toBe(value);
  })));

  it('[PRO5] strings of every length class are the bytes of @colyseus/schema', () => {
    const same = (value: string) => {
      const ours = new ByteWriter(1).colyString(value).bytes();
      expect(toHex(ours)).toBe(toHex(theirs((b, at) => encode.string(b as never, value, at), value.length * 4 + 16)));
      const r = new ByteReader(ours);
      expect(r.isColyString()).toBe(true);
      expect(r.colyString()).toBe(value);
      expect(r.left).toBe(0);
    };
    for (const length of [0, 1, 31, 32, 255, 256, 65_535, 65_536]) same('x'.repeat(length));
    fc.assert(fc.property(text, same));
  });

  it('[PRO5] JOIN_ROOM', () => fc.assert(fc.property(
    fc.string({ unit: 'binary', maxLength: 60 }), fc.oneof(bytes, upTo(70_000).map((length) => new Uint8Array(length).fill(7))), (reconnectionToken, reflection) => {
      const frame = encodeJoinRoom({ reconnectionToken, reflection });
      expect(toHex(frame)).toBe(toHex(getMessageBytes[FRAME.joinRoom](reconnectionToken, 'schema', reflection)));
      expect(toHex(decodeJoinRoom(frame).reflection)).toBe(toHex(reflection));
    })));

  it('[PRO5] ERROR of every code', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      expect(encodeError(code)).toEqual(plain(getMessageBytes[FRAME.error](ERRORS[code].wire, `${code}: ${ERRORS[code].message}`)));
    }
  });

  it('[PRO5] ROOM_DATA, and what a stock client sends is read', () => fc.assert(fc.property(
    fc.oneof(text, upTo(0x7fff_ffff)), fc.jsonValue(), bytes, (type, value, raw) => {
      const packed = plain(packr.pack(value));
      if (typeof type === 'string') expect(encodeRoomData(type, packed)).toEqual(plain(getMessageBytes.raw(FRAME.roomData, type, value)));
      expect(decodeClientMessage(plain(getMessageBytes.raw(FRAME.roomData, type, value)))).toEqual({ kind: 'data', requestId: 0, type, payload: packed });
      expect(decodeClientMessage(plain(getMessageBytes.raw(FRAME.roomDataBytes, type, undefined, raw)))).toEqual({ kind: 'bytes', requestId: 0, type, payload: raw });
    })));

  it('[PRO5] ROOM_RESPONSE', () => fc.assert(fc.property(
    upTo(0x7fff_ffff), fc.constantFrom(0 as const, 1 as const, 2 as const), fc.option(fc.jsonValue(), { nil: undefined }), (id, status, value) => {
      const packed = value === undefined ? new Uint8Array() : plain(packr.pack(value));
      expect(encodeRoomResponse(id, status, packed)).toEqual(plain(getMessageBytes[FRAME.roomResponse](id, status, value)));
    })));
});
