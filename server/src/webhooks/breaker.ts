/** Failures in a row after which an endpoint counts as down. */
const THRESHOLD = 5;
/** ms between two probes of an endpoint that is down: doubled from the first to the last. */
const PROBE_MS = { first: 5_000, last: 300_000 };

export interface BreakerOptions {
  readonly threshold: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Circuit breaker of one endpoint: `closed` lets everything go; after some failures in a row it is `open`, and only a probe goes now and then:
 * the oldest message that is due. A probe that arrives closes it.
 */
export class Breaker {
  #failures = 0;
  #opened = 0;
  #until = 0;
  #probing = false;

  constructor(private readonly options: BreakerOptions = { threshold: THRESHOLD, firstMs: PROBE_MS.first, lastMs: PROBE_MS.last }) {}

  get open(): boolean {
    return this.#failures >= this.options.threshold;
  }

  /** ms, before which nothing goes; 0 while it is closed. */
  get until(): number {
    return this.open ? this.#until : 0;
  }

  /** How many of `free` tries may begin. */
  admits(free: number, now: number): number {
    if (!this.open) return free;
    return this.#probing || now < this.#until ? 0 : Math.min(1, free);
  }

  /** A try begins. */
  begun(): void {
    if (this.open) this.#probing = true;
  }

  /** A try came to nothing before the endpoint was asked: it says nothing of the endpoint, and the next may go. */
  abandoned(): void {
    this.#probing = false;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#opened = 0;
    this.#probing = false;
  }

  /** Answers whether this opened it. */
  failed(now: number): boolean {
    const wasOpen = this.open;
    this.#failures += 1;
    if (!this.open || (wasOpen && !this.#probing)) return false; // one that was under way when it opened
    this.#until = now + Math.min(this.options.lastMs, this.options.firstMs * 2 ** Math.min(this.#opened, 30));
    this.#opened += 1;
    this.#probing = false;
    return !wasOpen;
  }
}
