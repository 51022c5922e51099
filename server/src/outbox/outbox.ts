/**
 * The outbox: what every endpoint still has to be told of an event. Nobody posts messages: the ledger's entries are the messages, and each
 * (event, endpoint) has a delivery book, a reader of the entries with a position of its own. So a message exists exactly if its entry does.
 *
 * Life cycle of a message: behind the position → `take` passes its entry → pending → `delivered`, or `failed` until its owner parks it as a
 * dead letter → `replay` or `discard`.
 * Invariants: each call is one atomic step of the store; the position only rises, past entries whose message is kept or not wanted; a
 * message goes only after those before it of the same viewer and drop are delivered or parked; a taken one is nobody else's until its lease
 * ends, and then it is handed out again, so deliveries are at least once and known by their id. A book that is full scans no further: the
 * ledger itself is the queue behind it, and an endpoint that is away for a week costs a book's length of rows.
 * Why books and not the consumer groups of a Redis stream: a group knows neither a time to try again, nor an order within an entitlement,
 * nor dead letters, and hands every unwanted entry to the client to be acknowledged; each of these would need the rows that a book is
 * made of beside the group's own, and the embedded store has no groups. Other readers need no book: `Ledger.entries` from any position.
 * Must not import anything of ours but ledger types and store.
 */
import type { Entry } from '../ledger/index.js';

/** Names a delivery book. */
export interface BookId {
  event: string;
  endpoint: string;
}

export interface TakeRequest {
  /** messages at most */
  limit: number;
  /** types of entries that are wanted; others are passed */
  types: readonly string[];
  /** ms */
  now: number;
  /** ms that what is taken is kept from others; longer than a try may take */
  leaseMs: number;
}

export interface OutboxMessage {
  seq: number;
  entry: Entry;
  /** failed tries so far */
  attempts: number;
}

export interface Taken {
  /** Due messages, the longest due first. Their lease is `now + leaseMs` of the request. */
  messages: OutboxMessage[];
  /** More entries stand behind the position, and the book has room for them. */
  more: boolean;
  /** ms, when the next message of the book is due, or a lease ends; undefined: none waits */
  nextDue: number | undefined;
}

/** Says of a try that it failed. */
export interface Failure {
  /** as of the `take`; one that is over changes nothing, for the message is another's */
  lease: number;
  error: string;
  now: number;
  /** ms, when to try again; left out: park it */
  nextAt?: number | undefined;
}

export interface DeadLetter extends OutboxMessage {
  error: string;
  /** ms, when it was parked */
  parkedAt: number;
}

export interface BookStatus {
  /** the last entry that was looked at */
  position: number;
  /** the event's last entry */
  last: number;
  /** taken from the ledger, not yet delivered */
  pending: number;
  dead: number;
}

export interface Outbox {
  /** Makes the book, reading from the event's first entry or from the next one; a book that is there stays as it is. One that was never made reads from the first. */
  open(book: BookId, from: 'start' | 'now'): Promise<void>;
  /** Scans on from the position, then leases what is due. At most `SCAN` entries a call. */
  take(book: BookId, request: TakeRequest): Promise<Taken>;
  /** The receiver has it, whoever's lease it is; false: it was not pending. */
  delivered(book: BookId, seq: number, now: number): Promise<boolean>;
  failed(book: BookId, seq: number, failure: Failure): Promise<'retry' | 'parked' | 'gone'>;
  /** Parks every pending message of the book, also those under way; answers how many. */
  parkAll(book: BookId, error: string, now: number): Promise<number>;
  /** Dead letters with seq >= `fromSeq`, oldest first. */
  dead(book: BookId, fromSeq: number, limit: number): Promise<DeadLetter[]>;
  /** Gives a dead letter a new life, behind what waits of its entitlement; false when there is none of that seq. */
  replay(book: BookId, seq: number, now: number): Promise<boolean>;
  /** Forgets a dead letter; false when there is none. */
  discard(book: BookId, seq: number): Promise<boolean>;
  status(book: BookId): Promise<BookStatus>;
  /** Forgets the book. */
  remove(book: BookId): Promise<void>;
}

/** Entries looked at in one step: some milliseconds of the store's time. */
export const SCAN = 256;
/** Pending messages of one book at most; behind them the ledger waits. */
export const WINDOW = 1_000;
/** Bytes of an error that are kept. */
export const ERROR_LENGTH = 200;

/** Messages of one lane go one after the other: those of an entitlement, and what else is told of one viewer and drop. */
export const laneOf = ({ viewer, drop }: Pick<Entry, 'viewer' | 'drop'>): string => `${viewer ?? ''}/${drop ?? ''}`;

export const isSeq = (seq: number): boolean => Number.isSafeInteger(seq) && seq > 0;
