/**
 * Who is owed what: a projection of the ledger's entries by double entry. A conversion owes the shop's money to the parties of its drop's
 * split; a refund posts the same with the other sign, so a conversion that was refunded leaves nothing, to the unit.
 *
 * Life cycle: `add` every entry of an event, oldest first; then read. Folding the same entries gives the same books.
 * Invariants: the postings of an entry add up to 0; so do all accounts of a currency. Money is integer minor units, per currency, never
 * converted. Must not import anything but ledger types.
 */
import type { DropTerms, Entry } from '../ledger/index.js';
import { ALL_BASIS_POINTS, SOLE_PARTY, splitAmount, type Split } from './split.js';

/** One side of an entry. `shop` is what the shop holds for the others (positive); a party's account is what it is owed (negative). */
export interface Posting {
  readonly seq: number;
  /** ms */
  readonly at: number;
  readonly type: 'Converted' | 'Refunded';
  /** `<event>:<seq>` */
  readonly entitlement: string;
  readonly drop: string;
  readonly variant: string;
  readonly currency: string;
  readonly account: 'shop' | `party:${string}`;
  /** minor units */
  readonly amount: number;
}

/** A statement that was closed: up to and with `to`, what each account stood at. */
export interface ClosedStatement {
  readonly number: number;
  readonly seq: number;
  readonly at: number;
  readonly to: number;
  /** `<currency> <account>` to its balance then */
  readonly balances: Readonly<Record<string, number>>;
}

export interface BooksFault {
  readonly seq: number;
  readonly what: string;
}

const balanceName = (currency: string, account: string): string => `${currency} ${account}`;

export class Books {
  readonly postings: Posting[] = [];
  readonly statements: ClosedStatement[] = [];
  readonly faults: BooksFault[] = [];
  readonly #terms = new Map<string, DropTerms>();
  readonly #balances = new Map<string, number>();
  /** entitlement to the postings of its conversion */
  readonly #open = new Map<string, readonly Posting[]>();
  #seq = 0;

  /** seq of the last entry taken. */
  get seq(): number {
    return this.#seq;
  }

  /** `<currency> <account>` to minor units. Accounts that stand at 0 are there. */
  get balances(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#balances].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  add(entry: Entry): void {
    this.#seq = entry.seq;
    if (entry.type === 'DropDefined' && entry.terms !== undefined) this.#terms.set(entry.terms.id, entry.terms);
    if (entry.type === 'Converted') this.#convert(entry);
    if (entry.type === 'Refunded') this.#refund(entry);
    if (entry.type === 'Settled') this.#settle(entry);
  }

  /** Conversions of a test drop move no money. */
  #convert(entry: Entry): void {
    const { event, seq, of = seq, drop = '', variant = '', amount = 0, currency = '', at } = entry;
    const terms = this.#terms.get(drop);
    if (terms === undefined) return this.#fault(seq, `a conversion of ${drop}, which was never defined`);
    if (terms.test) return;
    const entitlement = `${event}:${of}`;
    const split: Split = terms.split ?? { [SOLE_PARTY]: ALL_BASIS_POINTS };
    const base = { seq, at, type: 'Converted', entitlement, drop, variant, currency } as const;
    const postings: Posting[] = [{ ...base, account: 'shop', amount }];
    for (const [party, share] of splitAmount(amount, split)) postings.push({ ...base, account: `party:${party}`, amount: share === 0 ? 0 : -share });
    if (this.#open.has(entitlement)) return this.#fault(seq, `${entitlement} was converted before`);
    this.#open.set(entitlement, postings);
    this.#post(postings);
  }

  #refund({ event, seq, of = seq, at, drop = '', amount, currency }: Entry): void {
    const entitlement = `${event}:${of}`;
    if (this.#terms.get(drop)?.test) return;
    const converted = this.#open.get(entitlement);
    if (converted === undefined) return this.#fault(seq, `${entitlement} is refunded, but was not converted`);
    const [shop] = converted;
    if (shop!.amount !== amount || shop!.currency !== currency) return this.#fault(seq, `a refund of ${amount} ${currency} of a conversion of ${shop!.amount} ${shop!.currency}`);
    this.#open.delete(entitlement);
    this.#post(converted.map((posting) => ({ ...posting, seq, at, type: 'Refunded', amount: posting.amount === 0 ? 0 : -posting.amount })));
  }

  #settle({ seq, at, data = {} }: Entry): void {
    const { statement, to, ...told } = data;
    const balances = Object.fromEntries(Object.entries(told).map(([name, amount]) => [name, Number(amount)]));
    this.statements.push({ number: Number(statement), seq, at, to: Number(to), balances });
    const stands = this.balancesAt(Number(to));
    for (const name of new Set([...Object.keys(stands), ...Object.keys(balances)])) {
      if ((stands[name] ?? 0) !== (balances[name] ?? 0)) this.#fault(seq, `statement ${Number(statement)} says ${balances[name] ?? 0} ${name}; the entries say ${stands[name] ?? 0}`);
    }
  }

  /** Balances as they stood after the entry `seq`. */
  balancesAt(seq: number): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { seq: at, currency, account, amount } of this.postings) {
      if (at > seq) break;
      const name = balanceName(currency, account);
      sums[name] = (sums[name] ?? 0) + amount;
    }
    return sums;
  }

  /** What does not balance, beside `faults`. Empty: every currency adds up to 0. */
  unbalanced(): BooksFault[] {
    const sums = new Map<string, number>();
    for (const [name, amount] of this.#balances) {
      const [currency = ''] = name.split(' ');
      sums.set(currency, (sums.get(currency) ?? 0) + amount);
    }
    return [...sums].filter(([, sum]) => sum !== 0).map(([currency, sum]) => ({ seq: this.#seq, what: `${currency} is ${sum} minor units out of balance` }));
  }

  #post(postings: readonly Posting[]): void {
    for (const posting of postings) {
      this.postings.push(posting);
      const name = balanceName(posting.currency, posting.account);
      this.#balances.set(name, (this.#balances.get(name) ?? 0) + posting.amount);
    }
  }

  #fault(seq: number, what: string): void {
    this.faults.push({ seq, what });
  }
}
