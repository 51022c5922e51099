/**
 * Lets ticks out in order, each only when it is durable and the room may speak: nothing irrevocable may leave a room before the tick
 * that caused it is journalled. A failure stops the queue for good: what follows rests on what was lost.
 */
import { CrowdcueError } from '@crowdcue/protocol';

export interface Emission {
  /** Resolves when the tick is journalled; `undefined` when it changed nothing that needs to be. */
  readonly durable: Promise<void> | undefined;
  release(): void;
}

export class EmissionQueue {
  readonly #waiting: Emission[] = [];
  #draining = false;
  #failed = false;
  #onIdle: (() => void)[] = [];

  /** `mayLeave` is asked right before each release. */
  constructor(readonly onFailure: (error: unknown) => void, readonly mayLeave: () => boolean = () => true) {}

  get depth(): number {
    return this.#waiting.length;
  }

  push(emission: Emission): void {
    if (this.#failed) return;
    if (this.#waiting.length === 0 && emission.durable === undefined) {
      if (this.mayLeave()) emission.release();
      else this.#fail(new CrowdcueError('room_hold'));
      return;
    }
    emission.durable?.catch(() => undefined); // seen by #drain in its turn; until then it is not unhandled
    this.#waiting.push(emission);
    if (!this.#draining) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    try {
      for (let head = this.#waiting[0]; head !== undefined; head = this.#waiting[0]) {
        await head.durable;
        if (this.#failed) break;
        if (!this.mayLeave()) throw new CrowdcueError('room_hold');
        this.#waiting.shift();
        head.release();
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#draining = false;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Resolves when nothing waits any more, because it has left or because it never will. */
  idle(): Promise<void> {
    return this.#waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => { this.#onIdle.push(resolve); });
  }

  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#waiting.length = 0;
    this.onFailure(error);
  }
}
