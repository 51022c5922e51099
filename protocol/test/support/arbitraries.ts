/** Arbitrary values of every type on the wire. */
import fc from 'fast-check';
import {
  ERRORS, LIMITS, newActionColumns, TIER_PERIODS,
  type Action, type ActionColumns, type Batch, type BatchJoin, type BatchLeave, type BatchMessage, type ClientMessage, type ClockExchange, type ErrorCode,
  type Greeting, type JoinRoom, type Keyframe, type QueuePlace, type RoomResponse, type StreamDelay, type TickFrame, type Tier, type TokenClaims, type Welcome,
} from '@crowdcue/protocol';

/** Around every length of a varint and of a schema number, and anything between. */
const edges = (max: number): number[] =>
  [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x3fff, 0x4000, 0xffff, 0x1_0000, 0x1f_ffff, 0x20_0000, 0x0fff_ffff, 0x1000_0000, 0x7fff_ffff, 0x8000_0000,
    0xffff_ffff, 2 ** 35, 2 ** 42 - 1, 2 ** 49 - 1, 2 ** 49, 2 ** 52, Number.MAX_SAFE_INTEGER].filter((edge) => edge <= max);
export const upTo = (max: number): fc.Arbitrary<number> => fc.oneof(fc.constantFrom(...edges(max)), fc.nat(Math.min(max, 0x7fff_ffff)), fc.maxSafeNat().map((n) => n % (max + 1)));
export const u8 = fc.nat(0xff);
export const u16 = fc.nat(0xffff);
export const u32 = upTo(0xffff_ffff);
export const safe = upTo(Number.MAX_SAFE_INTEGER);
export const time = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), safe);
/** Any code points but lone surrogates, which UTF-8 does not know; some with a byte order mark in front. */
export const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 40 }).map((s) => `\ufeff${s}`));
export const bytes = fc.uint8Array({ maxLength: 400 });
export const error = fc.constantFrom(...(Object.keys(ERRORS) as ErrorCode[]));

export const action: fc.Arbitrary<Action> = fc.record({ n: u32, round: u32, choice: u8, value: u32 });
export const tier = fc.nat(TIER_PERIODS.length - 1) as fc.Arbitrary<Tier>;
export const clock: fc.Arbitrary<ClockExchange> = fc.oneof(fc.record({ sent: time }), fc.record({ sent: time, received: time, answered: time }));
export const welcome: fc.Arbitrary<Welcome> = fc.record({ version: u8, relayId: text, sessionId: text, eventTime: time });
export const delay: fc.Arbitrary<StreamDelay> = fc.record({ delay: fc.nat(LIMITS.delayMs), error: fc.nat(LIMITS.delayMs) });
export const queue: fc.Arbitrary<QueuePlace> = fc.record({ place: safe, waitMs: safe });
export const joinRoom: fc.Arbitrary<JoinRoom> = fc.record({ reconnectionToken: fc.string({ unit: 'binary', maxLength: 60 }), reflection: bytes });
export const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({ kind: fc.constantFrom('data' as const, 'bytes' as const), requestId: fc.constant(0), type: fc.oneof(text, u32), payload: bytes }),
  fc.record({ kind: fc.constant('request' as const), requestId: u32, type: fc.oneof(text, u32), payload: bytes }),
);
export const roomResponse: fc.Arbitrary<RoomResponse> = fc.record({ requestId: u32, status: fc.constantFrom(0, 1, 2), payload: bytes });
export const greeting: fc.Arbitrary<Greeting> = fc.record({ epoch: safe, acked: safe, eventTime: time, tickMs: safe, reflection: bytes, version: fc.integer({ min: 1, max: 255 }) });
export const keyframe: fc.Arbitrary<Keyframe> = fc.record({ epoch: safe, tick: safe, eventTime: time, body: bytes });
export const tick: fc.Arbitrary<TickFrame> = fc.record({
  epoch: safe, tick: safe, eventTime: time, acked: safe, mark: fc.boolean(), shifted: fc.boolean(), patch: bytes,
  confirms: fc.array(fc.record({ slot: safe, n: safe })),
  refusals: fc.array(fc.record({ slot: safe, n: safe, code: error })),
  privates: fc.array(fc.record({ slot: safe, key: fc.nat(127), frame: bytes, timed: fc.boolean() })),
  directs: fc.array(fc.record({ slot: safe, frame: bytes })),
  broadcasts: fc.array(bytes),
  kicks: fc.array(fc.record({ slot: safe, connection: safe, reason: fc.oneof(error, fc.constant('taken_over' as const)) })),
});

const sessionId = text.map((s) => [...s].slice(0, LIMITS.sessionIdBytes / 4).join('')); // four bytes a character at most

export const join: fc.Arbitrary<BatchJoin> = fc.record({
  slot: upTo(LIMITS.linkSlots - 1), connection: safe, viewer: safe, sessionId, tier: text, name: text, mac: text, direct: fc.boolean(),
});
export const leave: fc.Arbitrary<BatchLeave> = fc.record({ slot: u32, connection: safe, code: u16 });
export const message: fc.Arbitrary<BatchMessage> = fc.record({ slot: u32, frame: bytes });

/** One row of the action columns. */
export interface Row { slot: number; n: number; round: number; choice: number; value: number; age: number; elapsed: number }
/** Rounds repeat, so that they stand in runs of many lengths. */
export const row: fc.Arbitrary<Row> = fc.record({ slot: u32, n: u32, round: fc.oneof(fc.nat(2), u32), choice: u8, value: u32, age: u32, elapsed: u32 });

const COLUMNS = ['slot', 'n', 'round', 'choice', 'value', 'age', 'elapsed'] as const;
export const columnsOf = (rows: readonly Row[]): ActionColumns => {
  const columns = newActionColumns(Math.max(rows.length, 1));
  columns.length = rows.length;
  rows.forEach((r, i) => COLUMNS.forEach((key) => { columns[key][i] = r[key]; }));
  return columns;
};
export const rowsOf = (columns: ActionColumns): Row[] =>
  Array.from({ length: columns.length }, (_, i) => Object.fromEntries(COLUMNS.map((key) => [key, columns[key][i]])) as unknown as Row);

/** A batch, its actions as rows. */
export type RowBatch = Omit<Batch, 'actions'> & { rows: Row[] };
export const rowBatch: fc.Arbitrary<RowBatch> = fc.record({
  n: safe, time, joins: fc.array(join, { maxLength: 6 }), rows: fc.array(row, { maxLength: 60 }),
  messages: fc.array(message, { maxLength: 6 }), leaves: fc.array(leave, { maxLength: 6 }),
});
export const batchOf = ({ rows, ...rest }: RowBatch): Batch => ({ ...rest, actions: columnsOf(rows) });
export const rowBatchOf = ({ actions, ...rest }: Batch): RowBatch => ({ ...rest, rows: rowsOf(actions) });

export const claims: fc.Arbitrary<TokenClaims> = fc.record({
  evt: fc.string({ unit: 'binary', maxLength: 20 }), sub: fc.integer({ min: 1, max: 2 ** 52 - 1 }), tier: fc.string({ maxLength: 8 }),
  name: fc.string({ unit: 'grapheme', maxLength: 20 }), iat: fc.nat(), exp: fc.nat(), mac: fc.base64String({ maxLength: 44 }),
});
