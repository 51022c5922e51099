import { LIMITS, TIER_PERIODS, type Tier } from '@crowdcue/protocol';
import { Cohort, Lane } from './lanes.js';
import type { PatchLog } from './patch-log.js';
import type { Viewer, ViewerCohort, ViewerLane } from './viewers.js';
import { FULL_PLAN, type WritePlan } from './write-budget.js';

/** Ms that a late cohort is remembered after its last viewer went, so that one who comes back finds its log. */
const LINGER_MS = LIMITS.viewerBehindMs;

/** The cohorts of a channel. The one without delay is always there, with all its lanes; the others are made for whom they serve. */
export class Cohorts {
  readonly prompt: ViewerCohort;
  /** The late ones. */
  readonly late = new Map<number, ViewerCohort>();

  constructor(private readonly roomId: string, private readonly log: PatchLog, now: number, private readonly plan: WritePlan = FULL_PLAN) {
    this.prompt = new Cohort<Viewer>(0, log, now);
    TIER_PERIODS.forEach((_, tier) => this.lane(this.prompt, tier as Tier));
  }

  *[Symbol.iterator](): IterableIterator<ViewerCohort> {
    yield this.prompt;
    yield* this.late.values();
  }

  /** The cohort for a delay of so many ms; made if need be. */
  find(delayMs: number, now: number): ViewerCohort {
    const delay = bucketOf(delayMs);
    if (delay === 0) return this.prompt;
    const found = this.late.get(delay);
    if (found !== undefined) return found;
    if (this.late.size >= LIMITS.cohorts && !this.#dropIdle()) return this.#nearest(delay);
    const cohort = new Cohort<Viewer>(delay, this.log, now);
    this.late.set(delay, cohort);
    this.#keepFor();
    return cohort;
  }

  /** The cohort's lane of a tier; made if need be, at what is due. */
  lane(cohort: ViewerCohort, tier: Tier): ViewerLane {
    let lane = cohort.lanes.get(tier);
    if (lane === undefined) {
      lane = new Lane(cohort, tier, this.roomId, cohort.reached, this.plan);
      cohort.lanes.set(tier, lane);
      cohort.idleSince = undefined;
    }
    return lane;
  }

  /** A member has gone: a lane of a late cohort goes with its last one. */
  left(lane: ViewerLane, now: number): void {
    const { cohort } = lane;
    if (--lane.members > 0 || cohort === this.prompt) return;
    cohort.lanes.delete(lane.tier);
    if (cohort.lanes.size === 0) cohort.idleSince = now;
  }

  /** Forgets cohorts that nobody has come back to. */
  prune(now: number): void {
    for (const { delay, idleSince } of this.late.values()) {
      if (idleSince === undefined || now - idleSince < LINGER_MS) continue;
      this.late.delete(delay);
      this.#keepFor();
    }
  }

  #dropIdle(): boolean {
    for (const { delay, idleSince } of this.late.values()) {
      if (idleSince !== undefined) return this.late.delete(delay);
    }
    return false;
  }

  /** There are too many: the next later one, or the latest. */
  #nearest(delay: number): ViewerCohort {
    let nearest: ViewerCohort | undefined;
    for (const cohort of this.late.values()) {
      const better = nearest === undefined || (nearest.delay < delay ? cohort.delay > nearest.delay : cohort.delay >= delay && cohort.delay < nearest.delay);
      if (better) nearest = cohort;
    }
    return nearest!;
  }

  /** The log keeps what the latest cohort has not had. */
  #keepFor(): void {
    this.log.window = Math.max(0, ...this.late.keys());
  }
}

/** Rounded up to the bucket; what is past every limit is cut to it. */
const bucketOf = (delayMs: number): number =>
  Math.ceil(Math.min(Math.max(0, delayMs), LIMITS.delayMs) / LIMITS.cohortBucketMs) * LIMITS.cohortBucketMs;
