import type { Tier } from '@crowdcue/protocol';
import type { Cohorts } from './cohorts.js';
import type { MarkBook } from './marks.js';
import type { Metrics } from './metrics.js';
import type { Outlet } from './outlet.js';
import { oweElsewhere } from './owed.js';
import { NOTHING_YET, type PatchLog } from './patch-log.js';
import { LIVE, type Viewer, type ViewerLane } from './viewers.js';

/** The position up to which the viewer has everything. */
export const placeOf = (viewer: Viewer): number => {
  const { state } = viewer;
  return state.kind === 'moving' || state.kind === 'behind' ? state.at : viewer.lane!.at;
};

/** What the viewer's topic has been written counts for it only while it is subscribed. */
const seenBy = (viewer: Viewer): ViewerLane | undefined => (viewer.state.kind === 'live' ? viewer.lane : undefined);

/** How single viewers are written to. */
export interface Hands {
  direct(viewer: Viewer, frames: readonly Uint8Array[]): void;
  handOut(viewer: Viewer): void;
}

/** What places are of. */
export interface PlacesDeps {
  readonly log: PatchLog;
  readonly marks: MarkBook;
  readonly cohorts: Cohorts;
  readonly outlet: Outlet;
  readonly metrics: Metrics;
  /** The relay's clock, ms. */
  readonly now: () => number;
  /** A viewer has gone from one cohort to another. */
  readonly moved: (viewer: Viewer) => void;
}

/**
 * Where the viewers of a channel stand: subscribed to their lane's topic (`live`), waiting for their lane to come to where they are
 * (`moving`), or out until they have drained (`behind`). From one to the other nobody gets a change twice, or never, or too early.
 */
export class Places {
  readonly behind = new Set<Viewer>();
  /** uWebSockets.js dropped bytes for them; they must be out of their topic before the next publish. */
  readonly #lost = new Set<Viewer>();

  constructor(private readonly deps: PlacesDeps, private readonly hands: Hands) {}

  /** A lane for a viewer that asks for a place in the room, or is about to enter: what the room says to it meanwhile is kept there. */
  place(viewer: Viewer): ViewerLane {
    const lane = this.laneFor(viewer, viewer.tier);
    lane.members++;
    return (viewer.lane = lane);
  }

  /**
   * The first frames of a viewer that enters, its place in its lane, and what comes after, in one write. `markBefore` is when another
   * open connection of the same viewer was written the mark. A viewer whose cohort may not see anything yet waits for the state.
   */
  enter(viewer: Viewer, first: readonly Uint8Array[], after: readonly Uint8Array[], markBefore: number | undefined): void {
    const lane = viewer.lane ?? this.place(viewer);
    const frames = this.#catchUp(lane, viewer, NOTHING_YET);
    this.deps.outlet.first(viewer, [...first, ...(frames ?? []), ...after]);
    if (frames !== undefined) return this.#subscribe(viewer, lane, markBefore);
    this.deps.marks.brought(viewer, viewer.admission!.claims.sub, NOTHING_YET, this.deps.now(), markBefore);
    this.#wait(viewer, lane, NOTHING_YET);
  }

  /** The viewer reads too slowly, or bytes for it were lost: out of the fan-out until it has drained. */
  fallBehind(viewer: Viewer): void {
    const { state } = viewer;
    if (state.kind !== 'live' && state.kind !== 'moving') return;
    const at = placeOf(viewer);
    if (state.kind === 'live') this.#unsubscribe(viewer);
    viewer.lane!.movers.delete(viewer);
    this.behind.add(viewer);
    viewer.state = { kind: 'behind', at, since: this.deps.now() };
  }

  /** Bytes for this viewer were thrown away; safe to call while uWebSockets.js goes through its topics. */
  lost(viewer: Viewer): void {
    viewer.missed = true;
    this.#lost.add(viewer);
  }

  /** A viewer that was behind has drained: the joined log if that still reaches, else a keyframe. */
  recover(viewer: Viewer): void {
    const { state } = viewer;
    if (state.kind !== 'behind') return;
    this.behind.delete(viewer);
    this.#lost.delete(viewer);
    const lane = viewer.lane!;
    const reaches = !viewer.missed && !this.deps.log.breaks(state.at, lane.at);
    this.deps.metrics.resyncs.inc({ kind: reaches ? 'log' : 'keyframe' });
    if (!reaches && viewer.privates !== undefined) viewer.unwritten = new Set(viewer.privates.keys());
    this.#move(viewer, lane, state.at);
    this.hands.handOut(viewer);
  }

  /** The viewer is gone. */
  leave(viewer: Viewer): void {
    const lane = viewer.lane!;
    this.deps.marks.pin(viewer, viewer.admission!.claims.sub, seenBy(viewer));
    if (viewer.state.kind === 'live') lane.live[viewer.door]--;
    lane.movers.delete(viewer);
    lane.pending.delete(viewer);
    lane.cohort.changing.delete(viewer);
    this.behind.delete(viewer);
    this.#lost.delete(viewer);
    viewer.timed = undefined;
    viewer.lane = undefined;
    this.deps.cohorts.left(lane, this.deps.now());
  }

  /** When the present mark was written to the viewer, by the relay's clock. */
  markWritten(viewer: Viewer): number | undefined {
    return this.deps.marks.writtenTo(viewer, seenBy(viewer));
  }

  /** Whoever lost bytes is out of its topic. */
  dropLost(): void {
    if (this.#lost.size === 0) return;
    for (const viewer of this.#lost) this.fallBehind(viewer);
    this.#lost.clear();
  }

  /** The lane of a viewer by what it has declared. */
  laneFor(viewer: Viewer, tier: Tier): ViewerLane {
    return this.deps.cohorts.lane(this.deps.cohorts.find(viewer.delay, this.deps.now()), tier);
  }

  /** From one lane to another: the viewer keeps what it has, and gets what is between. */
  relane(viewer: Viewer, to: ViewerLane): void {
    const from = viewer.lane!;
    if (from === to) return;
    this.dropLost();
    // What it is owed was for the time that it was in.
    if (from.cohort !== to.cohort && from.pending.has(viewer)) this.hands.handOut(viewer);
    const { state } = viewer;
    if (state.kind === 'closed') return;
    const at = placeOf(viewer);
    if (state.kind === 'live') this.#unsubscribe(viewer);
    from.movers.delete(viewer);
    viewer.lane = to;
    viewer.tier = to.tier;
    to.members++;
    if (from.cohort !== to.cohort) from.cohort.changing.delete(viewer);
    oweElsewhere(viewer, from, to, this.deps.now());
    this.deps.cohorts.left(from, this.deps.now());
    if (from.cohort !== to.cohort) this.deps.moved(viewer);
    if (state.kind === 'live' || state.kind === 'moving') this.#move(viewer, to, at);
  }

  /** The viewer has everything up to `at`: into its lane now, or when the lane has come there. */
  #move(viewer: Viewer, lane: ViewerLane, at: number): void {
    if (at <= lane.at) this.bringUp(viewer, lane, at);
    else this.#wait(viewer, lane, at);
  }

  /** Sends what lies between what the viewer has and its lane, and subscribes it. */
  bringUp(viewer: Viewer, lane: ViewerLane, at: number): void {
    lane.movers.delete(viewer);
    const frames = this.#catchUp(lane, viewer, at);
    if (frames === undefined) return this.#wait(viewer, lane, NOTHING_YET);
    this.#subscribe(viewer, lane);
    this.hands.direct(viewer, frames);
  }

  #wait(viewer: Viewer, lane: ViewerLane, at: number): void {
    viewer.state = { kind: 'moving', at };
    lane.movers.add(viewer);
  }

  #catchUp(lane: ViewerLane, viewer: Viewer, at: number): Uint8Array[] | undefined {
    const from = viewer.missed ? NOTHING_YET : at;
    const frames = this.deps.log.between(from, lane.at);
    if (frames !== undefined && this.deps.log.breaks(from, lane.at)) viewer.missed = false;
    return frames;
  }

  #subscribe(viewer: Viewer, lane: ViewerLane, markBefore?: number): void {
    this.deps.marks.brought(viewer, viewer.admission!.claims.sub, lane.at, this.deps.now(), markBefore);
    viewer.socket!.subscribe(lane.topic);
    lane.live[viewer.door]++;
    viewer.state = LIVE;
  }

  #unsubscribe(viewer: Viewer): void {
    const lane = viewer.lane!;
    this.deps.marks.pin(viewer, viewer.admission!.claims.sub, lane);
    viewer.socket!.unsubscribe(lane.topic);
    lane.live[viewer.door]--;
  }
}
