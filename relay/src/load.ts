import type { Logger } from 'pino';
import type { LoopMeter } from './loop-meter.js';
import { WriteBudget, type WritePlan } from './write-budget.js';

/** Ms between two looks at the loop. */
const SECOND_MS = 1_000;
/** Seconds that the average looks back over: a period of the registration. */
const PERIOD_S = 10;

/** How a relay's loop keeps up: measured once a second, held against the budget, and summed up for the origin. */
export class Load {
  readonly #meter: LoopMeter;
  readonly #budget: WriteBudget;
  #at: number | undefined;
  #busy = 0;
  #average: number | undefined;

  constructor({ meter, writeBudget = 1 }: { readonly meter: LoopMeter; readonly writeBudget?: number }, private readonly log: Logger) {
    this.#meter = meter;
    this.#budget = new WriteBudget(writeBudget);
  }

  /** How often each tier is written. */
  get plan(): WritePlan {
    return this.#budget;
  }

  get level(): number {
    return this.#budget.level;
  }

  /** Share of the last second that the loop was busy. */
  get busy(): number {
    return this.#busy;
  }

  /** The same over about the last ten seconds. */
  get average(): number {
    return this.#average ?? 0;
  }

  /** Called every 50 ms. */
  beat(now: number): void {
    this.#meter.beat(now);
    this.#at ??= now;
    if (now - this.#at < SECOND_MS) return;
    this.#at = now;
    const sample = this.#meter.sample();
    this.#busy = sample.busy;
    this.#average = this.#average === undefined ? sample.busy : this.#average + (sample.busy - this.#average) / PERIOD_S;
    const before = this.#budget.level;
    if (!this.#budget.take(sample)) return;
    const { level, periods } = this.#budget;
    const fields = { writeLevel: level, periods, busy: Math.round(sample.busy * 100) / 100, lagMs: Math.round(sample.lagMs) };
    if (level > before) this.log.warn(fields, 'over the write budget: viewers are written less often');
    else this.log.info(fields, 'within the write budget: viewers are written more often');
  }
}
