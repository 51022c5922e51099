import { CLOSE, type Keyframe, type Tier } from '@crowdcue/protocol';
import { Cohorts } from './cohorts.js';
import { MarkBook } from './marks.js';
import type { Metrics } from './metrics.js';
import type { Outlet } from './outlet.js';
import { oweConfirm, owePrivate, oweRefusal, oweTimed, takeOwed } from './owed.js';
import { PatchLog } from './patch-log.js';
import { type Hands, placeOf, Places } from './places.js';
import type { Viewer, ViewerCohort, ViewerLane } from './viewers.js';
import type { WritePlan } from './write-budget.js';

/**
 * What goes down to the viewers of one channel. A viewer has a lane: the write rate of its tier in the cohort of its delay. Only viewers
 * that have something of their own to get, or that are out of place, are ever visited; everybody else is reached by one publish a
 * lane. Lanes without delay are written when a tick comes; late ones when something is due.
 */
export class Feed implements Hands {
  readonly log = new PatchLog();
  readonly marks = new MarkBook();
  readonly cohorts: Cohorts;
  readonly #places: Places;
  /** Patches mean nothing until a keyframe starts the log again. */
  #awaitsKeyframe = true;
  #markTick: number | undefined;
  /** The last tick that came, also one that the log could not take. */
  #heard: { readonly tick: number; readonly shifted: boolean } | undefined;

  /**
   * `now` is the relay's clock, ms; `plan` says how often each tier is written, and may change at any time; `moved` hears of each viewer
   * that goes from one cohort to another.
   */
  constructor(
    roomId: string,
    private readonly outlet: Outlet,
    private readonly metrics: Metrics,
    private readonly now: () => number,
    plan?: WritePlan,
    moved: (viewer: Viewer) => void = () => undefined,
  ) {
    this.cohorts = new Cohorts(roomId, this.log, now(), plan);
    this.#places = new Places({ log: this.log, marks: this.marks, cohorts: this.cohorts, outlet, metrics, now, moved }, this);
  }

  /** The next keyframe is a new start: after a gap, or a greeting, which may say the tick of the present mark. */
  awaitKeyframe(markTick?: number): void {
    this.#awaitsKeyframe = true;
    this.#markTick = markTick;
    this.#heard = undefined;
  }

  /** Takes a keyframe; answers whether the log started again from it. Late cohorts go on in the old log until it is due. */
  keyframe(k: Keyframe): boolean {
    const now = this.now();
    if (!this.#awaitsKeyframe) {
      this.log.offer(k, now);
      return false;
    }
    this.#awaitsKeyframe = false;
    if (k.tick !== this.log.head) this.marks.missed(this.#markTick);
    this.log.start(k, now, this.#heard?.tick === k.tick ? this.#heard.shifted : undefined);
    this.cohorts.prompt.advance(now);
    for (const lane of this.cohorts.prompt.lanes.values()) this.#flush(lane);
    this.#pump(now);
    return true;
  }

  /** A tick: its patch goes into the log, and out to the lanes that are due. `age`: ms since the room's tick. */
  tick(tick: number, patch: Uint8Array, mark: boolean, shifted = false, age = 0): 'taken' | 'repeated' | 'gap' | 'waiting' {
    this.#heard = { tick, shifted };
    if (this.#awaitsKeyframe) {
      if (mark) this.#markTick = undefined; // nobody here has seen this one
      return 'waiting';
    }
    const now = this.now();
    const appended = this.log.append(tick, patch, now, shifted, age);
    if (appended === 'gap') {
      this.#awaitsKeyframe = true;
      this.#markTick = undefined;
    }
    if (appended === 'repeated' && tick === this.log.head) this.#repeated(mark, shifted);
    if (appended !== 'appended') return appended;
    if (mark) this.marks.open(this.log.end, tick);
    const { prompt } = this.cohorts;
    prompt.advance(now);
    for (const lane of prompt.lanes.values()) if (tick % lane.every === 0) this.#flush(lane);
    this.#change(prompt);
    this.#pump(now);
    return 'taken';
  }

  /** Called every 50 ms: late cohorts get what is due although no tick comes. */
  beat(now: number): void {
    if (this.cohorts.late.size === 0) return;
    this.#pump(now);
    this.cohorts.prune(now);
  }

  /** Viewers that are out of the fan-out. */
  get behind(): ReadonlySet<Viewer> {
    return this.#places.behind;
  }

  /** See Places, which knows where each viewer stands. */
  enter(viewer: Viewer, first: readonly Uint8Array[], after: readonly Uint8Array[], markBefore: number | undefined): void {
    this.#places.enter(viewer, first, after, markBefore);
  }

  place(viewer: Viewer): void {
    this.#places.place(viewer);
  }

  leave(viewer: Viewer): void {
    this.#places.leave(viewer);
  }

  fallBehind(viewer: Viewer): void {
    this.#places.fallBehind(viewer);
  }

  lost(viewer: Viewer): void {
    this.#places.lost(viewer);
  }

  recover(viewer: Viewer): void {
    this.#places.recover(viewer);
  }

  markWritten(viewer: Viewer): number | undefined {
    return this.#places.markWritten(viewer);
  }

  /** The viewer wants another write rate. */
  changeTier(viewer: Viewer, to: Tier): void {
    this.#places.relane(viewer, this.cohorts.lane(viewer.lane!.cohort, to));
  }

  /** The viewer's picture is late by `delayMs`: it goes there at once, or when the round that it sees has ended. */
  changeDelay(viewer: Viewer, delayMs: number): void {
    viewer.delay = delayMs;
    const { cohort } = viewer.lane!;
    cohort.changing.add(viewer);
    this.#change(cohort);
  }

  confirm(viewer: Viewer, n: number): void {
    oweConfirm(viewer, viewer.lane!, n, this.now());
  }

  refuse(viewer: Viewer, frame: Uint8Array): void {
    oweRefusal(viewer, viewer.lane!, frame, this.now());
  }

  /** Private state that came with a tick; when it is `timed` a late viewer gets it with that tick. */
  private(viewer: Viewer, key: number, frame: Uint8Array, timed: boolean, tick: number): void {
    const lane = viewer.lane!;
    const { head, end } = this.log;
    const seq = this.#awaitsKeyframe || tick > head ? end + 1 : end;
    if (timed && lane.cohort.delay > 0 && seq > lane.at) oweTimed(viewer, lane, key, frame, seq);
    else owePrivate(viewer, lane, key, frame, this.now());
  }

  /** A frame that must neither wait nor be lost. A viewer that cannot take it is evicted. */
  direct(viewer: Viewer, frames: readonly Uint8Array[]): void {
    switch (this.outlet.offer(viewer, frames)) {
      case 'written':
      case 'gone':
        return;
      case 'too_slow':
        this.evict(viewer, 'too_slow');
    }
  }

  /** A frame to everybody, at once. */
  broadcast(frame: Uint8Array): void {
    this.#places.dropLost();
    for (const cohort of this.cohorts) {
      for (const lane of cohort.lanes.values()) {
        if (!lane.empty) this.outlet.publish(lane.topic, frame);
        for (const viewer of lane.movers) this.direct(viewer, [frame]);
      }
    }
    for (const viewer of this.#places.behind) this.direct(viewer, [frame]);
  }

  evict(viewer: Viewer, reason: 'too_slow' | 'silent'): void {
    this.metrics.evictions.inc({ reason });
    this.outlet.close(viewer, CLOSE.too_slow);
  }

  /** A new link's first tick is in its keyframe already; its mark still counts, and it says whether the keyframe is shifted. */
  #repeated(mark: boolean, shifted: boolean): void {
    const now = this.now();
    this.log.settle(shifted);
    if (mark) {
      this.marks.open(this.log.end, this.log.head);
      for (const lane of this.cohorts.prompt.lanes.values()) this.marks.written(lane, lane.at, now);
    }
    this.#change(this.cohorts.prompt);
    this.#pump(now);
  }

  /** Moves the late cohorts on, and writes their lanes where something is due. */
  #pump(now: number): void {
    for (const cohort of this.cohorts.late.values()) {
      cohort.advance(now);
      for (const lane of cohort.lanes.values()) {
        if (this.#isDue(lane, now)) this.#flush(lane);
        else if (lane.pending.size > 0 && now - lane.pendingSince >= lane.period) this.#handOutAll(lane);
      }
      this.#change(cohort);
    }
  }

  /** A late lane is written at its own ticks, and never later than a period after something was due. */
  #isDue({ at, every, period, cohort: { reached, delay } }: ViewerLane, now: number): boolean {
    const { log } = this;
    if (at >= reached) return false;
    if (!log.reaches(at)) return log.reaches(reached);
    return log.turns(at, reached, every) || now - log.due(at + 1, delay) >= period;
  }

  #flush(lane: ViewerLane): void {
    this.#places.dropLost();
    const to = lane.cohort.reached;
    const frames = lane.empty ? [] : this.log.between(lane.at, to);
    if (frames === undefined) return; // what it has is gone, and the keyframe that takes its place is not due
    for (const frame of frames) this.outlet.publish(lane.topic, frame);
    const now = this.now();
    if (frames.length > 0) this.#tellAges(lane, to, now);
    lane.at = to;
    this.marks.written(lane, to, now);
    if (lane.movers.size > 0) {
      for (const viewer of [...lane.movers]) if (placeOf(viewer) <= to) this.#places.bringUp(viewer, lane, placeOf(viewer));
    }
    lane.wakes.reach(to, (viewer) => {
      if (viewer.lane === lane && viewer.timed !== undefined) lane.pending.add(viewer);
    });
    this.#handOutAll(lane);
  }

  #tellAges({ at, live, cohort }: ViewerLane, to: number, now: number): void {
    const viewers = live.direct + live.stock;
    this.log.ages(at, to, cohort.delay, now, (age) => this.metrics.patchAges.add(age, viewers, now));
  }

  /** The cohort is between rounds: whoever declared another delay meanwhile goes there. */
  #change(cohort: ViewerCohort): void {
    if (cohort.changing.size === 0 || !cohort.betweenRounds) return;
    for (const viewer of [...cohort.changing]) {
      cohort.changing.delete(viewer);
      this.#places.relane(viewer, this.#places.laneFor(viewer, viewer.tier));
    }
  }

  #handOutAll(lane: ViewerLane): void {
    if (lane.pending.size === 0) return;
    for (const viewer of lane.pending) this.handOut(viewer);
    lane.pending.clear();
  }

  /** Writes what the viewer is owed. */
  handOut(viewer: Viewer): void {
    if (viewer.state.kind !== 'live' && viewer.state.kind !== 'moving') return; // a viewer that is behind gets it when it is back
    this.direct(viewer, takeOwed(viewer, placeOf(viewer)));
  }
}
