/** Delivers to one endpoint: takes what is due from its books, tries it, says how it went. What it does never waits for another endpoint. */
import type { Entry } from '../ledger/index.js';
import type { BookId, Outbox, OutboxMessage } from '../outbox/index.js';
import { Breaker } from './breaker.js';
import type { EndpointRecord } from './endpoint-desk.js';
import { bodyOf, entryTypes, messageId } from './messages.js';
import type { Outcome, Poster } from './post.js';
import type { Schedule } from './schedule.js';
import { signedHeaders } from './signature.js';

/** Tries under way at once, to one endpoint from one origin. */
const CONCURRENCY = 8;
/** ms until a book in which nothing happens is looked at again: doubled from the first to the last. Whoever writes to the ledger nudges. */
const IDLE_MS = { first: 1_000, last: 30_000 };
/** ms until it is asked again whether the ledger may be told. */
const HELD_MS = 1_000;
/** ms until the store is asked again after it did not answer. */
const STORE_AWAY_MS = 2_000;

/** What a worker tells of its tries. */
export interface DeliveryMetrics {
  tried(result: 'delivered' | 'failed' | 'parked' | 'gone', seconds: number): void;
  /** Seconds from the entry to its delivery. */
  delay(seconds: number): void;
}

export interface DeliveryLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface PumpOptions {
  readonly outbox: Outbox;
  readonly poster: Poster;
  readonly schedule: Schedule;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly metrics: DeliveryMetrics;
  readonly logger: DeliveryLogger;
  /** ms that what is taken is kept from other origins */
  readonly leaseMs: number;
  sourceOf(event: string): string;
  /** False while it is not certain that what stands in the ledger will stand: nothing is told that may be taken back. */
  mayTell?: (() => boolean) | undefined;
  /** Resolves when the entry is where a failure of the store would leave it; rejects when that is not known. */
  confirm?: ((entry: Entry) => Promise<void>) | undefined;
  /** The endpoint as it is now; undefined: removed. */
  endpoint(): EndpointRecord | undefined;
  secretsOf(endpoint: EndpointRecord): string[];
  /** It answered 410. */
  gone(endpoint: EndpointRecord): Promise<void>;
}

/** How an endpoint does, as this origin has seen it. */
export interface EndpointHealth {
  /** only probes go */
  readonly down: boolean;
  /** the last try, if it failed; `at` in ms since 1970 */
  readonly lastError?: { readonly error: string; readonly at: number };
}

interface Book {
  readonly id: BookId;
  /** ms, when to look again */
  lookAt: number;
  idleMs: number;
}

export class Pump {
  readonly breaker: Breaker;
  readonly #books = new Map<string, Book>();
  readonly #flying = new Set<Promise<void>>();
  #running: Promise<void> | undefined;
  #again = false;
  #lastError: EndpointHealth['lastError'];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly id: string, private readonly options: PumpOptions, breaker?: Breaker) {
    this.breaker = breaker ?? new Breaker();
  }

  get health(): EndpointHealth {
    return { down: this.breaker.open, ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }) };
  }

  /** These are its events. */
  read(events: readonly string[]): void {
    for (const event of events) if (!this.#books.has(event)) this.nudge(event);
  }

  /** Something was written to this event's ledger. */
  nudge(event: string): void {
    const book = this.#books.get(event) ?? { id: { event, endpoint: this.id }, lookAt: 0, idleMs: IDLE_MS.first };
    book.lookAt = 0;
    book.idleMs = IDLE_MS.first;
    this.#books.set(event, book);
    this.#run();
  }

  /** The endpoint was changed: paused, put on again, sent elsewhere. */
  changed(): void {
    for (const book of this.#books.values()) book.lookAt = 0;
    this.#run();
  }

  /** Takes nothing any more; resolves when what is under way is over. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
    await Promise.all(this.#flying);
  }

  #run(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#running ??= this.#rounds();
  }

  async #rounds(): Promise<void> {
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        await this.#round();
      }
    } finally {
      this.#running = undefined; // in the same breath as the last look at #again: a try that ends between the two would wake nobody
    }
    this.#sleep();
  }

  /** Takes from its books, the one that waits longest first, until nothing is due or nothing more may go. */
  async #round(): Promise<void> {
    for (;;) {
      const endpoint = this.options.endpoint();
      const slots = this.breaker.admits(CONCURRENCY - this.#flying.size, this.options.now());
      const book = this.#next();
      if (this.#closed || this.#held || endpoint?.state !== 'on' || slots <= 0 || book === undefined) return;
      try {
        await this.#take(endpoint, book, slots);
      } catch (error) {
        book.lookAt = this.options.now() + STORE_AWAY_MS; // the store's own owner says that it is away
        this.options.logger.warn({ endpoint: this.id, event: book.id.event, err: error }, 'deliveries wait for the store');
      }
    }
  }

  get #held(): boolean {
    return this.options.mayTell?.() === false;
  }

  #next(): Book | undefined {
    const now = this.options.now();
    let next: Book | undefined;
    for (const book of this.#books.values()) if (book.lookAt <= now && (next === undefined || book.lookAt < next.lookAt)) next = book;
    return next;
  }

  async #take(endpoint: EndpointRecord, book: Book, slots: number): Promise<void> {
    const { outbox, leaseMs } = this.options;
    const now = this.options.now();
    book.lookAt = Infinity; // a nudge that comes meanwhile brings it back
    const { messages, more, nextDue = Infinity } = await outbox.take(book.id, { limit: slots, types: entryTypes(endpoint.types), now, leaseMs });
    for (const message of messages) this.#begin(endpoint, book, message, now + leaseMs);
    if (messages.length > 0 || more) book.idleMs = IDLE_MS.first;
    const lookAt = more || messages.length === slots ? now : Math.min(Math.max(nextDue, now), now + book.idleMs);
    if (messages.length === 0) book.idleMs = Math.min(IDLE_MS.last, book.idleMs * 2);
    book.lookAt = Math.min(book.lookAt, lookAt);
  }

  #begin(endpoint: EndpointRecord, book: Book, message: OutboxMessage, lease: number): void {
    this.breaker.begun();
    const flight = this.#attempt(endpoint, book.id, message, lease)
      .catch((error: unknown) => this.options.logger.warn({ endpoint: this.id, message: messageId(message.entry), err: error }, 'how a delivery went could not be kept; it goes again'))
      .then(() => {
        this.#flying.delete(flight);
        book.lookAt = 0; // another of its lane may go now
        this.#run();
      });
    this.#flying.add(flight);
  }

  async #attempt(endpoint: EndpointRecord, book: BookId, { entry, seq, attempts }: OutboxMessage, lease: number): Promise<void> {
    const { poster, metrics, outbox, confirm } = this.options;
    try {
      await confirm?.(entry);
    } catch (error) {
      this.breaker.abandoned();
      throw error;
    }
    const began = this.options.monotonic();
    const body = bodyOf(entry, this.options.sourceOf(entry.event));
    const headers = signedHeaders(this.options.secretsOf(endpoint), messageId(entry), this.options.now(), body);
    const outcome = await poster.post({ url: endpoint.url, headers, body });
    const seconds = (this.options.monotonic() - began) / 1000;
    switch (outcome.result) {
      case 'aborted': // the origin closes: whoever goes on need not wait for the lease to end
        await outbox.failed(book, seq, { lease, error: 'the origin was closed', now: this.options.now(), nextAt: this.options.now() });
        return;
      case 'delivered':
        if (this.breaker.open) this.options.logger.info({ endpoint: this.id }, 'an endpoint is back');
        this.breaker.succeeded();
        this.#lastError = undefined;
        metrics.tried('delivered', seconds);
        metrics.delay(Math.max(0, this.options.now() - entry.at) / 1000);
        await outbox.delivered(book, seq, this.options.now());
        return;
      case 'gone':
        metrics.tried('gone', seconds);
        this.breaker.succeeded(); // it answers; when it is put on again it is not down
        return this.options.gone(endpoint);
      case 'failed':
        return this.#failed(book, seq, attempts + 1, lease, outcome, seconds);
    }
  }

  async #failed(book: BookId, seq: number, tries: number, lease: number, { error, retryAfterMs }: Extract<Outcome, { result: 'failed' }>, seconds: number): Promise<void> {
    const now = this.options.now();
    this.#lastError = { error, at: now };
    if (this.breaker.failed(now)) this.options.logger.warn({ endpoint: this.id, error }, 'an endpoint is down; only probes go until one arrives');
    const wait = this.options.schedule.wait(tries, retryAfterMs);
    const kept = await this.options.outbox.failed(book, seq, { lease, error, now, nextAt: wait === undefined ? undefined : now + wait });
    this.options.metrics.tried(kept === 'parked' ? 'parked' : 'failed', seconds);
    if (kept === 'parked') this.options.logger.warn({ endpoint: this.id, message: `${book.event}:${seq}`, tries, error }, 'a message was parked');
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    const waitsForTry = this.#flying.size >= CONCURRENCY || (this.breaker.open && this.#flying.size > 0);
    if (this.#closed || waitsForTry || this.options.endpoint()?.state !== 'on') return;
    const at = Math.max(this.breaker.until, this.#held ? this.options.now() + HELD_MS : 0, Math.min(...[...this.#books.values()].map(({ lookAt }) => lookAt)));
    if (!Number.isFinite(at)) return;
    this.#timer = setTimeout(() => this.#run(), Math.max(1, at - this.options.now()));
    this.#timer.unref();
  }
}
