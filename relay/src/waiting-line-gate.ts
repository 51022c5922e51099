/**
 * The gate of a relay: who may go into a room now, and who waits for it. A crowd that comes within seconds is let in as fast as the ticks
 * of those who are in allow, in the order of coming; whoever finds this relay or the event full waits for a place instead of being sent away.
 *
 * Life of a viewer here: `arrive` (its token is good, its room's channel is open) → in, in one write → `left`; or → in line → in; or in,
 * `putBack` because the room has no place → in line, at its old turn → asks → in.
 *
 * Invariants: a viewer is let in once a connection; a line is in the order of turns; no more than `maxViewers` are in rooms; letting in
 * takes no more than its share of the time. Whether an event is full is for its room to say, and is never guessed.
 *
 * Must not import: HTTP, matchmaking.
 */
import { CLOSE, closeForError, encodeQueue, isSpectator, type ErrorCode } from '@crowdcue/protocol';
import type { Channel } from './channel.js';
import type { Clock } from './clock.js';
import type { Metrics } from './metrics.js';
import type { Outlet } from './outlet.js';
import { Lane, type Ticket } from './waiting-line-lane.js';
import { Pace } from './waiting-line-pace.js';
import type { Viewer } from './viewers.js';

/**
 * What turns begin with. First those whom a room has let in and then had no place for, then those who have waited as a request already or
 * were in before, then all others; within each in the order of coming. Far enough apart to stay so.
 */
const RANK = { putBack: -(2 ** 52), early: -(2 ** 51), usual: 0 } as const;

/** What the gate is given. */
export interface GateDeps {
  readonly clock: Clock;
  readonly outlet: Outlet;
  readonly metrics: Metrics;
  readonly maxViewers: number;
  /** Part of the time that letting in may take. */
  readonly joinShare: number;
  /** The door's own first frames, and into the room. */
  readonly letIn: (viewer: Viewer, channel: Channel) => void;
}

export class Gate {
  readonly #lanes = new Map<Channel, Lane>();
  readonly #pace: Pace;
  /** Ms that went into letting in so far. */
  spentMs = 0;
  #turns = 0;
  #inside = 0;
  #tickets = 0;

  constructor(private readonly deps: GateDeps) {
    this.#pace = new Pace(deps.joinShare, deps.clock.now());
  }

  /** Viewers and requests in line. */
  get waiting(): number {
    let waiting = 0;
    for (const lane of this.#lanes.values()) waiting += lane.line.size;
    return waiting;
  }

  /** Requests in line. */
  get tickets(): number {
    return this.#tickets;
  }

  /** The viewer may enter its room: now, or when its turn comes. */
  arrive(viewer: Viewer, channel: Channel): void {
    const lane = this.#laneOf(channel);
    // A connection that takes over one which is in the room needs no new place, only time.
    const replaces = channel.holds(viewer.admission!.claims.sub);
    // An overlay takes no viewer's place, and the stream must not stand in line: the event itself bounds how many there are.
    if (isSpectator(viewer.admission!.claims.tier)) return this.#enter(viewer, channel);
    const straight = replaces ? this.#pace.open(this.deps.clock.now()) : lane.free && !channel.upstream.full && this.#open();
    if (straight) return this.#enter(viewer, channel);
    const early = replaces || viewer.door === 'stock';
    if (early) lane.granted();
    this.#queue(viewer, lane, early ? RANK.early : RANK.usual);
    return undefined;
  }

  /** The room has no place for a viewer that was let in, or has asked. */
  putBack(viewer: Viewer, channel: Channel): void {
    const lane = this.#laneOf(channel);
    this.deps.metrics.putBack.inc();
    this.left(viewer, channel);
    lane.refused(this.deps.clock.now());
    this.#queue(viewer, lane, RANK.putBack);
  }

  /** The viewer's socket is closed, or it is out of the room. */
  left(viewer: Viewer, channel: Channel): void {
    const wasInside = viewer.inside;
    if (wasInside) this.#inside--;
    viewer.inside = false;
    this.#lanes.get(channel)?.gone(viewer, wasInside);
  }

  /** Whether a seat request has to wait for its turn. */
  holds(channel: Channel): boolean {
    const lane = this.#lanes.get(channel);
    return lane !== undefined && (!lane.free || this.#inside >= this.deps.maxViewers);
  }

  /** Puts a seat request in line; it must be taken out with `withdraw` when its asker goes or has waited for too long. */
  take(ticket: Ticket, channel: Channel): void {
    this.#tickets++;
    this.#laneOf(channel).add(ticket, ++this.#turns);
  }

  /** The request is over: granted, withdrawn or superseded. */
  withdraw(ticket: Ticket, channel: Channel): void {
    this.#tickets--;
    this.#lanes.get(channel)?.gone(ticket, false);
  }

  /** What somebody who comes last has to wait, ms; 0 while nobody can say. */
  waitMs(channel: Channel): number {
    return this.#lanes.get(channel)?.waitMs ?? 0;
  }

  /** No seat is given here any more: whoever asked for one is told to ask elsewhere. */
  dismiss(): void {
    for (const lane of this.#lanes.values()) lane.dismiss();
  }

  /** Called every 50 ms: lines move, one of each at a time, and are told of it. */
  beat(now: number): void {
    for (const [channel, lane] of this.#lanes) {
      if (channel.state === 'closed') this.#forget(channel, lane);
      else lane.beat(now);
    }
    let moved = true;
    while (moved) {
      moved = false;
      for (const lane of this.#lanes.values()) moved = lane.advance() || moved;
    }
  }

  #open(): boolean {
    return this.#inside < this.deps.maxViewers && this.#pace.open(this.deps.clock.now());
  }

  #laneOf(channel: Channel): Lane {
    const known = this.#lanes.get(channel);
    if (known !== undefined) return known;
    const lane = new Lane(channel, this.deps.clock, {
      open: () => this.#open(),
      enter: (viewer) => this.#enter(viewer, channel),
      probe: (viewer) => {
        this.#count(viewer);
        return channel.reserve(viewer);
      },
      supersede: (viewer) => this.deps.outlet.close(viewer, CLOSE.taken_over, 'taken_over'),
      tell: (viewer, place, waitMs) => this.#tell(viewer, place, waitMs),
    });
    this.#lanes.set(channel, lane);
    return lane;
  }

  /** In line, at the turn that the viewer had, or else at a new one behind all others of its `rank`. */
  #queue(viewer: Viewer, lane: Lane, rank: number): void {
    viewer.state = { kind: 'queued' };
    viewer.turn = lane.add(viewer, viewer.turn === 0 ? rank + ++this.#turns : viewer.turn);
  }

  /** An overlay is in nobody's place. */
  #count(viewer: Viewer): void {
    if (isSpectator(viewer.admission!.claims.tier)) return;
    if (!viewer.inside) this.#inside++;
    viewer.inside = true;
  }

  #enter(viewer: Viewer, channel: Channel): void {
    const { clock, letIn } = this.deps;
    if (viewer.admission!.claims.exp <= clock.wall() / 1000) return this.#refuse(viewer, 'token_expired'); // it has waited for hours
    const before = clock.now();
    this.#count(viewer);
    letIn(viewer, channel);
    const ms = clock.now() - before;
    this.spentMs += ms;
    this.#pace.spend(ms);
    return undefined;
  }

  #refuse(viewer: Viewer, code: ErrorCode): void {
    this.deps.metrics.refusedWith(code);
    this.deps.outlet.close(viewer, closeForError(code), code);
  }

  #tell(viewer: Viewer, place: number, waitMs: number): void {
    if (viewer.request.door === 'direct' && viewer.request.queue) this.deps.outlet.offer(viewer, [encodeQueue({ place, waitMs })]);
  }

  /** The room is gone: its viewers were told and closed, whoever asked for a seat has to ask again. */
  #forget(channel: Channel, lane: Lane): void {
    this.#lanes.delete(channel);
    lane.dismiss();
  }
}
