/**
 * The batch that a relay sends upstream: everything its viewers did since the last one, in columns. Its identity is
 * `(relayId, incarnation, n)`; relayId and incarnation belong to the link, so a batch carries only `n`.
 *
 * Layout, after the code byte: `n` varint, event time f64 (base of the `age` column), then the sections joins, actions, messages,
 * leaves, each headed by its count, and joins of virtual clients, or delays (delays.ts), where there are some. Within a batch joins apply first, then the
 * sections in that order. Actions are columns: all slots, then all
 * numbers, then runs of (round, count), then choices, values, ages, elapsed. At 10,000 actions a second one action takes under
 * 12 bytes (test PRO4 counts them).
 */
import { ByteReader, ByteWriter, decodeText } from './bytes.js';
import { atDelays, readDelays, type BatchDelay } from './delays.js';
import { CrowdcueError } from './errors.js';
import { LIMITS } from './limits.js';
import { LINK } from './link.js';
import { readVirtualJoins, writeVirtualJoins, type VirtualJoin } from './virtual.js';

/** A connection appears. Who it is, is proved by `mac`, which only the origin can check. */
export interface BatchJoin {
  /** Dense index of the connection at the relay; not used again until the origin has confirmed its leave. */
  readonly slot: number;
  /** Counts the connections of this relay's run. A leave with another number than the slot's join is stale. */
  readonly connection: number;
  readonly viewer: number;
  readonly sessionId: string;
  readonly tier: string;
  readonly name: string;
  /** Base64url of the inner MAC. */
  readonly mac: string;
  /** Whether it came by the direct door (it understands confirmations). */
  readonly direct: boolean;
}

export interface BatchLeave {
  readonly slot: number;
  readonly connection: number;
  readonly code: number;
}

/** A frame that is passed on as it came. */
export interface BatchMessage {
  readonly slot: number;
  readonly frame: Uint8Array;
}

/** Columns of equal length; row `i` is one action. */
export interface ActionColumns {
  length: number;
  slot: Uint32Array;
  n: Uint32Array;
  round: Uint32Array;
  choice: Uint8Array;
  value: Uint32Array;
  /** ms from arrival at the relay to the batch's time. */
  age: Uint32Array;
  /** ms from the write of the round's mark to this viewer until arrival, less credited round trip; plus 1. 0 is unknown. */
  elapsed: Uint32Array;
}

export interface Batch {
  n: number;
  time: number;
  joins: BatchJoin[];
  actions: ActionColumns;
  messages: BatchMessage[];
  leaves: BatchLeave[];
  /** Joins to a room that knows its viewers as clients; left out of the bytes when there are none. */
  virtualJoins?: readonly VirtualJoin[];
  /** How late the pictures of viewers are; put behind the bytes by `withDelays`. */
  delays?: readonly BatchDelay[];
}

export const newActionColumns = (capacity: number): ActionColumns => ({
  length: 0,
  slot: new Uint32Array(capacity),
  n: new Uint32Array(capacity),
  round: new Uint32Array(capacity),
  choice: new Uint8Array(capacity),
  value: new Uint32Array(capacity),
  age: new Uint32Array(capacity),
  elapsed: new Uint32Array(capacity),
});

const grown = (columns: ActionColumns, capacity: number): ActionColumns => {
  const next = newActionColumns(capacity);
  next.length = columns.length;
  for (const key of ['slot', 'n', 'round', 'choice', 'value', 'age', 'elapsed'] as const) next[key].set(columns[key]);
  return next;
};

const writer = new ByteWriter(64 * 1024);

/** Collects what viewers do until `encode` makes a batch of it. One a channel. */
export class BatchBuilder {
  #joins: BatchJoin[] = [];
  #virtualJoins: VirtualJoin[] = [];
  #leaves: BatchLeave[] = [];
  #messages: BatchMessage[] = [];
  #actions = newActionColumns(1024);
  #arrival = new Float64Array(1024);

  get size(): number {
    return this.#joins.length + this.#virtualJoins.length + this.#leaves.length + this.#messages.length + this.#actions.length;
  }

  get actionCount(): number {
    return this.#actions.length;
  }

  join(join: BatchJoin): void {
    this.#joins.push(join);
  }

  virtualJoin(join: VirtualJoin): void {
    this.#virtualJoins.push(join);
  }

  leave(leave: BatchLeave): void {
    this.#leaves.push(leave);
  }

  /** `frame` is copied: uWebSockets.js takes its buffer back after the callback. */
  message(slot: number, frame: Uint8Array): void {
    this.#messages.push({ slot, frame: Uint8Array.from(frame) });
  }

  /** `arrival` and `elapsed` in ms; `elapsed` is negative when unknown. */
  action(slot: number, a: { n: number; round: number; choice: number; value: number }, arrival: number, elapsed: number): void {
    let c = this.#actions;
    const i = c.length;
    if (i === c.slot.length) {
      c = this.#actions = grown(c, i * 2);
      const times = new Float64Array(i * 2);
      times.set(this.#arrival);
      this.#arrival = times;
    }
    c.slot[i] = slot;
    c.n[i] = a.n;
    c.round[i] = a.round;
    c.choice[i] = a.choice;
    c.value[i] = a.value;
    c.elapsed[i] = elapsed < 0 ? 0 : Math.round(elapsed) + 1;
    this.#arrival[i] = arrival;
    c.length = i + 1;
  }

  /** The batch as bytes; the builder is empty afterwards. `time` is event time now, ms. */
  encode(n: number, time: number): Uint8Array {
    const c = this.#actions;
    for (let i = 0; i < c.length; i++) c.age[i] = Math.max(0, Math.round(time - this.#arrival[i]!));
    const bytes = encodeBatch({ n, time, joins: this.#joins, actions: c, messages: this.#messages, leaves: this.#leaves, virtualJoins: this.#virtualJoins });
    this.#joins = [];
    this.#virtualJoins = [];
    this.#leaves = [];
    this.#messages = [];
    c.length = 0;
    return bytes;
  }
}

export const encodeBatch = (b: Batch): Uint8Array => {
  const w = writer.reset().u8(LINK.batch).varint(b.n).f64(b.time);
  w.varint(b.joins.length);
  for (const j of b.joins) {
    w.varint(j.slot).varint(j.connection).varint(j.viewer).text(j.sessionId).text(j.tier).text(j.name).text(j.mac).u8(j.direct ? 1 : 0);
  }
  const c = b.actions;
  w.varint(c.length);
  for (let i = 0; i < c.length; i++) w.varint(c.slot[i]!);
  for (let i = 0; i < c.length; i++) w.varint(c.n[i]!);
  for (let i = 0; i < c.length;) {
    let run = i + 1;
    while (run < c.length && c.round[run] === c.round[i]) run++;
    w.varint(c.round[i]!).varint(run - i);
    i = run;
  }
  for (let i = 0; i < c.length; i++) w.u8(c.choice[i]!);
  for (let i = 0; i < c.length; i++) w.varint(c.value[i]!);
  for (let i = 0; i < c.length; i++) w.varint(c.age[i]!);
  for (let i = 0; i < c.length; i++) w.varint(c.elapsed[i]!);
  w.varint(b.messages.length);
  for (const m of b.messages) w.varint(m.slot).block(m.frame);
  w.varint(b.leaves.length);
  for (const l of b.leaves) w.varint(l.slot).varint(l.connection).u16(l.code);
  if (b.virtualJoins !== undefined && b.virtualJoins.length > 0) writeVirtualJoins(w, b.virtualJoins);
  return w.bytes();
};

const U32 = 0xffff_ffff;
const LAST_SLOT = LIMITS.linkSlots - 1;
/** One byte in each column but the rounds, which come in runs: a count that lies makes us allocate nothing. */
const ACTION_MIN_BYTES = 6;

/** The one text of a join that no MAC covers and that the room keeps. */
const sessionOf = (r: ByteReader): string => {
  const length = r.bounded(LIMITS.sessionIdBytes);
  return decodeText(r.raw(length));
};

/** Decodes into `columns` when it is large enough, so that a tick of a large crowd allocates nothing for its actions. */
export const decodeBatch = (frame: Uint8Array, columns?: ActionColumns): Batch => {
  const r = new ByteReader(frame);
  if (r.u8() !== LINK.batch) throw new CrowdcueError('frame_unknown');
  const n = r.varint();
  const time = r.finite();
  const joins: BatchJoin[] = [];
  for (let left = r.bounded(r.left); left > 0; left--) {
    joins.push({
      slot: r.bounded(LAST_SLOT), connection: r.varint(), viewer: r.varint(), sessionId: sessionOf(r), tier: r.text(), name: r.text(), mac: r.text(),
      direct: r.u8() === 1,
    });
  }
  const count = r.bounded(LIMITS.batchActions);
  if (count * ACTION_MIN_BYTES > r.left) throw new CrowdcueError('frame_truncated');
  const c = columns !== undefined && columns.slot.length >= count ? columns : newActionColumns(Math.max(count, 1));
  c.length = count;
  r.columnU32(c.slot, count);
  r.columnU32(c.n, count);
  for (let i = 0; i < count;) {
    const round = r.bounded(U32);
    const run = r.bounded(count - i);
    if (run === 0) throw new CrowdcueError('frame_malformed');
    c.round.fill(round, i, i + run);
    i += run;
  }
  c.choice.set(r.raw(count));
  r.columnU32(c.value, count);
  r.columnU32(c.age, count);
  r.columnU32(c.elapsed, count);
  const messages: BatchMessage[] = [];
  for (let left = r.bounded(r.left); left > 0; left--) messages.push({ slot: r.bounded(U32), frame: r.block().slice() });
  const leaves: BatchLeave[] = [];
  for (let left = r.bounded(r.left); left > 0; left--) leaves.push({ slot: r.bounded(U32), connection: r.varint(), code: r.u16() });
  const delays = atDelays(r) ? readDelays(r) : undefined;
  const virtualJoins = delays === undefined && r.left > 0 ? readVirtualJoins(r) : undefined;
  r.end();
  return { n, time, joins, actions: c, messages, leaves, ...(virtualJoins === undefined ? {} : { virtualJoins }), ...(delays === undefined ? {} : { delays }) };
};
