/** Taps closer together than this travel as one action, ms. */
const JOIN_MS = 100;
/** Taps that one action carries at most; tug takes no more, and no hand makes more in that time. */
const MAX_TAPS = 20;

/** Joins quick taps on one choice into one action whose value is their number. */
export class Tapper {
  #choice = 0;
  #round = 0;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly act: (choice: number, value: number, round: number) => void) {}

  tap(choice: number, round: number): void {
    if (this.#count > 0 && (choice !== this.#choice || round !== this.#round)) this.flush();
    this.#choice = choice;
    this.#round = round;
    this.#count++;
    if (this.#count === MAX_TAPS) return this.flush();
    this.#timer ??= setTimeout(() => this.flush(), JOIN_MS);
    return undefined;
  }

  /** What was tapped becomes an action now: the round changes, or the page goes. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const count = this.#count;
    this.#count = 0;
    if (count > 0) this.act(this.#choice, count, this.#round);
  }
}
