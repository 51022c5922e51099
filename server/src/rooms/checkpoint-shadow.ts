/**
 * What is stored of a room's checkpoint, and what of the room differs from it.
 *
 * `capture` compares the room with the shadow and copies what differs, at the tick; the shadow changes only when that is `stored`, so a
 * checkpoint that is never written loses nothing for the next one. Copies lie in chunks of one size: those that were stored become the
 * shadow, those that they replace are used again. So nothing that grows with the crowd is allocated anew for each checkpoint.
 * Invariant: one capture at a time; each ends with `stored` or `dropped`.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { CheckpointChange } from '../journal/index.js';
import { CHUNK_BYTES, columnsOf, packRefusals, packTexts, partKey, PlayerScratch, REFUSAL_ROWS, TEXT_ROWS, textGroup, type RoomImage, type TextGroup } from './checkpoint-parts.js';

/** Chunks that are allocated together, half a megabyte: a block that malloc takes from the system as it is, instead of from a heap with holes. */
const SLAB_CHUNKS = 64;
/** Groups of texts packed between two breaths: about a millisecond. */
const BREATH_GROUPS = 64;

interface Chunk {
  readonly column: string;
  readonly index: number;
  readonly memory: Buffer;
  /** How much of the memory is used, bytes. */
  readonly length: number;
}

/** What differed from the shadow at one tick. */
export interface Capture {
  /** Whether it is everything: this shadow has stored nothing yet. */
  readonly whole: boolean;
  readonly chunks: readonly Chunk[];
  /** Chunks that each column has. */
  readonly counts: ReadonlyMap<string, number>;
  readonly texts: ReadonlyMap<string, TextGroup>;
  readonly refusals: ReadonlyMap<string, Uint8Array>;
  /** Keys of parts that are no more. */
  readonly drop: readonly string[];
}

export class CheckpointShadow {
  #whole = true;
  readonly #columns = new Map<string, Chunk[]>();
  readonly #texts = new StoredRows(TEXT_ROWS);
  readonly #refusals = new StoredRows(REFUSAL_ROWS);
  readonly #free: Buffer[] = [];
  readonly #scratch = new PlayerScratch();

  /** Takes copies of what differs from what is stored, texts by reference. */
  capture(image: RoomImage): Capture {
    const { viewers } = image.core;
    const chunks: Chunk[] = [];
    const counts = new Map<string, number>();
    const drop: string[] = [];
    for (const [name, bytes] of columnsOf(image, this.#scratch)) counts.set(name, this.#compare(name, bytes, chunks));
    for (const [name, stored] of this.#columns) {
      for (let index = counts.get(name) ?? 0; index < stored.length; index++) drop.push(partKey(name, index));
    }
    const texts = new Map(this.#texts.take(viewers.revisions.texts, viewers.length).map((from) => [partKey('texts', from), textGroup(viewers, from)]));
    const refusals = new Map<string, Uint8Array>();
    for (const from of this.#refusals.take(viewers.revisions.refusals, viewers.length)) {
      const packed = packRefusals(viewers.refusals, from);
      if (packed !== undefined) refusals.set(partKey('refusals', from), packed);
      else if (from < this.#refusals.length) drop.push(partKey('refusals', from));
    }
    return { whole: this.#whole, chunks, counts, texts, refusals, drop };
  }

  /** Adds the chunks of a column that are not as stored; returns how many chunks it has. */
  #compare(column: string, { buffer, byteOffset, length }: Uint8Array, chunks: Chunk[]): number {
    const bytes = Buffer.from(buffer, byteOffset, length);
    const stored = this.#columns.get(column) ?? [];
    let index = 0;
    for (let from = 0; from < length; from += CHUNK_BYTES, index++) {
      const to = Math.min(from + CHUNK_BYTES, length);
      const known = stored[index];
      if (known?.length === to - from && bytes.compare(known.memory, 0, known.length, from, to) === 0) continue;
      const memory = this.#memory();
      bytes.copy(memory, 0, from, to);
      chunks.push({ column, index, memory, length: to - from });
    }
    return index;
  }

  /** The capture as a journal takes it. Its chunks are this shadow's memory: they stay as they are until `stored` or `dropped`. */
  async packed({ whole, chunks, texts, refusals, drop }: Capture): Promise<Pick<CheckpointChange, 'whole' | 'parts' | 'drop'>> {
    const parts = new Map(refusals);
    for (const { column, index, memory, length } of chunks) parts.set(partKey(column, index), memory.subarray(0, length));
    let packed = 0;
    for (const [key, group] of texts) {
      if (++packed % BREATH_GROUPS === 0) await breathe();
      parts.set(key, packTexts(group));
    }
    return { whole, parts, drop };
  }

  /** The capture is what the store has now. */
  stored({ chunks, counts }: Capture): void {
    this.#whole = false;
    for (const chunk of chunks) {
      const column = this.#columns.get(chunk.column) ?? [];
      this.#columns.set(chunk.column, column);
      this.#release(column[chunk.index]);
      column[chunk.index] = chunk;
    }
    for (const [name, column] of this.#columns) {
      for (const gone of column.splice(counts.get(name) ?? 0)) this.#release(gone);
      if (column.length === 0) this.#columns.delete(name);
    }
    this.#texts.accept();
    this.#refusals.accept();
  }

  /** The capture will not be stored. */
  dropped({ chunks }: Capture): void {
    for (const chunk of chunks) this.#release(chunk);
  }

  #memory(): Buffer {
    if (this.#free.length === 0) {
      const slab = Buffer.allocUnsafeSlow(SLAB_CHUNKS * CHUNK_BYTES);
      for (let at = 0; at < slab.length; at += CHUNK_BYTES) this.#free.push(slab.subarray(at, at + CHUNK_BYTES));
    }
    return this.#free.pop()!;
  }

  #release(chunk: Chunk | undefined): void {
    if (chunk !== undefined) this.#free.push(chunk.memory);
  }
}

/** Which groups of rows are stored, by the revisions of their rows. */
class StoredRows {
  /** Rows that are stored. */
  length = 0;
  #stored = new Uint32Array(1024);
  #taken = new Uint32Array(1024);
  #takenLength = 0;

  constructor(private readonly group: number) {}

  /** First rows of the groups that are not as stored. */
  take(live: Uint32Array, length: number): number[] {
    if (this.#taken.length < length) this.#taken = new Uint32Array(length * 2);
    this.#taken.set(live.subarray(0, length));
    this.#takenLength = length;
    const changed: number[] = [];
    for (let from = 0; from < length; from += this.group) {
      const to = Math.min(from + this.group, length);
      if (to > this.length || this.#differs(from, to)) changed.push(from);
    }
    return changed;
  }

  #differs(from: number, to: number): boolean {
    for (let row = from; row < to; row++) if (this.#taken[row] !== this.#stored[row]) return true;
    return false;
  }

  /** What was taken last is stored. */
  accept(): void {
    [this.#stored, this.#taken] = [this.#taken, this.#stored];
    this.length = this.#takenLength;
  }
}
