/**
 * Keeps a relay's loop within its budget: when it cannot keep up, the rates at which viewers are written fall in visible steps, and rise
 * again once it has been calm for a while. Nobody is moved: a step changes the periods that all tiers read, so it costs one assignment
 * whatever the audience. Viewers who did not ask for better give way first, those in focus last.
 *
 * It does not swing: strain must last to lower, calm must last to raise, and each time that a rise did not hold the next one waits
 * twice as long.
 */
import { TIER_PERIODS } from '@crowdcue/protocol';
import type { LoopSample } from './loop-meter.js';

const EVERY = TIER_PERIODS.map((ms) => ms / TIER_PERIODS[0]);
const [FOCUS, DEFAULT, CROWDED, HIDDEN] = EVERY as [number, number, number, number];

/** Ticks between two writes, by tier, at each step: full, default at 5 Hz, default at 1 Hz, then focus at 10 Hz and at 5 Hz. */
export const WRITE_STEPS: readonly (readonly number[])[] = [
  [FOCUS, DEFAULT, CROWDED, HIDDEN],
  [FOCUS, CROWDED, CROWDED, HIDDEN],
  [FOCUS, HIDDEN, HIDDEN, HIDDEN],
  [DEFAULT, HIDDEN, HIDDEN, HIDDEN],
  [CROWDED, HIDDEN, HIDDEN, HIDDEN],
];

/** What tiers read their periods from; one object for a relay's whole life. */
export interface WritePlan {
  /** Ticks between two writes, by tier. */
  readonly periods: readonly number[];
}

/** Of a relay without a budget, and of tests. */
export const FULL_PLAN: WritePlan = { periods: WRITE_STEPS[0]! };

/** Lag past which the loop is late whatever its share is, ms: five ticks. */
const LATE_MS = 250;
/** So late, or so busy, that every second counts twice. */
const VERY_LATE_MS = 1_000;
const SATURATED = 0.98;
/** Seconds of strain that lower a step; one without strain takes one off. */
const STRAIN_S = 4;
/** Below this part of the budget, and of the lag, a second is calm: a step up costs up to twice the writes. */
const CALM_PART = 0.6;
/** Calm seconds in a row that raise a step, at first and at most. */
export const CALM_S = 10;
const CALM_MAX_S = 320;
/** A rise has held when this many times its wait went by without a fall. */
const HELD = 6;

/** Decides the step, a second at a time. */
export class WriteBudget implements WritePlan {
  #level = 0;
  #strain = 0;
  #calm = 0;
  #wait = CALM_S;
  /** Seconds since the last rise that neither failed nor held yet. */
  #risen: number | undefined;

  /** `share` of the loop's time that may be used; 1 or more never lowers anything. */
  constructor(private readonly share: number) {}

  /** Steps below full. */
  get level(): number {
    return this.#level;
  }

  get periods(): readonly number[] {
    return WRITE_STEPS[this.#level]!;
  }

  /** Takes what the loop was like in the last second; answers whether the step changed. */
  take({ busy, lagMs }: LoopSample): boolean {
    if (this.share >= 1) return false;
    const strained = busy > this.share || lagMs > LATE_MS;
    const weight = busy >= SATURATED || lagMs > VERY_LATE_MS ? 2 : 1;
    this.#strain = Math.max(0, this.#strain + (strained ? weight : -1));
    this.#calm = busy < this.share * CALM_PART && lagMs < LATE_MS * CALM_PART ? this.#calm + 1 : 0;
    this.#watchRise();
    if (this.#strain >= STRAIN_S) return this.#lower();
    return this.#calm >= this.#wait && this.#raise();
  }

  #lower(): boolean {
    this.#strain = 0;
    if (this.#level === WRITE_STEPS.length - 1) return false;
    if (this.#risen !== undefined) this.#wait = Math.min(CALM_MAX_S, this.#wait * 2);
    this.#risen = undefined;
    this.#level++;
    return true;
  }

  #raise(): boolean {
    this.#calm = 0;
    if (this.#level === 0) return false;
    this.#risen = 0;
    this.#level--;
    return true;
  }

  #watchRise(): void {
    if (this.#risen === undefined || ++this.#risen < this.#wait * HELD) return;
    this.#risen = undefined;
    this.#wait = Math.max(CALM_S, this.#wait / 2);
  }
}
