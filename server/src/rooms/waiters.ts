import { CrowdcueError, type ErrorCode } from '@crowdcue/protocol';

interface Waiter {
  resolve(): void;
  reject(error: CrowdcueError): void;
}

/** Those who wait for one tick. */
export type Waiting = readonly Waiter[];

/** Whoever asked a room for something waits until the tick that took it is journalled, or hears that nothing came of it. */
export class Waiters {
  /** For the next tick. */
  #next: Waiter[] = [];
  /** For all ticks that have not left yet. */
  readonly #unsettled = new Set<Waiter>();

  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      this.#next.push(waiter);
      this.#unsettled.add(waiter);
    });
  }

  /** A tick begins. */
  next(): Waiting {
    const waiting = this.#next;
    this.#next = [];
    return waiting;
  }

  /** It has left. */
  settle(waiting: Waiting): void {
    for (const waiter of waiting) {
      this.#unsettled.delete(waiter);
      waiter.resolve();
    }
  }

  /** None will leave any more. */
  letDown(code: ErrorCode): void {
    for (const waiter of this.#unsettled) waiter.reject(new CrowdcueError(code));
    this.#unsettled.clear();
  }
}
