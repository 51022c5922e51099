/**
 * Runs the lots of drops: freezes the list of tickets when everybody had their time, tells its hash, draws, allots, settles.
 *
 * Life cycle: `promise` when such a drop is defined; `look` about once a second with how an event's drops stand, by the origin that holds
 * its room. Every step is an entry of the ledger and can be taken by any origin, again, after any crash: what is drawn is never drawn
 * again. A fair window is counted from the first entrant that this process saw; after a restart it only gets longer.
 * Must not import achievements or rooms.
 */
import { createHash } from 'node:crypto';
import { drawLot, lotList, lotWinners, type LotProof, type LotTicket } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { DropOverview, Entry, Ledger, LotState } from '../ledger/index.js';
import type { RecordTable } from '../store/index.js';

/** Where the draw's other half comes from: read after the freeze, so that nobody knew it then. */
export interface EntropySource {
  /** Told in the report. */
  readonly name: string;
  read(): Promise<string>;
}

export interface LotDeskOptions {
  readonly ledger: Pick<Ledger, 'drops' | 'entries' | 'lotStep' | 'lotTickets' | 'allot'>;
  /** Seeds by `<event>|<drop>`; they are secret until the draw. */
  readonly seeds: RecordTable<string>;
  readonly entropy: EntropySource;
  readonly clock: Clock;
  /** 32 fresh random bytes as hexadecimal text. */
  newSeed(): string;
  trace(): string;
  /** ms that the latest picture that counts is behind. */
  maxDelayOf(event: string): number;
  /** The drops of an event changed: rooms are told. */
  changed(event: string): void;
  readonly logger: { info(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** ms until a step that failed is tried again. */
const RETRY_MS = 5_000;
/** ms to claim in, once the latest viewer has seen that it may: to read what is offered, decide and press. */
export const FAIR_CLAIM_MS = 15_000;
/** Tickets a step of the ledger: some ms each, with room for ticks between. */
const ALLOT_CHUNK = 256;
const PAGE = 1_000;

export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

export class LotDesk {
  /** `<event>|<drop>` → monotonic ms at which the first entrant was seen. */
  readonly #since = new Map<string, number>();
  /** `<event>|<drop>` → monotonic ms before which nobody takes it on; Infinity while somebody does. */
  readonly #notBefore = new Map<string, number>();
  readonly #seeds: Map<string, string>;

  constructor(private readonly options: LotDeskOptions) {
    this.#seeds = new Map(options.seeds.entries());
    options.seeds.watch((key, seed) => {
      if (seed !== undefined) this.#seeds.set(key, seed);
    });
  }

  /** Keeps a seed for a drop and answers its commitment, which goes into the drop's terms. The same when asked again. */
  async promise(event: string, drop: string): Promise<string> {
    const name = `${event}|${drop}`;
    const seed = this.#seeds.get(name) ?? this.options.newSeed();
    if (!this.#seeds.has(name)) await this.options.seeds.put(name, seed);
    this.#seeds.set(name, seed);
    return sha256Hex(seed);
  }

  /** Takes the lots on that are due. Never throws: what fails is tried again a moment later. */
  async look(event: string, drops: readonly DropOverview[]): Promise<void> {
    for (const drop of drops) {
      if (drop.lot === undefined || drop.lot.state === 'settled') continue;
      const name = `${event}|${drop.terms.id}`;
      if (this.options.clock.monotonic() < (this.#notBefore.get(name) ?? 0) || (drop.lot.state === 'collecting' && !this.#isDue(name, event, drop))) continue;
      this.#notBefore.set(name, Infinity);
      try {
        await this.#takeOn(event, drop.terms.id, drop.lot.state);
        this.#notBefore.delete(name);
      } catch (error) {
        this.options.logger.error({ err: error, event, drop: drop.terms.id }, 'a lot could not be taken on');
        this.#notBefore.set(name, this.options.clock.monotonic() + RETRY_MS);
      }
    }
  }

  /** When the lot of a drop that collects is frozen, ms since 1970; undefined while this process cannot say: nobody has entered that it saw. */
  drawsAt(event: string, { terms }: Pick<DropOverview, 'terms'>): number | undefined {
    if (terms.allocation === 'lottery') return terms.closesAt;
    const since = this.#since.get(`${event}|${terms.id}`);
    return since === undefined ? undefined : this.options.clock.now() + this.#fairLeft(event, since);
  }

  #isDue(name: string, event: string, { terms, lot }: DropOverview): boolean {
    const { clock } = this.options;
    if (terms.allocation === 'lottery') return terms.closesAt !== undefined && clock.now() >= terms.closesAt;
    if (lot!.entered === 0) return false;
    const since = this.#since.get(name) ?? clock.monotonic();
    this.#since.set(name, since);
    return this.#fairLeft(event, since) <= 0;
  }

  /** ms until the slowest have had their time. */
  #fairLeft(event: string, since: number): number {
    return since + this.options.maxDelayOf(event) + FAIR_CLAIM_MS - this.options.clock.monotonic();
  }

  async #takeOn(event: string, drop: string, from: LotState['state']): Promise<void> {
    const { ledger, logger } = this.options;
    const step = (to: 'frozen' | 'listed' | 'drawn' | 'settled', data?: Record<string, string | number>) =>
      ledger.lotStep({ event, drop, to, trace: this.options.trace(), ...(data && { data }) });
    let state = from;
    if (state === 'collecting') state = await step('frozen');
    const { tickets } = await ledger.lotTickets(event, drop);
    if (state === 'frozen') state = await step('listed', { hash: sha256Hex(lotList(tickets)), tickets: tickets.length });
    if (state === 'listed') state = await step('drawn', await this.#draw(event, drop));
    if (state === 'drawn') {
      await this.#allot(event, drop, tickets);
      await step('settled');
      logger.info({ event, drop, tickets: tickets.length }, 'a lot is settled');
    }
    this.#since.delete(`${event}|${drop}`);
    this.options.changed(event);
  }

  /** What the draw is made of. Units can only become more from here on, and what becomes free later is not the lot's. */
  async #draw(event: string, drop: string): Promise<{ seed: string; entropy: string; source: string; units: string }> {
    const { ledger, entropy } = this.options;
    const seed = this.#seeds.get(`${event}|${drop}`);
    if (seed === undefined) throw new Error('the seed of this lot is not kept here');
    const stands = (await ledger.drops(event)).find(({ terms }) => terms.id === drop)!;
    const units = Object.fromEntries(Object.entries(stands.variants).map(([id, { supply, left }]) => [id, stands.terms.test ? supply : left] as const));
    return { seed, entropy: await entropy.read(), source: entropy.name, units: JSON.stringify(units) };
  }

  async #allot(event: string, drop: string, tickets: readonly LotTicket[]): Promise<void> {
    const { ledger, trace } = { ledger: this.options.ledger, trace: this.options.trace() };
    const facts = await lotFacts(ledger, event, drop);
    const draw = await drawLot(tickets, facts, sha256Hex);
    const winners = lotWinners(draw, facts.units);
    const won = new Set(winners);
    const order = [...winners, ...draw.map(({ ticket }) => ticket).filter((ticket) => !won.has(ticket))];
    const allot = (from: number, some: readonly number[]): Promise<number> =>
      ledger.allot({ event, drop, from, winners: some.filter((ticket) => won.has(ticket)), losers: some.filter((ticket) => !won.has(ticket)), trace });
    for (let from = await allot(-1, []); from < order.length; ) from = await allot(from, order.slice(from, from + ALLOT_CHUNK));
  }
}

/** What the entries say of a lot that is drawn. */
export async function lotFacts(ledger: Pick<Ledger, 'entries'>, event: string, drop: string): Promise<Omit<LotProof, 'commitment' | 'tickets' | 'winners' | 'withdrawn'> & { source: string }> {
  let list: Entry | undefined;
  for (let from = 1; ; ) {
    const page = await ledger.entries(event, from, PAGE);
    for (const entry of page) {
      if (entry.drop !== drop) continue;
      if (entry.type === 'LotListed') list = entry;
      if (entry.type === 'LotDrawn') {
        const { seed, entropy, source, units } = entry.data as { seed: string; entropy: string; source: string; units: string };
        return { seed, entropy, source, units: JSON.parse(units) as LotProof['units'], listHash: String(list?.data?.['hash']) };
      }
    }
    if (page.length < PAGE) throw new Error(`the lot of ${drop} is not drawn`);
    from = page.at(-1)!.seq + 1;
  }
}
