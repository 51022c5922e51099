import type { Clock } from './clock.js';

/**
 * The relay's clock with the origin's wall time: proofs and tokens end by the clock of whoever made or checks them, and a machine whose
 * own clock is wrong, or is set while it runs, must neither be refused by its origin nor refuse viewers. Between answers it goes on by
 * the monotonic clock. Until an origin has told its time (one of an earlier version never does) it is the machine's own.
 */
export class OriginClock implements Clock {
  /** Origin's ms since 1970 less our monotonic ms. */
  #offset: number | undefined;

  constructor(private readonly machine: Clock) {}

  /** Whether an origin has told its time. */
  get told(): boolean {
    return this.#offset !== undefined;
  }

  now(): number {
    return this.machine.now();
  }

  wall(): number {
    return this.#offset === undefined ? this.machine.wall() : this.machine.now() + this.#offset;
  }

  random(): number {
    return this.machine.random();
  }

  /**
   * An origin said that it is `wall` (ms since 1970), in answer to what was asked at `asked` of `now()`. The latest answer wins, so that
   * the clock of an origin may be set too; what is no time changes nothing.
   */
  answered(wall: unknown, asked: number): void {
    if (typeof wall !== 'number' || !Number.isFinite(wall)) return;
    this.#offset = wall - (asked + this.machine.now()) / 2;
  }
}
