import type { DropState, Entry, EntryType, EventState, HoldingState, LotState, VariantState } from './entry.js';
import { gatesOf } from './gate.js';
import type { Difference } from './ledger.js';

type Before = HoldingState | 'none';
type Say = (stands: string, replayed: string) => void;

/** Where each entry of an entitlement may begin. Written apart from the code that makes entries, like the fold. */
const BEGINS: Partial<Record<EntryType, readonly Before[]>> = { Entered: ['none'], Reserved: ['none', 'expired', 'refused'], Granted: ['none', 'expired', 'refused'], Refused: ['none', 'expired'] };
const FOLLOWS: Partial<Record<EntryType, readonly Before[]>> = {
  Reserved: ['entered'],
  Granted: ['entered', 'reserved'],
  Refused: ['entered', 'revoked'],
  Expired: ['reserved'],
  Fulfilled: ['granted'],
  Converted: ['granted', 'fulfilled'],
  Refunded: ['converted'],
  Revoked: ['entered', 'reserved', 'granted', 'fulfilled'],
};
const LOT: Partial<Record<EntryType, LotState['state']>> = { LotFrozen: 'collecting', LotListed: 'frozen', LotDrawn: 'listed', LotSettled: 'drawn' };
const GIVES: ReadonlySet<EntryType> = new Set(['Entered', 'Reserved', 'Granted']);

const isFull = ({ terms }: DropState, { supply, taken }: VariantState): boolean => !terms.test && supply !== null && taken >= supply;

/**
 * The invariants of the design, asked of every entry against the state that those before it gave. Begun in the middle of an event, what
 * only entries before would tell is not asked: what was paid, and whether something was lost.
 */
export class Invariants {
  /** What does not hold; `stands` is what was found, `replayed` what must be. */
  readonly violations: Difference[] = [];
  /** `<drop>/<ticket>` of each ticket in a lot to whether it was allotted */
  readonly tickets = new Map<string, boolean>();
  /** The store lost something of this event: what was refused for it may have been given back with it. */
  private lossy: boolean;
  private readonly payments = new Map<number, string>();
  /** the last entry that was not seen */
  private readonly unseen: number;

  constructor(private readonly state: EventState) {
    this.unseen = state.seq;
    this.lossy = state.seq > 0;
  }

  /** Before the entry is applied. */
  before(entry: Entry): void {
    const { state } = this;
    const say = this.sayer(entry);
    if (entry.seq !== state.seq + 1) this.violations.push({ path: `entry/${entry.seq}`, stands: entry.seq, replayed: state.seq + 1 });
    if (entry.at < state.at) say(`at ${entry.at}`, `${state.at} or later`);
    if (entry.key !== undefined && entry.key in state.keys) say(`key ${entry.key} again`, 'unique');
    if (entry.type === 'Lost' || entry.reason === 'store_lost') this.lossy = true; // an unlock may stand where a grant stood
    if (entry.type === 'Unlocked' && `${entry.gate}/${entry.viewer}` in state.unlocks) say('unlocked again', 'once');
    const drop = state.drops[entry.drop ?? ''];
    if (!drop) return;
    this.lotStep(entry, drop, say);
    if (entry.type === 'Lost' && entry.serial !== undefined && entry.serial !== drop.serial + 1) say(`serial ${entry.drop}/${entry.serial} after ${drop.serial}`, 'the next one');
    const stock = drop.variants[entry.variant ?? ''];
    if (entry.viewer !== undefined && stock) this.entitlement(entry, drop, stock, say);
  }

  /** After it was applied: what is off the shelf holds at every entry, not only at the end. */
  after(entry: Entry): void {
    const drop = this.state.drops[entry.drop ?? ''];
    const stock = drop?.variants[entry.variant ?? ''];
    if (!drop || !stock) return;
    const { supply, taken, reserved, granted, revoked, refunded } = stock;
    const say = this.sayer(entry);
    if (drop.terms.test) {
      if (taken !== 0 || reserved !== 0) say(`${taken} units of a test drop taken`, 'none');
      return;
    }
    const active = granted - revoked - refunded;
    if (supply !== null && taken > supply) say(`${taken} taken`, `${supply} at most`);
    if (active + reserved > taken) say(`${active} active and ${reserved} reserved`, `${taken} at most`);
    if (reserved < 0 || active < 0) say(`${active} active and ${reserved} reserved`, 'no fewer than none');
  }

  private sayer({ seq }: Entry): Say {
    return (stands, replayed) => this.violations.push({ path: `entry/${seq}`, stands, replayed });
  }

  private lotStep({ type }: Entry, { lot }: DropState, say: Say): void {
    const from = LOT[type];
    if (from === undefined) return;
    if (lot?.state !== from) say(`${type} of a lot that is ${lot?.state ?? 'none'}`, from);
    if (lot && type === 'LotSettled' && lot.allotted !== lot.entered) say(`${lot.allotted} tickets allotted`, `${lot.entered}`);
  }

  private entitlement(entry: Entry, drop: DropState, stock: VariantState, say: Say): void {
    const holding = this.state.holdings[`${entry.viewer}/${entry.drop}`];
    const now = holding?.state ?? 'none';
    const { type, of } = entry;
    const begins = of === undefined && type in BEGINS;
    const may = begins ? BEGINS[type] : FOLLOWS[type];
    if (may && !may.includes(now)) say(`${type} after ${now}`, may.join(' or '));
    if (of !== undefined && holding?.seq !== of) say(`of ${of}`, `${holding?.seq ?? 'none'}`);
    if (GIVES.has(type)) this.gives(entry, drop, say);
    if (type === 'Granted') this.numbers(entry, drop, stock, say);
    if (type === 'Refused' && entry.reason === 'claim_sold_out' && !this.lossy && !isFull(drop, stock)) say('refused with units left', 'nothing left');
    if (type === 'Converted' || type === 'Refunded') this.money(entry, say);
    if (drop.lot) this.lot(entry, drop.lot, now, say);
  }

  private gives({ type, drop, viewer = 0, subject, of }: Entry, { terms }: DropState, say: Say): void {
    const { unlocks, subjects } = this.state;
    if (!gatesOf(terms).some((gate) => `${gate}/${viewer}` in unlocks)) say(`${type.toLowerCase()} without an unlock`, 'unlocked before');
    const stands = subject === undefined ? undefined : subjects[`${drop}/${subject}`];
    if (of === undefined ? stands !== undefined && stands !== viewer : subject !== undefined && stands !== viewer) say(`person ${subject} as viewer ${stands}`, `as viewer ${viewer}`);
  }

  private numbers({ drop, serial = 0, unit }: Entry, { serial: last, terms }: DropState, { granted }: VariantState, say: Say): void {
    if (serial !== last + 1) say(serial <= last ? `serial ${drop}/${serial} again` : `serial ${drop}/${serial} after ${last}`, 'the next one');
    const code = terms.coded ? granted + 1 : undefined;
    if (unit !== code) say(`unit ${unit ?? 'none'}`, `${code ?? 'none'}`);
  }

  private money({ type, of = 0, amount, currency }: Entry, say: Say): void {
    const sum = `${amount} ${currency}`;
    const paid = this.payments.get(of);
    const known = paid !== undefined || of > this.unseen;
    if (type === 'Refunded' && known && paid !== sum) say(`refunded ${sum}`, paid ?? 'nothing paid');
    if (type === 'Converted') this.payments.set(of, sum);
  }

  /** Entries of a drop by lot come when their time is, and each ticket has one outcome. */
  private lot({ type, drop, seq, of }: Entry, { state }: LotState, now: Before, say: Say): void {
    const name = `${drop}/${of}`;
    if (type === 'Entered') {
      if (state !== 'collecting') say(`entered while ${state}`, 'collecting');
      this.tickets.set(`${drop}/${seq}`, false);
    } else if (of === undefined) {
      if (GIVES.has(type) && state !== 'settled') say(`${type.toLowerCase()} while ${state}`, 'settled');
    } else if (type === 'Refused' || (GIVES.has(type) && now === 'entered')) {
      if (state !== 'drawn') say(`allotted while ${state}`, 'drawn');
      if (this.tickets.get(name) !== false) say(`ticket ${name} allotted`, 'a ticket that waits');
      this.tickets.set(name, true);
    } else if (type === 'Revoked' && now === 'entered' && state === 'collecting') {
      this.tickets.delete(name);
    }
  }
}
