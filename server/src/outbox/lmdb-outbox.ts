import type { Entry } from '../ledger/index.js';
import { keys, LAST, type Reader, type Store, type Tx } from '../store/index.js';
import { type BookId, type DeadLetter, ERROR_LENGTH, type Failure, isSeq, laneOf, type Outbox, type OutboxMessage, SCAN, type Taken, type TakeRequest, WINDOW } from './outbox.js';

interface Head {
  position: number;
  pending: number;
}

/** A message that is pending. */
interface Row {
  lane: string;
  attempts: number;
  /** ms, of the next try or of the end of the lease; left out while an earlier message of its lane is pending */
  due?: number;
  /** seq of the message that waits for this one */
  next?: number;
  error?: string;
}

interface Letter {
  attempts: number;
  error: string;
  parkedAt: number;
}

const seqIn = (key: string): number => Number(key.slice(key.lastIndexOf('/') + 1));

/** One book within one transaction. */
class OpenBook {
  private readonly at: ReturnType<typeof keys.delivery>;
  readonly head: Head;
  private dirty = false;

  constructor(private readonly tx: Tx, private readonly book: BookId) {
    this.at = keys.delivery(book.event, book.endpoint);
    this.head = tx.get<Head>(this.at.head) ?? { position: 0, pending: 0 };
  }

  /** Passes entries until the book is full; answers whether there may be more behind them. */
  scan(types: ReadonlySet<string>, now: number): boolean {
    const { event } = this.book;
    const { position } = this.head;
    if (this.head.pending >= WINDOW) return false;
    for (const { value: entry } of this.tx.range<Entry>(keys.entry(event, position + 1), keys.entry(event, position + 1 + SCAN))) {
      if (this.head.pending >= WINDOW) break;
      if (types.has(entry.type)) this.enqueue(entry.seq, laneOf(entry), now);
      this.head.position = entry.seq;
    }
    if (this.head.position > position) this.dirty = true;
    return this.head.position === position + SCAN && this.head.pending < WINDOW;
  }

  lease(limit: number, now: number, leaseMs: number): OutboxMessage[] {
    const due = [...this.tx.range<true>(this.at.dues, this.at.duesUntil(now), limit)];
    return due.flatMap(({ key }) => {
      const seq = seqIn(key);
      const row = this.tx.get<Row>(this.at.row(seq))!;
      this.schedule(seq, row, now + leaseMs);
      const entry = this.tx.get<Entry>(keys.entry(this.book.event, seq));
      return entry === undefined ? [] : [{ seq, entry, attempts: row.attempts }];
    });
  }

  nextDue(): number | undefined {
    const [first] = this.tx.range<true>(this.at.dues, this.at.dues + LAST, 1);
    return first === undefined ? undefined : Number(first.key.slice(this.at.dues.length).split('/')[0]);
  }

  row(seq: number): Row | undefined {
    return isSeq(seq) ? this.tx.get<Row>(this.at.row(seq)) : undefined;
  }

  *rows(): Iterable<[seq: number, row: Row]> {
    for (const { key, value } of this.tx.range<Row>(this.at.rows, this.at.rows + LAST)) yield [seqIn(key), value];
  }

  /** Forgets all that is pending. */
  clear(): void {
    for (const prefix of [this.at.rows, this.at.dues, this.at.lanes]) for (const name of [...this.tx.names(prefix, prefix + LAST)]) this.tx.remove(name);
    this.dirty ||= this.head.pending > 0;
    this.head.pending = 0;
  }

  enqueue(seq: number, lane: string, now: number): void {
    const tail = this.tx.get<number>(this.at.lane(lane));
    this.tx.put(this.at.lane(lane), seq);
    if (tail === undefined) this.schedule(seq, { lane, attempts: 0 }, now);
    else {
      this.tx.put(this.at.row(seq), { lane, attempts: 0 } satisfies Row);
      this.tx.put(this.at.row(tail), { ...this.tx.get<Row>(this.at.row(tail))!, next: seq });
    }
    this.head.pending += 1;
    this.dirty = true;
  }

  schedule(seq: number, row: Row, due: number): void {
    if (row.due !== undefined) this.tx.remove(this.at.due(row.due, seq));
    this.tx.put(this.at.row(seq), { ...row, due });
    this.tx.put(this.at.due(due, seq), true);
  }

  /** Takes a message out, and lets the one go that waited for it. */
  takeOut(seq: number, { lane, due, next }: Row, now: number): void {
    this.tx.remove(this.at.row(seq));
    if (due !== undefined) this.tx.remove(this.at.due(due, seq));
    if (next === undefined) this.tx.remove(this.at.lane(lane));
    else this.schedule(next, this.tx.get<Row>(this.at.row(next))!, now);
    this.head.pending -= 1;
    this.dirty = true;
  }

  park(seq: number, { attempts }: Row, error: string, now: number): void {
    this.tx.put(this.at.letter(seq), { attempts, error, parkedAt: now } satisfies Letter);
  }

  letter(seq: number): Letter | undefined {
    return isSeq(seq) ? this.tx.get<Letter>(this.at.letter(seq)) : undefined;
  }

  forget(seq: number): void {
    this.tx.remove(this.at.letter(seq));
  }

  close(): void {
    if (this.dirty) this.tx.put(this.at.head, this.head);
  }
}

const take = (open: OpenBook, { limit, types, now, leaseMs }: TakeRequest): Taken => {
  const more = open.scan(new Set(types), now);
  const messages = limit > 0 ? open.lease(limit, now, leaseMs) : [];
  return { messages, more, nextDue: open.nextDue() };
};

const fail = (open: OpenBook, seq: number, { lease, error, now, nextAt }: Failure): 'retry' | 'parked' | 'gone' => {
  const row = open.row(seq);
  if (row?.due !== lease) return 'gone';
  const tried = { ...row, attempts: row.attempts + 1, error: error.slice(0, ERROR_LENGTH) };
  if (nextAt !== undefined) {
    open.schedule(seq, tried, nextAt);
    return 'retry';
  }
  open.takeOut(seq, tried, now);
  open.park(seq, tried, tried.error, now);
  return 'parked';
};

const letters = (read: Reader, { event, endpoint }: BookId, fromSeq: number, limit: number): DeadLetter[] => {
  const at = keys.delivery(event, endpoint);
  return [...read.range<Letter>(at.letter(Math.max(0, fromSeq)), at.letters + LAST, limit)].flatMap(({ key, value }) => {
    const entry = read.get<Entry>(keys.entry(event, seqIn(key)));
    return entry === undefined ? [] : [{ seq: entry.seq, entry, ...value }];
  });
};

/** The delivery books in the embedded store, beside the ledger's entries; each step is one of its transactions. */
export function lmdbOutbox(store: Store): Outbox {
  const step = <T>(book: BookId, work: (open: OpenBook, tx: Tx) => T): Promise<T> =>
    store.transact((tx) => {
      const open = new OpenBook(tx, book);
      const answer = work(open, tx);
      open.close();
      return answer;
    });
  const lastOf = (read: Reader, event: string): number => read.get<{ seq: number }>(keys.event(event))?.seq ?? 0;

  return {
    open: (book, from) =>
      store.transact((tx) => {
        const { head } = keys.delivery(book.event, book.endpoint);
        if (tx.get(head) === undefined) tx.put(head, { position: from === 'now' ? lastOf(tx, book.event) : 0, pending: 0 } satisfies Head);
      }),

    take: (book, request) => step(book, (open) => take(open, request)),

    delivered: (book, seq, now) =>
      step(book, (open) => {
        const row = open.row(seq);
        if (row) open.takeOut(seq, row, now);
        return row !== undefined;
      }),

    failed: (book, seq, failure) => step(book, (open) => fail(open, seq, failure)),

    parkAll: (book, error, now) =>
      step(book, (open) => {
        const rows = [...open.rows()];
        for (const [seq, row] of rows) open.park(seq, row, error.slice(0, ERROR_LENGTH), now);
        open.clear();
        return rows.length;
      }),

    dead: async (book, fromSeq, limit) => letters(store.read, book, fromSeq, limit),

    replay: (book, seq, now) =>
      step(book, (open, tx) => {
        const entry = open.letter(seq) && tx.get<Entry>(keys.entry(book.event, seq));
        if (!entry) return false;
        open.forget(seq);
        open.enqueue(seq, laneOf(entry), now);
        return true;
      }),

    discard: (book, seq) =>
      step(book, (open) => {
        const there = open.letter(seq) !== undefined;
        if (there) open.forget(seq);
        return there;
      }),

    status: async (book) => {
      const at = keys.delivery(book.event, book.endpoint);
      const { position, pending } = store.read.get<Head>(at.head) ?? { position: 0, pending: 0 };
      return { position, last: lastOf(store.read, book.event), pending, dead: [...store.read.names(at.letters, at.letters + LAST)].length };
    },

    remove: (book) =>
      store.transact((tx) => {
        const { all } = keys.delivery(book.event, book.endpoint);
        for (const name of [...tx.names(all, all + LAST)]) tx.remove(name);
      }),
  };
}
