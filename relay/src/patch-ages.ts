/** Milliseconds of the first range, and by how much each is wider than the one before: 60 ranges reach 30 s, and a figure is at most a fifth too high. */
const FIRST_MS = 1;
const STEP = 1.19;
const RANGES = 60;
/** ms over which ages are gathered before the older half is forgotten: a period of the registration. */
const PERIOD_MS = 10_000;

/** How old half of the patches were at most when they were written to viewers, and 99 of 100, ms. */
export interface PatchAge {
  readonly p50: number;
  readonly p99: number;
}

/**
 * Ages of patches, from the room's tick to the write to a viewer; the delay that a late viewer asked for is no age. Counted by ranges, a
 * patch once for each viewer of its lane, over the last ten to twenty seconds.
 */
export class PatchAges {
  #now = new Float64Array(RANGES);
  #before = new Float64Array(RANGES);
  #since = Number.NEGATIVE_INFINITY;

  /** `now` is the relay's clock, ms. */
  add(age: number, viewers: number, now: number): void {
    this.#turn(now);
    const range = age <= FIRST_MS ? 0 : Math.min(RANGES - 1, Math.ceil(Math.log(age / FIRST_MS) / Math.log(STEP)));
    this.#now[range]! += viewers;
  }

  /** `undefined` while nothing was written of late. Each figure is the upper end of its range. */
  read(now: number): PatchAge | undefined {
    this.#turn(now);
    const counts = this.#now.map((count, i) => count + this.#before[i]!);
    const all = counts.reduce((sum, count) => sum + count, 0);
    return all === 0 ? undefined : { p50: quantile(counts, all * 0.5), p99: quantile(counts, all * 0.99) };
  }

  #turn(now: number): void {
    if (now - this.#since < PERIOD_MS) return;
    const rested = now - this.#since >= 2 * PERIOD_MS;
    [this.#before, this.#now] = [rested ? new Float64Array(RANGES) : this.#now, new Float64Array(RANGES)];
    this.#since = now;
  }
}

const quantile = (counts: Float64Array, wanted: number): number => {
  let sum = 0;
  let range = 0;
  while (range < RANGES - 1 && (sum += counts[range]!) < wanted) range++;
  return Math.round(FIRST_MS * STEP ** range);
};
