import { CLOSE, type Keyframe, type Tier } from '@crowdcue/protocol';
import { Cohorts } from './cohorts.js';
import { MarkBook } from './marks.js';
import type { Metrics } from './metrics.js';
import type { Outlet } from './outlet.js';
import { oweConfirm, oweElsewhere, owePrivate, oweRefusal, oweTimed, takeOwed } from './owed.js';
import { NOTHING_YET, PatchLog } from './patch-log.js';
import { LIVE, type Viewer, type ViewerCohort, type ViewerLane } from './viewers.js';

/**
 * What goes down to the viewers of one channel. A viewer has a lane: the write rate of its tier in the cohort of its delay. It is in one
 * of three places: subscribed to its lane's topic (`live`), waiting for its lane to come up to it (`moving`), or out until it has
 * drained (`behind`). Only viewers that have something of their own to get, or that are out of place, are ever visited; everybody
 * else is reached by one publish a lane. Lanes without delay are written when a tick comes; late ones when something is due.
 */
export class Feed {
  readonly log = new PatchLog();
  readonly marks = new MarkBook();
  readonly cohorts: Cohorts;
  readonly behind = new Set<Viewer>();
  /** uWebSockets.js dropped bytes for them; they must be out of their topic before the next publish. */
  readonly #lost = new Set<Viewer>();
  /** Patches mean nothing until a keyframe starts the log again. */
  #awaitsKeyframe = true;
  /** The last tick that came, also one that the log could not take. */
  #heard: { readonly tick: number; readonly shifted: boolean } | undefined;

  /** `now` is the relay's clock, ms. */
  constructor(
    roomId: string,
    private readonly outlet: Outlet,
    private readonly metrics: Metrics,
    private readonly now: () => number,
  ) {
    this.cohorts = new Cohorts(roomId, this.log, now());
  }

  /** The next keyframe is a new start: after a greeting or a gap. */
  awaitKeyframe(): void {
    this.#awaitsKeyframe = true;
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
    if (k.tick !== this.log.head) this.marks.forget();
    this.log.start(k, now, this.#heard?.tick === k.tick ? this.#heard.shifted : undefined);
    this.cohorts.prompt.advance(now);
    for (const lane of this.cohorts.prompt.lanes.values()) this.#flush(lane);
    this.#pump(now);
    return true;
  }

  /** A tick: its patch goes into the log, and out to the lanes that are due. */
  tick(tick: number, patch: Uint8Array, mark: boolean, shifted = false): 'taken' | 'repeated' | 'gap' | 'waiting' {
    this.#heard = { tick, shifted };
    if (this.#awaitsKeyframe) return 'waiting';
    const now = this.now();
    const appended = this.log.append(tick, patch, now, shifted);
    if (appended === 'gap') this.#awaitsKeyframe = true;
    if (appended === 'repeated' && tick === this.log.head) this.#repeated(mark, shifted);
    if (appended !== 'appended') return appended;
    if (mark) this.marks.open(this.log.end);
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

  /**
   * The first frames of a viewer that enters, its place in its lane, and what comes after, in one write. `markBefore` is when another
   * open connection of the same viewer was written the mark. A viewer whose cohort may not see anything yet waits for the state.
   */
  enter(viewer: Viewer, first: readonly Uint8Array[], after: readonly Uint8Array[], markBefore: number | undefined): void {
    const lane = this.#laneFor(viewer, viewer.tier);
    viewer.lane = lane;
    lane.members++;
    const frames = this.#catchUp(lane, viewer, NOTHING_YET);
    this.outlet.first(viewer, [...first, ...(frames ?? []), ...after]);
    if (frames !== undefined) return this.#subscribe(viewer, lane, markBefore);
    this.marks.brought(viewer, viewer.admission!.claims.sub, NOTHING_YET, this.now(), markBefore);
    this.#wait(viewer, lane, NOTHING_YET);
  }

  /** The viewer wants another write rate. */
  changeTier(viewer: Viewer, to: Tier): void {
    this.#relane(viewer, this.cohorts.lane(viewer.lane!.cohort, to));
  }

  /** The viewer's picture is late by `delayMs`: it goes there at once, or when the round that it sees has ended. */
  changeDelay(viewer: Viewer, delayMs: number): void {
    viewer.delay = delayMs;
    const { cohort } = viewer.lane!;
    cohort.changing.add(viewer);
    this.#change(cohort);
  }

  /** The viewer reads too slowly, or bytes for it were lost: out of the fan-out until it has drained. */
  fallBehind(viewer: Viewer): void {
    const { state } = viewer;
    if (state.kind !== 'live' && state.kind !== 'moving') return;
    const at = this.#placeOf(viewer);
    if (state.kind === 'live') this.#unsubscribe(viewer);
    viewer.lane!.movers.delete(viewer);
    this.behind.add(viewer);
    viewer.state = { kind: 'behind', at, since: this.now() };
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
    const reaches = !viewer.missed && !this.#needsKeyframe(state.at, lane.at);
    this.metrics.resyncs.inc({ kind: reaches ? 'log' : 'keyframe' });
    if (!reaches && viewer.privates !== undefined) viewer.unwritten = new Set(viewer.privates.keys());
    this.#move(viewer, lane, state.at);
    this.#handOut(viewer);
  }

  /** The viewer is gone. */
  leave(viewer: Viewer): void {
    const lane = viewer.lane!;
    this.marks.pin(viewer, viewer.admission!.claims.sub, this.#seenBy(viewer));
    if (viewer.state.kind === 'live') lane.live[viewer.door]--;
    lane.movers.delete(viewer);
    lane.pending.delete(viewer);
    lane.cohort.changing.delete(viewer);
    this.behind.delete(viewer);
    this.#lost.delete(viewer);
    viewer.timed = undefined;
    this.cohorts.left(lane, this.now());
  }

  /** When the present mark was written to the viewer, by the relay's clock. */
  markWritten(viewer: Viewer): number | undefined {
    return this.marks.writtenTo(viewer, this.#seenBy(viewer));
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
    this.#dropLost();
    for (const cohort of this.cohorts) {
      for (const lane of cohort.lanes.values()) {
        if (!lane.empty) this.outlet.publish(lane.topic, frame);
        for (const viewer of lane.movers) this.direct(viewer, [frame]);
      }
    }
    for (const viewer of this.behind) this.direct(viewer, [frame]);
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
      this.marks.open(this.log.end);
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
    this.#dropLost();
    const to = lane.cohort.reached;
    const frames = lane.empty ? [] : this.#between(lane.at, to);
    if (frames === undefined) return; // what it has is gone, and the keyframe that takes its place is not due
    for (const frame of frames) this.outlet.publish(lane.topic, frame);
    lane.at = to;
    this.marks.written(lane, to, this.now());
    if (lane.movers.size > 0) {
      for (const viewer of [...lane.movers]) if (this.#placeOf(viewer) <= to) this.#bringUp(viewer, lane, this.#placeOf(viewer));
    }
    lane.wakes.reach(to, (viewer) => {
      if (viewer.lane === lane && viewer.timed !== undefined) lane.pending.add(viewer);
    });
    this.#handOutAll(lane);
  }

  /** What takes somebody from one position to another: the joined log, after a keyframe where the log does not reach. */
  #between(from: number, to: number): Uint8Array[] | undefined {
    const { log } = this;
    const frames: Uint8Array[] = [];
    if (this.#needsKeyframe(from, to)) {
      const keyframe = log.keyframeUpTo(to);
      if (keyframe === undefined) return undefined;
      frames.push(keyframe.frame);
      from = keyframe.seq;
    }
    const joined = log.joined(from, to);
    if (joined !== undefined) frames.push(joined);
    return frames;
  }

  #needsKeyframe(from: number, to: number): boolean {
    return !this.log.reaches(from) || this.log.starts(from, to);
  }

  /** The cohort is between rounds: whoever declared another delay meanwhile goes there. */
  #change(cohort: ViewerCohort): void {
    if (cohort.changing.size === 0 || !cohort.betweenRounds) return;
    for (const viewer of [...cohort.changing]) {
      cohort.changing.delete(viewer);
      this.#relane(viewer, this.#laneFor(viewer, viewer.tier));
    }
  }

  #laneFor(viewer: Viewer, tier: Tier): ViewerLane {
    return this.cohorts.lane(this.cohorts.find(viewer.delay, this.now()), tier);
  }

  /** From one lane to another: the viewer keeps what it has, and gets what is between. */
  #relane(viewer: Viewer, to: ViewerLane): void {
    const from = viewer.lane!;
    if (from === to) return;
    this.#dropLost();
    // What it is owed was for the time that it was in.
    if (from.cohort !== to.cohort && from.pending.has(viewer)) this.#handOut(viewer);
    const { state } = viewer;
    if (state.kind === 'closed') return;
    const at = this.#placeOf(viewer);
    if (state.kind === 'live') this.#unsubscribe(viewer);
    from.movers.delete(viewer);
    viewer.lane = to;
    viewer.tier = to.tier;
    to.members++;
    if (from.cohort !== to.cohort) from.cohort.changing.delete(viewer);
    oweElsewhere(viewer, from, to, this.now());
    this.cohorts.left(from, this.now());
    if (state.kind === 'live' || state.kind === 'moving') this.#move(viewer, to, at);
  }

  /** The viewer has everything up to `at`: into its lane now, or when the lane has come there. */
  #move(viewer: Viewer, lane: ViewerLane, at: number): void {
    if (at <= lane.at) this.#bringUp(viewer, lane, at);
    else this.#wait(viewer, lane, at);
  }

  /** Sends what lies between what the viewer has and its lane, and subscribes it. */
  #bringUp(viewer: Viewer, lane: ViewerLane, at: number): void {
    lane.movers.delete(viewer);
    const frames = this.#catchUp(lane, viewer, at);
    if (frames === undefined) return this.#wait(viewer, lane, NOTHING_YET);
    this.#subscribe(viewer, lane);
    this.direct(viewer, frames);
  }

  #wait(viewer: Viewer, lane: ViewerLane, at: number): void {
    viewer.state = { kind: 'moving', at };
    lane.movers.add(viewer);
  }

  #catchUp(lane: ViewerLane, viewer: Viewer, at: number): Uint8Array[] | undefined {
    const from = viewer.missed ? NOTHING_YET : at;
    const frames = this.#between(from, lane.at);
    if (frames !== undefined && this.#needsKeyframe(from, lane.at)) viewer.missed = false;
    return frames;
  }

  #subscribe(viewer: Viewer, lane: ViewerLane, markBefore?: number): void {
    this.marks.brought(viewer, viewer.admission!.claims.sub, lane.at, this.now(), markBefore);
    viewer.socket!.subscribe(lane.topic);
    lane.live[viewer.door]++;
    viewer.state = LIVE;
  }

  #unsubscribe(viewer: Viewer): void {
    const lane = viewer.lane!;
    this.marks.pin(viewer, viewer.admission!.claims.sub, lane);
    viewer.socket!.unsubscribe(lane.topic);
    lane.live[viewer.door]--;
  }

  #handOutAll(lane: ViewerLane): void {
    if (lane.pending.size === 0) return;
    for (const viewer of lane.pending) this.#handOut(viewer);
    lane.pending.clear();
  }

  #handOut(viewer: Viewer): void {
    if (viewer.state.kind !== 'live' && viewer.state.kind !== 'moving') return; // a viewer that is behind gets it when it is back
    this.direct(viewer, takeOwed(viewer, this.#placeOf(viewer)));
  }

  #dropLost(): void {
    if (this.#lost.size === 0) return;
    for (const viewer of this.#lost) this.fallBehind(viewer);
    this.#lost.clear();
  }

  /** The position up to which the viewer has everything. */
  #placeOf(viewer: Viewer): number {
    const { state } = viewer;
    return state.kind === 'moving' || state.kind === 'behind' ? state.at : viewer.lane!.at;
  }

  /** What the viewer's topic has been written counts for it only while it is subscribed. */
  #seenBy(viewer: Viewer): ViewerLane | undefined {
    return viewer.state.kind === 'live' ? viewer.lane : undefined;
  }
}
