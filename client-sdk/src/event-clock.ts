import { encodeClock, type ClockExchange } from '@crowdcue/protocol';

/** Exchanges that are remembered: at one in 5 s the offset follows a drifting clock within a minute. */
const SAMPLES = 12;

/**
 * Estimates event time from four-timestamp exchanges (RFC 5905, section 8): the one with the smallest round trip counts. It never
 * goes back: after a correction it stands until real time has caught up.
 */
export class EventClock {
  readonly #samples: { rtt: number; offset: number }[] = [];
  #offset: number | undefined;
  #last = -Infinity;

  constructor(readonly now: () => number) {}

  /** The first estimate of a connection: late by the way of the frame. */
  welcome(eventTime: number): void {
    if (this.#samples.length === 0) this.#offset = Math.max(this.#offset ?? -Infinity, eventTime - this.now());
  }

  /** Forgets what was measured through another relay; the offset stays until a better one is known. */
  reset(): void {
    this.#samples.length = 0;
  }

  ask(): Uint8Array {
    return encodeClock({ sent: this.now() });
  }

  /** Takes an answer, or answers a question. */
  exchange({ sent, received, answered }: ClockExchange): Uint8Array | undefined {
    const now = this.now();
    if (received === undefined || answered === undefined) {
      const time = this.time() ?? 0;
      return encodeClock({ sent, received: time, answered: time });
    }
    const rtt = now - sent - (answered - received);
    if (!(rtt >= 0 && rtt < 60_000)) return undefined; // not an answer to a question of ours
    this.#samples.push({ rtt, offset: (received + answered - sent - now) / 2 });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    this.#offset = this.#samples.reduce((best, sample) => (sample.rtt <= best.rtt ? sample : best)).offset;
    return undefined;
  }

  /** Event time now, ms; undefined before the first welcome. */
  time(): number | undefined {
    if (this.#offset === undefined) return undefined;
    return (this.#last = Math.max(this.#last, this.now() + this.#offset));
  }

  /** Smallest round trip seen lately, ms. */
  get rtt(): number | undefined {
    return this.#samples.length === 0 ? undefined : Math.min(...this.#samples.map((sample) => sample.rtt));
  }
}
