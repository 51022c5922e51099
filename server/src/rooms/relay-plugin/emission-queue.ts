/**
 * Lets ticks out in order, each only when it is durable: nothing irrevocable may leave a room before the tick that caused it is
 * journalled. A failure stops the queue for good: what follows rests on what was lost.
 */
export interface Emission {
  /** Resolves when the tick is journalled; `undefined` when it changed nothing that needs to be. */
  readonly durable: Promise<void> | undefined;
  release(): void;
}

export class EmissionQueue {
  readonly #waiting: Emission[] = [];
  #draining = false;
  #failed = false;

  constructor(readonly onFailure: (error: unknown) => void) {}

  get depth(): number {
    return this.#waiting.length;
  }

  push(emission: Emission): void {
    if (this.#failed) return;
    if (this.#waiting.length === 0 && emission.durable === undefined) {
      emission.release();
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
        this.#waiting.shift();
        head.release();
      }
    } catch (error) {
      this.#failed = true;
      this.#waiting.length = 0;
      this.onFailure(error);
    }
    this.#draining = false;
  }
}
