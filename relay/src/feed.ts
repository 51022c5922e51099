import { CLOSE, encodeConfirm, type Keyframe, type Tier } from '@crowdcue/protocol';
import { MarkBook } from './marks.js';
import type { Metrics } from './metrics.js';
import type { Outlet } from './outlet.js';
import { PatchLog } from './patch-log.js';
import { type TierState, tiersOf } from './tiers.js';
import { LIVE, type Viewer } from './viewers.js';
import type { WritePlan } from './write-budget.js';

/**
 * What goes down to the viewers of one channel. A viewer is in one of three places: subscribed to its tier's topic (`live`), waiting
 * for its tier to come up to it (`moving`), or out until it has drained (`behind`). Only viewers that have something of their own to
 * get, or that are out of place, are ever visited; everybody else is reached by one publish a tier.
 */
export class Feed {
  readonly log = new PatchLog();
  readonly marks = new MarkBook();
  readonly tiers: readonly TierState[];
  readonly behind = new Set<Viewer>();
  /** uWebSockets.js dropped bytes for them; they must be out of their topic before the next publish. */
  readonly #lost = new Set<Viewer>();
  /** Patches mean nothing until a keyframe starts the log again. */
  #awaitsKeyframe = true;

  /** `now` is the relay's clock, ms; `plan` says how often each tier is written, and may change at any time. */
  constructor(
    roomId: string,
    private readonly outlet: Outlet,
    private readonly metrics: Metrics,
    private readonly now: () => number,
    plan?: WritePlan,
  ) {
    this.tiers = tiersOf(roomId, plan);
  }

  /** The next keyframe is a new start: after a greeting or a gap. */
  awaitKeyframe(): void {
    this.#awaitsKeyframe = true;
  }

  /** Takes a keyframe; answers whether the log started again from it, with everybody brought to it. */
  keyframe(k: Keyframe): boolean {
    if (!this.#awaitsKeyframe) {
      this.log.offer(k, this.now());
      return false;
    }
    this.#awaitsKeyframe = false;
    if (k.tick !== this.log.head) this.marks.forget();
    this.log.reset(k, this.now());
    this.#dropLost();
    const { frame } = this.log.keyframe!;
    for (const tier of this.tiers) {
      tier.lastTick = k.tick;
      if (!tier.empty) this.outlet.publish(tier.topic, frame);
      for (const viewer of tier.movers) this.#bringUp(viewer, undefined);
    }
    return true;
  }

  /** A tick: its patch goes into the log, and out to the tiers that are due. */
  tick(tick: number, patch: Uint8Array, mark: boolean): 'taken' | 'repeated' | 'gap' | 'waiting' {
    if (this.#awaitsKeyframe) return 'waiting';
    const appended = this.log.append(tick, patch, this.now());
    if (appended === 'gap') this.#awaitsKeyframe = true;
    if (appended === 'repeated' && mark && tick === this.log.head) this.#markKeyframe(tick);
    if (appended !== 'appended') return appended;
    if (mark) this.marks.open(tick);
    for (const tier of this.tiers) if (tick % tier.every === 0) this.#flush(tier);
    return 'taken';
  }

  /**
   * The first frames of a viewer that enters, its place in its tier, and what comes after, in one write. `markBefore` is when another
   * open connection of the same viewer was written the mark.
   */
  enter(viewer: Viewer, first: readonly Uint8Array[], after: readonly Uint8Array[], markBefore: number | undefined): void {
    this.outlet.first(viewer, [...first, ...this.#catchUp(viewer, undefined), ...after]);
    this.#subscribe(viewer, markBefore);
  }

  /** The viewer wants another write rate. */
  changeTier(viewer: Viewer, to: Tier): void {
    if (to === viewer.tier) return;
    this.#dropLost();
    const from = this.#tierOf(viewer);
    const { state } = viewer;
    if (state.kind === 'live') this.#unsubscribe(viewer);
    from.movers.delete(viewer);
    viewer.tier = to;
    if (from.pending.delete(viewer)) this.#tierOf(viewer).pending.add(viewer);
    if (state.kind === 'live') this.#move(viewer, from.lastTick);
    else if (state.kind === 'moving') this.#move(viewer, state.tick);
  }

  /** The viewer reads too slowly, or bytes for it were lost: out of the fan-out until it has drained. */
  fallBehind(viewer: Viewer): void {
    const { state } = viewer;
    if (state.kind !== 'live' && state.kind !== 'moving') return;
    const tick = state.kind === 'live' ? this.#tierOf(viewer).lastTick : state.tick;
    if (state.kind === 'live') this.#unsubscribe(viewer);
    this.#tierOf(viewer).movers.delete(viewer);
    this.behind.add(viewer);
    viewer.state = { kind: 'behind', tick, life: this.log.life, since: this.now() };
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
    const reaches = !viewer.missed && state.life === this.log.life && this.log.reaches(state.tick);
    this.metrics.resyncs.inc({ kind: reaches ? 'log' : 'keyframe' });
    if (reaches) {
      this.#move(viewer, state.tick);
    } else {
      if (viewer.privates !== undefined) viewer.unwritten = new Set(viewer.privates.keys());
      this.#bringUp(viewer, undefined);
    }
    this.#handOut(viewer);
  }

  /** The viewer is gone. */
  leave(viewer: Viewer): void {
    this.marks.pin(viewer, viewer.admission!.claims.sub, this.#seenBy(viewer));
    const tier = this.#tierOf(viewer);
    if (viewer.state.kind === 'live') tier.live[viewer.door]--;
    tier.movers.delete(viewer);
    tier.pending.delete(viewer);
    this.behind.delete(viewer);
    this.#lost.delete(viewer);
  }

  /** When the present mark was written to the viewer, by the relay's clock. */
  markWritten(viewer: Viewer): number | undefined {
    return this.marks.writtenTo(viewer, this.#seenBy(viewer));
  }

  /** Every action up to `n` is settled: told with the viewer's next write. */
  confirm(viewer: Viewer, n: number): void {
    if (n > viewer.confirm) viewer.confirm = n;
    this.#tierOf(viewer).pending.add(viewer);
  }

  /** A refusal that goes out with the viewer's next write. */
  refuse(viewer: Viewer, frame: Uint8Array): void {
    (viewer.refusals ??= []).push(frame);
    this.#tierOf(viewer).pending.add(viewer);
  }

  /** Private state: the latest of a key goes out with the viewer's next write, and again at a resync. */
  private(viewer: Viewer, key: number, frame: Uint8Array): void {
    (viewer.privates ??= new Map()).set(key, frame);
    (viewer.unwritten ??= new Set()).add(key);
    this.#tierOf(viewer).pending.add(viewer);
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
    for (const tier of this.tiers) {
      if (!tier.empty) this.outlet.publish(tier.topic, frame);
      for (const viewer of tier.movers) this.direct(viewer, [frame]);
    }
    for (const viewer of this.behind) this.direct(viewer, [frame]);
  }

  evict(viewer: Viewer, reason: 'too_slow' | 'silent'): void {
    this.metrics.evictions.inc({ reason });
    this.outlet.close(viewer, CLOSE.too_slow);
  }

  /** A new link's first tick is in its keyframe already, which everybody was just written; its mark still counts. */
  #markKeyframe(tick: number): void {
    this.marks.open(tick);
    for (const tier of this.tiers) {
      tier.markId = this.marks.id;
      tier.markAt = this.now();
    }
  }

  #flush(tier: TierState): void {
    this.#dropLost();
    const from = tier.lastTick;
    const to = (tier.lastTick = this.log.head);
    const frame = tier.empty ? undefined : this.log.joined(from, to);
    if (frame !== undefined) this.outlet.publish(tier.topic, frame);
    if (tier.markId !== this.marks.id && this.marks.tick <= to) {
      tier.markId = this.marks.id;
      tier.markAt = this.now();
    }
    for (const viewer of tier.movers) this.#bringUp(viewer, viewer.state.kind === 'moving' ? viewer.state.tick : undefined);
    for (const viewer of tier.pending) this.#handOut(viewer);
    tier.pending.clear();
  }

  /** The viewer has everything up to `tick`: into its tier now, or at the tier's next flush. */
  #move(viewer: Viewer, tick: number): void {
    const tier = this.#tierOf(viewer);
    if (tick <= tier.lastTick) {
      this.#bringUp(viewer, tick);
    } else {
      viewer.state = { kind: 'moving', tick };
      tier.movers.add(viewer);
    }
  }

  /** Sends what lies between what the viewer has (`tick`; nothing that counts when undefined) and its tier, and subscribes it. */
  #bringUp(viewer: Viewer, tick: number | undefined): void {
    this.#tierOf(viewer).movers.delete(viewer);
    const frames = this.#catchUp(viewer, tick);
    this.#subscribe(viewer);
    this.direct(viewer, frames);
  }

  /** What takes a viewer from `tick` to where its tier is: the joined log, after a keyframe where the log does not reach. */
  #catchUp(viewer: Viewer, tick: number | undefined): Uint8Array[] {
    const tier = this.#tierOf(viewer);
    const frames: Uint8Array[] = [];
    let from = tick;
    if (from === undefined || !this.log.reaches(from)) {
      const keyframe = this.log.keyframe!;
      if (keyframe.tick > tier.lastTick) this.#flush(tier);
      frames.push(keyframe.frame);
      viewer.missed = false;
      from = keyframe.tick;
    }
    const joined = this.log.joined(from, tier.lastTick);
    if (joined !== undefined) frames.push(joined);
    return frames;
  }

  #subscribe(viewer: Viewer, markBefore?: number): void {
    const tier = this.#tierOf(viewer);
    this.marks.brought(viewer, viewer.admission!.claims.sub, tier.lastTick, this.now(), markBefore);
    viewer.socket!.subscribe(tier.topic);
    tier.live[viewer.door]++;
    viewer.state = LIVE;
  }

  #unsubscribe(viewer: Viewer): void {
    const tier = this.#tierOf(viewer);
    this.marks.pin(viewer, viewer.admission!.claims.sub, tier);
    viewer.socket!.unsubscribe(tier.topic);
    tier.live[viewer.door]--;
  }

  #handOut(viewer: Viewer): void {
    if (viewer.state.kind !== 'live' && viewer.state.kind !== 'moving') return; // a viewer that is behind gets it when it is back
    const frames: Uint8Array[] = [];
    // Refusals first: a confirmation settles every number up to its own that was not refused before it.
    if (viewer.refusals !== undefined) frames.push(...viewer.refusals);
    if (viewer.confirm >= 0) frames.push(encodeConfirm(viewer.confirm));
    if (viewer.unwritten !== undefined) for (const key of viewer.unwritten) frames.push(viewer.privates!.get(key)!);
    viewer.confirm = -1;
    viewer.refusals = viewer.unwritten = undefined;
    this.direct(viewer, frames);
  }

  #dropLost(): void {
    if (this.#lost.size === 0) return;
    for (const viewer of this.#lost) this.fallBehind(viewer);
    this.#lost.clear();
  }

  #tierOf(viewer: Viewer): TierState {
    return this.tiers[viewer.tier]!;
  }

  /** What the viewer's topic has been written counts for it only while it is subscribed. */
  #seenBy(viewer: Viewer): TierState | undefined {
    return viewer.state.kind === 'live' ? this.#tierOf(viewer) : undefined;
  }
}
