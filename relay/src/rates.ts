import { LIMITS } from '@crowdcue/protocol';

/** How many may pass: `perSecond` on average, `burst` at once. */
export interface BucketSize {
  readonly perSecond: number;
  readonly burst: number;
}

export const ACTION_BUCKET: BucketSize = { perSecond: LIMITS.viewerActionsPerSecond, burst: LIMITS.viewerActionsPerSecond * 2 };
/** A second and a half of what any game needs, so that a client that was stuck for a moment is no flood. */
export const FRAME_BUCKET: BucketSize = { perSecond: LIMITS.viewerFramesPerSecond, burst: LIMITS.viewerFramesPerSecond * 1.5 };

/** A token bucket; full at first. */
export class Bucket {
  #left: number;
  #at = Number.NaN;

  constructor(private readonly size: BucketSize) {
    this.#left = size.burst;
  }

  /** Takes one at `now` (ms) if there is one. */
  take(now: number): boolean {
    if (now > this.#at) this.#left = Math.min(this.size.burst, this.#left + ((now - this.#at) * this.size.perSecond) / 1000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
