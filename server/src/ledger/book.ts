import { keys, type Tx } from '../store/index.js';
import type { DropState, Entry, Holding } from './entry.js';
import { LedgerError } from './errors.js';
import { currentDrop, currentHolding } from './old-data.js';

export interface EventHead {
  seq: number;
  /** ms, of the last entry */
  at: number;
}

/** Everything of an entry that the book does not fill in itself. */
export type Draft = Omit<Entry, 'seq' | 'event' | 'at'>;

/** One event's book within one transaction: holds head and drops once, writes them back in `close`. */
export class Book {
  private readonly dropCache = new Map<string, DropState>();
  private readonly dirty = new Set<string>();
  readonly now: number;
  private readonly before: number;

  private constructor(readonly tx: Tx, readonly event: string, private readonly head: EventHead, clockNow: number) {
    this.now = Math.max(head.at, clockNow);
    this.before = head.seq;
  }

  /** undefined: no such event */
  static find(tx: Tx, event: string, now: number): Book | undefined {
    const head = tx.get<EventHead>(keys.event(event));
    return head && new Book(tx, event, head, now);
  }

  static open(tx: Tx, event: string, now: number): Book {
    const book = Book.find(tx, event, now);
    if (!book) throw LedgerError.eventUnknown(event);
    return book;
  }

  static create(tx: Tx, event: string, now: number): Book {
    if (tx.get(keys.event(event))) throw LedgerError.eventExists(event);
    return new Book(tx, event, { seq: 0, at: 0 }, now);
  }

  /** Makes the draft an entry, the same object: a copy of each grant would cost more than the rest of this. */
  append(draft: Draft): Entry {
    const entry = draft as Entry;
    entry.seq = ++this.head.seq;
    entry.event = this.event;
    entry.at = this.now;
    this.head.at = this.now;
    this.tx.put(keys.entry(this.event, entry.seq), entry);
    return entry;
  }

  findEntry(seq: number): Entry | undefined {
    return this.tx.get<Entry>(keys.entry(this.event, seq));
  }

  entry(seq: number): Entry {
    const entry = this.findEntry(seq);
    if (!entry) throw new Error(`entry ${this.event}:${seq} is missing`);
    return entry;
  }

  drop(id: string): DropState | undefined {
    let drop = this.dropCache.get(id);
    if (!drop) {
      drop = this.tx.get<DropState>(keys.drop(this.event, id));
      if (drop) this.dropCache.set(id, currentDrop(drop));
    }
    return drop;
  }

  /** Says that the caller changed, or made, this drop. */
  keep(id: string, drop: DropState): void {
    this.dropCache.set(id, drop);
    this.dirty.add(id);
  }

  /** Where a viewer stands with a drop. */
  holding(viewer: number, drop: string): Holding | undefined {
    const holding = this.tx.get<Holding>(keys.holding(this.event, viewer, drop));
    return holding && currentHolding(holding);
  }

  hold(viewer: number, drop: string, holding: Holding): void {
    this.tx.put(keys.holding(this.event, viewer, drop), holding);
  }

  close(): void {
    for (const id of this.dirty) this.tx.put(keys.drop(this.event, id), this.dropCache.get(id));
    if (this.head.seq > this.before) this.tx.put(keys.event(this.event), this.head); // else there is nothing to sync: a rush on what is sold out only reads
  }
}
