/** When a failed message is tried again. */

/** ms after the first, second, … failed try: four times as long each, to a day. Ten tries in all, over two days at least. */
const WAITS_MS = [5_000, 20_000, 80_000, 320_000, 1_280_000, 5_120_000, 20_480_000, 81_920_000, 86_400_000];
/** What `Retry-After` may ask for: not to be asked all the time, and not to be forgotten. */
const RETRY_AFTER_MS = { min: 1_000, max: 86_400_000 };

export interface Schedule {
  /** ms to wait after the nth failed try (1, 2, …); undefined: that was the last. */
  wait(tries: number, retryAfterMs: number | undefined): number | undefined;
}

/** `chance`: 0 to below 1. Each wait is shortened by chance by up to a quarter, so that what failed together does not come back together. */
export const defaultSchedule = (chance: () => number, waits: readonly number[] = WAITS_MS): Schedule => ({
  wait: (tries, retryAfterMs) => {
    const full = waits[tries - 1];
    if (full === undefined) return undefined;
    const own = Math.round(full * (1 - chance() / 4));
    return retryAfterMs === undefined ? own : Math.max(own, Math.min(Math.max(retryAfterMs, RETRY_AFTER_MS.min), RETRY_AFTER_MS.max));
  },
});
