import type { Viewer } from './viewers.js';

/**
 * Dense numbers of a channel's viewers. A slot that a viewer has left is not given to another one before the origin has acknowledged
 * the batch with the leave: until then, private frames for the old viewer may be on their way.
 */
export class Slots {
  readonly #viewers: (Viewer | undefined)[] = [];
  readonly #free: number[] = [];
  #quarantine: { readonly slot: number; readonly batch: number }[] = [];

  take(viewer: Viewer): number {
    const slot = this.#free.pop() ?? this.#viewers.length;
    this.#viewers[slot] = viewer;
    return slot;
  }

  at(slot: number): Viewer | undefined {
    return this.#viewers[slot];
  }

  /** The viewer has gone; its leave rides in batch number `batch`. */
  release(slot: number, batch: number): void {
    this.#viewers[slot] = undefined;
    this.#quarantine.push({ slot, batch });
  }

  acknowledge(batch: number): void {
    let done = 0;
    while (done < this.#quarantine.length && this.#quarantine[done]!.batch <= batch) this.#free.push(this.#quarantine[done++]!.slot);
    if (done > 0) this.#quarantine = this.#quarantine.slice(done);
  }
}
