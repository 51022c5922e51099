import type { DropTerms, Entry, EntryType } from '../../src/ledger/index.js';

type State = 'entered' | 'reserved' | 'granted' | 'fulfilled' | 'converted' | 'refused' | 'expired' | 'revoked' | 'refunded';
interface Held {
  seq: number;
  viewer: number;
  drop: string;
  variant: string;
  subject: number | undefined;
  state: State;
  paid?: string;
  until?: number;
}
interface Shelf {
  supply: number | null;
  /** units off the shelf for good or for now */
  off: number;
  live: number;
  units: number;
}

const LIVE: ReadonlySet<State> = new Set(['entered', 'reserved', 'granted', 'fulfilled', 'converted']);
const HOLDS: ReadonlySet<State> = new Set(['reserved', 'granted', 'fulfilled', 'converted']);

/** Walks the entries of one event, unit by unit and person by person, with no help of the ledger's own fold, and throws where an invariant is broken. */
export class LedgerWalk {
  readonly seen = new Set<EntryType>();
  seq = 0;
  private at = 0;
  private readonly drops: ReadonlyMap<string, DropTerms>;
  private readonly shelves = new Map<string, Shelf>();
  private readonly serials = new Map<string, number>();
  private readonly unlocked = new Set<string>();
  private readonly keys = new Set<string>();
  private readonly held = new Map<number, Held>();
  private readonly current = new Map<string, Held>();
  private readonly persons = new Map<string, Held>();

  constructor(drops: readonly DropTerms[]) {
    this.drops = new Map(drops.map((terms) => [terms.id, terms]));
    for (const { id, variants } of drops) for (const [name, supply] of Object.entries(variants)) this.shelves.set(`${id}/${name}`, { supply, off: 0, live: 0, units: 0 });
  }

  add(entry: Entry): void {
    const must = (holds: boolean, why: string): void => {
      if (!holds) throw new Error(`${why}: ${JSON.stringify(entry)}`);
    };
    must(entry.seq === this.seq + 1, 'a gap');
    must(entry.at >= this.at, 'time went back');
    must(entry.key === undefined || !this.keys.has(entry.key), 'a key twice');
    this.seq = entry.seq;
    this.at = entry.at;
    if (entry.key !== undefined) this.keys.add(entry.key);
    this.seen.add(entry.type);
    if (entry.type === 'Unlocked') {
      must(!this.unlocked.has(`${entry.gate}/${entry.viewer}`), 'unlocked twice');
      this.unlocked.add(`${entry.gate}/${entry.viewer}`);
    } else if (entry.type === 'DropRestocked') {
      const shelf = this.shelf(entry);
      shelf.supply = (shelf.supply ?? Number.NaN) + (entry.count ?? Number.NaN);
    } else if (entry.viewer !== undefined) {
      this.entitlement(entry, must);
      const { supply, off, live } = this.shelf(entry);
      must(live <= off && (supply === null || off <= supply), `${live} live of ${off} off a shelf of ${supply}`);
    }
  }

  private shelf({ drop, variant }: Pick<Entry, 'drop' | 'variant'>): Shelf {
    const shelf = this.shelves.get(`${drop}/${variant}`);
    if (!shelf) throw new Error(`no shelf ${drop}/${variant}`);
    return shelf;
  }

  private entitlement(entry: Entry, must: (holds: boolean, why: string) => void): void {
    const { type, of, viewer = 0, drop = '', variant = '', subject } = entry;
    const terms = this.drops.get(drop) as DropTerms;
    const name = `${viewer}/${drop}`;
    const before = this.current.get(name);
    if (of === undefined) {
      must(!before || ['expired', 'refused'].includes(before.state), `begun after ${before?.state}`);
      must(type === 'Refused' || this.unlocked.has(`a:${terms.unlockedBy}/${viewer}`) || this.unlocked.has(`d:${drop}/${viewer}`), 'no unlock before it');
      const person = subject === undefined ? undefined : this.persons.get(`${drop}/${subject}`);
      must(!person || person.viewer === viewer || ['expired', 'refused'].includes(person.state), 'one person as two viewers');
    } else {
      must(before?.seq === of && this.held.get(of) === before, 'of another entitlement');
      must(before?.subject === subject && before?.variant === variant, 'another person or variant');
    }
    const held: Held = before && of !== undefined ? before : { seq: entry.seq, viewer, drop, variant, subject, state: 'refused' };
    const was = of === undefined ? undefined : held.state;
    held.state = this.next(entry, was, held, terms, must);
    this.held.set(held.seq, held);
    this.current.set(name, held);
    if (subject !== undefined && LIVE.has(held.state)) this.persons.set(`${drop}/${subject}`, held);
    this.count(this.shelf(entry), was, held.state, terms);
  }

  private next(entry: Entry, was: State | undefined, held: Held, terms: DropTerms, must: (holds: boolean, why: string) => void): State {
    const from = (...states: (State | undefined)[]): void => must(states.includes(was), `after ${was}`);
    const isLot = terms.allocation === 'lottery' || terms.allocation === 'fair-window';
    const sum = `${entry.amount} ${entry.currency}`;
    switch (entry.type) {
      case 'Entered':
        from(undefined);
        must(isLot, 'entered without a lot');
        return 'entered';
      case 'Reserved':
        from(undefined, 'entered');
        must(terms.reserveMs !== undefined && entry.until === entry.at + terms.reserveMs, 'another until');
        held.until = entry.until ?? 0;
        return 'reserved';
      case 'Granted':
        from(...(terms.reserveMs === undefined ? [undefined, 'entered' as const] : ['reserved' as const]));
        return this.granted(entry, terms, must);
      case 'Refused':
        if (entry.reason === 'claim_revoked') from('revoked');
        else from(undefined, 'entered');
        return was === 'revoked' ? 'revoked' : 'refused';
      case 'Fulfilled':
        from('granted');
        return 'fulfilled';
      case 'Converted':
        from('granted', 'fulfilled');
        held.paid = sum;
        return 'converted';
      case 'Refunded':
        from('converted');
        must(held.paid === sum, `refunded of ${held.paid}`);
        return 'refunded';
      case 'Expired':
        from('reserved');
        must((held.until ?? Infinity) <= entry.at, 'expired early');
        return 'expired';
      default:
        must(entry.type === 'Revoked', 'an entry of another kind');
        from('entered', 'reserved', 'granted', 'fulfilled');
        return 'revoked';
    }
  }

  private granted({ drop = '', serial, unit, variant }: Entry, terms: DropTerms, must: (holds: boolean, why: string) => void): State {
    const next = (this.serials.get(drop) ?? 0) + 1;
    must(serial === next, `serial ${serial} after ${next - 1}`);
    this.serials.set(drop, next);
    const shelf = this.shelf({ drop, variant: variant ?? '' });
    shelf.units += 1;
    must(unit === (terms.coded ? shelf.units : undefined), 'another code');
    return 'granted';
  }

  private count(shelf: Shelf, was: State | undefined, now: State, { test, restock }: DropTerms): void {
    if (test) return;
    const [held, holds] = [was !== undefined && HOLDS.has(was), HOLDS.has(now)];
    if (held === holds) return;
    shelf.live += holds ? 1 : -1;
    const burnt = held && was !== 'reserved' && restock === 'burn';
    if (!burnt) shelf.off += holds ? 1 : -1;
  }

  /** Viewers' entitlements by state, as the state that stands has them. */
  get states(): Record<string, State> {
    return Object.fromEntries([...this.current].map(([name, { state }]) => [name, state]));
  }
}
