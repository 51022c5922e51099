/** Samples of the clock exchange that are remembered: at one a second or slower, drift within them is far below a tick. */
const SAMPLES = 8;

/**
 * What event time is now, as one relay estimates it for one room. The origin is the only authority; this keeps an offset from the
 * relay's monotonic clock. The offset of the exchange with the smallest round trip wins; until there is one, the least delayed frame.
 */
export class EventClock {
  #samples: { offset: number; rtt: number }[] = [];
  #frames: number | undefined;
  #last = Number.NEGATIVE_INFINITY;

  /** `now` is the relay's monotonic clock, ms. */
  constructor(readonly now: () => number) {}

  /** Round trip of the exchange in use, ms; 0 while there is none. */
  get rtt(): number {
    return this.#best()?.rtt ?? 0;
  }

  /** A new life of the room: what was known of the old one's time no longer counts, but time never goes back. */
  reset(eventTime: number): void {
    this.#samples = [];
    this.#frames = eventTime - this.now();
  }

  /** A frame that left the origin at `eventTime` is here now. Its delay only makes the estimate late, so the latest estimate wins. */
  frame(eventTime: number): void {
    const offset = eventTime - this.now();
    if (this.#frames === undefined || offset > this.#frames) this.#frames = offset;
  }

  /** An answer to an exchange: four timestamps, of which this relay's clock gives `sent` and now. */
  exchange(sent: number, received: number, answered: number): void {
    const arrived = this.now();
    const rtt = arrived - sent - (answered - received);
    if (!(rtt >= 0)) return; // an answer that took less than no time is not one of ours
    this.#samples.push({ offset: (received - sent + (answered - arrived)) / 2, rtt });
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }

  /** Event time now, ms; never less than it said before. */
  eventNow(): number {
    const offset = this.#best()?.offset ?? this.#frames ?? 0;
    this.#last = Math.max(this.#last, this.now() + offset);
    return this.#last;
  }

  #best(): { offset: number; rtt: number } | undefined {
    let best = this.#samples[0];
    for (const sample of this.#samples) if (best === undefined || sample.rtt < best.rtt) best = sample;
    return best;
  }
}
