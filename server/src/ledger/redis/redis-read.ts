import type { RedisClient } from '../../store/index.js';
import { Audit } from '../audit.js';
import type { ClaimKeyState, DropState, DropTerms, Entry, EventState, Holding } from '../entry.js';
import { LedgerError } from '../errors.js';
import { bare } from '../fold.js';
import { currentHolding } from '../old-data.js';
import { ANSWER } from './codes.js';
import { decodeEntry, seqOf, type StreamEntry } from './entry-codec.js';
import { CHANGES, HASHES } from './lua/index.js';

/** Entries a reply: about 0.2 MB, some ms of Redis. */
const PAGE = 1_000;
/** Fields a reply, roughly; about a millisecond of Redis. */
const SCAN_PAGE = 1_000;

type Pairs = (readonly [field: string, value: string])[];
/** A code, seq and time of the head, then hashes: field, value, field, value, … */
type HashReply = [code: number, head: Buffer[], ...hashes: Buffer[][]];

const pairsOf = (flat: readonly Buffer[]): Pairs =>
  Array.from({ length: flat.length / 2 }, (_, index) => [String(flat[2 * index]), String(flat[2 * index + 1])] as const);

const mapped = <T>(pairs: Pairs, decode: (value: string) => T): Record<string, T> =>
  bare(pairs.map(([field, value]) => [field, decode(value)] as const));

const dropOf = (id: string, terms: DropTerms, stock: ReadonlyMap<string, string>): DropState => {
  const variants = Object.keys(terms.variants).map((variant) => {
    const number = (what: string): number => Number(stock.get(`${id} ${what} ${variant}`) ?? 0);
    const supply = stock.get(`${id} supply ${variant}`);
    return [variant, { supply: supply === '' ? null : Number(supply), taken: number('taken'), reserved: number('reserved'), granted: number('granted'), revoked: number('revoked'), converted: number('converted'), refunded: number('refunded') }] as const;
  });
  return { terms, open: stock.get(`${id} open`) === '1', serial: Number(stock.get(`${id} serial`)), variants: Object.fromEntries(variants) };
};

const dropsOf = (terms: Pairs, stock: Pairs): Record<string, DropState> => {
  const numbers = new Map(stock);
  return bare(terms.map(([id, text]) => [id, dropOf(id, JSON.parse(text) as DropTerms, numbers)] as const));
};

const holdingOf = (text: string): Holding => {
  const [state, seq, tail, shown = seq] = text.split(' ');
  return currentHolding({ state: state as Holding['state'], seq: Number(seq), tail: Number(tail), shown: Number(shown) });
};

const claimOf = (text: string): ClaimKeyState => {
  const [seq, viewer, drop = ''] = text.split(' ');
  return { drop, viewer: Number(viewer), seq: Number(seq) };
};

/** What one event's keys hold. */
export class RedisReader {
  constructor(private readonly client: RedisClient) {}

  async drops(event: string): Promise<Pick<EventState, 'drops' | 'gates'>> {
    const [, terms, stock, gates] = await this.hashes(event, ['terms', 'stock', 'gates']);
    return { drops: dropsOf(terms!, stock!), gates: mapped(gates!, Number) };
  }

  /** What stands at one instant, read page by page: Redis serves others in between, however many viewers there are. */
  async state(event: string): Promise<EventState> {
    const of = this.client.keys.ledger(event);
    const since = await this.lastSeq(event);
    const [unlocks, holdings, claims] = [await this.scan(of.unlocks), await this.scan(of.holdings), await this.scan(of.claims)];
    const names = [of.head, of.entries, of.terms, of.stock, of.gates, of.unlocks, of.holdings, of.claims];
    const [code, head, ...flats] = (await this.client.run(CHANGES, names, [since])) as HashReply;
    if (code === ANSWER.event_unknown) throw LedgerError.eventUnknown(event);
    const [terms, stock, gates, ...changed] = flats.map(pairsOf);
    [unlocks, holdings, claims].forEach((all, index) => {
      for (const pair of changed[index]!) all.push(pair);
    });
    return {
      event, seq: Number(head[0]), at: Number(head[1]), drops: dropsOf(terms!, stock!), gates: mapped(gates!, Number),
      unlocks: mapped(unlocks, Number), holdings: mapped(holdings, holdingOf), keys: mapped(claims, claimOf), subjects: bare(), reservations: bare(),
    };
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

  /** All of a hash, though not at one instant: what changes meanwhile is there as it was before or after. */
  private async scan(key: string): Promise<Pairs> {
    const all: Pairs = [];
    let cursor = '0';
    do {
      const [next, flat] = (await this.client.call('HSCAN', key, cursor, 'COUNT', SCAN_PAGE)) as [Buffer, Buffer[]];
      for (const pair of pairsOf(flat)) all.push(pair);
      cursor = String(next);
    } while (cursor !== '0');
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
