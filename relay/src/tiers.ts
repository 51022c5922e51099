import { TIER_PERIODS, type Tier } from '@crowdcue/protocol';
import type { MarkSeen } from './marks.js';
import type { Door, Viewer } from './viewers.js';
import { FULL_PLAN, type WritePlan } from './write-budget.js';

/** One write rate of a channel: who is subscribed has exactly what `lastTick` says. */
export class TierState implements MarkSeen {
  readonly topic: string;
  /** The last tick that was published. */
  lastTick = 0;
  markId = 0;
  markAt = 0;
  /** Subscribed viewers, by door. */
  readonly live: Record<Door, number> = { direct: 0, stock: 0 };
  /** Viewers with private frames, confirmations or refusals to write at the next flush. */
  readonly pending = new Set<Viewer>();
  /** Viewers that are ahead of this tier and come in at its next flush. */
  readonly movers = new Set<Viewer>();

  constructor(readonly tier: Tier, roomId: string, private readonly plan: WritePlan) {
    this.topic = `${roomId}/t${tier}`;
  }

  /** Ticks between two flushes, now: a tier is flushed at every tick whose number this divides. */
  get every(): number {
    return this.plan.periods[this.tier]!;
  }

  get empty(): boolean {
    return this.live.direct + this.live.stock === 0;
  }
}

/** The tiers of a room, by index. */
export const tiersOf = (roomId: string, plan: WritePlan = FULL_PLAN): readonly TierState[] =>
  TIER_PERIODS.map((_, tier) => new TierState(tier as Tier, roomId, plan));
