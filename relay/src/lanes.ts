import { TIER_PERIODS, type Tier } from '@crowdcue/protocol';
import type { MarkSeen } from './marks.js';
import type { PatchLog } from './patch-log.js';
import { Wakes } from './timed-privates.js';
import type { WritePlan } from './write-budget.js';

/** Simulation period that the tiers are counted in, ms: a tier is written at every tick whose number its period divides. */
const TICK_MS = TIER_PERIODS[0];

const beforeFloor = (log: PatchLog): number => log.floor - 1;

/** The viewers of a channel whose picture is late by about the same: a place in the log that moves on with time, and a lane a tier. */
export class Cohort<V> {
  readonly lanes = new Map<Tier, Lane<V>>();
  /** Last position that is due; before the log's floor while none is. */
  reached: number;
  /** Relay clock when its last lane went, ms; undefined while it has one. */
  idleSince: number | undefined;
  /** Viewers whose delay changes when this cohort is between rounds. */
  readonly changing = new Set<V>();

  /** `delay` in ms, a multiple of the bucket. */
  constructor(readonly delay: number, private readonly log: PatchLog, now: number) {
    this.reached = beforeFloor(log);
    this.advance(now);
  }

  /** Moves on to what is due at `now`. */
  advance(now: number): void {
    const { log } = this;
    if (this.delay === 0) {
      this.reached = log.end;
      return;
    }
    this.reached = Math.max(this.reached, beforeFloor(log));
    while (this.reached < log.end && log.due(this.reached + 1, this.delay) <= now) this.reached++;
  }

  /** Whether what it sees now belongs to no round in stream time: its viewers may go to another delay. */
  get betweenRounds(): boolean {
    return this.log.reaches(this.reached) && !this.log.shifted(this.reached);
  }
}

/** One write rate of one cohort, with a topic of its own: who is subscribed has exactly what `at` says. */
export class Lane<V> implements MarkSeen {
  readonly topic: string;
  /** Position up to which it was published. */
  at: number;
  markId = 0;
  markAt = 0;
  /** Everybody whose lane this is, also who is behind. */
  members = 0;
  /** Subscribed viewers, by door. */
  readonly live: Record<'direct' | 'stock', number> = { direct: 0, stock: 0 };
  /** Viewers with private frames, confirmations or refusals to write at the next flush. */
  readonly pending = new Set<V>();
  /** Relay clock when the first of them came, ms. */
  pendingSince = 0;
  /** Viewers that come in when this lane has come to where they are. */
  readonly movers = new Set<V>();
  /** Who has private state that waits for a position. */
  readonly wakes: Wakes<V>;

  constructor(readonly cohort: Cohort<V>, readonly tier: Tier, roomId: string, at: number, private readonly plan: WritePlan) {
    this.topic = cohort.delay === 0 ? `${roomId}/t${tier}` : `${roomId}/d${cohort.delay}/t${tier}`;
    this.at = at;
    this.wakes = new Wakes<V>(this.every);
  }

  /** Ticks between two writes, now. */
  get every(): number {
    return this.plan.periods[this.tier]!;
  }

  /** Milliseconds between two writes, now. */
  get period(): number {
    return this.every * TICK_MS;
  }

  get empty(): boolean {
    return this.live.direct + this.live.stock === 0;
  }

  /** The viewer has something to be handed out, since `now`. */
  owes(viewer: V, now: number): void {
    if (this.pending.size === 0) this.pendingSince = now;
    this.pending.add(viewer);
  }
}
