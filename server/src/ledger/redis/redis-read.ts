import { pairsOf, scanPages, type LedgerKeys, type RedisCaller } from '../../store/index.js';
import { Audit, type TicketIndex } from '../audit.js';
import type { ClaimKeyState, DropState, DropTerms, Entry, EventState, Holding } from '../entry.js';
import { LedgerError } from '../errors.js';
import { bare } from '../fold.js';
import { ANSWER } from './codes.js';
import { decodeEntry, seqOf, type StreamEntry } from './entry-codec.js';
import { CHANGES, HASHES } from './lua/index.js';
import { dropOf } from './stock-fields.js';
import { ticketOf } from './ticket-name.js';

/** Entries a reply: about 0.2 MB, some ms of Redis. */
const PAGE = 1_000;

type Pairs = ReturnType<typeof pairsOf>;
/** A code, seq and time of the head, then hashes: field, value, field, value, … */
type HashReply = [code: number, head: Buffer[], ...hashes: Buffer[][]];

const mapped = <T>(pairs: Pairs, decode: (value: string) => T): Record<string, T> =>
  bare(pairs.map(([field, value]) => [field, decode(value)] as const));

const dropsOf = (terms: Pairs, stock: Pairs): Record<string, DropState> => {
  const numbers = new Map(stock);
  return bare(terms.map(([id, text]) => [id, dropOf(id, JSON.parse(text) as DropTerms, numbers)] as const));
};

/** `<state> <seq> <tail> <shown>`; a version before had no `shown`, and no tail of a refusal. */
const holdingOf = (text: string): Holding => {
  const [state, seq, tail, shown = seq] = text.split(' ');
  return { state: state as Holding['state'], seq: Number(seq), tail: Number(tail === '0' ? seq : tail), shown: Number(shown) };
};

/** What was read page by page, and over it what the end of the reading says; '' is gone. */
const latest = (all: Pairs, changed: Pairs): Pairs => {
  const newest = new Map(all);
  for (const [field, value] of changed) {
    if (value === '') newest.delete(field);
    else newest.set(field, value);
  }
  return [...newest];
};

const claimOf = (text: string): ClaimKeyState => {
  const [seq, viewer, drop = ''] = text.split(' ');
  return { drop, viewer: Number(viewer), seq: Number(seq) };
};

/** What one event's keys hold. */
export class RedisReader {
  constructor(private readonly client: RedisCaller) {}

  async drops(event: string): Promise<Pick<EventState, 'drops' | 'gates'>> {
    const [, terms, stock, gates] = await this.hashes(event, ['terms', 'stock', 'gates']);
    return { drops: dropsOf(terms!, stock!), gates: mapped(gates!, Number) };
  }

  async state(event: string): Promise<EventState> {
    return (await this.stands(event)).state;
  }

  /** What stands at one instant, read page by page: Redis serves others in between, however many viewers there are. */
  async stands(event: string): Promise<{ state: EventState; tickets: TicketIndex }> {
    const of = this.client.keys.ledger(event);
    const since = await this.lastSeq(event);
    const big = await Promise.all([
      ...[of.unlocks, of.holdings, of.claims, of.subjects].map((key) => this.scan('HSCAN', key)), this.tickets(of),
    ]);
    const names = [of.head, of.entries, of.terms, of.stock, of.gates, of.unlocks, of.holdings, of.claims, of.subjects, of.reservations, of.tickets, of.allotted];
    const [code, head, ...flats] = (await this.client.run(CHANGES, names, [since])) as HashReply;
    if (code === ANSWER.event_unknown) throw LedgerError.eventUnknown(event);
    const [terms, stock, gates, reservations, ...changed] = flats.map(pairsOf);
    const [unlocks, holdings, claims, subjects, tickets] = big.map((all, index) => latest(all, changed[index]!));
    const state = {
      event, seq: Number(head[0]), at: Number(head[1]), drops: dropsOf(terms!, stock!), gates: mapped(gates!, Number),
      unlocks: mapped(unlocks!, Number), holdings: mapped(holdings!, holdingOf), keys: mapped(claims!, claimOf),
      subjects: mapped(subjects!, Number), reservations: mapped(reservations!.map(([seq, until]) => [String(Number(seq)), until] as const), Number),
    };
    return { state, tickets: tickets!.map(([name, allotted]) => [name, allotted === '1'] as const) };
  }

  /** Pages of entries with `fromSeq <= seq <= toSeq`, oldest first. */
  async *pages(event: string, fromSeq: number, toSeq: number, limit = Infinity): AsyncGenerator<Entry[]> {
    const { entries } = this.client.keys.ledger(event);
    const to = Number.isFinite(toSeq) ? String(toSeq) : '+';
    let from = Math.max(0, fromSeq);
    for (let left = limit; left > 0; ) {
      const count = Math.min(PAGE, left);
      const page = (await this.client.call('XRANGE', entries, from, to, 'COUNT', count)) as StreamEntry[];
      if (page.length > 0) yield page.map((each) => decodeEntry(event, each));
      if (page.length < count) return;
      from = seqOf(page.at(-1)![0]) + 1;
      left -= page.length;
    }
  }

  /** Folds the entries up to `toSeq`, or to the last of now. @throws LedgerError `event_unknown` */
  async audit(event: string, toSeq?: number): Promise<Audit> {
    const last = toSeq ?? (await this.lastSeq(event));
    const audit = new Audit(event);
    for await (const page of this.pages(event, 1, last)) for (const entry of page) audit.add(entry);
    return audit;
  }

  /** @throws LedgerError `event_unknown` */
  async lastSeq(event: string): Promise<number> {
    const [head] = await this.hashes(event, []);
    return Number(head![0]![1]);
  }

  /** `<drop>/<ticket>` and whether it was allotted. */
  private async tickets(of: LedgerKeys): Promise<Pairs> {
    const allotted = new Set<string>();
    for await (const page of scanPages(this.client, ['SSCAN', of.allotted])) for (const ticket of page) allotted.add(String(ticket));
    return (await this.scan('ZSCAN', of.tickets)).map(([name]) => {
      const { drop, ticket } = ticketOf(name);
      return [`${drop}/${ticket}`, allotted.has(String(ticket)) ? '1' : '0'] as const;
    });
  }

  /** All of a hash or sorted set, though not at one instant: what changes meanwhile is there as it was before or after. */
  private async scan(command: 'HSCAN' | 'ZSCAN', key: string): Promise<Pairs> {
    const all: Pairs = [];
    for await (const page of scanPages(this.client, [command, key])) for (const pair of pairsOf(page)) all.push(pair);
    return all;
  }

  /** The head, then the hashes asked for. */
  private async hashes(event: string, names: readonly ('terms' | 'stock' | 'gates')[]): Promise<Pairs[]> {
    const keys = this.client.keys.ledger(event);
    const [code, head, ...flats] = (await this.client.run(HASHES, [keys.head, ...names.map((name) => keys[name])], [])) as HashReply;
    if (code === ANSWER.event_unknown) throw LedgerError.eventUnknown(event);
    const [seq, at] = head;
    return [[['seq', String(seq)], ['at', String(at)]], ...flats.map(pairsOf)];
  }
}
