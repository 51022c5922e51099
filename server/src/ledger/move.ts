import { keys } from '../store/index.js';
import type { Book, Draft } from './book.js';
import { MOVE_KEY } from './claim.js';
import type { ClaimKeyState, DropState, Entry, EntryType, Holding, HoldingState, VariantState } from './entry.js';
import type { MoveAnswer, MoveCode, MoveRequest, MoveType } from './moves.js';
import { removeTicket } from './tickets.js';
import { endReservation, grantUnit, returnUnit, stockOf } from './units.js';

/** An entitlement that stands. */
interface Standing {
  /** the entry that began it */
  begun: Entry;
  drop: DropState;
  stock: VariantState;
  holding: Holding;
}
type Move = Pick<MoveRequest, 'type' | 'key' | 'amount' | 'currency' | 'reason' | 'trace' | 'data'>;

const BEGINS: ReadonlySet<EntryType> = new Set(['Entered', 'Reserved', 'Granted']);
const MADE = { confirm: 'Granted', fulfil: 'Fulfilled', convert: 'Converted', refund: 'Refunded', revoke: 'Revoked', expire: 'Expired' } as const satisfies Record<MoveType, EntryType>;
const TO = { fulfil: 'fulfilled', convert: 'converted', refund: 'refunded', revoke: 'revoked', expire: 'expired' } as const;
/** States of which a move is `again`, without a key. */
const AGAIN: Partial<Record<MoveType, readonly HoldingState[]>> = { confirm: ['granted', 'fulfilled', 'converted'], fulfil: ['fulfilled', 'converted'], expire: ['expired'] };
const FROM: Record<MoveType, readonly HoldingState[]> = {
  confirm: ['reserved'],
  fulfil: ['granted'],
  convert: ['granted', 'fulfilled', 'reserved'],
  refund: ['converted'],
  revoke: ['entered', 'reserved', 'granted', 'fulfilled'],
  expire: ['reserved'],
};

const no = (code: MoveCode): MoveAnswer => ({ status: 'refused', code });
const again = (seq: number): MoveAnswer => ({ status: 'again', seq });

const standingOf = (book: Book, begun: Entry, holding: Holding): Standing => {
  const drop = book.drop(begun.drop ?? '');
  if (!drop) throw new Error(`entry ${book.event}:${begun.seq} names no drop`);
  return { begun, drop, stock: stockOf(drop, begun.variant ?? ''), holding };
};

const find = (book: Book, seq: number): Standing | undefined => {
  const begun = book.findEntry(seq);
  if (!begun || !BEGINS.has(begun.type) || begun.of !== undefined) return undefined;
  const holding = book.holding(begun.viewer ?? 0, begun.drop ?? '');
  return holding?.seq === seq ? standingOf(book, begun, holding) : undefined;
};

/** What a key was used for, asked again. */
const repeat = (made: Entry, { type, amount, currency }: Move, seq: number): MoveAnswer => {
  const same = made.type === MADE[type] && made.of === seq && made.amount === amount && made.currency === currency;
  return same ? again(made.seq) : no('move_conflict');
};

/** Why the move cannot be, or what it is a repeat of; undefined: go on. */
const answerBefore = (book: Book, { holding }: Standing, { type, amount, currency }: Move): MoveAnswer | undefined => {
  const { state, tail, shown } = holding;
  if (AGAIN[type]?.includes(state)) return again(type === 'confirm' ? shown : tail);
  if (type === 'confirm' && state === 'expired') return no('move_expired');
  if (!FROM[type].includes(state)) return no('move_wrong_state');
  if (type === 'expire' && (book.entry(shown).until ?? 0) > book.now) return no('move_not_due');
  if (type !== 'refund') return undefined;
  const paid = book.entry(tail);
  return paid.amount === amount && paid.currency === currency ? undefined : no('move_amount');
};

/** Decides one move of the entitlement that began at `seq`. The request is well shaped. */
export function decideMove(book: Book, seq: number, move: Move): MoveAnswer {
  const used = move.key === undefined ? undefined : book.tx.get<ClaimKeyState>(keys.claimKey(book.event, MOVE_KEY + move.key));
  if (used) return repeat(book.entry(used.seq), move, seq);
  const standing = find(book, seq);
  if (!standing) return no('move_unknown');
  return answerBefore(book, standing, move) ?? { status: 'done', seq: apply(book, standing, move) };
}

/** The old way to say `revoke`: by drop and viewer. False: there is nothing to end. */
export function decideRevoke(book: Book, { drop, viewer, reason, trace }: { drop: string; viewer: number; reason: string; trace: string }): boolean {
  const holding = book.holding(viewer, drop);
  if (!holding || !FROM.revoke.includes(holding.state)) return false;
  apply(book, standingOf(book, book.entry(holding.seq), holding), { type: 'revoke', reason, trace });
  return true;
}

/** Expires the reservations whose time has passed, the longest due first. @returns how many */
export function expireReservations(book: Book, limit: number, trace: string): number {
  if (!(limit >= 1)) return 0;
  const due = [...book.tx.names(keys.reservations(book.event), keys.reservationsUntil(book.event, book.now), Math.floor(limit))];
  for (const name of due) {
    const { of, seq } = book.entry(keys.reservationParts(name).seq);
    const standing = find(book, of ?? seq);
    if (!standing) throw new Error(`reservation ${book.event}:${seq} is not that of its viewer`);
    apply(book, standing, { type: 'expire', trace });
  }
  return due.length;
}

const draftOf = ({ begun }: Standing, type: EntryType, trace: string): Draft => {
  const draft: Draft = { type, trace, drop: begun.drop!, variant: begun.variant!, viewer: begun.viewer!, of: begun.seq };
  if (begun.subject !== undefined) draft.subject = begun.subject;
  return draft;
};

const withDetails = (draft: Draft, { key, amount, currency, reason, data }: Move): Draft => {
  if (key !== undefined) draft.key = MOVE_KEY + key;
  if (amount !== undefined) draft.amount = amount;
  if (currency !== undefined) draft.currency = currency;
  if (reason !== undefined) draft.reason = reason;
  if (data !== undefined) draft.data = data;
  return draft;
};

/** Does a move that may be. @returns seq of its entry */
function apply(book: Book, standing: Standing, move: Move): number {
  const { begun, holding } = standing;
  const { type, trace, key } = move;
  const viewer = begun.viewer ?? 0;
  const drop = begun.drop ?? '';
  let { shown } = holding;
  let entry: Entry;
  if (type === 'confirm') {
    entry = confirm(book, standing, withDetails(draftOf(standing, 'Granted', trace), move));
    shown = entry.seq;
  } else {
    if (type === 'convert' && holding.state === 'reserved') shown = confirm(book, standing, draftOf(standing, 'Granted', trace)).seq;
    const draft = withDetails(draftOf(standing, MADE[type], trace), move);
    settle(book, standing, type, draft);
    entry = book.append(draft);
  }
  book.hold(viewer, drop, { state: type === 'confirm' ? 'granted' : TO[type], seq: holding.seq, tail: entry.seq, shown });
  if (key !== undefined) {
    const bound: ClaimKeyState = { drop, viewer, seq: entry.seq };
    book.tx.put(keys.claimKey(book.event, MOVE_KEY + key), bound);
  }
  return entry.seq;
}

const confirm = (book: Book, { drop, stock, holding }: Standing, draft: Draft): Entry => {
  endReservation(book, drop, stock, book.entry(holding.shown));
  return grantUnit(book, drop, stock, draft);
};

/** What a move does to stock, lot and person. */
function settle(book: Book, standing: Standing, type: MoveType, draft: Draft): void {
  const { begun, drop, stock, holding } = standing;
  if (type === 'revoke') return settleRevoked(book, standing, draft);
  if (type === 'convert') stock.converted += 1;
  if (type === 'refund') {
    stock.refunded += 1;
    restore(drop, stock);
  }
  if (type === 'expire') {
    returnUnit(book, drop, stock, book.entry(holding.shown));
    if (begun.subject !== undefined) book.tx.remove(keys.subject(book.event, drop.terms.id, begun.subject));
  }
  book.keep(drop.terms.id, drop);
}

function settleRevoked(book: Book, { begun, drop, stock, holding }: Standing, draft: Draft): void {
  if (holding.state === 'reserved') return returnUnit(book, drop, stock, book.entry(holding.shown));
  if (holding.state !== 'entered') {
    draft.serial = book.entry(holding.shown).serial!;
    stock.revoked += 1;
    restore(drop, stock);
  } else if (drop.lot?.state === 'collecting') {
    drop.lot.entered -= 1;
    removeTicket(book, drop.terms.id, begun.seq);
  }
  book.keep(drop.terms.id, drop);
}

/** A granted unit comes back, where the drop's policy says so. */
const restore = ({ terms }: DropState, stock: VariantState): void => {
  if (!terms.test && terms.restock === 'return') stock.taken -= 1;
};
