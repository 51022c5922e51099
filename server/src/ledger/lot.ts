import { keys, type Reader } from '../store/index.js';
import type { Book, Draft } from './book.js';
import type { DropState, DropTerms, EntryType, LotState, Scalar } from './entry.js';
import { LedgerError } from './errors.js';
import type { LotTickets } from './moves.js';
import { putTicket, ticketOf, ticketsOf, type Ticket } from './tickets.js';
import { isSoldOut, stockOf, takeUnit } from './units.js';

/** Tickets a call: some ms of the event loop, or of Redis. */
export const ALLOT_CHUNK = 512;
/** Units of one variant: a hundred times the largest audience planned for; past it a typo is likelier. */
export const MAX_SUPPLY = 10_000_000;

const ORDER = ['collecting', 'frozen', 'listed', 'drawn', 'settled'] as const satisfies readonly LotState['state'][];
const STEPS = { frozen: 'LotFrozen', listed: 'LotListed', drawn: 'LotDrawn', settled: 'LotSettled' } as const satisfies Record<string, EntryType>;
type Step = keyof typeof STEPS;

/** undefined: units go by ledger order */
export const newLot = ({ allocation }: DropTerms): LotState | undefined =>
  allocation === 'fair-window' || allocation === 'lottery' ? { state: 'collecting', entered: 0, allotted: 0 } : undefined;

const dropOf = (book: Book, id: string): DropState => {
  const drop = book.drop(id);
  if (!drop) throw LedgerError.unknownDrop(id);
  return drop;
};

const lotOf = (drop: DropState): LotState => {
  if (!drop.lot) throw LedgerError.lotWrongState(drop.terms.id, 'it has no lot');
  return drop.lot;
};

/** Takes the lot one step on; a step that was taken before changes nothing. */
export function decideLotStep(book: Book, id: string, to: Step, trace: string, data?: Record<string, Scalar>): LotState['state'] {
  const drop = dropOf(book, id);
  const lot = lotOf(drop);
  if (!Object.hasOwn(STEPS, to)) throw LedgerError.lotWrongState(id, `there is no step ${String(to)}`);
  const ahead = ORDER.indexOf(to) - ORDER.indexOf(lot.state);
  if (ahead <= 0) return lot.state;
  if (ahead > 1) throw LedgerError.lotWrongState(id, `it is ${lot.state}`);
  if (to === 'settled' && lot.allotted < lot.entered) throw LedgerError.lotWrongState(id, `${lot.entered - lot.allotted} tickets are not allotted`);
  const draft: Draft = { type: STEPS[to], trace, drop: id };
  if (data !== undefined) draft.data = data;
  book.append(draft);
  lot.state = to;
  book.keep(id, drop);
  return to;
}

/** @throws LedgerError `event_unknown`, `claim_unknown_drop`, `lot_wrong_state` while it collects */
export function readTickets(read: Reader, event: string, id: string): LotTickets {
  if (!read.get(keys.event(event))) throw LedgerError.eventUnknown(event);
  const drop = read.get<DropState>(keys.drop(event, id));
  if (!drop) throw LedgerError.unknownDrop(id);
  if (lotOf(drop).state === 'collecting') throw LedgerError.lotWrongState(id, 'it is collecting');
  return { tickets: ticketsOf(read, event, id) };
}

/** Gives the next tickets of the draw what is theirs. @returns how many are allotted now */
export function decideAllot(book: Book, { drop: id, from, tickets, trace }: { drop: string; from: number; tickets: readonly number[]; trace: string }): number {
  const drop = dropOf(book, id);
  const lot = lotOf(drop);
  if (lot.state !== 'drawn') throw LedgerError.lotWrongState(id, `it is ${lot.state}`);
  if (tickets.length > ALLOT_CHUNK) throw LedgerError.badRequest(`more than ${ALLOT_CHUNK} tickets`);
  if (from !== lot.allotted) return lot.allotted;
  const rows = new Map<number, Ticket>();
  for (const seq of tickets) {
    const ticket = ticketOf(book, id, seq);
    if (!ticket || ticket.allotted || rows.has(seq)) throw LedgerError.badRequest(`${seq} is no ticket that waits`);
    rows.set(seq, ticket);
  }
  for (const [seq, { variant }] of rows) {
    allotOne(book, drop, seq, variant, trace);
    putTicket(book, id, seq, { variant, allotted: true });
  }
  lot.allotted += rows.size;
  if (rows.size > 0) book.keep(id, drop);
  return lot.allotted;
}

/** Each ticket gets exactly one entry, so that the draw can be told from the ledger alone. */
function allotOne(book: Book, drop: DropState, seq: number, variant: string, trace: string): void {
  const { id } = drop.terms;
  const { viewer = 0, subject } = book.entry(seq);
  const stock = stockOf(drop, variant);
  const draft: Draft = { type: 'Refused', trace, drop: id, variant, viewer, of: seq };
  if (subject !== undefined) draft.subject = subject;
  const holding = book.holding(viewer, id);
  if (holding?.state !== 'entered' || holding.seq !== seq) {
    draft.reason = 'claim_revoked'; // the entrant was revoked after the freeze: the place in the draw is used up
    book.append(draft);
    return;
  }
  if (!isSoldOut(drop, stock)) {
    const won = takeUnit(book, drop, stock, draft);
    book.hold(viewer, id, { state: won.type === 'Granted' ? 'granted' : 'reserved', seq, tail: won.seq, shown: won.seq });
    return;
  }
  draft.reason = 'claim_lot_lost';
  const lost = book.append(draft);
  book.hold(viewer, id, { state: 'refused', seq, tail: lost.seq, shown: lost.seq });
  if (subject !== undefined) book.tx.remove(keys.subject(book.event, id, subject));
}

/** @returns the variant's new supply */
export function decideRestock(book: Book, { drop: id, variant, add, reason, trace }: { drop: string; variant: string; add: number; reason: string; trace: string }): number {
  const drop = dropOf(book, id);
  const stock = Object.hasOwn(drop.variants, variant) ? drop.variants[variant] : undefined;
  if (!stock) throw LedgerError.badRequest('the drop has no such variant');
  if (stock.supply === null) throw LedgerError.badRequest('the variant is unlimited');
  if (!Number.isSafeInteger(add) || add < 1 || stock.supply + add > MAX_SUPPLY) throw LedgerError.badRequest(`units to add are 1 to ${MAX_SUPPLY} in all`);
  stock.supply += add;
  book.append({ type: 'DropRestocked', trace, drop: id, variant, count: add, reason });
  book.keep(id, drop);
  return stock.supply;
}
