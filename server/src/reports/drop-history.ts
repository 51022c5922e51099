import type { Restock, VariantCount } from '@crowdcue/protocol';
import type { DropTerms, Entry } from '../ledger/index.js';
import type { Projection } from './projector.js';

export interface Entitlement {
  readonly viewer: number;
  readonly variant: string;
  state: 'reserved' | 'granted' | 'fulfilled' | 'converted' | 'expired' | 'revoked' | 'refunded';
  /** of a grant */
  serial?: number;
  /** ms, of the grant or the reservation */
  at: number;
}

/** What happened to one drop. */
export interface DropHistory {
  readonly terms: DropTerms;
  /** seq of the last entry that is about it */
  last: number;
  readonly variants: Record<string, VariantCount>;
  readonly restocks: Restock[];
  /** ms, when the last unit that there was went; undefined while some are left */
  soldOutAt: number | undefined;
  /** ms of the first and the last grant */
  firstGrantAt: number | undefined;
  lastGrantAt: number | undefined;
  /** `LotFrozen` to `LotSettled`, as they came */
  readonly lot: Entry[];
  /** tickets that won, in the order in which they were allotted */
  readonly winners: Set<number>;
  /** tickets of entrants who were revoked after the freeze */
  readonly withdrawn: number[];
  /** of a lot: tickets that stood at the freeze */
  readonly tickets: Map<number, string>;
  /** first seq of an entitlement to where it stands */
  readonly holdings: Map<number, Entitlement>;
}

/** The drops of an event, folded from its entries. What a public report says, and the numbers of the console's charts. */
export class DropHistories implements Projection {
  readonly drops = new Map<string, DropHistory>();

  add(entry: Entry): void {
    if (entry.type === 'DropDefined' && entry.terms !== undefined) {
      this.drops.set(entry.terms.id, begin(entry.terms, entry.seq));
      return;
    }
    const history = this.drops.get(entry.drop ?? '');
    if (history === undefined) return;
    history.last = entry.seq;
    STEPS[entry.type]?.(history, entry);
  }
}

const begin = (terms: DropTerms, last: number): DropHistory => ({
  terms, last,
  variants: Object.fromEntries(Object.entries(terms.variants).map(([id, supply]) =>
    [id, { supply, taken: 0, reserved: 0, granted: 0, revoked: 0, refunded: 0, expired: 0, converted: 0, refused: 0 }])),
  restocks: [], lot: [], winners: new Set(), withdrawn: [], tickets: new Map(), holdings: new Map(), soldOutAt: undefined, firstGrantAt: undefined, lastGrantAt: undefined,
});

type Step = (history: DropHistory, entry: Entry) => void;

const countOf = ({ variants }: DropHistory, { variant = '' }: Entry): VariantCount | undefined => variants[variant];

/** Off the shelf, or back on it; a test drop's shelf never moves. */
const move = (history: DropHistory, count: VariantCount, by: number, at: number): void => {
  if (history.terms.test) return;
  count.taken += by;
  const all = Object.values(history.variants);
  const gone = all.every(({ supply, taken }) => supply !== null && taken >= supply) && all.some(({ supply }) => (supply ?? 0) > 0);
  history.soldOutAt = gone ? (history.soldOutAt ?? at) : undefined;
};

const grant: Step = (history, entry) => {
  const count = countOf(history, entry);
  if (count === undefined) return;
  const { seq, of = seq, at, variant = '', viewer = 0, serial = 0 } = entry;
  if (history.holdings.get(of)?.state === 'reserved') count.reserved -= reservedUnit(history);
  else move(history, count, 1, at);
  history.holdings.set(of, { viewer, variant, state: 'granted', serial, at });
  count.granted += 1;
  history.firstGrantAt ??= at;
  history.lastGrantAt = at;
  if (history.tickets.has(of)) history.winners.add(of);
};

/** A reservation of a test drop holds no unit. */
const reservedUnit = ({ terms }: DropHistory): number => (terms.test ? 0 : 1);

const giveBack = (history: DropHistory, entry: Entry, returns: boolean): VariantCount | undefined => {
  const count = countOf(history, entry);
  if (count !== undefined && returns) move(history, count, -1, entry.at);
  return count;
};

const returns = ({ terms }: DropHistory): boolean => terms.restock === 'return';

const stand = (history: DropHistory, { of }: Entry, state: Entitlement['state']): Entitlement['state'] | undefined => {
  const held = history.holdings.get(of ?? 0);
  const before = held?.state;
  if (held !== undefined) held.state = state;
  return before;
};

const STEPS: Partial<Record<Entry['type'], Step>> = {
  DropRestocked: (history, entry) => {
    const count = countOf(history, entry);
    if (count === undefined || count.supply === null) return;
    count.supply += entry.count ?? 0;
    history.restocks.push({ at: entry.at, variant: entry.variant ?? '', count: entry.count ?? 0, reason: entry.reason ?? '' });
    move(history, count, 0, entry.at);
  },
  Entered: (history, { seq, variant = '' }) => {
    if (history.lot.length === 0) history.tickets.set(seq, variant);
  },
  Reserved: (history, entry) => {
    const count = countOf(history, entry);
    if (count === undefined) return;
    const { seq, of = seq, variant = '', viewer = 0, at } = entry;
    move(history, count, 1, at);
    count.reserved += reservedUnit(history);
    history.holdings.set(of, { viewer, variant, state: 'reserved', at });
    if (history.tickets.has(of)) history.winners.add(of);
  },
  Granted: grant,
  Refused: (history, entry) => {
    const count = countOf(history, entry);
    if (entry.reason === 'claim_revoked') history.withdrawn.push(entry.of ?? 0);
    else if (count !== undefined) count.refused += 1;
  },
  Expired: (history, entry) => {
    const count = giveBack(history, entry, true);
    if (count === undefined) return;
    count.reserved -= reservedUnit(history);
    count.expired += 1;
    stand(history, entry, 'expired');
  },
  Converted: (history, entry) => {
    const count = countOf(history, entry);
    if (count !== undefined) count.converted += 1;
    stand(history, entry, 'converted');
  },
  Fulfilled: (history, entry) => void stand(history, entry, 'fulfilled'),
  Refunded: (history, entry) => {
    const count = giveBack(history, entry, returns(history));
    if (count !== undefined) count.refunded += 1;
    stand(history, entry, 'refunded');
  },
  Revoked: (history, entry) => {
    const { of } = entry;
    if (of !== undefined && history.lot.length === 0) history.tickets.delete(of);
    // Entries of the version before do not say what they end; it was a grant.
    const state = of === undefined ? 'granted' : stand(history, entry, 'revoked');
    if (of === undefined) for (const held of history.holdings.values()) if (held.serial === entry.serial) held.state = 'revoked';
    if (state === undefined) return; // it had a ticket only
    const count = giveBack(history, entry, state === 'reserved' || returns(history));
    if (count === undefined) return;
    if (state === 'reserved') count.reserved -= reservedUnit(history);
    else count.revoked += 1;
  },
  LotFrozen: (history, entry) => void history.lot.push(entry),
  LotListed: (history, entry) => void history.lot.push(entry),
  LotDrawn: (history, entry) => void history.lot.push(entry),
  LotSettled: (history, entry) => void history.lot.push(entry),
};
