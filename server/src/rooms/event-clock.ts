/**
 * Event time: ms since the event was made, the one time that windows open and close by. Within a process it is monotonic; only when a
 * room opens is the clock that all origins share asked how much time passed, and what was journalled is never gone behind.
 */
import type { Clock } from '../clock.js';

export class EventClock {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #base: number;

  /** `passed` since the event was made, ms, as of now; `last` is the event time of the last journalled tick. */
  constructor(clock: Pick<Clock, 'monotonic'>, passed: number, last: number) {
    this.#clock = clock;
    this.#base = Math.max(last, passed) - clock.monotonic();
  }

  now(): number {
    return this.#base + this.#clock.monotonic();
  }
}
