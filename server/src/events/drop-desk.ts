/**
 * The drops of events as hosts and viewers meet them. The ledger decides and keeps everything; here it is turned into what is shown,
 * and changes of stock are told to the room, so that the state that everybody sees follows the ledger.
 */
import { CrowdcueError, type EventOverview, type ReceiptView, type ViewerDrop } from '@crowdcue/protocol';
import { achievementOf, type AchievementRule, type ScarceGates } from '../achievements/index.js';
import type { Clock } from '../clock.js';
import { parseDrop, type DropService } from '../drops/index.js';
import { GUEST_TIER, STANDARD_TIER, type RandomSource } from '../identity/index.js';
import { gatesOf, type DropTerms, type Ledger } from '../ledger/index.js';
import type { OriginMetrics } from '../metrics/origin-metrics.js';
import type { RoomHost } from '../rooms/room-control.js';
import { boardOf, receiptView, supplyOf, viewerDrop } from './drop-board.js';
import { dropWithId } from './drop-spec.js';

export interface DropDeskOptions {
  readonly ledger: Ledger;
  readonly service: DropService;
  readonly rules: readonly AchievementRule[];
  /** Left out, every drop is unlocked alike. */
  readonly scarce?: ScarceGates;
  /** Achievements of one event alone: their titles, and what a limited drop behind one is unlocked by, undefined where nothing fair does. */
  readonly own: { titlesOf(event: string): ReadonlyMap<string, string>; scarceGateOf(event: string, achievement: string): string | undefined };
  /** What a claim may say of the person behind a viewer. */
  proofOf?(event: string, viewer: number, wanted?: 'email' | 'twitch' | 'any'): { readonly proof: 'email' | 'twitch'; readonly subject: number } | undefined;
  /** Whether a limited drop may go to viewers whom nothing proves to be one person each. */
  readonly unproven: boolean;
  readonly rooms: Pick<RoomHost, 'local'>;
  /** Tells the origin that holds the event's room, which may be this one, to look at the drops. */
  notify(event: string): void;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly metrics: OriginMetrics;
  readonly logger: { error(fields: object, message: string): void };
}

/** What is remembered of an event's drops: nothing that another origin can change, but for what its room was told last. */
interface EventDrops {
  readonly supplies: Map<string, number>;
  /** What claims have to prove, where it is anything. */
  readonly proofs: Map<string, NonNullable<DropTerms['proof']>>;
  published: string;
  stale: boolean;
  publishing: boolean;
  /** Set while a word to the room's origin is about to leave. */
  telling: NodeJS.Timeout | undefined;
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

  /** Makes the event known to the ledger. */
  async prepare(id: string): Promise<void> {
    const { ledger } = this.options;
    await ledger.createEvent(id, this.#trace()).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 'event_exists') throw error;
    });
    for (const { terms } of await ledger.drops(id)) this.#know(id, terms);
  }

  /** Checks drops that a host sent, of an event that may have achievements of its own; one without id gets one. Throws `drop_bad_request`, `drop_needs_proof`, `drop_unfair_gate`, `drop_exists`. */
  parseAll(specs: readonly unknown[], event = ''): DropTerms[] {
    const { random, scarce, own } = this.options;
    const achievements = new Set([...this.#titles.keys(), ...own.titlesOf(event).keys()]);
    const gateOf = (id: string): string | undefined => (this.#titles.has(id) ? (scarce === undefined ? id : scarce.gateOf(id)) : own.scarceGateOf(event, id));
    const terms = specs.map((spec) => parseDrop(dropWithId(spec, random), { achievements, scarceGate: gateOf, unproven: this.options.unproven }));
    if (new Set(terms.map(({ id }) => id)).size < terms.length) throw new CrowdcueError('drop_exists');
    return terms;
  }

  /** Throws `drop_exists`. */
  async define(event: string, terms: DropTerms): Promise<void> {
    await this.options.ledger.defineDrop(event, terms, this.#trace());
    this.#know(event, terms);
  }

  #know(event: string, terms: DropTerms): void {
    const { supplies, proofs } = this.#of(event);
    supplies.set(terms.id, supplyOf(terms));
    if (terms.proof !== undefined) proofs.set(terms.id, terms.proof);
  }

  async overview(event: string): Promise<EventOverview['drops']> {
    const now = this.options.clock.now();
    return (await this.options.ledger.drops(event)).map((drop) => ({
      ...boardOf(drop, now), kind: drop.terms.kind, unlocked: drop.unlocked, granted: drop.granted,
    }));
  }

  async forViewer(event: string, viewer: number): Promise<ViewerDrop[]> {
    const { ledger, clock } = this.options;
    const [drops, receipts] = await Promise.all([ledger.drops(event), ledger.receipts(event, viewer)]);
    const gates = await ledger.openGates(event, viewer, drops.flatMap(({ terms }) => gatesOf(terms)));
    return drops.map((drop) => {
      const { id } = drop.terms;
      const unlockedBy = achievementOf(drop.terms.unlockedBy);
      const unlocked = gatesOf(drop.terms).some((gate) => gates.has(gate));
      return viewerDrop(drop, receipts.find((each) => each.drop === id), unlocked, this.#titles.get(unlockedBy) ?? this.options.own.titlesOf(event).get(unlockedBy) ?? unlockedBy, clock.now());
    });
  }

  /** Ids and names of some drops, for the message that tells of an unlock. */
  async namesOf(event: string, ids: readonly string[]): Promise<{ readonly id: string; readonly name: string }[]> {
    const drops = await this.options.ledger.drops(event);
    return drops.filter(({ terms }) => ids.includes(terms.id)).map(({ terms: { id, name } }) => ({ id, name }));
  }

  /** The receipts of a viewer. */
  async receipts(event: string, viewer: number): Promise<(ReceiptView & { readonly standing: string })[]> {
    const receipts = await this.options.ledger.receipts(event, viewer);
    return Promise.all(receipts.map(async (each) => ({ ...receiptView(each, await this.#supplyOf(event, each.drop)), standing: each.standing })));
  }

  /** The ledger's answer to a claim; a refusal is an answer. To a guest who proved nothing, nothing limited is given. Throws `store_unavailable`. */
  async claim(event: string, viewer: number, drop: string, key: string, tier = STANDARD_TIER): Promise<ReceiptView> {
    const supply = await this.#supplyOf(event, drop);
    const proof = this.options.proofOf?.(event, viewer, this.#of(event).proofs.get(drop));
    if (tier === GUEST_TIER && proof === undefined && supply > 0) {
      return { id: `refused:${key}`, drop, status: 'refused', supply, reason: 'claim_proof_needed', at: this.options.clock.now() };
    }
    const receipt = await this.options.service.claim({ event, drop, viewer, key, trace: this.#trace(), tier, ...proof });
    this.options.metrics.claims.inc({ result: receipt.status === 'refused' ? receipt.code : receipt.status });
    if (receipt.status !== 'refused') this.changed(event);
    return receiptView(receipt, supply);
  }

  /** A drop's stock, which never changes; 0 for one that is none. Another origin may have defined it. */
  async #supplyOf(event: string, drop: string): Promise<number> {
    const { supplies } = this.#of(event);
    const known = supplies.get(drop);
    if (known !== undefined) return known;
    for (const { terms } of await this.options.ledger.drops(event)) this.#know(event, terms);
    return supplies.get(drop) ?? 0;
  }

  /** The ledger's drops changed: the room is told, wherever it is. */
  changed(event: string): void {
    if (this.options.rooms.local(event) !== undefined) return this.publish(event);
    const state = this.#of(event);
    if (state.telling !== undefined) return;
    state.telling = setTimeout(() => {
      state.telling = undefined;
      this.options.notify(event);
    }, PUBLISH_MS).unref();
  }

  /** A room opened here: what it last showed is not known. */
  opened(event: string): void {
    this.#of(event).published = '';
    this.publish(event);
  }

  /** Tells the room, if it is here, how the drops stand, if that changed. Calls that come while one runs share the next. */
  publish(event: string): void {
    if (this.options.rooms.local(event) === undefined) return;
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
      await this.#publish(event, state).catch((error: unknown) => {
        // A store that is away tells of it itself; the next look at the windows tries again.
        if ((error as { retryable?: unknown }).retryable !== true) this.options.logger.error({ err: error, event }, 'the drops could not be read');
      });
      await new Promise((resolve) => setTimeout(resolve, PUBLISH_MS).unref());
    }
    state.publishing = false;
  }

  async #publish(event: string, state: EventDrops): Promise<void> {
    const room = this.options.rooms.local(event);
    if (room === undefined) return;
    const now = this.options.clock.now();
    const rows = (await this.options.ledger.drops(event)).map((drop) => boardOf(drop, now));
    const text = JSON.stringify(rows);
    if (text === state.published || this.options.rooms.local(event) !== room) return; // a new life of the room has its own turn
    state.published = text;
    room.dropsChanged(rows);
  }

  /** Callers know that there is such an event. */
  #of(event: string): EventDrops {
    let drops = this.#events.get(event);
    if (drops === undefined) {
      drops = { supplies: new Map(), proofs: new Map(), published: '', stale: false, publishing: false, telling: undefined };
      this.#events.set(event, drops);
    }
    return drops;
  }

  #trace(): string {
    return this.options.random.bytes(16).toString('hex');
  }
}
