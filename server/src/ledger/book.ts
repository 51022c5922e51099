import { keys, type Tx } from '../store/index.js';
import type { DropState, Entry } from './entry.js';
import { LedgerError } from './errors.js';
import type { OutboxRecord } from './outbox-record.js';

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

  private constructor(readonly tx: Tx, readonly event: string, private readonly head: EventHead, clockNow: number) {
    this.now = Math.max(head.at, clockNow);
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

  append(draft: Draft): Entry {
    const entry: Entry = { ...draft, seq: ++this.head.seq, event: this.event, at: this.now };
    this.head.at = this.now;
    this.tx.put(keys.entry(this.event, entry.seq), entry);
    return entry;
  }

  entry(seq: number): Entry {
    const entry = this.tx.get<Entry>(keys.entry(this.event, seq));
    if (!entry) throw new Error(`entry ${this.event}:${seq} is missing`);
    return entry;
  }

  drop(id: string): DropState | undefined {
    let drop = this.dropCache.get(id);
    if (!drop) {
      drop = this.tx.get<DropState>(keys.drop(this.event, id));
      if (drop) this.dropCache.set(id, drop);
    }
    return drop;
  }

  /** Says that the caller changed, or made, this drop. */
  keep(id: string, drop: DropState): void {
    this.dropCache.set(id, drop);
    this.dirty.add(id);
  }

  /** The outbox record of an entry; it waits until the record of `after` (0: none) is delivered or parked. */
  post(entry: Entry, after: number): void {
    const before = after > 0 ? this.tx.get<OutboxRecord>(keys.outbox(this.event, after)) : undefined;
    const waits = before?.state === 'pending';
    const record: OutboxRecord = { event: this.event, seq: entry.seq, state: 'pending', attempts: 0, due: waits ? 0 : this.now };
    this.tx.put(keys.outbox(this.event, entry.seq), record);
    if (waits) this.tx.put(keys.outbox(this.event, after), { ...before, next: entry.seq });
    else this.tx.put(keys.outboxDue(record.due, this.event, entry.seq), true);
  }

  close(): void {
    for (const id of this.dirty) this.tx.put(keys.drop(this.event, id), this.dropCache.get(id));
    this.tx.put(keys.event(this.event), this.head);
  }
}
