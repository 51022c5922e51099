import type { Clock } from '../clock.js';

/** Addresses remembered at most; beyond it those whose bucket is full again are forgotten, then the oldest. About 10 MB. */
const MAX_KEYS = 100_000;

/** A token bucket a key: `burst` at once, `perSecond` for ever. */
export class TokenBuckets {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(private readonly clock: Clock, private readonly burst: number, private readonly perSecond: number) {}

  /** Keys that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token of `key`; false when there is none. */
  take(key: string): boolean {
    const now = this.clock.monotonic();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= MAX_KEYS) this.#forget(now);
      bucket = { tokens: this.burst, at: now };
      this.#buckets.set(key, bucket);
    }
    bucket.tokens = this.#level(bucket, now);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #level(bucket: { tokens: number; at: number }, now: number): number {
    return Math.min(this.burst, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
  }

  #forget(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#level(bucket, now) >= this.burst) this.#buckets.delete(key);
    }
    // Deleting a tenth at a time keeps a flood of addresses from sweeping the map at each request.
    let excess = this.#buckets.size - MAX_KEYS * 0.9;
    for (const key of this.#buckets.keys()) {
      if (excess-- <= 0) return;
      this.#buckets.delete(key);
    }
  }
}
