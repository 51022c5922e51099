/**
 * A channel: a relay's copy of one room, that knows bytes and viewers and no game.
 *
 * Life: `opening` until the link has brought a greeting and a keyframe; then `open`, also while the link is down and comes back
 * ("hold"); `closed` when the room says something final, or when nobody has been there for a while and everything is acknowledged.
 *
 * Invariants: a live viewer has exactly what its lane's `at` says, each patch once (Feed); a slot is not used again before
 * its leave is acknowledged (Slots); what was accepted from viewers is kept until then (Upstream); frames of an older epoch than
 * one that was seen change nothing.
 *
 * Must not import: doors, HTTP, matchmaking.
 */
import {
  type Action, type CloseCode, CLOSE, closeForError, CrowdcueError, DATA_TYPE, decodeClock, decodeGreeting, decodeKeyframe, decodeTick,
  DELAYS_SINCE, encodeClock, encodeKeyframeRequest, encodeRefused, encodeRoomData, type ErrorCode, FRAME, LINK, type TickFrame,
} from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import { EventClock } from './clock-sync.js';
import { DelayErrorCounts } from './delay-errors.js';
import { Feed } from './feed.js';
import { handOutKicks, handOutTick } from './hand-out.js';
import { Link, type LinkEvents } from './link.js';
import { elapsedSince } from './marks.js';
import type { Metrics } from './metrics.js';
import type { EventAddress } from './origin-api.js';
import type { Outlet } from './outlet.js';
import { Slots } from './slots.js';
import { Upstream } from './upstream.js';
import { CLOSED, type Viewer, type ViewerChannel } from './viewers.js';
import type { WritePlan } from './write-budget.js';

/** Ms without a frame from the room after which viewers are told to hold: forty ticks. */
const QUIET_MS = 2_000;
/** Ms between two clock exchanges, and between those right after a greeting. */
const CLOCK_MS = 5_000;
const CLOCK_FIRST_MS = 200;
const CLOCK_FIRST = 5;

const HOLD: Uint8Array = encodeRoomData(DATA_TYPE.hold, new Uint8Array([0xc3]));
const GO_ON: Uint8Array = encodeRoomData(DATA_TYPE.hold, new Uint8Array([0xc2]));

/** What a channel is given. */
export interface ChannelDeps {
  readonly clock: Clock;
  readonly outlet: Outlet;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** How often each tier is written. */
  readonly plan: WritePlan;
  /** Reserves the link's seat; see Link. */
  readonly reserve: () => Promise<string>;
  /** Numbers the connections of this relay's run. */
  readonly nextConnection: () => number;
  /** The channel is open for a viewer whose token is good. */
  readonly arrive: (viewer: Viewer, channel: Channel) => void;
  /** The viewer is gone. */
  readonly left: (viewer: Viewer, channel: Channel) => void;
  /** The room has no place for the viewer, which is out of it and still connected. */
  readonly putBack: (viewer: Viewer, channel: Channel) => void;
}

type ChannelState = 'opening' | 'open' | 'closed';

export class Channel implements LinkEvents, ViewerChannel {
  readonly feed: Feed;
  readonly upstream: Upstream;
  readonly clock: EventClock;
  readonly link: Link;
  /** Everybody here: in the room, on the way in, or waiting for the channel to open. */
  readonly viewers = new Set<Viewer>();
  readonly #slots = new Slots();
  readonly #errors = new DelayErrorCounts((frame) => this.link.send(frame));
  /** The newest connection of each viewer number. */
  readonly #newest = new Map<number, Viewer>();
  #state: ChannelState = 'opening';
  #held = false;
  #epoch = 0;
  /** Of the last link; 0 before the first. */
  #version = 0;
  #reflection: Uint8Array | undefined;
  #idleSince: number;
  #clockAskedAt = Number.NEGATIVE_INFINITY;
  #clockAsked = 0;

  constructor(readonly address: EventAddress, private readonly deps: ChannelDeps) {
    const { clock, outlet, metrics } = deps;
    this.clock = new EventClock(() => clock.now());
    this.feed = new Feed(address.roomId, outlet, metrics, () => clock.now(), deps.plan, (viewer) => this.#tellDelay(viewer));
    this.link = new Link(deps.reserve, this, clock, deps.log);
    this.upstream = new Upstream((bytes) => this.link.send(bytes), () => this.clock.eventNow(), metrics);
    this.#idleSince = clock.now();
  }

  get state(): ChannelState {
    return this.#state;
  }

  /** The reflection of JOIN_ROOM; known while the channel is open. */
  get reflection(): Uint8Array {
    return this.#reflection!;
  }

  /** Ms since the last viewer went; 0 while somebody is here. */
  idleMs(now: number): number {
    return this.viewers.size > 0 ? 0 : now - this.#idleSince;
  }

  /** The viewer's token is good: it is let in as soon as the channel is open. */
  admit(viewer: Viewer): void {
    viewer.channel = this;
    this.viewers.add(viewer);
    if (this.#state === 'open') this.deps.arrive(viewer, this);
  }

  /** Whether this viewer number is in the room already, by another connection. */
  holds(sub: number): boolean {
    return this.#newest.has(sub);
  }

  /** The viewer enters the room: `first` frames, state and place in the fan-out in one write, and a join in the batch unless it has asked before. */
  enter(viewer: Viewer, first: readonly Uint8Array[]): void {
    const before = this.#newest.get(viewer.admission!.claims.sub);
    const markBefore = before === undefined || before === viewer ? undefined : this.feed.markWritten(before);
    const reserved = viewer.entered;
    if (!reserved) this.reserve(viewer);
    this.deps.metrics.joins.inc({ door: viewer.door });
    this.feed.enter(viewer, first, [...(this.#held ? [HOLD] : []), ...(viewer.early ?? [])], markBefore);
    viewer.early = undefined;
    if (reserved) this.feed.confirm(viewer, viewer.confirm); // what came for it meanwhile goes out with its next write
  }

  /** Asks the room for a place: a join in the batch, whose number this answers. */
  reserve(viewer: Viewer): number {
    const { claims, sessionId } = viewer.admission!;
    this.#newest.set(claims.sub, viewer);
    viewer.slot = this.#slots.take(viewer);
    viewer.connection = this.deps.nextConnection();
    this.feed.place(viewer);
    const { batch } = this.upstream;
    this.upstream.join({
      slot: viewer.slot, connection: viewer.connection, viewer: claims.sub, sessionId, tier: claims.tier, name: claims.name, mac: claims.mac,
      direct: viewer.door === 'direct',
    });
    if (viewer.lane!.cohort.delay > 0) this.#tellDelay(viewer);
    return batch;
  }

  /** The room fixes by it how long a round in stream time stays open; what a viewer's own window is, it learns from each action. */
  #tellDelay(viewer: Viewer): void {
    this.upstream.delay(viewer.slot, viewer.lane!.cohort.delay);
  }

  /** The viewer's socket is closed. */
  leave(viewer: Viewer, code: number): void {
    this.viewers.delete(viewer);
    if (this.viewers.size === 0) this.#idleSince = this.deps.clock.now();
    this.deps.left(viewer, this);
    if (viewer.entered) this.#depart(viewer, code);
  }

  /** The room has no place: out of it and of the fan-out, the socket kept. */
  #putBack(viewer: Viewer): void {
    this.feed.fallBehind(viewer); // out of its topic
    this.#depart(viewer, CLOSE.event_full);
    viewer.privates = viewer.unwritten = viewer.refusals = viewer.early = undefined;
    viewer.confirm = -1;
    viewer.lastN = 0;
    this.deps.putBack(viewer, this);
  }

  #depart(viewer: Viewer, code: number): void {
    const sub = viewer.admission!.claims.sub;
    if (this.#newest.get(sub) === viewer) this.#newest.delete(sub);
    this.feed.leave(viewer);
    this.#errors.gone(viewer);
    const batch = this.upstream.batch;
    this.upstream.leave({ slot: viewer.slot, connection: viewer.connection, code });
    this.#slots.release(viewer.slot, batch);
    viewer.slot = -1;
  }

  delayError(viewer: Viewer, error: number): void {
    this.#errors.told(viewer, error);
  }

  /** An action that passed shape and rate, arrived now. */
  action(viewer: Viewer, action: Action): void {
    if (this.upstream.full) {
      this.deps.metrics.actions.inc({ outcome: 'action_busy' });
      this.feed.direct(viewer, [encodeRefused(action.n, 'action_busy')]);
      return;
    }
    this.deps.metrics.actions.inc({ outcome: 'forwarded' });
    this.upstream.action(viewer.slot, action, this.clock.eventNow(), this.#elapsed(viewer));
  }

  /** Called every 50 ms: closes the batch, writes to late cohorts, and looks after link and clock. */
  beat(now: number): void {
    this.feed.beat(now);
    this.upstream.flush();
    this.link.check(now);
    if (!this.link.up) return;
    this.#errors.beat(now);
    if (this.#state === 'open' && this.link.quietMs(now) > QUIET_MS) this.#hold(true);
    const every = this.#clockAsked < CLOCK_FIRST ? CLOCK_FIRST_MS : CLOCK_MS;
    if (now - this.#clockAskedAt > every) {
      this.#clockAsked++;
      this.#clockAskedAt = now;
      this.link.send(encodeClock({ sent: now }));
    }
  }

  greeting(frame: Uint8Array): boolean {
    const g = decodeGreeting(frame);
    if (g.epoch < this.#epoch) return false;
    const changed = this.#reflection !== undefined && !Buffer.from(g.reflection).equals(this.#reflection);
    this.deps.log.info({ epoch: g.epoch, acked: g.acked }, 'link up');
    this.#epoch = g.epoch;
    this.#reflection = g.reflection;
    this.clock.reset(g.eventTime);
    this.#clockAsked = 0;
    this.#clockAskedAt = Number.NEGATIVE_INFINITY;
    this.feed.awaitKeyframe(g.markTick);
    if (g.version >= DELAYS_SINCE && this.#version < DELAYS_SINCE) this.#tellDelays();
    this.#version = g.version;
    this.#errors.greeted(g.version);
    this.upstream.greeted(g.acked, g.version);
    this.#slots.acknowledge(g.acked);
    // Decoders that were built for another schema cannot read what comes now; their owners join anew.
    if (changed) this.#closeAll(CLOSE.link_reset);
    return true;
  }

  /** The origin before could not be told. */
  #tellDelays(): void {
    for (const viewer of this.viewers) if (viewer.entered && viewer.lane!.cohort.delay > 0) this.#tellDelay(viewer);
  }

  frame(frame: Uint8Array): void {
    switch (frame[0]) {
      case LINK.tick:
        this.#tick(decodeTick(frame));
        return;
      case LINK.keyframe: {
        const keyframe = decodeKeyframe(frame);
        if (keyframe.epoch === this.#epoch && this.feed.keyframe(keyframe)) this.#opened();
        return;
      }
      case FRAME.clock: {
        const { sent, received, answered } = decodeClock(frame);
        if (received !== undefined && answered !== undefined) this.clock.exchange(sent, received, answered);
        return;
      }
      default:
        throw new CrowdcueError('frame_unknown');
    }
  }

  lost(): void {
    this.deps.metrics.linkLosses.inc();
    this.deps.log.warn('link lost');
    if (this.#state === 'open') this.#hold(true);
  }

  final(code: ErrorCode): void {
    this.#closeAll(closeForError(code), code);
    this.close();
  }

  /** Closes the link. Viewers must be gone, or are closed by whoever calls. */
  close(): void {
    this.#state = 'closed';
    this.link.close();
  }

  #opened(): void {
    this.#hold(false);
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    for (const viewer of this.viewers) this.deps.arrive(viewer, this);
  }

  #tick(t: TickFrame): void {
    if (t.epoch !== this.#epoch) return;
    this.clock.frame(t.eventTime);
    this.deps.metrics.patches.inc();
    this.deps.metrics.patchBytes.inc(t.patch.length);
    handOutTick(t, this.#slots, this.feed);
    const taken = this.feed.tick(t.tick, t.patch, t.mark, t.shifted, Math.max(0, this.clock.eventNow() - t.eventTime));
    if (taken === 'gap') {
      this.deps.log.warn({ tick: t.tick, head: this.feed.log.head }, 'ticks missing; asking for a keyframe');
      this.link.send(encodeKeyframeRequest());
    } else if (taken === 'taken') {
      this.#hold(false);
    }
    handOutKicks(t, this.#slots, this.deps.outlet, (viewer) => this.#putBack(viewer));
    // Only now: what this tick has for a slot is for the viewer that had it until this acknowledgement.
    this.upstream.acknowledge(t.acked);
    this.#slots.acknowledge(t.acked);
    this.#tend();
  }

  #tend(): void {
    switch (this.feed.log.wish(this.deps.clock.now())) {
      case 'nothing':
        return;
      case 'keyframe':
        this.link.send(encodeKeyframeRequest());
        return;
      case 'reset':
        this.link.reset('no keyframes');
    }
  }

  #hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.deps.log.info({ held }, 'hold');
    this.feed.broadcast(held ? HOLD : GO_ON);
  }

  #elapsed(viewer: Viewer): number {
    const written = this.feed.markWritten(viewer);
    return written === undefined ? -1 : elapsedSince(written, this.deps.clock.now(), viewer.rtt);
  }

  #closeAll(code: CloseCode, error?: ErrorCode): void {
    for (const viewer of this.viewers) if (viewer.state !== CLOSED) this.deps.outlet.close(viewer, code, error);
  }
}
