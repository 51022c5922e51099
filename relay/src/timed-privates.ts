/** Values that wait for one viewer at most; past it every other one of a key goes, its newest never: steps get coarser. */
const KEPT = 128;

interface Timed {
  seq: number;
  readonly key: number;
  frame: Uint8Array;
}

/** Private state of a late viewer that tells of ticks its picture has not come to, oldest first. */
export class TimedPrivates {
  #waiting: Timed[] = [];

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Positions at which something waits. */
  get positions(): readonly number[] {
    return this.#waiting.map(({ seq }) => seq);
  }

  /** A value for a position; one of the same key after `since` would be written in the same go, so it is replaced. */
  add(seq: number, key: number, frame: Uint8Array, since: number): void {
    for (let i = this.#waiting.length - 1; i >= 0 && this.#waiting[i]!.seq >= since; i--) {
      if (this.#waiting[i]!.key === key) this.#waiting.splice(i, 1);
    }
    this.#waiting.push({ seq, key, frame });
    if (this.#waiting.length > KEPT) this.#thin();
  }

  /** A value that is for now takes the place of every one that waits. */
  forget(key: number): void {
    this.#waiting = this.#waiting.filter((timed) => timed.key !== key);
  }

  /** Of each key the newest stays, and every other one before it. */
  #thin(): void {
    const seen = new Map<number, number>();
    const kept: Timed[] = [];
    for (const timed of this.#waiting.reverse()) {
      const nth = seen.get(timed.key) ?? 0;
      seen.set(timed.key, nth + 1);
      if (nth % 2 === 0) kept.push(timed);
    }
    this.#waiting = kept.reverse();
  }

  /** Takes out what is for positions up to `seq`, in order. */
  take(seq: number): readonly Timed[] {
    let due = 0;
    while (due < this.#waiting.length && this.#waiting[due]!.seq <= seq) due++;
    return this.#waiting.splice(0, due);
  }
}

interface Slot<V> {
  from: number;
  readonly to: number;
  readonly viewers: Set<V>;
}

/** Which viewers of a lane have private state that waits, by position; positions that are written in one go share a slot. */
export class Wakes<V> {
  readonly #slots: Slot<V>[] = [];

  /** `every` is the length of a slot. */
  constructor(private readonly every: number) {}

  /** Notes the viewer at a position; answers where the position's slot begins. */
  add(seq: number, viewer: V): number {
    let i = this.#slots.length;
    while (i > 0 && this.#slots[i - 1]!.to >= seq) i--;
    let slot = this.#slots[i];
    if (slot === undefined) {
      slot = { from: seq, to: Math.ceil(seq / this.every) * this.every, viewers: new Set() };
      this.#slots.push(slot);
    }
    slot.from = Math.min(slot.from, seq);
    slot.viewers.add(viewer);
    return slot.from;
  }

  /** Calls `wake` for whoever has something at a position up to `seq`. */
  reach(seq: number, wake: (viewer: V) => void): void {
    let done = 0;
    for (const slot of this.#slots) {
      if (slot.from > seq) break;
      for (const viewer of slot.viewers) wake(viewer);
      if (slot.to <= seq) done++;
    }
    this.#slots.splice(0, done);
  }
}
