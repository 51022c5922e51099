/** Time that may be spent at once, ms: a beat's worth, so that ticks stay in step. */
const WINDOW_MS = 50;
/** Over which the pace of a line is averaged, ms: it follows a change within seconds and does not jump about. */
const MEMORY_MS = 10_000;
/** A wait that nobody would believe, ms. */
const UNTELLABLE_MS = 3_600_000;

/** How much of the time something may take: measured, not guessed, so that it fits the machine and what else it does. */
export class Pace {
  #left: number;
  #at: number;

  /** `share` of the time, above 0 and up to 1; `now` in ms. */
  constructor(private readonly share: number, now: number) {
    this.#left = share * WINDOW_MS;
    this.#at = now;
  }

  /** Whether there is time left at `now`. */
  open(now: number): boolean {
    this.#left = Math.min(this.share * WINDOW_MS, this.#left + (now - this.#at) * this.share);
    this.#at = now;
    return this.#left > 0;
  }

  spend(ms: number): void {
    this.#left -= ms;
  }
}

/** How fast a line moves of late. */
export class Flow {
  #turns = 0;
  #spanMs = 0;
  #at = 0;

  /** The line begins at `now`: what an earlier one did says nothing. */
  begin(now: number): void {
    this.#turns = this.#spanMs = 0;
    this.#at = now;
  }

  /** Somebody's turn came. */
  turned(now: number): void {
    this.#forget(now);
    this.#turns++;
  }

  /** It had not come after all. */
  undone(): void {
    this.#turns = Math.max(0, this.#turns - 1);
  }

  /** What the one at `place` has to wait by this pace, ms; 0 while nobody can say. */
  waitMs(place: number, now: number): number {
    this.#forget(now);
    const waitMs = this.#turns === 0 ? Number.POSITIVE_INFINITY : (place * this.#spanMs) / this.#turns;
    return waitMs < UNTELLABLE_MS ? Math.ceil(waitMs) : 0;
  }

  #forget(now: number): void {
    const kept = Math.exp((this.#at - now) / MEMORY_MS);
    this.#turns *= kept;
    this.#spanMs = this.#spanMs * kept + MEMORY_MS * (1 - kept);
    this.#at = now;
  }
}
