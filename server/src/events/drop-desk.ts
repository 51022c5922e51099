/**
 * The drops of events as hosts and viewers meet them. The ledger decides and keeps everything; here it is turned into what is shown,
 * and changes of stock are told to the room, so that the state that everybody sees follows the ledger.
 */
import { CrowdcueError, type EventOverview, type ReceiptView, type ViewerDrop } from '@crowdcue/protocol';
import type { AchievementRule, Unlock } from '../achievements/index.js';
import type { Clock } from '../clock.js';
import { parseDrop, type DropService } from '../drops/index.js';
import type { RandomSource } from '../identity/index.js';
import type { DropTerms, Ledger } from '../ledger/index.js';
import type { OriginMetrics } from '../metrics/origin-metrics.js';
import type { RoomHost } from '../rooms/room-control.js';
import { boardOf, receiptView, supplyOf, viewerDrop } from './drop-board.js';
import { dropWithId } from './drop-spec.js';

export interface DropDeskOptions {
  readonly ledger: Ledger;
  readonly service: DropService;
  readonly rules: readonly AchievementRule[];
  readonly rooms: Pick<RoomHost, 'get'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly metrics: OriginMetrics;
  /** Whether the ledger holds an unlock of this gate (`a:<achievement>` or `d:<drop>`) for this viewer. */
  isUnlocked(event: string, gate: string, viewer: number): boolean;
  readonly logger: { error(fields: object, message: string): void };
}

/** What is remembered of an event's drops so that neither a claim nor the console's poll reads the whole ledger. */
interface EventDrops {
  readonly supplies: Map<string, number>;
  /** Viewers unlocked, by gate. */
  readonly unlocks: Map<string, number>;
  published: string;
  stale: boolean;
  publishing: boolean;
}

/** ms between two looks at one event's stock: a tick, for the room shows no more than one change in it. */
const PUBLISH_MS = 50;

export class DropDesk {
  readonly #events = new Map<string, EventDrops>();
  readonly #titles: ReadonlyMap<string, string>;
  #closed = false;

  constructor(private readonly options: DropDeskOptions) {
    this.#titles = new Map(options.rules.map(({ id, title }) => [id, title]));
  }

  /** Makes the event known to the ledger, or reads what the ledger knows of it. */
  async prepare({ id }: { readonly id: string }): Promise<void> {
    const { ledger } = this.options;
    await ledger.createEvent(id, this.#trace()).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 'event_exists') throw error;
    });
    const state = await ledger.state(id);
    const unlocks = new Map<string, number>();
    for (const key of Object.keys(state.unlocks)) {
      const gate = key.slice(0, key.lastIndexOf('/'));
      unlocks.set(gate, (unlocks.get(gate) ?? 0) + 1);
    }
    const supplies = new Map(Object.values(state.drops).map(({ terms }) => [terms.id, supplyOf(terms)]));
    this.#events.set(id, { supplies, unlocks, published: '', stale: false, publishing: false });
  }

  /** Checks drops that a host sent; one without id gets one. Throws `drop_bad_request`, `drop_exists`. */
  parseAll(specs: readonly unknown[]): DropTerms[] {
    const achievements = new Set(this.#titles.keys());
    const terms = specs.map((spec) => parseDrop(dropWithId(spec, this.options.random), achievements));
    if (new Set(terms.map(({ id }) => id)).size < terms.length) throw new CrowdcueError('drop_exists');
    return terms;
  }

  /** Throws `drop_exists`. */
  async define(event: string, terms: DropTerms): Promise<void> {
    await this.options.ledger.defineDrop(event, terms, this.#trace());
    this.#of(event).supplies.set(terms.id, supplyOf(terms));
  }

  async overview(event: string): Promise<EventOverview['drops']> {
    const { unlocks } = this.#of(event);
    const now = this.options.clock.now();
    return (await this.options.ledger.drops(event)).map((drop) => {
      const { id, kind, unlockedBy } = drop.terms;
      const unlocked = (unlocks.get(`a:${unlockedBy}`) ?? 0) + (unlocks.get(`d:${id}`) ?? 0);
      return { ...boardOf(drop, now), kind, unlocked, granted: drop.granted };
    });
  }

  async forViewer(event: string, viewer: number): Promise<ViewerDrop[]> {
    const { ledger, clock, isUnlocked } = this.options;
    const [drops, receipts] = await Promise.all([ledger.drops(event), ledger.receipts(event, viewer)]);
    return drops.map((drop) => {
      const { id, unlockedBy } = drop.terms;
      const unlocked = isUnlocked(event, `a:${unlockedBy}`, viewer) || isUnlocked(event, `d:${id}`, viewer);
      return viewerDrop(drop, receipts.find((each) => each.drop === id), unlocked, this.#titles.get(unlockedBy) ?? unlockedBy, clock.now());
    });
  }

  /** Ids and names of some drops, for the message that tells of an unlock. */
  async namesOf(event: string, ids: readonly string[]): Promise<{ readonly id: string; readonly name: string }[]> {
    const drops = await this.options.ledger.drops(event);
    return drops.filter(({ terms }) => ids.includes(terms.id)).map(({ terms: { id, name } }) => ({ id, name }));
  }

  /** The ledger's answer to a claim; a refusal is an answer. Throws `store_unavailable`. */
  async claim(event: string, viewer: number, drop: string, key: string): Promise<ReceiptView> {
    const receipt = await this.options.service.claim({ event, drop, viewer, key, trace: this.#trace() });
    this.options.metrics.claims.inc({ result: receipt.status === 'granted' ? 'granted' : receipt.code });
    if (receipt.status === 'granted') this.publish(event);
    return receiptView(receipt, this.#of(event).supplies.get(drop) ?? 0);
  }

  /** Counts viewers for whom the ledger just unlocked an achievement. */
  countUnlock({ event, achievement, viewers }: Unlock): void {
    const { unlocks } = this.#of(event);
    const gate = `a:${achievement}`;
    unlocks.set(gate, (unlocks.get(gate) ?? 0) + viewers.length);
  }

  /** Tells the room how the drops stand, if that changed. Calls that come while one runs share the next. */
  publish(event: string): void {
    const state = this.#of(event);
    state.stale = true;
    if (!state.publishing) void this.#publishWhileStale(event, state);
  }

  /** Stops telling rooms; the store is about to go. */
  close(): void {
    this.#closed = true;
  }

  /** Tells the rooms of all events; for windows, which open and close by themselves. */
  publishAll(): void {
    for (const event of this.#events.keys()) this.publish(event);
  }

  async #publishWhileStale(event: string, state: EventDrops): Promise<void> {
    state.publishing = true;
    while (state.stale && !this.#closed) {
      state.stale = false;
      await this.#publish(event, state).catch((error: unknown) => this.options.logger.error({ err: error, event }, 'the drops could not be read'));
      await new Promise((resolve) => setTimeout(resolve, PUBLISH_MS).unref());
    }
    state.publishing = false;
  }

  async #publish(event: string, state: EventDrops): Promise<void> {
    const room = this.options.rooms.get(event);
    if (room === undefined) return;
    const now = this.options.clock.now();
    const rows = (await this.options.ledger.drops(event)).map((drop) => boardOf(drop, now));
    const text = JSON.stringify(rows);
    if (text === state.published) return;
    state.published = text;
    room.dropsChanged(rows);
  }

  #of(event: string): EventDrops {
    const drops = this.#events.get(event);
    if (drops === undefined) throw new CrowdcueError('event_unknown');
    return drops;
  }

  #trace(): string {
    return this.options.random.bytes(16).toString('hex');
  }
}
