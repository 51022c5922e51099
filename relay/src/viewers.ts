import { type Action, DEFAULT_TIER, type Tier, type TokenClaims } from '@crowdcue/protocol';
import type { WebSocket } from 'uWebSockets.js';
import type { Cohort, Lane } from './lanes.js';
import type { EventAddress } from './origin-api.js';
import { Bucket, FRAME_BUCKET, ACTION_BUCKET } from './rates.js';
import type { TimedPrivates } from './timed-privates.js';

/** uWebSockets.js hands back the socket itself as user data, so this one field must not carry a method's name. */
export interface SocketData {
  readonly viewer: Viewer;
}

/** A socket of a viewer. It throws when it is used after its close event. */
export type ViewerSocket = WebSocket<SocketData>;

/** By which door a viewer came: with our SDK, or with a stock Colyseus one. */
export type Door = 'direct' | 'stock';

/** What a room may want to know of a connection. */
export interface ConnectionDetails {
  readonly token: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly address: string;
}

/** What the connection asks for, copied from the upgrade request; `address` is whose it is (see Strangers). */
export type Request =
  | { readonly door: 'direct'; readonly address: string; readonly event: string; readonly version: boolean; readonly token: string | undefined; readonly session: string | undefined; readonly resume: boolean; readonly queue: boolean; readonly delay?: string | undefined }
  | { readonly door: 'stock'; readonly address: string; readonly seat: string; readonly roomId: string; readonly session: string | undefined; readonly reconnection: string | undefined; readonly skipHandshake: boolean; readonly connection?: ConnectionDetails };

/** What a relay needs of a token's claims. */
export type ViewerClaims = Omit<TokenClaims, 'iat'>;

/** Who the viewer is, by a token that was checked. */
export interface Admission {
  readonly claims: ViewerClaims;
  readonly sessionId: string;
  /** The client keeps its decoder, so the reflection is left out. */
  readonly keepsDecoder: boolean;
  /** Stock door, a session that comes back: the schema that this decoder reads, and the token, used up once its successor has arrived. */
  readonly schema?: number;
  readonly replaces?: string;
}

export type ViewerLane = Lane<Viewer>;
export type ViewerCohort = Cohort<Viewer>;

/** What a viewer, and who looks after it, sees of its channel. */
export interface ViewerChannel {
  readonly address: EventAddress;
  readonly reflection: Uint8Array;
  readonly clock: { eventNow(): number };
  readonly upstream: { readonly full: boolean; message(slot: number, frame: Uint8Array): void };
  readonly feed: ViewerFeed;
  enter(viewer: Viewer, first: readonly Uint8Array[]): void;
  leave(viewer: Viewer, code: number): void;
  action(viewer: Viewer, action: Action): void;
  /** The viewer knows its delay to within `error` ms. */
  delayError?(viewer: Viewer, error: number): void;
}

/** What a viewer, and who looks after it, sees of its channel's fan-out. */
export interface ViewerFeed {
  direct(viewer: Viewer, frames: readonly Uint8Array[]): void;
  changeTier(viewer: Viewer, to: Tier): void;
  changeDelay(viewer: Viewer, delayMs: number): void;
  lost(viewer: Viewer): void;
  fallBehind(viewer: Viewer): void;
  recover(viewer: Viewer): void;
  evict(viewer: Viewer, reason: 'too_slow' | 'silent'): void;
}

/** Where a viewer stands. */
export type ViewerState =
  /** Its token, or its channel, is being looked up. */
  | { readonly kind: 'waiting'; readonly since: number }
  /** In line; with a slot, once the room has been asked for a place. */
  | { readonly kind: 'queued' }
  /** Stock door: JOIN_ROOM is written and not acknowledged. */
  | { readonly kind: 'joining'; readonly since: number }
  /** Subscribed to its lane: it has everything up to where the lane is. */
  | { readonly kind: 'live' }
  /** It has everything up to position `at`, which its lane has not been sent yet; or nothing, and its lane has nothing for it yet. */
  | { readonly kind: 'moving'; readonly at: number }
  /** Out of the fan-out until it has drained; it has everything up to position `at`, unless bytes were lost. */
  | { readonly kind: 'behind'; readonly at: number; readonly since: number }
  | { readonly kind: 'closed' };

export const LIVE: ViewerState = { kind: 'live' };
export const CLOSED: ViewerState = { kind: 'closed' };

/** Sessions and reconnection tokens are made of these. */
export const SESSION_ID = /^[A-Za-z0-9_-]{16,32}$/;

/** What is left of the requests of those who were let in: one object for all of a kind. */
const DIRECT: Request = { door: 'direct', address: '', event: '', version: true, token: undefined, session: undefined, resume: false, queue: false };
const QUEUEING: Request = { ...DIRECT, queue: true };
const STOCK: Request = { door: 'stock', address: '', seat: '', roomId: '', session: undefined, reconnection: undefined, skipHandshake: false };

/** One connection of a viewer. Fields that only some viewers need stay undefined, so that an idle one costs little. */
export class Viewer {
  socket: ViewerSocket | undefined;
  state: ViewerState;
  tier: Tier;
  /** How late its picture is, ms, as last declared. */
  delay = 0;
  /** The step that its delay's error counts in, ms, or -1; see DelayErrorCounts. */
  errorStep = -1;
  /** Set while it is in the room. */
  lane: ViewerLane | undefined;
  channel: ViewerChannel | undefined;
  admission: Admission | undefined;
  /** Position in the sweep's list. */
  index = -1;
  slot = -1;
  /** Highest action number of this connection: within one they only rise. */
  lastN = 0;
  connection = 0;
  /** Of the present mark; see MarkBook. */
  markId = 0;
  markAt = 0;
  #frames: Bucket | undefined;
  #actions: Bucket | undefined;
  /** Smallest round trip, ms; Infinity before the first pong. */
  rtt = Number.POSITIVE_INFINITY;
  /** Relay clock of the ping that is on its way, or 0. */
  pingSentAt = 0;
  lastPingAt = 0;
  lastHeardAt: number;
  /** uWebSockets.js threw away bytes for this viewer. */
  missed = false;
  /** The last private frame of each key, for a resync. */
  privates: Map<number, Uint8Array> | undefined;
  /** Keys of `privates` that are not written yet. */
  unwritten: Set<number> | undefined;
  /** Private state that its picture has not come to. */
  timed: TimedPrivates | undefined;
  /** Highest settled action number that is not written yet, or -1. */
  confirm = -1;
  /** Refusals that are not written yet. */
  refusals: Uint8Array[] | undefined;
  /** Its turn in line, which it keeps; 0 before it has one. */
  turn = 0;
  /** Counts among those who are in rooms, or on the last step there. */
  inside = false;
  /** Direct door: it has been written the handshake. */
  welcomed = false;
  /** Frames of the room that came before the viewer could read them. */
  early: Uint8Array[] | undefined;
  /** Token by which a stock client may come back. */
  reconnectionToken: string | undefined;

  constructor(public request: Request, now: number, tier = DEFAULT_TIER) {
    this.tier = tier;
    this.state = { kind: 'waiting', since: now };
    this.lastHeardAt = now;
  }

  /** The door has checked who this is. What only the door needed goes: it would keep the whole header of the request with it. */
  admit(admission: Admission): void {
    const { request } = this;
    this.admission = { ...admission, sessionId: Buffer.from(admission.sessionId, 'latin1').toString('latin1') };
    if (request.door === 'stock') this.request = STOCK;
    else this.request = request.queue ? QUEUEING : DIRECT;
  }

  /** What it may still send: frames, and actions among them. */
  get frames(): Bucket {
    return (this.#frames ??= new Bucket(FRAME_BUCKET));
  }

  get actions(): Bucket {
    return (this.#actions ??= new Bucket(ACTION_BUCKET));
  }

  get door(): Door {
    return this.request.door;
  }

  /** Whether the room knows this viewer. */
  get entered(): boolean {
    return this.slot >= 0;
  }
}
