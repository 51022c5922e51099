import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ByteReader, ByteWriter, decodeAction, decodeBatch, decodeClientMessage, decodeClock, decodeConfirm, decodeDelay, decodeDelayErrors, decodeError, decodeGreeting, decodeJoinRoom,
  decodeKeyframe, decodeQueue, decodeRefused, decodeRoomResponse, decodeTick, decodeTier, decodeWelcome, encodeBatch, encodeTick, FRAME, LIMITS, LINK, newActionColumns, readToken,
} from '@crowdcue/protocol';
import * as any from './support/arbitraries.js';
import { codeOf, randomOf, seedOf } from './support/bytes-of.js';

const DECODERS: Readonly<Record<string, readonly [code: number, decode: (frame: Uint8Array) => unknown]>> = {
  action: [FRAME.action, decodeAction], tier: [FRAME.tier, decodeTier], clock: [FRAME.clock, decodeClock], welcome: [FRAME.welcome, decodeWelcome],
  confirm: [FRAME.confirm, decodeConfirm], refused: [FRAME.refused, decodeRefused], error: [FRAME.error, decodeError],
  joinRoom: [FRAME.joinRoom, decodeJoinRoom], roomData: [FRAME.roomData, decodeClientMessage], roomDataBytes: [FRAME.roomDataBytes, decodeClientMessage],
  roomRequest: [FRAME.roomRequest, decodeClientMessage], roomResponse: [FRAME.roomResponse, decodeRoomResponse],
  greeting: [LINK.greeting, decodeGreeting], keyframe: [LINK.keyframe, decodeKeyframe],
  delay: [FRAME.delay, decodeDelay], queue: [FRAME.queue, decodeQueue], tick: [LINK.tick, decodeTick], delayErrors: [LINK.delayErrors, decodeDelayErrors], batch: [LINK.batch, decodeBatch],
};
const FUZZED = 20_000;

/** Only a CrowdcueError comes out: `codeOf` lets any other exception through, and the frame that did it is told. */
const survives = (frame: Uint8Array, decode: (frame: Uint8Array) => unknown, what: string): string | undefined => {
  try {
    return codeOf(() => decode(frame));
  } catch (cause) {
    throw new Error(`${what} fell over ${Buffer.from(frame).toString('hex')}`, { cause });
  }
};

describe('garbage', () => {
  it.each(Object.entries(DECODERS))('[PRO9] %s: random bytes give a value or a frame_ error', (name, [code, decode]) => {
    const random = randomOf(seedOf(`fuzz ${name}`));
    const seen = new Set<string | undefined>();
    for (let i = 0; i < FUZZED; i++) {
      const frame = new Uint8Array(random(64)).map(() => (random(3) === 0 ? random(4) : random(256)));
      if (i % 10 !== 0 && frame.length > 0) frame[0] = code;
      seen.add(survives(frame, decode, name));
    }
    expect([...seen].filter((c) => c !== undefined && !c.startsWith('frame_'))).toEqual([]);
  });

  it('[PRO9] one changed byte of a true frame gives a value or a frame_ error', () => {
    const changed = (frame: Uint8Array, at: number, to: number, decode: (f: Uint8Array) => unknown) => {
      frame[at % frame.length] = to;
      survives(frame, decode, 'changed frame');
    };
    fc.assert(fc.property(any.rowBatch, any.tick, fc.nat(), any.u8, (batch, tick, at, to) => {
      changed(encodeBatch(any.batchOf(batch)), at, to, decodeBatch);
      changed(encodeTick(tick), at, to, decodeTick);
    }), { numRuns: 300, seed: seedOf('changed byte') });
  });

  it('[PRO9] a decoder of link frames and messages refuses another code', () => {
    for (const decode of [decodeBatch, decodeTick, decodeGreeting, decodeKeyframe, decodeClientMessage]) {
      expect(codeOf(() => decode(new Uint8Array([0x7f, 0, 0])))).toBe('frame_unknown');
      expect(codeOf(() => decode(new Uint8Array()))).toBe('frame_truncated');
    }
  });

  it('[PRO9] random text is no token, and nothing but token_malformed', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String().map((s) => `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${s}.x`)),
      (token) => { expect(codeOf(() => readToken(token))).toBe('token_malformed'); }), { seed: seedOf('tokens'), numRuns: 2000 });
  });
});

describe('counts that lie', () => {
  const HUGE = [1000, LIMITS.batchActions, LIMITS.batchActions + 1, 0xffff_ffff, Number.MAX_SAFE_INTEGER];
  const batchHead = () => new ByteWriter().u8(LINK.batch).varint(1).f64(0);
  const tickHead = () => new ByteWriter().u8(LINK.tick).varint(1).varint(1).f64(0).varint(0).u8(0);
  /** Frames whose last number promises more than follows. */
  const LIARS: Readonly<Record<string, readonly [start: () => ByteWriter, decode: (frame: Uint8Array) => unknown]>> = {
    joins: [batchHead, decodeBatch],
    actions: [() => batchHead().varint(0), decodeBatch],
    messages: [() => batchHead().varint(0).varint(0), decodeBatch],
    'message bytes': [() => batchHead().varint(0).varint(0).varint(1).varint(0), decodeBatch],
    leaves: [() => batchHead().varint(0).varint(0).varint(0), decodeBatch],
    'session id': [() => batchHead().varint(1).varint(0).varint(0).varint(0), decodeBatch],
    patch: [tickHead, decodeTick],
    ...Object.fromEntries(['confirms', 'refusals', 'privates', 'directs', 'broadcasts', 'kicks'].map((name, before) =>
      [name, [() => tickHead().raw(new Uint8Array(before + 1)), decodeTick] as const])),
    reflection: [() => new ByteWriter().u8(LINK.greeting).varint(1).varint(0).f64(0).varint(50), decodeGreeting],
    'keyframe body': [() => new ByteWriter().u8(LINK.keyframe).varint(1).varint(1).f64(0), decodeKeyframe],
    'relay id': [() => new ByteWriter().u8(FRAME.welcome).u8(1), decodeWelcome],
  };

  it.each(Object.entries(LIARS))('[PRO10] %s: refused before anything of that size is made', (_name, [start, decode]) => {
    for (const count of HUGE) {
      const frame = start().varint(count).raw(new Uint8Array(5)).bytes();
      const { arrayBuffers } = process.memoryUsage();
      for (let i = 0; i < 20; i++) expect(codeOf(() => decode(frame))).toMatch(/^frame_(truncated|malformed)$/);
      expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(256 * 1024);
    }
  });

  it('[FUZ2] a join with a slot that no relay has, or a session id that no viewer has, is malformed: the room would make tables of that size', () => {
    const join = (slot: number, sessionId: string) => () => decodeBatch(batchHead().varint(1).varint(slot).varint(1).varint(7).text(sessionId)
      .text('').text('').text('').u8(0).varint(0).varint(0).varint(0).bytes());
    expect(codeOf(join(LIMITS.linkSlots - 1, 'x'.repeat(LIMITS.sessionIdBytes)))).toBeUndefined();
    for (const slot of [LIMITS.linkSlots, 0x2000_0000, 0xffff_ffff]) expect(codeOf(join(slot, 'session'))).toBe('frame_malformed');
    expect(codeOf(join(0, 'x'.repeat(LIMITS.sessionIdBytes + 1)))).toBe('frame_malformed');
  });

  it('[PRO10] columns are made only when the bytes for every action are there', () => {
    const frame = batchHead().varint(0).varint(LIMITS.batchActions).raw(new Uint8Array(LIMITS.batchActions * 6 - 1)).bytes();
    const { arrayBuffers } = process.memoryUsage();
    expect(codeOf(() => decodeBatch(frame))).toBe('frame_truncated');
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(256 * 1024);
  });

  it('[PRO10] runs of rounds cover the actions exactly, none empty', () => {
    const twoActions = () => batchHead().varint(0).varint(2).raw(new Uint8Array([1, 2, 1, 1]));
    const rest = new Uint8Array([0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
    const runs = (...pairs: number[]) => () => decodeBatch(twoActions().raw(new Uint8Array(pairs)).raw(rest).bytes());
    expect(codeOf(runs(9, 2))).toBeUndefined();
    expect(codeOf(runs(9, 1, 8, 1))).toBeUndefined();
    expect(codeOf(runs(9, 0))).toBe('frame_malformed');
    expect(codeOf(runs(9, 3))).toBe('frame_malformed');
    expect(codeOf(runs(9, 1, 8, 2))).toBe('frame_malformed');
  });

  it('[PRO10] a number past 32 bits in a column is malformed, also into columns that are reused', () => {
    const into = newActionColumns(4);
    const frame = batchHead().varint(0).varint(1).varint(2 ** 32).raw(new Uint8Array(12)).bytes();
    expect(codeOf(() => decodeBatch(frame, into))).toBe('frame_malformed');
  });

  it('[PRO10] reading never leaves its own bytes, though the buffer behind them goes on', () => {
    const whole = new Uint8Array(100).fill(1);
    const r = new ByteReader(whole.subarray(10, 12));
    expect([r.u8(), r.u8()]).toEqual([1, 1]);
    for (const read of [() => r.u8(), () => r.u16(), () => r.f64(), () => r.varint(), () => r.raw(1), () => r.colyNumber(), () => r.colyString(), () => r.isColyString()]) {
      expect(codeOf(read)).toBe('frame_truncated');
    }
  });
});
