/** ms before another try, where a part could not be loaded: each may cost a request. */
const AGAIN_MS = 5_000;

/** A part of the element that is loaded when it is first wanted; one that did not come is asked for again by whoever wants it still. */
export class Later<T> {
  /** The part, once loaded. */
  part: T | undefined;
  #asked = false;

  constructor(readonly load: () => Promise<T>, readonly changed: () => void) {}

  /** The part where it is there; asked for where it is not. */
  want(): T | undefined {
    if (!this.#asked) {
      this.#asked = true;
      this.load().then((part) => {
        this.part = part;
        this.changed();
      }, () => setTimeout(() => {
        this.#asked = false;
        this.changed(); // whoever wants it still asks again, also where nothing else happens
      }, AGAIN_MS));
    }
    return this.part;
  }
}
