/**
 * The bytes of version 1 of the wire. A change here breaks relays, origins and SDKs in the field, and journals on disk (batches are
 * journalled as they came): add a new frame, or append to one that may grow (PRO8), instead of changing a line.
 */
import { describe, expect, it } from 'vitest';
import {
  CLOSE, decodeAction, decodeBatch, decodeClientMessage, decodeClock, decodeConfirm, decodeDelay, decodeError, decodeGreeting, decodeJoinRoom, decodeKeyframe,
  decodeQueue, decodeRefused, decodeRoomResponse, decodeTick, decodeTier, decodeWelcome, encodeAction, encodeBatch, encodeClientMessage, encodeClock, encodeConfirm, encodeDelay, encodeError, encodeGreeting,
  encodeJoinRoom, encodeKeyframe, encodeKeyframeRequest, encodeQueue, encodeRefused, encodeRoomData, encodeRoomResponse, encodeRoomState, encodeTick, encodeTier,
  encodeWelcome, withDelays, FRAME, joinPatches, LINK, ROOT_SWITCH, SUBPROTOCOL, TIER_PERIODS, type TickFrame,
} from '@crowdcue/protocol';
import { batchOf, rowBatchOf, type RowBatch } from './support/arbitraries.js';
import { codeOf, fromHex, toHex } from './support/bytes-of.js';

/** One frame: what it means, its bytes, its way there and back. `grows`: what follows its fields is for a later version. */
interface Golden {
  readonly name: string;
  readonly hex: string;
  readonly value: unknown;
  readonly encode: () => Uint8Array;
  readonly decode: (frame: Uint8Array) => unknown;
  readonly grows?: true;
}
const golden = <T>(name: string, value: T, encode: (value: T) => Uint8Array, decode: (frame: Uint8Array) => T, hex: string, grows?: true): Golden =>
  ({ name, hex: hex.replaceAll(/\s/g, ''), value, encode: () => encode(value), decode, ...(grows && { grows }) });

const b = (...bytes: number[]) => new Uint8Array(bytes);
const EVENT_TIME = 1_770_000_000_000.5;

const BATCH: RowBatch = {
  n: 300, time: EVENT_TIME,
  joins: [{ slot: 5, connection: 1000, viewer: 2 ** 51 + 1, sessionId: 'sess', tier: 'fan', name: 'Zoë', mac: 'bWFj', direct: true }],
  rows: [
    { slot: 5, n: 1, round: 2, choice: 0, value: 7, age: 50, elapsed: 0 },
    { slot: 19_000, n: 2, round: 2, choice: 1, value: 1, age: 3, elapsed: 251 },
    { slot: 6, n: 70_000, round: 3, choice: 255, value: 0xffff_ffff, age: 0, elapsed: 90_001 },
  ],
  messages: [{ slot: 6, frame: b(0x0d, 0xa1, 0x78) }],
  leaves: [{ slot: 9, connection: 999, code: 4000 }],
};

const TIMED_TICK: TickFrame = {
  epoch: 1, tick: 1, eventTime: 0, acked: 0, mark: true, shifted: true, patch: b(), confirms: [], refusals: [],
  privates: [{ slot: 5, key: 1, frame: b(0x0d, 0xa4), timed: true }], directs: [], broadcasts: [], kicks: [],
};

const GOLDEN: readonly Golden[] = [
  golden('action', { n: 300, round: 7, choice: 1, value: 4_294_967_295 }, encodeAction, decodeAction, '28 ac02 07 01 ffffffff0f'),
  golden('tier', 3 as const, encodeTier, decodeTier as (f: Uint8Array) => 3, '29 03'),
  golden('clock question', { sent: 1.5 }, encodeClock, decodeClock, '25 000000000000f83f'),
  golden('clock answer', { sent: 1.5, received: EVENT_TIME, answered: EVENT_TIME + 1 }, encodeClock, decodeClock, '25 000000000000f83f 0008408ac3c17942 0018408ac3c17942'),
  golden('welcome', { version: 1, relayId: 'eu-1', sessionId: 'séance', eventTime: EVENT_TIME }, encodeWelcome, decodeWelcome, '2a 01 0465752d31 0773c3a9616e6365 0008408ac3c17942', true),
  golden('confirm', 129, encodeConfirm, decodeConfirm, '2b 8101', true),
  golden('refused', { n: 129, code: 'action_rate' as const }, (r) => encodeRefused(r.n, r.code), decodeRefused, '2c 8101 3900', true),
  golden('error', { wire: 13, message: 'frame_text: Frames are binary; this one is text.' }, () => encodeError('frame_text'), decodeError, '0b 0d d930 6672616d655f746578743a204672616d6573206172652062696e6172793b2074686973206f6e6520697320746578742e', true),
  golden('join room', { reconnectionToken: 'tok', reflection: b(1, 2, 3) }, encodeJoinRoom, decodeJoinRoom, '0a 03746f6b 06736368656d61 03010203', true),
  golden('join room without reflection', { reconnectionToken: 'tok', reflection: b() }, encodeJoinRoom, decodeJoinRoom, '0a 03746f6b 06736368656d61 00', true),
  golden('greeting', { epoch: 2, acked: 300, eventTime: EVENT_TIME, tickMs: 50, reflection: b(9, 8), version: 2 }, encodeGreeting, decodeGreeting, '21 02 ac02 0008408ac3c17942 32 020908 02', true),
  golden('delay', { delay: 8_000, error: 120 }, encodeDelay, decodeDelay, '2d c03e 78'),
  golden('queue', { place: 300, waitMs: 1_500 }, encodeQueue, decodeQueue, '2e ac02 dc0b'),
  golden('keyframe', { epoch: 2, tick: 70_000, eventTime: EVENT_TIME, body: b(0x80, 1) }, encodeKeyframe, decodeKeyframe, '22 02 f0a204 0008408ac3c17942 028001', true),
  golden('tick', {
    epoch: 2, tick: 70_001, eventTime: EVENT_TIME, acked: 300, mark: true, shifted: false, patch: b(0x81, 2),
    confirms: [{ slot: 5, n: 1 }, { slot: 19_000, n: 2 }], refusals: [{ slot: 6, n: 70_000, code: 'round_over' as const }],
    privates: [{ slot: 5, key: 1, frame: b(0x0d, 0xa4), timed: false }], directs: [{ slot: 6, frame: b(0x16, 0) }], broadcasts: [b(0x0d), b()],
    kicks: [{ slot: 9, connection: 999, reason: 'viewer_banned' as const }, { slot: 10, connection: 128, reason: 'taken_over' as const }],
  }, encodeTick, decodeTick, [
    '23 02 f1a204 0008408ac3c17942 ac02 01 028102', // head, patch
    '02 0501 b8940102', // confirms
    '01 06f0a2043400', // refusals
    '01 0501020da4', // privates
    '01 06021600', // directs
    '02 010d 00', // broadcasts
    '02 09e7071e00 0a80010000', // kicks
  ].join('')),
  golden('quiet tick', {
    epoch: 1, tick: 1, eventTime: 0, acked: 0, mark: false, shifted: false, patch: b(), confirms: [], refusals: [], privates: [], directs: [], broadcasts: [], kicks: [],
  }, encodeTick, decodeTick, '23 01 01 0000000000000000 00 00 00 00 00 00 00 00 00'),
  golden('tick of a round in stream time', TIMED_TICK, encodeTick, decodeTick, '23 01 01 0000000000000000 00 03 00 00 00 01 0581020da4 00 00 00'),
  golden('batch', BATCH, (batch) => encodeBatch(batchOf(batch)), (frame) => rowBatchOf(decodeBatch(frame)), [
    '20 ac02 0008408ac3c17942', // head
    '01 05 e807 8180808080808004 0473657373 0366616e 045a6fc3ab 046257466a 01', // joins
    '03 05b8940106 0102f0a204', // actions: slots, numbers
    '0202 0301', // runs of rounds
    '0001ff 0701ffffffff0f 320300 00fb0191bf05', // choices, values, ages, elapsed
    '01 06030da178', // messages
    '01 09e707a00f', // leaves
  ].join('')),
];

/** Frames whose payload is all that follows: cut anywhere behind their head they are frames with a shorter payload. */
const TAILED: readonly (Golden & { readonly head: number })[] = [
  { ...golden('data', { kind: 'data' as const, requestId: 0, type: '__me', payload: b(0x81) }, encodeClientMessage, decodeClientMessage as never, '0d a45f5f6d65 81'), head: 6 },
  { ...golden('bytes', { kind: 'bytes' as const, requestId: 0, type: 7, payload: b(1, 2) }, encodeClientMessage, decodeClientMessage as never, '11 07 0102'), head: 2 },
  { ...golden('request', { kind: 'request' as const, requestId: 300, type: 'sett', payload: b(0xc3) }, encodeClientMessage, decodeClientMessage as never, '15 cd2c01 a473657474 c3'), head: 9 },
  { ...golden('response', { requestId: 200, status: 1 as const, payload: b(0xc0) }, (r) => encodeRoomResponse(r.requestId, r.status, r.payload), decodeRoomResponse as never, '16 ccc8 01 c0'), head: 4 },
];

describe('golden bytes', () => {
  it.each([...GOLDEN, ...TAILED])('[PRO6] $name', ({ hex, value, encode, decode }) => {
    expect(toHex(encode())).toBe(hex);
    expect(decode(fromHex(hex))).toEqual(value);
  });

  it('[PRO6] frames that are only built here', () => {
    expect(toHex(encodeKeyframeRequest())).toBe('24');
    expect(toHex(encodeRoomState(b(1, 2)))).toBe('0e0102');
    expect(toHex(joinPatches([b(1), b(2, 3), b(4)]))).toBe('0f01ff000203ff0004');
    expect(toHex(encodeRoomData('__me', b(0x81)))).toBe('0da45f5f6d6581');
  });

  it('[PRO22] a greeting without a version is one of version 1', () => {
    const hex = '2102ac020008408ac3c1794232020908';
    const greeting = { epoch: 2, acked: 300, eventTime: EVENT_TIME, tickMs: 50, reflection: b(9, 8), version: 1 };
    expect(toHex(encodeGreeting(greeting))).toBe(hex);
    expect(decodeGreeting(fromHex(hex))).toEqual(greeting);
  });

  it('[PRO24] a greeting of version 3 ends with the tick of the present mark', () => {
    const greeting = { epoch: 2, acked: 300, eventTime: EVENT_TIME, tickMs: 50, reflection: b(9, 8), version: 3, markTick: 70_000 };
    const hex = '2102ac020008408ac3c179423202090803f0a204';
    expect(toHex(encodeGreeting(greeting))).toBe(hex);
    expect(decodeGreeting(fromHex(hex))).toEqual(greeting);
    expect(toHex(encodeGreeting({ ...greeting, version: 2 }))).toBe('2102ac020008408ac3c179423202090802');
    expect(codeOf(() => decodeGreeting(fromHex(hex.slice(0, -2))))).toBe('frame_truncated');
  });

  it('[PRO22] a link of version 1 gets the tick that it can read', () => {
    const hex = '23 01 01 0000000000000000 00 01 00 00 00 01 0501020da4 00 00 00'.replaceAll(' ', '');
    expect(toHex(encodeTick(TIMED_TICK, 1))).toBe(hex);
    expect(decodeTick(fromHex(hex))).toMatchObject({ mark: true, shifted: false, privates: [{ key: 1, timed: false }] });
  });

  it('[PRO23] a batch with delays is the one without, and a section that an older origin is not sent', () => {
    const plain = encodeBatch(batchOf(BATCH));
    const delays = [{ slot: 5, delay: 12_000 }, { slot: 19_000, delay: 0 }];
    const bytes = withDelays(plain, delays);
    expect(toHex(bytes)).toBe(`${toHex(plain)}${'00 02 05b89401 e05d00'.replaceAll(' ', '')}`);
    expect(rowBatchOf(decodeBatch(bytes))).toEqual({ ...BATCH, delays });
    for (let length = plain.length + 1; length < bytes.length; length++) {
      expect(codeOf(() => decodeBatch(bytes.slice(0, length)))).toMatch(/^frame_(truncated|malformed)$/);
    }
    const tails = ['00', '0000', '0001053000', '00 01 ffff7f 00', '00 01 05 b1ea01', '00 ffffff7f 05 00'];
    for (const tail of tails) expect(codeOf(() => decodeBatch(fromHex(toHex(plain) + tail.replaceAll(' ', '')))), tail).toMatch(/^frame_(truncated|malformed|oversize)$/);
  });

  it('[PRO6] numbers that stand for themselves', () => {
    expect(FRAME).toEqual({
      joinRoom: 10, error: 11, leaveRoom: 12, roomData: 13, roomState: 14, roomStatePatch: 15, roomDataBytes: 17, ping: 18, roomRequest: 21,
      roomResponse: 22, clock: 37, action: 40, tier: 41, welcome: 42, confirm: 43, refused: 44, delay: 45, queue: 46,
    });
    expect(LINK).toEqual({ batch: 32, greeting: 33, keyframe: 34, tick: 35, keyframeRequest: 36, delayErrors: 38 });
    const codes = [...Object.values(FRAME), ...Object.values(LINK)];
    expect(new Set(codes).size).toBe(codes.length);
    expect([...ROOT_SWITCH]).toEqual([0xff, 0x00]);
    expect([SUBPROTOCOL, ...TIER_PERIODS]).toEqual(['crowdcue.v1', 50, 100, 200, 1000]);
    expect(CLOSE).toMatchObject({ consented: 4000, server_shutdown: 4001, with_error: 4002, reconnection_refused: 4003, try_reconnect: 4010 });
  });
});

describe('frames cut short or too long', () => {
  it.each(GOLDEN)('[PRO7] $name, cut at every byte', ({ hex, decode }) => {
    const whole = fromHex(hex);
    for (let length = 0; length < whole.length; length++) {
      // A clock answer that ends after the asker's time is a clock question.
      if (whole[0] === FRAME.clock && length === 9) continue;
      // A greeting that ends before its version is one of version 1.
      if (whole[0] === LINK.greeting && length === whole.length - 1) continue;
      expect(codeOf(() => decode(whole.slice(0, length))), `${length} of ${whole.length} bytes`).toMatch(/^frame_(truncated|malformed)$/);
    }
  });

  it.each(TAILED)('[PRO7] $name, cut at every byte of its head', ({ hex, head, decode }) => {
    for (let length = 0; length < head; length++) expect(codeOf(() => decode(fromHex(hex).slice(0, length))), `${length} bytes`).toMatch(/^frame_(truncated|malformed)$/);
    expect(codeOf(() => decode(fromHex(hex).slice(0, head)))).toBeUndefined();
  });

  it.each(GOLDEN.filter((g) => !g.grows))('[PRO8] $name is refused with a byte too much', ({ name, hex, decode }) => {
    expect(codeOf(() => decode(fromHex(`${hex}00`)))).toBe(name === 'clock question' ? 'frame_truncated' : 'frame_malformed');
  });

  it.each(GOLDEN.filter((g) => g.grows))('[PRO8] $name may grow: a later version adds fields at its end', ({ hex, value, decode }) => {
    expect(decode(fromHex(`${hex}01020304`))).toEqual(value);
  });
});
