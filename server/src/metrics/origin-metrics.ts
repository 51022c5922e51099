/**
 * The Prometheus metrics of an origin, named process, thing, unit. One registry an instance, so that two origins in one
 * process (tests) do not share numbers. Labels come from closed sets (codes, routes, results), never from what a caller sent.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const TICK_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25];
const DISK_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

export class OriginMetrics {
  readonly registry = new Registry();

  readonly actionsApplied = this.#counter('crowdcue_origin_actions_applied_total', 'Actions that a room applied.');
  readonly actionsRefused = this.#counter('crowdcue_origin_actions_refused_total', 'Actions that a room refused.', ['code']);
  readonly ticks = this.#counter('crowdcue_origin_ticks_total', 'Ticks of all rooms.');
  readonly tickSeconds = this.#histogram('crowdcue_origin_tick_seconds', 'Time of one synchronous tick.', TICK_BUCKETS);
  readonly roomsOpened = this.#counter('crowdcue_origin_rooms_opened_total', 'Rooms that this process opened: made, restored or taken over.');
  readonly roomsLost = this.#counter('crowdcue_origin_rooms_lost_total', 'Rooms that went on hold here: a tick failed, or the lease was over.');
  readonly journalAppendSeconds = this.#histogram('crowdcue_origin_journal_append_seconds', 'Time from handing a tick to the journal until it is durable.', DISK_BUCKETS);
  readonly facts = this.#counter('crowdcue_origin_facts_total', 'Facts handed to the achievements.', ['kind']);
  readonly factRetries = this.#counter('crowdcue_origin_fact_retries_total', 'Times that handling facts failed and was tried again.');
  readonly unlocks = this.#counter('crowdcue_origin_unlocks_total', 'Viewers for whom an achievement became true.');
  readonly claims = this.#counter('crowdcue_origin_claims_total', 'Answered claims, by status or reason of refusal.', ['result']);
  readonly impressions = this.#counter('crowdcue_origin_impressions_total', 'Viewers counted as having seen a sponsor.');
  readonly httpRequests = this.#counter('crowdcue_origin_http_requests_total', 'Answered HTTP requests.', ['route', 'status']);
  readonly httpSeconds = this.#histogram('crowdcue_origin_http_request_seconds', 'Time from the head of a request until its answer is written.', DISK_BUCKETS, ['route']);
  readonly tokensIssued = this.#counter('crowdcue_origin_tokens_issued_total', 'Viewer tokens given out.', ['kind']);

  readonly captionLines = this.#counter('crowdcue_origin_caption_lines_total', 'Caption lines that rooms took.');
  readonly captionsSeen = this.#counter('crowdcue_origin_captions_shown_total', 'Captions whose time came for viewers who tell, shown in time or late.', ['budget']);
  readonly sponsorShowings = this.#counter('crowdcue_origin_sponsor_showings_total', 'Times that a sponsor stood on an overlay.');

  constructor(options: { readonly processMetrics?: boolean } = {}) {
    if (options.processMetrics === true) collectDefaultMetrics({ register: this.registry });
  }

  /** What a room tells of one tick: its time in ms, and how many actions it applied. */
  tick(durationMs: number, actions: number, refused: ReadonlyMap<string, number>): void {
    for (const [code, count] of refused) this.actionsRefused.inc({ code }, count);
    this.ticks.inc();
    this.tickSeconds.observe(durationMs / 1000);
    if (actions > 0) this.actionsApplied.inc(actions);
  }

  captionsTaken(lines: number): void {
    if (lines > 0) this.captionLines.inc(lines);
  }

  /** What one viewer told of its captions. */
  captionsShown({ due, inTime }: { readonly due: number; readonly inTime: number }): void {
    this.captionsSeen.inc({ budget: 'in_time' }, inTime);
    this.captionsSeen.inc({ budget: 'late' }, due - inTime);
  }

  /** A room opened here, or went on hold. */
  room(what: 'opened' | 'lost'): void {
    (what === 'opened' ? this.roomsOpened : this.roomsLost).inc();
  }

  /** Counts events, and rooms and viewers of this process, whenever the metrics are asked for. */
  watch(events: { list(): readonly { readonly id: string }[] }, rooms: { local(event: string): { readonly viewerCount: number } | undefined }): void {
    const here = (): { readonly viewerCount: number }[] => events.list().flatMap(({ id }) => rooms.local(id) ?? []);
    this.#gauge('crowdcue_origin_events', 'Events of the system.', () => events.list().length);
    this.#gauge('crowdcue_origin_rooms', 'Rooms that this process holds.', () => here().length);
    this.#gauge('crowdcue_origin_viewers', 'Connected viewers of those rooms, as they count them.', () => here().reduce((sum, { viewerCount }) => sum + viewerCount, 0));
  }

  #gauge(name: string, help: string, value: () => number): Gauge {
    return new Gauge({ name, help, registers: [this.registry], collect() { this.set(value()); } });
  }

  #counter<L extends string = never>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<L extends string = never>(name: string, help: string, buckets: number[], labelNames: L[] = []): Histogram<L> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
