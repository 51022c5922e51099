/**
 * The delivery worker of an origin: one pump an endpoint. Every origin delivers; the books see to it that each message is one origin's at a time.
 * It looks when somebody who writes to the ledger nudges, when something is due, and now and then for what another origin left behind.
 */
import type { Entry } from '../ledger/index.js';
import type { BookId, Outbox } from '../outbox/index.js';
import type { Breaker } from './breaker.js';
import type { EndpointDesk, EndpointRecord } from './endpoint-desk.js';
import { Poster, type PosterOptions } from './post.js';
import { Pump, type DeliveryLogger, type DeliveryMetrics, type EndpointHealth } from './pump.js';
import type { Schedule } from './schedule.js';

/** ms of one try: a receiver should queue, and answer. */
const TRY_MS = 10_000;
/** ms that a message stays another origin's after its try must be over, for clocks that differ and stores that are slow. */
const SPARE_MS = 10_000;
/** ms between two looks for events that another origin made. */
const EVENTS_MS = 15_000;
/** ms that what is under way may take when the origin closes. */
const CLOSE_MS = 2_000;

export interface WorkerOptions {
  readonly endpoints: EndpointDesk;
  readonly outbox: Outbox;
  readonly guard: PosterOptions['guard'];
  readonly schedule: Schedule;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly metrics: DeliveryMetrics;
  readonly logger: DeliveryLogger;
  sourceOf(event: string): string;
  /** False while the ledger is frozen. */
  mayTell?: (() => boolean) | undefined;
  /** Resolves when an entry may be told: it is where a failure of the store would leave it. */
  confirm?: ((entry: Entry) => Promise<void>) | undefined;
  /** ms of one try */
  readonly timeoutMs?: number;
  makeBreaker?(): Breaker;
}

export class DeliveryWorker {
  readonly poster: Poster;
  readonly #pumps = new Map<string, Pump>();
  readonly #leaseMs: number;
  #timer: NodeJS.Timeout | undefined;
  #started = false;

  constructor(private readonly options: WorkerOptions) {
    const timeoutMs = options.timeoutMs ?? TRY_MS;
    this.#leaseMs = timeoutMs + SPARE_MS;
    this.poster = new Poster({ guard: options.guard, now: options.now, timeoutMs });
  }

  /** Endpoints that count as down. */
  get down(): number {
    return [...this.#pumps.values()].filter(({ breaker }) => breaker.open).length;
  }

  health(endpoint: string): EndpointHealth {
    return this.#pumps.get(endpoint)?.health ?? { down: false };
  }

  start(): void {
    this.#started = true;
    this.options.endpoints.onChange(() => this.#sync(true));
    this.#sync(true);
    this.#timer = setInterval(() => this.#sync(false), EVENTS_MS);
    this.#timer.unref();
  }

  /** Something was written to this event's ledger. */
  nudge(event: string): void {
    if (!this.#started) return;
    for (const endpoint of this.options.endpoints.all()) {
      if (this.options.endpoints.wants(endpoint, event)) this.#pumps.get(endpoint.id)?.nudge(event);
    }
  }

  /** Begins no try, and gives up those that are under way after a moment: their messages go again. */
  async close(): Promise<void> {
    this.#started = false;
    clearInterval(this.#timer);
    const patience = setTimeout(() => this.poster.close(), CLOSE_MS);
    await Promise.all([...this.#pumps.values()].map((pump) => pump.close()));
    clearTimeout(patience);
    this.poster.close();
  }

  #sync(changed: boolean): void {
    if (!this.#started) return;
    const { endpoints } = this.options;
    for (const [id, pump] of this.#pumps) {
      if (endpoints.find(id) !== undefined) continue;
      this.#pumps.delete(id);
      void pump.close();
    }
    for (const endpoint of endpoints.all()) {
      const pump = this.#pumps.get(endpoint.id) ?? this.#make(endpoint.id);
      pump.read(endpoints.eventsOf(endpoint));
      if (changed) pump.changed();
    }
  }

  #make(id: string): Pump {
    const { endpoints, outbox, makeBreaker } = this.options;
    const pump = new Pump(id, {
      ...this.options, poster: this.poster, leaseMs: this.#leaseMs,
      endpoint: () => endpoints.find(id), secretsOf: (endpoint) => endpoints.secretsOf(endpoint), gone: (endpoint) => this.#gone(endpoint, outbox),
    }, makeBreaker?.());
    this.#pumps.set(id, pump);
    return pump;
  }

  /** First switched off, so that nobody takes more, then parked what waited. */
  async #gone(endpoint: EndpointRecord, outbox: Outbox): Promise<void> {
    const { endpoints, logger } = this.options;
    if (!(await endpoints.gone(endpoint.id))) return;
    logger.warn({ endpoint: endpoint.id }, 'an endpoint answered 410; it is off, and what waited for it is parked');
    const books = endpoints.eventsOf(endpoint).map((event): BookId => ({ event, endpoint: endpoint.id }));
    for (const book of books) await outbox.parkAll(book, 'HTTP 410: the endpoint wants nothing any more', this.options.now());
  }
}
