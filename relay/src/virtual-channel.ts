/**
 * A channel of a room that knows its viewers as clients: a relay's copy of the state, and a wire for everything else.
 *
 * Life: as `Channel`, but that a link which stays away ends it: the room has counted its viewers as dropped by then, so they are told
 * to come back, and a new channel begins.
 *
 * Invariants: what the room said to a viewer reaches it in the room's order, patches included; a list of operations is carried out
 * once; what a viewer sends goes up as it came; a slot is not used again before its leave is acknowledged.
 */
import {
  CLOSE, closeForError, CrowdcueError, decodeGreeting, decodeKeyframe, decodeTick, decodeVirtualOut, encodeKeyframeRequest, encodeParts,
  encodeVirtualOutAck, type ErrorCode, LINK, type TokenClaims, VIRTUAL, type VirtualJoin, type VirtualOp,
} from '@crowdcue/protocol';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { Feed } from './feed.js';
import { FINAL, Link, type LinkEvents } from './link.js';
import type { Metrics } from './metrics.js';
import type { EventAddress } from './origin-api.js';
import { Slots } from './slots.js';
import { Upstream } from './upstream.js';
import { CLOSED, type Viewer, type ViewerChannel } from './viewers.js';
import { LosslessFeed } from './virtual-feed.js';
import type { VirtualOutlet } from './virtual-outlet.js';

/** The largest frame up: Colyseus's transports take 4 KiB unless they are told otherwise. */
const PART_BYTES = 4_000;
/** Ms that a link may be away; the room waits as long before it counts the viewers as dropped. */
const AWAY_MS = 10_000;
const NOTHING = new Uint8Array(0);
/** How Colyseus answers a session id that no room of the process knows: the room is gone, or never had the plugin. */
const FINALS = new Map([...FINAL, [CLOSE.with_error, 'event_ended' as const]]);

/** What a virtual channel is given. */
export interface VirtualChannelDeps {
  readonly clock: Clock;
  readonly outlet: VirtualOutlet;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** The address of its link; `from` is the first list of operations that it has not had, 0 before the first greeting. */
  readonly address: (from: number) => string;
  readonly nextConnection: () => number;
}

/** What the room is told of a viewer that joins. */
export type VirtualJoinRequest = Omit<VirtualJoin, 'slot' | 'connection'>;

export class VirtualChannel implements LinkEvents, ViewerChannel {
  readonly feed: Feed;
  readonly upstream: Upstream;
  readonly clock: { readonly rtt: number; eventNow(): number };
  readonly link: Link;
  readonly address: EventAddress;
  readonly reflection = NOTHING;
  readonly viewers = new Set<Viewer>();
  readonly #inside = new Set<Viewer>();
  readonly #slots = new Slots();
  readonly #topic: string;
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #received = 0;
  #ackedOut = 0;
  #awaySince: number;
  #idleSince: number;
  #flushDue = false;
  #leavesDue = false;

  constructor(roomId: string, private readonly deps: VirtualChannelDeps) {
    const { clock, outlet, metrics } = deps;
    this.address = { event: roomId, roomId, doorKey: Buffer.alloc(0) };
    this.clock = { rtt: 0, eventNow: () => clock.now() };
    this.#topic = `${roomId}/all`;
    this.feed = new LosslessFeed(roomId, outlet, metrics, () => clock.now());
    this.link = new Link(async () => deps.address(this.#state === 'opening' ? 0 : this.#received + 1), this, clock, deps.log, FINALS);
    this.upstream = new Upstream((bytes) => this.#send(bytes), () => clock.now(), metrics);
    this.#idleSince = this.#awaySince = clock.now();
  }

  get state(): 'opening' | 'open' | 'closed' {
    return this.#state;
  }

  /** Ms since the last viewer went; 0 while somebody is here. */
  idleMs(now: number): number {
    return this.viewers.size > 0 ? 0 : now - this.#idleSince;
  }

  /** The viewer's socket is open: the room decides. */
  join(viewer: Viewer, request: VirtualJoinRequest): void {
    if (this.#leavesDue) this.#flush(); // within a batch joins come first, and this one may be the same viewer back again
    viewer.channel = this;
    this.viewers.add(viewer);
    viewer.slot = this.#slots.take(viewer);
    viewer.connection = this.deps.nextConnection();
    viewer.admission = { sessionId: request.sessionId, keepsDecoder: request.skipHandshake, claims: nobody(viewer.connection) };
    this.upstream.virtualJoin({ ...request, slot: viewer.slot, connection: viewer.connection });
    this.#flushSoon();
  }

  /** Whatever the viewer sends, as it came. */
  message(viewer: Viewer, frame: Uint8Array): void {
    if (this.upstream.full) {
      this.deps.metrics.messages.inc({ outcome: 'action_busy' });
      return this.deps.outlet.close(viewer, CLOSE.link_reset, 'action_busy'); // it was not delivered, so the connection is broken
    }
    this.deps.metrics.messages.inc({ outcome: 'forwarded' });
    this.upstream.message(viewer.slot, frame);
    this.#flushSoon();
  }

  leave(viewer: Viewer, code: number): void {
    this.viewers.delete(viewer);
    if (this.viewers.size === 0) this.#idleSince = this.deps.clock.now();
    if (!viewer.entered) return;
    if (this.#inside.delete(viewer)) this.feed.leave(viewer);
    const batch = this.upstream.batch;
    this.upstream.leave({ slot: viewer.slot, connection: viewer.connection, code });
    this.#leavesDue = true;
    this.#slots.release(viewer.slot, batch);
    viewer.slot = -1;
    this.#flushSoon();
  }

  /** A stock client enters when the room says so, and has no actions. */
  enter(): void {
    throw new CrowdcueError('frame_unknown');
  }

  action(): void {
    throw new CrowdcueError('frame_unknown');
  }

  /** Called every 50 ms. */
  beat(now: number): void {
    this.#flush();
    this.link.check(now);
    if (!this.link.up) {
      if (this.viewers.size > 0 && now - this.#awaySince > AWAY_MS) this.final('relay_superseded');
      return;
    }
    if (this.#received > this.#ackedOut && this.link.send(encodeVirtualOutAck(this.#received))) this.#ackedOut = this.#received;
    const wish = this.feed.log.wish(now);
    if (wish === 'keyframe') this.link.send(encodeKeyframeRequest());
    else if (wish === 'reset') this.link.reset('no keyframes');
  }

  greeting(frame: Uint8Array): boolean {
    const { acked } = decodeGreeting(frame);
    this.deps.log.info({ acked }, 'link up');
    this.#state = 'open';
    this.#ackedOut = 0;
    this.feed.awaitKeyframe();
    this.upstream.greeted(acked);
    this.#slots.acknowledge(acked);
    return true;
  }

  frame(frame: Uint8Array): void {
    switch (frame[0]) {
      case VIRTUAL.out:
        return this.#out(frame);
      case LINK.tick:
        return this.#tick(frame);
      case LINK.keyframe:
        this.feed.keyframe(decodeKeyframe(frame));
        return;
      default:
        throw new CrowdcueError('frame_unknown');
    }
  }

  lost(): void {
    this.#awaySince = this.deps.clock.now();
    this.deps.metrics.linkLosses.inc();
    this.deps.log.warn('link lost');
  }

  /** The room will not have this link again. */
  final(code: ErrorCode): void {
    switch (code) {
      case 'relay_superseded': // it has forgotten this run, but not its viewers' right to come back
        return this.#giveUp((viewer) => this.deps.outlet.close(viewer, CLOSE.try_reconnect));
      case 'event_ended':
        this.deps.log.info('the room is gone, or does not carry the plugin');
        return this.#giveUp((viewer) => this.deps.outlet.expired(viewer));
      default:
        this.deps.log.error({ code }, 'the room refuses this relay');
        this.#giveUp((viewer) => this.deps.outlet.close(viewer, closeForError(code), code));
    }
  }

  close(): void {
    this.#state = 'closed';
    this.link.close();
  }

  #giveUp(goodbye: (viewer: Viewer) => void): void {
    this.close();
    for (const viewer of this.viewers) if (viewer.state !== CLOSED) goodbye(viewer);
  }

  #tick(frame: Uint8Array): void {
    const t = decodeTick(frame);
    this.deps.metrics.patches.inc();
    this.deps.metrics.patchBytes.inc(t.patch.length);
    if (this.feed.tick(t.tick, t.patch, false) === 'gap') this.link.send(encodeKeyframeRequest());
    this.#acknowledge(t.acked);
  }

  #out(frame: Uint8Array): void {
    const { n, acked, ops } = decodeVirtualOut(frame);
    if (n > this.#received + 1) throw new CrowdcueError('frame_malformed');
    if (n === this.#received + 1) {
      this.#received = n;
      for (const op of ops) this.#carryOut(op);
    }
    this.#acknowledge(acked);
  }

  #carryOut(op: VirtualOp): void {
    if (op.kind === 'broadcast') return this.#broadcast(op.frame, op.except);
    const viewer = this.#slots.at(op.slot);
    if (viewer === undefined) return; // it has left, and the room does not know yet
    switch (op.kind) {
      case 'direct':
        return this.feed.direct(viewer, [op.frame]);
      case 'enter':
        this.#inside.add(viewer);
        this.deps.metrics.joins.inc({ door: viewer.door });
        this.feed.enter(viewer, [], [], undefined);
        viewer.socket!.subscribe(this.#topic);
        return;
      case 'quiet':
        if (!this.#inside.delete(viewer)) return;
        return this.#silence(viewer);
      case 'close':
        if (viewer.connection === op.connection) this.deps.outlet.end(viewer, op.code, op.reason);
    }
  }

  /** Out of the fan-out, with its connection left to the room. */
  #silence(viewer: Viewer): void {
    const topic = viewer.lane?.topic;
    this.feed.leave(viewer);
    viewer.state = { kind: 'joining', since: Number.POSITIVE_INFINITY };
    this.deps.outlet.without(viewer, () => {
      if (topic !== undefined) viewer.socket!.unsubscribe(topic);
      viewer.socket!.unsubscribe(this.#topic);
    });
  }

  #broadcast(frame: Uint8Array, except: readonly number[]): void {
    const outlet = this.deps.outlet;
    const left = except.map((slot) => this.#slots.at(slot)).filter((viewer) => viewer !== undefined && this.#inside.has(viewer)) as Viewer[];
    for (const viewer of left) outlet.without(viewer, () => viewer.socket!.unsubscribe(this.#topic));
    outlet.publish(this.#topic, frame);
    for (const viewer of left) viewer.socket!.subscribe(this.#topic);
  }

  #acknowledge(acked: number): void {
    this.upstream.acknowledge(acked);
    this.#slots.acknowledge(acked);
  }

  /** At the end of this turn: what many viewers sent in it goes up in one batch. */
  #flushSoon(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    setImmediate(() => {
      this.#flushDue = false;
      if (this.#state !== 'closed') this.#flush();
    });
  }

  #flush(): void {
    this.#leavesDue = false;
    this.upstream.flush();
  }

  #send(bytes: Uint8Array): boolean {
    if (bytes.length <= PART_BYTES) return this.link.send(bytes);
    return encodeParts(bytes, PART_BYTES).every((part) => this.link.send(part));
  }
}

/** The fan-out keeps marks by viewer number; a room that knows its viewers as clients opens none. */
const nobody = (connection: number): TokenClaims => ({ evt: '', sub: connection, tier: '', name: '', mac: '', iat: 0, exp: 0 });
