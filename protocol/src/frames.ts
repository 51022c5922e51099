/**
 * Frames between a viewer and a relay. Codes below 0x20 are those of Colyseus 0.18 and mean what they mean there, so that a stock
 * SDK reads them; those from 0x20 are ours and go over the direct door only. State bodies are opaque.
 */
import { ByteReader, ByteWriter } from './bytes.js';
import { CrowdcueError, ERRORS, errorOfWire, type ErrorCode } from './errors.js';
import { LIMITS } from './limits.js';

export const FRAME = {
  joinRoom: 0x0a,
  error: 0x0b,
  leaveRoom: 0x0c,
  roomData: 0x0d,
  roomState: 0x0e,
  roomStatePatch: 0x0f,
  roomDataBytes: 0x11,
  ping: 0x12,
  roomRequest: 0x15,
  roomResponse: 0x16,

  /** Both ways, also on a link: four-timestamp clock exchange. */
  clock: 0x25,
  /** Viewer to relay: one action. */
  action: 0x28,
  /** Viewer to relay: the write rate that it wants. */
  tier: 0x29,
  /** Relay to viewer: what a connection is told first. */
  welcome: 0x2a,
  /** Relay to viewer: every action up to this number is settled. */
  confirm: 0x2b,
  /** Relay to viewer: this action was refused, and why. */
  refused: 0x2c,
  /** Viewer to relay, to relays whose WELCOME says version 2 or later: how late its picture is. */
  delay: 0x2d,
  /**
   * Relay to viewer, who offered it (`queue.1` among its subprotocols): it waits, and its place in the line to get in. WELCOME follows when
   * its turn has come. It may come after a WELCOME too, when the room turns out to have no place: then another WELCOME follows.
   */
  queue: 0x2e,
} as const;

/** Version of the direct door, the first part of the subprotocol. */
export const SUBPROTOCOL = 'crowdcue.v1';

/** Two bytes between joined patch bodies: the decoder's switch back to the root (refId 0). See WIRE, rule 2. */
export const ROOT_SWITCH: Uint8Array = new Uint8Array([0xff, 0x00]);

/** Write periods by tier, ms: focus, default, crowded, hidden. The index is what `FRAME.tier` carries. */
export const TIER_PERIODS = [50, 100, 200, 1000] as const;
/** Index into `TIER_PERIODS`. */
export type Tier = 0 | 1 | 2 | 3;
export const DEFAULT_TIER: Tier = 1;

const scratch = new ByteWriter(4096);

/** One action of a viewer: `(session, n)` is its identity. */
export interface Action {
  /** Number within the session, above every earlier one. */
  readonly n: number;
  /** The round that it is meant for. */
  readonly round: number;
  /** Index into the game's choices. */
  readonly choice: number;
  /** An integer whose meaning is the game's (taps since the last action, an option's stake). */
  readonly value: number;
}

export const encodeAction = (a: Action): Uint8Array =>
  scratch.reset().u8(FRAME.action).varint(a.n).varint(a.round).u8(a.choice).varint(a.value).bytes();

export const decodeAction = (frame: Uint8Array): Action => {
  const r = new ByteReader(frame, 1);
  const action = { n: r.bounded(0xffff_ffff), round: r.bounded(0xffff_ffff), choice: r.u8(), value: r.bounded(LIMITS.actionValue) };
  r.end();
  return action;
};

export const encodeTier = (tier: Tier): Uint8Array => new Uint8Array([FRAME.tier, tier]);

export const decodeTier = (frame: Uint8Array): Tier => {
  const r = new ByteReader(frame, 1);
  const tier = r.u8();
  r.end();
  if (tier >= TIER_PERIODS.length) throw new CrowdcueError('frame_malformed');
  return tier as Tier;
};

/** How late a viewer's picture is behind the host's, and how well that is known; ms. */
export interface StreamDelay {
  readonly delay: number;
  readonly error: number;
}

export const encodeDelay = (d: StreamDelay): Uint8Array =>
  scratch.reset().u8(FRAME.delay).varint(Math.round(d.delay)).varint(Math.round(d.error)).bytes();

/** A delay beyond what any event takes is cut to it: the viewer plays unscored, it is not an offence. */
export const decodeDelay = (frame: Uint8Array): StreamDelay => {
  const r = new ByteReader(frame, 1);
  const delay = { delay: Math.min(r.varint(), LIMITS.delayMs), error: Math.min(r.varint(), LIMITS.delayMs) };
  r.end();
  return delay;
};

/** Where somebody stands who waits to get in. */
export interface QueuePlace {
  /** From 1, which is next. */
  readonly place: number;
  /** Estimate from the pace of late, ms; 0 while nobody can say. */
  readonly waitMs: number;
}

export const encodeQueue = (q: QueuePlace): Uint8Array => scratch.reset().u8(FRAME.queue).varint(q.place).varint(Math.round(q.waitMs)).bytes();

export const decodeQueue = (frame: Uint8Array): QueuePlace => {
  const r = new ByteReader(frame, 1);
  const queue = { place: r.varint(), waitMs: r.varint() };
  r.end();
  return queue;
};

/** `sent` is the asker's clock; the answer repeats it and adds event time at receipt and at sending. All ms. */
export interface ClockExchange {
  readonly sent: number;
  readonly received?: number;
  readonly answered?: number;
}

export const encodeClock = (c: ClockExchange): Uint8Array => {
  scratch.reset().u8(FRAME.clock).f64(c.sent);
  if (c.received !== undefined && c.answered !== undefined) scratch.f64(c.received).f64(c.answered);
  return scratch.bytes();
};

export const decodeClock = (frame: Uint8Array): ClockExchange => {
  const r = new ByteReader(frame, 1);
  const sent = r.finite();
  if (r.left === 0) return { sent };
  const exchange = { sent, received: r.finite(), answered: r.finite() };
  r.end();
  return exchange;
};

/** What a connection by the direct door is told first. */
export interface Welcome {
  readonly version: number;
  readonly relayId: string;
  readonly sessionId: string;
  /** Event time at sending, ms, as the relay estimates it. */
  readonly eventTime: number;
}

export const encodeWelcome = (w: Welcome): Uint8Array =>
  scratch.reset().u8(FRAME.welcome).u8(w.version).text(w.relayId).text(w.sessionId).f64(w.eventTime).bytes();

export const decodeWelcome = (frame: Uint8Array): Welcome => {
  const r = new ByteReader(frame, 1);
  return { version: r.u8(), relayId: r.text(), sessionId: r.text(), eventTime: r.finite() };
};

export const encodeConfirm = (n: number): Uint8Array => scratch.reset().u8(FRAME.confirm).varint(n).bytes();
export const decodeConfirm = (frame: Uint8Array): number => new ByteReader(frame, 1).varint();

export const encodeRefused = (n: number, code: ErrorCode): Uint8Array =>
  scratch.reset().u8(FRAME.refused).varint(n).u16(ERRORS[code].wire).bytes();
export const decodeRefused = (frame: Uint8Array): { n: number; code: ErrorCode } => {
  const r = new ByteReader(frame, 1);
  return { n: r.varint(), code: errorOfWire(r.u16()) };
};

/** Colyseus's ERROR frame; ours carry the wire number and `code: message`. */
export const encodeError = (code: ErrorCode): Uint8Array =>
  scratch.reset().u8(FRAME.error).colyNumber(ERRORS[code].wire).colyString(`${code}: ${ERRORS[code].message}`).bytes();
export const decodeError = (frame: Uint8Array): { wire: number; message: string } => {
  const r = new ByteReader(frame, 1);
  return { wire: r.colyNumber(), message: r.colyString() };
};

/** Colyseus's JOIN_ROOM. An empty `reflection` keeps the decoder that the client has (WIRE: reconnection). */
export interface JoinRoom {
  readonly reconnectionToken: string;
  readonly reflection: Uint8Array;
}

export const encodeJoinRoom = (j: JoinRoom): Uint8Array =>
  scratch.reset().u8(FRAME.joinRoom).shortText(j.reconnectionToken).shortText('schema')
    .colyNumber(j.reflection.length).raw(j.reflection).bytes();
export const decodeJoinRoom = (frame: Uint8Array): JoinRoom => {
  const r = new ByteReader(frame, 1);
  const reconnectionToken = r.shortText();
  r.shortText(); // the serializer's name
  return { reconnectionToken, reflection: r.raw(r.colyNumber()).slice() };
};

/** A full state, ready to send. */
export const encodeRoomState = (body: Uint8Array): Uint8Array => scratch.reset().u8(FRAME.roomState).raw(body).bytes();

/** Several patch bodies as one ROOM_STATE_PATCH (WIRE, rule 2). Empty bodies must not be passed. */
export const joinPatches = (bodies: readonly Uint8Array[]): Uint8Array => {
  scratch.reset().u8(FRAME.roomStatePatch);
  for (let i = 0; i < bodies.length; i++) {
    if (i > 0) scratch.raw(ROOT_SWITCH);
    scratch.raw(bodies[i]!);
  }
  return scratch.bytes();
};

/** A ROOM_DATA frame around bytes that are msgpack already. */
export const encodeRoomData = (type: string, msgpack: Uint8Array): Uint8Array =>
  scratch.reset().u8(FRAME.roomData).colyString(type).raw(msgpack).bytes();

/** A ROOM_RESPONSE: `status` 0 is ok, 1 rejected, 2 error. */
export const encodeRoomResponse = (requestId: number, status: 0 | 1 | 2, msgpack: Uint8Array): Uint8Array =>
  scratch.reset().u8(FRAME.roomResponse).colyNumber(requestId).u8(status).raw(msgpack).bytes();

/** A ROOM_DATA, ROOM_DATA_BYTES or ROOM_REQUEST of a client, its payload still packed. */
export interface ClientMessage {
  readonly kind: 'data' | 'bytes' | 'request';
  readonly requestId: number;
  readonly type: string | number;
  readonly payload: Uint8Array;
}

export const decodeClientMessage = (frame: Uint8Array): ClientMessage => {
  const r = new ByteReader(frame);
  const code = r.u8();
  const kind = code === FRAME.roomData ? 'data' : code === FRAME.roomDataBytes ? 'bytes' : code === FRAME.roomRequest ? 'request' : undefined;
  if (kind === undefined) throw new CrowdcueError('frame_unknown');
  const requestId = kind === 'request' ? r.colyNumber() : 0;
  const type = r.isColyString() ? r.colyString() : r.colyNumber();
  return { kind, requestId, type, payload: r.raw(r.left) };
};

/** `requestId` counts only for a request. */
export const encodeClientMessage = (m: ClientMessage): Uint8Array => {
  scratch.reset();
  if (m.kind === 'request') scratch.u8(FRAME.roomRequest).colyNumber(m.requestId);
  else scratch.u8(m.kind === 'data' ? FRAME.roomData : FRAME.roomDataBytes);
  if (typeof m.type === 'string') scratch.colyString(m.type);
  else scratch.colyNumber(m.type);
  return scratch.raw(m.payload).bytes();
};

/** The answer to a ROOM_REQUEST, its payload still packed: `status` 0 is ok, 1 rejected, 2 error. */
export interface RoomResponse {
  readonly requestId: number;
  readonly status: number;
  readonly payload: Uint8Array;
}

export const decodeRoomResponse = (frame: Uint8Array): RoomResponse => {
  const r = new ByteReader(frame, 1);
  return { requestId: r.colyNumber(), status: r.u8(), payload: r.raw(r.left) };
};

/** Types of ROOM_DATA that we send; a stock SDK stays silent about unhandled types that begin with `__`. */
export const DATA_TYPE = {
  /** The viewer's own standing: score, rank, what the game says of them. Latest wins. */
  me: '__me',
  /** An achievement became true and unlocked drops. */
  unlock: '__unlock',
  /** Caption lines, each with the event time that it is for; a viewer shows it when its own picture is there. Viewer to room: how many came in time. */
  captions: '__captions',
  /** To overlays: viewers have unlocked something. */
  news: '__news',
  /** The room is on hold (`true`) or goes on (`false`). */
  hold: '__hold',
  /** A step of a quest is done; `QuestProgress`. */
  quest: '__quest',
  /** What to show when something fails has changed; `FallbackView`, or null. */
  fallback: '__fallback',
} as const;
