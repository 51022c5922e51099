/**
 * Event time: ms since the event was made, the one time that windows open and close by. Within a process it is monotonic; only when a
 * room opens is the machine's clock asked how much time passed, and what was journalled is never gone behind.
 */
import type { Clock } from '../clock.js';

export class EventClock {
  readonly #clock: Clock;
  readonly #base: number;

  /** `createdAt` in ms since 1970; `last` is the event time of the last journalled tick. */
  constructor(clock: Clock, createdAt: number, last: number) {
    this.#clock = clock;
    this.#base = Math.max(last, clock.now() - createdAt) - clock.monotonic();
  }

  now(): number {
    return this.#base + this.#clock.monotonic();
  }
}
