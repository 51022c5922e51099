/**
 * What the room knows of each relay's present run: which batch was applied last and whose row is behind each slot. Part of the room's
 * deterministic state: it is rebuilt by the journal and stands in checkpoints.
 */
import { bytesOf } from './viewer-table.js';

export interface RelayRunImage {
  relayId: string;
  incarnation: number;
  applied: number;
  /** Row + 1 by slot; 0 is empty. The table's own memory. */
  rows: Uint8Array;
  /** Joins so far; images of an earlier version lack it. */
  joins?: number;
}

/** The origin's own relay id, of clients without a relay; a relay cannot be called so (ids begin with a letter or digit). Its run is the room's life. */
export const ORIGIN_RELAY = '@origin';

export class RelayRun {
  /** Number of the last batch applied; batches come in order. */
  applied = 0;
  #rows = new Int32Array(64);
  #joins = 0;

  constructor(readonly relayId: string, readonly index: number, public incarnation: number) {}

  /** The row behind a slot, or -1. */
  rowAt(slot: number): number {
    return slot < this.#rows.length ? this.#rows[slot]! - 1 : -1;
  }

  /**
   * Counts a join, and tells whether its slot is one that the run can have by now: slots are dense, a new one is taken only when all
   * below it are in use. The table is as large as the highest slot.
   */
  joins(slot: number): boolean {
    return slot < Math.max(++this.#joins, this.#rows.length);
  }

  bind(slot: number, row: number): void {
    if (slot >= this.#rows.length) {
      const grown = new Int32Array(Math.max(slot + 1, this.#rows.length * 2));
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[slot] = row + 1;
  }

  clear(slot: number): void {
    if (slot < this.#rows.length) this.#rows[slot] = 0;
  }

  /** Rows of this run's viewers. */
  *boundRows(): Iterable<number> {
    for (const row of this.#rows) if (row > 0) yield row - 1;
  }

  restart(incarnation: number): void {
    this.incarnation = incarnation;
    this.applied = 0;
    this.#joins = 0;
    this.#rows = new Int32Array(64); // the table of a run that had a high slot is as large as that
  }

  image(): RelayRunImage {
    let used = this.#rows.length;
    while (used > 0 && this.#rows[used - 1] === 0) used--;
    return { relayId: this.relayId, incarnation: this.incarnation, applied: this.applied, rows: bytesOf(this.#rows, used), joins: this.#joins };
  }

  static load(image: RelayRunImage, index: number): RelayRun {
    const run = new RelayRun(image.relayId, index, image.incarnation);
    run.applied = image.applied;
    const rows = new Int32Array(Uint8Array.from(image.rows).buffer);
    if (rows.length > 0) run.#rows = rows;
    run.#joins = image.joins ?? rows.length;
    return run;
  }
}
