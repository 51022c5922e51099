/**
 * Follows one rung's delay: a line through the last seconds (Theil and Sen: the median of all slopes, then of what is left), because a
 * picture that catches up drifts by tens of ms a second and a median alone would lag behind it. What is far from the line is dropped;
 * three in a row that agree with each other are no outliers but a jump, and the line begins anew with them.
 */

/** Samples of this many ms count: at one a second enough for a line, and short enough to follow a player that catches up. */
const SPAN_MS = 12_000;
const SAMPLES = 24;
/** Nearer to the line than this is never an outlier, ms: three frames, and what a busy page adds. */
const NEAR_MS = 150;
/** In spreads. */
const FAR = 4;
/** Outliers in a row that make a jump. */
const JUMP = 3;
/** No player runs faster or slower than by this share. */
const STEEPEST = 0.12;
/** Samples for a slope; fewer have only a level. */
const SLOPE_FROM = 5;
/** From a median of distances to a standard deviation, as in a normal distribution. */
const MAD_TO_SD = 1.4826;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const mid = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[mid]! : (sorted[mid - 1]! + sorted[mid]!) / 2;
};

interface Sample {
  readonly at: number;
  readonly delay: number;
}

interface Line {
  readonly slope: number;
  readonly level: number;
  /** Standard deviation of what is left, ms. */
  readonly spread: number;
}

const lineOf = (samples: readonly Sample[]): Line => {
  const slopes = samples.length < SLOPE_FROM ? [] : samples.flatMap((a, i) => samples.slice(i + 1).filter((b) => b.at > a.at).map((b) => (b.delay - a.delay) / (b.at - a.at)));
  const slope = slopes.length === 0 ? 0 : Math.max(-STEEPEST, Math.min(STEEPEST, median(slopes)));
  const level = median(samples.map(({ at, delay }) => delay - slope * at));
  return { slope, level, spread: MAD_TO_SD * median(samples.map(({ at, delay }) => Math.abs(delay - slope * at - level))) };
};

export type Taken = 'taken' | 'outlier' | 'jump';

export class DelayFilter {
  #samples: Sample[] = [];
  #line: Line | undefined;
  #far: Sample[] = [];

  /** Takes a delay that was seen at `at`, both ms. */
  add(at: number, delay: number): Taken {
    const sample = { at, delay };
    if (this.#line !== undefined && this.#isFar(sample, this.#line)) {
      const all = (this.#far = [...this.#far, sample].slice(-JUMP));
      const middle = median(all.map((each) => each.delay));
      if (all.length < JUMP || all.some((each) => Math.abs(each.delay - middle) > NEAR_MS)) return 'outlier';
      this.reset();
      this.#keep(all);
      return 'jump';
    }
    this.#far = [];
    this.#keep([...this.#samples.filter((each) => each.at > at - SPAN_MS), sample].slice(-SAMPLES));
    return 'taken';
  }

  /** Forgets what was: the picture has jumped. */
  reset(): void {
    this.#samples = [];
    this.#far = [];
    this.#line = undefined;
  }

  /** The delay at `at` and its standard deviation, ms; undefined before the first sample. */
  at(at: number): { readonly delay: number; readonly spread: number } | undefined {
    const line = this.#line;
    return line && { delay: line.level + line.slope * at, spread: line.spread };
  }

  /** When the last sample was taken that counts. */
  get lastAt(): number {
    return this.#samples.at(-1)?.at ?? -Infinity;
  }

  #isFar({ at, delay }: Sample, { slope, level, spread }: Line): boolean {
    return Math.abs(delay - slope * at - level) > Math.max(NEAR_MS, FAR * spread);
  }

  #keep(samples: Sample[]): void {
    this.#samples = samples;
    this.#line = lineOf(samples);
  }
}
