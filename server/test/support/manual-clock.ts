import type { Clock } from '../../src/clock.js';

/** A clock that goes on with real time, and can be put forward: what a process finds that was stopped for a while. */
export class LeapingClock implements Clock {
  #leap = 0;

  /** `skewMs`: how wrong it is about what time it is. */
  constructor(private readonly base: Clock, private readonly skewMs = 0) {}

  now(): number {
    return this.base.now() + this.#leap + this.skewMs;
  }

  monotonic(): number {
    return this.base.monotonic() + this.#leap;
  }

  leap(ms: number): void {
    this.#leap += ms;
  }
}

/** Time that stands still unless it is turned; what was to run later runs when its time has come. */
export class HandTime {
  time = 0;
  #waiting: { at: number; run: () => void }[] = [];

  readonly later = (ms: number, run: () => void): (() => void) => {
    const entry = { at: this.time + ms, run };
    this.#waiting.push(entry);
    return () => { this.#waiting = this.#waiting.filter((each) => each !== entry); };
  };

  /** ms until the next thing runs; undefined when there is none. */
  get next(): number | undefined {
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map(({ at }) => at)) - this.time;
  }

  /** Turns time on, letting everything run that comes due, and what it leads to. */
  async turn(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      const due = this.#waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#waiting = this.#waiting.filter((each) => each !== due);
      this.time = Math.max(this.time, due.at);
      due.run();
      for (let i = 0; i < 10; i++) await Promise.resolve();
    }
    this.time = until;
  }
}
