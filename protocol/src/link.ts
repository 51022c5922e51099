/**
 * Frames of the link between a relay and a room. Upstream: batches, requests for a keyframe, clock questions. Downstream: a greeting,
 * keyframes, and one frame a tick that carries everything of that tick, so that a tick arrives whole or not at all.
 * A tick leaves the origin only when it is journalled. State bodies and private values are opaque to the relay.
 */
import { ByteReader, ByteWriter } from './bytes.js';
import { CrowdcueError, ERRORS, errorOfWire, type ErrorCode } from './errors.js';

export const LINK = {
  batch: 0x20,
  greeting: 0x21,
  keyframe: 0x22,
  tick: 0x23,
  keyframeRequest: 0x24,
  delayErrors: 0x26,
} as const;

/**
 * Version of the link. Each side says its own (the relay in its join options, the room at the end of the greeting) and speaks the lower
 * one; who says nothing is of version 1, which knows neither `shifted` nor `timed`. From version 3 on batches may end with delays, the
 * greeting with the present mark, and a relay tells delay errors.
 */
export const LINK_VERSION = 3;

/** What a relay puts into the join options of its link. `proof` is a MAC under the relay's credential. */
export interface LinkOptions {
  readonly crowdcueLink: { readonly relayId: string; readonly incarnation: number; readonly proof: string; readonly version?: number };
}

/** First frame of a link. */
export interface Greeting {
  /** The room's life; frames of a lower one are dropped. */
  readonly epoch: number;
  /** The last batch of this relay's run that is journalled; 0 for none. */
  readonly acked: number;
  /** Event time at sending, ms. */
  readonly eventTime: number;
  /** Simulation period, ms. */
  readonly tickMs: number;
  /** The reflection of JOIN_ROOM. */
  readonly reflection: Uint8Array;
  /** The version that the room speaks on this link. */
  readonly version: number;
  /** The tick that opened the present window, 0 for none; from version 3 on. */
  readonly markTick?: number;
}

/** A full state at a patch boundary, tombstones included; the tick is the last one that it contains. */
export interface Keyframe {
  readonly epoch: number;
  readonly tick: number;
  readonly eventTime: number;
  readonly body: Uint8Array;
}

/** Private state of one viewer: a whole frame; the latest of one key wins. */
export interface PrivateFrame {
  readonly slot: number;
  /** Below 128. */
  readonly key: number;
  readonly frame: Uint8Array;
  /** It tells what the tick's picture shows, so a late cohort gets it with the tick; otherwise it is for now. */
  readonly timed: boolean;
}

/** Everything of one tick for one relay. */
export interface TickFrame {
  readonly epoch: number;
  readonly tick: number;
  readonly eventTime: number;
  /** The last journalled batch of this relay. */
  readonly acked: number;
  /** Whether this tick opens a window: the relay notes when it wrote it to each tier. */
  readonly mark: boolean;
  /** Belongs to a round in stream time: a cohort gets the tick its delay later. A tick that does not is for everybody at once. */
  readonly shifted: boolean;
  /** The patch body, or empty. */
  readonly patch: Uint8Array;
  /** Settled action numbers, by slot. */
  readonly confirms: readonly { readonly slot: number; readonly n: number }[];
  readonly refusals: readonly { readonly slot: number; readonly n: number; readonly code: ErrorCode }[];
  readonly privates: readonly PrivateFrame[];
  /** Frames to one viewer that must not be joined or dropped (responses, messages). */
  readonly directs: readonly { readonly slot: number; readonly frame: Uint8Array }[];
  /** Frames to every viewer of the room. */
  readonly broadcasts: readonly Uint8Array[];
  readonly kicks: readonly { readonly slot: number; readonly connection: number; readonly reason: ErrorCode | 'taken_over' }[];
}

const EMPTY = new Uint8Array(0);
const w = new ByteWriter(64 * 1024);
/** Bits of a tick's flags, and of a private frame's key. */
const MARK = 1;
const SHIFTED = 2;
const TIMED = 0x80;
/** Stands for `taken_over` among the reasons of a kick; it is not an error. */
const TAKEN_OVER = 0;

const varintOf = (value: number): Uint8Array => new ByteWriter(8).varint(value).bytes();

export const encodeGreeting = (g: Greeting): Uint8Array =>
  w.reset().u8(LINK.greeting).varint(g.epoch).varint(g.acked).f64(g.eventTime).varint(g.tickMs).block(g.reflection)
    .raw(g.version > 1 ? new Uint8Array([g.version]) : EMPTY).raw(g.markTick === undefined || g.version < 3 ? EMPTY : varintOf(g.markTick)).bytes();

export const decodeGreeting = (frame: Uint8Array): Greeting => {
  const r = reader(frame, LINK.greeting);
  const greeting = { epoch: r.varint(), acked: r.varint(), eventTime: r.finite(), tickMs: r.varint(), reflection: r.block().slice() };
  const version = r.left > 0 ? r.u8() : 1;
  return { ...greeting, version, ...(version >= 3 && r.left > 0 && { markTick: r.varint() }) };
};

export const encodeKeyframe = (k: Keyframe): Uint8Array =>
  w.reset().u8(LINK.keyframe).varint(k.epoch).varint(k.tick).f64(k.eventTime).block(k.body).bytes();

export const decodeKeyframe = (frame: Uint8Array): Keyframe => {
  const r = reader(frame, LINK.keyframe);
  return { epoch: r.varint(), tick: r.varint(), eventTime: r.finite(), body: r.block().slice() };
};

/** `version` is the link's; a relay of version 1 would misread what it does not know. */
export const encodeTick = (t: TickFrame, version: number = LINK_VERSION): Uint8Array => {
  const flags = (t.mark ? MARK : 0) | (t.shifted && version > 1 ? SHIFTED : 0);
  w.reset().u8(LINK.tick).varint(t.epoch).varint(t.tick).f64(t.eventTime).varint(t.acked).u8(flags).block(t.patch);
  w.varint(t.confirms.length);
  for (const c of t.confirms) w.varint(c.slot).varint(c.n);
  w.varint(t.refusals.length);
  for (const c of t.refusals) w.varint(c.slot).varint(c.n).u16(ERRORS[c.code].wire);
  w.varint(t.privates.length);
  for (const p of t.privates) w.varint(p.slot).u8(p.timed && version > 1 ? p.key | TIMED : p.key).block(p.frame);
  w.varint(t.directs.length);
  for (const d of t.directs) w.varint(d.slot).block(d.frame);
  w.varint(t.broadcasts.length);
  for (const b of t.broadcasts) w.block(b);
  w.varint(t.kicks.length);
  for (const k of t.kicks) w.varint(k.slot).varint(k.connection).u16(k.reason === 'taken_over' ? TAKEN_OVER : ERRORS[k.reason].wire);
  return w.bytes();
};

export const decodeTick = (frame: Uint8Array): TickFrame => {
  const r = reader(frame, LINK.tick);
  const epoch = r.varint();
  const number = r.varint();
  const eventTime = r.finite();
  const acked = r.varint();
  const flags = r.u8();
  const tick: TickFrame = {
    epoch, tick: number, eventTime, acked, mark: (flags & MARK) !== 0, shifted: (flags & SHIFTED) !== 0, patch: r.block().slice(), confirms: list(r, confirmIn),
    refusals: list(r, refusalIn), privates: list(r, privateIn), directs: list(r, directIn), broadcasts: list(r, broadcastIn), kicks: list(r, kickIn),
  };
  r.end();
  return tick;
};

const privateOf = (slot: number, key: number, frame: Uint8Array): PrivateFrame => ({ slot, key: key & ~TIMED, frame, timed: (key & TIMED) !== 0 });

export const encodeKeyframeRequest = (): Uint8Array => new Uint8Array([LINK.keyframeRequest]);

const kickReason = (wire: number): ErrorCode | 'taken_over' => (wire === TAKEN_OVER ? 'taken_over' : errorOfWire(wire));

const reader = (frame: Uint8Array, code: number): ByteReader => {
  const r = new ByteReader(frame);
  if (r.u8() !== code) throw new CrowdcueError('frame_unknown');
  return r;
};

const list = <T>(r: ByteReader, item: (r: ByteReader) => T): T[] => {
  const items: T[] = [];
  for (let left = r.bounded(r.left); left > 0; left--) items.push(item(r));
  return items;
};
// Not closures of one call: a relay without viewers that act reads twenty ticks a second, too few to be compiled well.
const confirmIn = (r: ByteReader) => ({ slot: r.varint(), n: r.varint() });
const refusalIn = (r: ByteReader) => ({ slot: r.varint(), n: r.varint(), code: errorOfWire(r.u16()) });
const privateIn = (r: ByteReader): PrivateFrame => privateOf(r.varint(), r.u8(), r.block().slice());
const directIn = (r: ByteReader) => ({ slot: r.varint(), frame: r.block().slice() });
const broadcastIn = (r: ByteReader): Uint8Array => r.block().slice();
const kickIn = (r: ByteReader) => ({ slot: r.varint(), connection: r.varint(), reason: kickReason(r.u16()) });
