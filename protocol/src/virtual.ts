/**
 * What a link carries for *virtual clients*: viewers whom an ordinary Colyseus room sees as its own clients. Upstream a viewer's join
 * rides in the batch, with what the room's hooks want to know of its connection; its frames are messages, its end is a leave.
 * Downstream everything but state comes as an ordered list of operations, between the ticks as the room said it. Lists are
 * numbered and kept until acknowledged, so that a link may break without a frame lost or doubled.
 */
import { ByteReader, ByteWriter } from './bytes.js';
import { CrowdcueError } from './errors.js';

export const VIRTUAL = {
  /** Relay to room: a piece of a frame that is larger than the smallest socket frame which a Colyseus server takes. */
  part: 0x30,
  /** Room to relay: operations. */
  out: 0x31,
  /** Relay to room: every list up to this number has come. */
  outAck: 0x32,
} as const;

/** A viewer connects to a seat that the room's matchmaking has reserved. */
export interface VirtualJoin {
  readonly slot: number;
  readonly connection: number;
  readonly sessionId: string;
  /** The token of the connection for the room's `onAuth`; empty for none. */
  readonly token: string;
  /** Empty unless it is a reconnection. */
  readonly reconnection: string;
  /** The client keeps its decoder. */
  readonly skipHandshake: boolean;
  /** Of the viewer, as the relay sees it. */
  readonly address: string;
  /** Of the upgrade request. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** One thing that a room does to its virtual clients. */
export type VirtualOp =
  /** A frame to one of them. */
  | { readonly kind: 'direct'; readonly slot: number; readonly frame: Uint8Array }
  /** A frame to all that have entered. */
  | { readonly kind: 'broadcast'; readonly frame: Uint8Array; readonly except: readonly number[] }
  /** State as of the last tick, and every patch from there on. */
  | { readonly kind: 'enter'; readonly slot: number }
  /** No state and no broadcasts any more; the connection stays until it is closed. */
  | { readonly kind: 'quiet'; readonly slot: number }
  /** Code 0 is none. */
  | { readonly kind: 'close'; readonly slot: number; readonly connection: number; readonly code: number; readonly reason: string };

/** Operations, in order. */
export interface VirtualOut {
  /** From 1, rising by one in a relay's run; 0 when there are no operations. */
  readonly n: number;
  /** The last batch that was applied. */
  readonly acked: number;
  readonly ops: readonly VirtualOp[];
}

const KIND = { direct: 1, broadcast: 2, enter: 3, quiet: 4, close: 5 } as const;
const SKIP_HANDSHAKE = 1;
const LAST = 1;
/** Slots are dense; this many viewers one relay never has. */
const SLOTS = 0xffff_ffff;

export const writeVirtualJoins = (w: ByteWriter, joins: readonly VirtualJoin[]): void => {
  w.varint(joins.length);
  for (const j of joins) {
    w.varint(j.slot).varint(j.connection).u8(j.skipHandshake ? SKIP_HANDSHAKE : 0).text(j.sessionId).text(j.token).text(j.reconnection).text(j.address);
    w.varint(j.headers.length);
    for (const [name, value] of j.headers) w.text(name).text(value);
  }
};

export const readVirtualJoins = (r: ByteReader): VirtualJoin[] => {
  const joins: VirtualJoin[] = [];
  if (r.left > 0 && r.buffer[r.offset] === 0) throw new CrowdcueError('frame_malformed'); // an empty section is left out
  for (let left = r.bounded(r.left); left > 0; left--) {
    const ids = { slot: r.bounded(SLOTS), connection: r.varint(), skipHandshake: (r.u8() & SKIP_HANDSHAKE) !== 0 };
    const texts = { sessionId: r.text(), token: r.text(), reconnection: r.text(), address: r.text() };
    const headers: [string, string][] = [];
    for (let more = r.bounded(r.left); more > 0; more--) headers.push([r.text(), r.text()]);
    joins.push({ ...ids, ...texts, headers });
  }
  return joins;
};

/** Collects operations as bytes until `take` makes a frame of them; what it is given is copied. */
export class VirtualOutBuilder {
  readonly #ops = new ByteWriter(16 * 1024);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  add(op: VirtualOp): void {
    const w = this.#ops.u8(KIND[op.kind]);
    this.#count++;
    switch (op.kind) {
      case 'direct':
        w.varint(op.slot).block(op.frame);
        return;
      case 'broadcast':
        w.varint(op.except.length);
        for (const slot of op.except) w.varint(slot);
        w.block(op.frame);
        return;
      case 'enter':
      case 'quiet':
        w.varint(op.slot);
        return;
      case 'close':
        w.varint(op.slot).varint(op.connection).u16(op.code).text(op.reason);
    }
  }

  /** The frame; the builder is empty afterwards. */
  take(n: number, acked: number): Uint8Array {
    const frame = scratch.reset().u8(VIRTUAL.out).varint(n).varint(acked).varint(this.#count).raw(this.#ops.view()).bytes();
    this.#ops.reset();
    this.#count = 0;
    return frame;
  }
}

const scratch = new ByteWriter(16 * 1024);

export const encodeVirtualOut = (out: VirtualOut): Uint8Array => {
  const builder = new VirtualOutBuilder();
  for (const op of out.ops) builder.add(op);
  return builder.take(out.n, out.acked);
};

export const decodeVirtualOut = (frame: Uint8Array): VirtualOut => {
  const r = new ByteReader(frame);
  if (r.u8() !== VIRTUAL.out) throw new CrowdcueError('frame_unknown');
  const head = { n: r.varint(), acked: r.varint() };
  const ops: VirtualOp[] = [];
  for (let left = r.bounded(r.left); left > 0; left--) ops.push(readOp(r));
  r.end();
  return { ...head, ops };
};

const readOp = (r: ByteReader): VirtualOp => {
  switch (r.u8()) {
    case KIND.direct:
      return { kind: 'direct', slot: r.bounded(SLOTS), frame: r.block().slice() };
    case KIND.broadcast: {
      const except: number[] = [];
      for (let left = r.bounded(r.left); left > 0; left--) except.push(r.bounded(SLOTS));
      return { kind: 'broadcast', except, frame: r.block().slice() };
    }
    case KIND.enter:
      return { kind: 'enter', slot: r.bounded(SLOTS) };
    case KIND.quiet:
      return { kind: 'quiet', slot: r.bounded(SLOTS) };
    case KIND.close:
      return { kind: 'close', slot: r.bounded(SLOTS), connection: r.varint(), code: r.u16(), reason: r.text() };
    default:
      throw new CrowdcueError('frame_malformed');
  }
};

export const encodeVirtualOutAck = (n: number): Uint8Array => scratch.reset().u8(VIRTUAL.outAck).varint(n).bytes();

export const decodeVirtualOutAck = (frame: Uint8Array): number => {
  const r = new ByteReader(frame);
  if (r.u8() !== VIRTUAL.outAck) throw new CrowdcueError('frame_unknown');
  const n = r.varint();
  r.end();
  return n;
};

/** Cuts a frame into parts of at most `size` bytes, heads included. */
export const encodeParts = (frame: Uint8Array, size: number): Uint8Array[] => {
  const parts: Uint8Array[] = [];
  const body = size - 2;
  for (let at = 0; at < frame.length; at += body) {
    const chunk = frame.subarray(at, at + body);
    parts.push(scratch.reset().u8(VIRTUAL.part).u8(at + body >= frame.length ? LAST : 0).raw(chunk).bytes());
  }
  return parts;
};

/** Puts parts together again; `limit` bounds the whole, bytes. */
export class PartJoiner {
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(private readonly limit: number) {}

  /** The whole frame with its last part, `undefined` before. The part is copied. */
  take(part: Uint8Array): Uint8Array | undefined {
    const r = new ByteReader(part, 1);
    const last = r.u8() === LAST;
    const chunk = r.raw(r.left);
    this.#size += chunk.length;
    if (this.#size > this.limit) throw new CrowdcueError('frame_oversize');
    this.#chunks.push(Uint8Array.from(chunk));
    if (!last) return undefined;
    const whole = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#chunks) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#chunks = [];
    this.#size = 0;
    return whole;
  }
}

/** Who opens a link for virtual clients; it stands where Colyseus has a session id, so that no matchmaking and no hook is asked. */
export interface LinkSession {
  readonly relayId: string;
  readonly incarnation: number;
  /** The first list of operations that it has not had; 0 in a run that has not been greeted yet. */
  readonly from: number;
  /** A MAC and its end, as in `LinkOptions`. */
  readonly proof: string;
}

const LINK_SESSION = /^crowdcue-link~([\w.-]{1,64})~(\d{1,16})~(\d{1,16})~([\w.-]{1,100})$/;

export const encodeLinkSession = (s: LinkSession): string => `crowdcue-link~${s.relayId}~${s.incarnation}~${s.from}~${s.proof}`;

/** `undefined` for every other session id. Nothing of it is proved yet. */
export const decodeLinkSession = (sessionId: string): LinkSession | undefined => {
  const parts = LINK_SESSION.exec(sessionId);
  if (parts === null) return undefined;
  return { relayId: parts[1]!, incarnation: Number(parts[2]), from: Number(parts[3]), proof: parts[4]! };
};
