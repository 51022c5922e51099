import { keys } from '../store/index.js';
import type { Book } from './book.js';
import type { ClaimKeyState, DropState, Entry, Holding, VariantState } from './entry.js';
import type { ClaimRequest, GrantReceipt, Receipt, RefusalCode } from './ledger.js';
import { isUnlocked } from './gate.js';

/** An idempotency key. */
export const KEY = /^[A-Za-z0-9_-]{8,64}$/;
/** Printable ASCII: checked here because one bad id must not fail the whole batch it came in. */
const ID = /^[\x21-\x7e]{1,64}$/;
const MAX_VIEWER = 2 ** 52;

export const isViewer = (viewer: number): boolean => Number.isSafeInteger(viewer) && viewer >= 1 && viewer <= MAX_VIEWER;

export const isId = (id: string): boolean => ID.test(id);

/** The answer that an entry records; the same bytes each time it is asked for. */
export function receiptOf(entry: Entry): Receipt {
  const { event, drop = '', viewer = 0, key = '', at, trace, seq, variant = '', of = seq, test } = entry;
  const id = `${event}:${of}`;
  switch (entry.type) {
    case 'Refused':
      return { event, drop, viewer, key, at, trace, seq, status: 'refused', code: entry.reason as RefusalCode };
    case 'Entered':
      return { event, drop, viewer, key, at, trace, seq, status: 'entered', id, variant, ...(test && { test }) };
    case 'Reserved':
      return { event, drop, viewer, key, at, trace, seq, status: 'reserved', id, variant, until: entry.until ?? 0, ...(test && { test }) };
    default: {
      // One literal, no spreads: they were most of what a grant cost the origin.
      const receipt: GrantReceipt = { event, drop, viewer, key, at, trace, seq, status: 'granted', id, variant, serial: entry.serial ?? 0 };
      if (entry.expiresAt !== undefined) receipt.expiresAt = entry.expiresAt;
      if (entry.unit !== undefined) receipt.unit = entry.unit;
      if (test) receipt.test = true;
      return receipt;
    }
  }
}

/** A refusal that changes nothing and is therefore not recorded. */
export function refuse({ event, drop, viewer, key, trace }: ClaimRequest, at: number, code: RefusalCode): Receipt {
  return { event, drop, viewer, key, at, trace, status: 'refused', code };
}

const windowRefusal = ({ terms, open }: DropState, now: number): RefusalCode | undefined => {
  if (!open) return 'claim_closed';
  if (terms.opensAt !== undefined && now < terms.opensAt) return 'claim_not_open';
  if (terms.closesAt !== undefined && now >= terms.closesAt) return 'claim_closed';
  return undefined;
};

const variantOf = (drop: DropState, wanted: string | undefined): [string, VariantState] | undefined => {
  const all = Object.entries(drop.variants);
  if (wanted === undefined) return all.length === 1 ? all[0] : undefined;
  return all.find(([id]) => id === wanted);
};

/** Decides one claim and writes what it changes. Checks in the order that tells the viewer the most lasting reason first. */
export function decideClaim(book: Book, request: ClaimRequest): Receipt {
  const no = (code: RefusalCode): Receipt => refuse(request, book.now, code);
  const { event, viewer, key } = request;
  if (!isViewer(viewer) || !KEY.test(key) || !isId(request.drop)) return no('claim_bad_request');

  const used = book.tx.get<ClaimKeyState>(keys.claimKey(event, key));
  if (used) {
    const same = used.drop === request.drop && used.viewer === viewer;
    return same ? receiptOf(book.entry(used.seq)) : no('claim_key_conflict');
  }
  const drop = book.drop(request.drop);
  if (!drop) return no('claim_unknown_drop');
  const variant = variantOf(drop, request.variant);
  if (!variant) return no('claim_bad_request');

  const holding = book.tx.get<Holding>(keys.holding(event, viewer, request.drop));
  if (holding?.state === 'granted') return receiptOf(book.entry(holding.seq));
  if (holding?.state === 'revoked') return no('claim_revoked');
  if (!isUnlocked(book, drop.terms, viewer)) return no('claim_not_unlocked');
  const shut = windowRefusal(drop, book.now);
  if (shut) return no(shut);

  const [variantId, stock] = variant;
  const soldOut = !drop.terms.test && stock.supply !== null && stock.taken >= stock.supply;
  if (soldOut && holding) return receiptOf(book.entry(holding.seq));
  return soldOut ? recordRefusal(book, request, variantId) : grant(book, request, drop, variantId, stock);
}

function recordRefusal(book: Book, request: ClaimRequest, variant: string): Receipt {
  const { drop, viewer, key, trace } = request;
  const entry = book.append({ type: 'Refused', trace, drop, variant, viewer, key, reason: 'claim_sold_out' });
  hold(book, request, { state: 'refused', seq: entry.seq, tail: 0 });
  return receiptOf(entry);
}

function grant(book: Book, request: ClaimRequest, drop: DropState, variant: string, stock: VariantState): Receipt {
  const { viewer, key, trace } = request;
  const { terms } = drop;
  drop.serial += 1;
  stock.granted += 1;
  if (!terms.test) stock.taken += 1;
  book.keep(terms.id, drop);
  const entry = book.append({
    type: 'Granted',
    trace,
    drop: terms.id,
    variant,
    viewer,
    serial: drop.serial,
    key,
    ...(terms.entitlementMs === undefined ? {} : { expiresAt: book.now + terms.entitlementMs }),
    ...(terms.test ? { test: true } : {}),
  });
  hold(book, request, { state: 'granted', seq: entry.seq, tail: entry.seq });
  book.post(entry, 0);
  return receiptOf(entry);
}

function hold(book: Book, { event, drop, viewer, key }: ClaimRequest, holding: Holding): void {
  const bound: ClaimKeyState = { drop, viewer, seq: holding.seq };
  book.tx.put(keys.holding(event, viewer, drop), holding);
  book.tx.put(keys.claimKey(event, key), bound);
}

/** @returns whether there was an active grant to end */
export function decideRevoke(book: Book, request: { drop: string; viewer: number; reason: string; trace: string }): boolean {
  const { viewer, reason, trace } = request;
  const drop = book.drop(request.drop);
  const holding = book.tx.get<Holding>(keys.holding(book.event, viewer, request.drop));
  if (!drop || holding?.state !== 'granted') return false;
  const { variant = '', serial = 0 } = book.entry(holding.seq);
  const stock = drop.variants[variant];
  if (!stock) throw new Error(`grant ${book.event}:${holding.seq} names no variant of its drop`);
  stock.revoked += 1;
  if (!drop.terms.test && drop.terms.restock === 'return') stock.taken -= 1;
  book.keep(request.drop, drop);
  const entry = book.append({ type: 'Revoked', trace, drop: request.drop, variant, viewer, serial, reason });
  const ended: Holding = { ...holding, state: 'revoked', tail: entry.seq };
  book.tx.put(keys.holding(book.event, viewer, request.drop), ended);
  book.post(entry, holding.tail);
  return true;
}
