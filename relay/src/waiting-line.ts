/** Somebody's place in a line; `turn` is what the line is ordered by, and nobody else's. */
export class Place<T> {
  prev: Place<T> | undefined;
  next: Place<T> | undefined;
  /** What was told of it last, and when; 0 before. */
  told = 0;
  toldWaitMs = 0;
  toldAt = Number.NEGATIVE_INFINITY;

  constructor(public who: T, readonly turn: number) {}
}

/**
 * A line of those who wait, by turn. Coming (last), going (from anywhere) and being next take the same time however many wait; so does
 * each step of `visit`, which goes round and knows everybody's exact place without counting them anew.
 */
export class WaitingLine<T> {
  #head: Place<T> | undefined;
  #tail: Place<T> | undefined;
  #size = 0;
  /** Whom `visit` sees next, and that one's place; from the head when undefined. */
  #cursor: Place<T> | undefined;
  #cursorAt = 1;
  /** Where somebody came in out of the middle last: whoever comes back after comes right behind. */
  #latest: Place<T> | undefined;

  get size(): number {
    return this.#size;
  }

  get head(): Place<T> | undefined {
    return this.#head;
  }

  /** Puts a place where its turn belongs: mostly last. */
  add(place: Place<T>): void {
    const before = this.#before(place.turn);
    const after = before === undefined ? this.#head : before.next;
    place.prev = before;
    place.next = after;
    if (before === undefined) this.#head = place;
    else before.next = place;
    if (after === undefined) this.#tail = place;
    else {
      after.prev = place;
      this.#latest = place;
    }
    this.#size++;
    if (this.#cursor !== undefined && place.turn < this.#cursor.turn) this.#cursorAt++;
  }

  /** Takes a place out, wherever it is. */
  remove(place: Place<T>): void {
    const { prev, next } = place;
    if (prev === undefined) this.#head = next;
    else prev.next = next;
    if (next === undefined) this.#tail = prev;
    else next.prev = prev;
    place.prev = place.next = undefined;
    this.#size--;
    if (place === this.#latest) this.#latest = undefined;
    if (place === this.#cursor) this.#cursor = next;
    else if (this.#cursor !== undefined && place.turn < this.#cursor.turn) this.#cursorAt--;
  }

  /** The next one, taken out. */
  shift(): Place<T> | undefined {
    const first = this.#head;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Shows the next `count` places, each with its number from 1, going on where the last call ended. `see` may take places out. */
  visit(count: number, see: (place: Place<T>, at: number) => void): void {
    for (let left = Math.min(count, this.#size); left > 0 && this.#size > 0; left--) {
      if (this.#cursor === undefined) {
        this.#cursor = this.#head;
        this.#cursorAt = 1;
      }
      const place = this.#cursor!;
      const at = this.#cursorAt++;
      this.#cursor = place.next;
      see(place, at);
    }
  }

  /** Behind whom this turn belongs. */
  #before(turn: number): Place<T> | undefined {
    if (this.#tail === undefined || this.#tail.turn < turn) return this.#tail;
    let before = this.#latest !== undefined && this.#latest.turn < turn ? this.#latest : undefined;
    for (let next = before === undefined ? this.#head : before.next; next !== undefined && next.turn < turn; next = next.next) before = next;
    return before;
  }
}
