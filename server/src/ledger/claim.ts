import { keys } from '../store/index.js';
import type { Book, Draft } from './book.js';
import type { ClaimKeyState, DropState, DropTerms, Entry, HoldingState, LotState, VariantState } from './entry.js';
import { isUnlocked } from './gate.js';
import type { ClaimRequest, GrantReceipt, Receipt, RefusalCode } from './ledger.js';
import { isClaim } from './shape.js';
import { putTicket } from './tickets.js';
import { isSoldOut, stockOf, takeUnit } from './units.js';

/** Keys of moves are bound beside those of claims under this prefix, which no claim's key can have. */
export const MOVE_KEY = 'm:';
/** A holding in one of these answers each further claim. */
const LIVE: ReadonlySet<HoldingState> = new Set(['entered', 'reserved', 'granted', 'fulfilled', 'converted']);

/** The answer that an entry records; the same bytes each time it is asked for. */
export function receiptOf(entry: Entry): Receipt {
  const { event, drop = '', viewer = 0, at, trace, seq, variant = '', of = seq, test } = entry;
  const key = entry.key === undefined || entry.key.startsWith(MOVE_KEY) ? '' : entry.key; // a viewer is not told the shop's key
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

/** ms; the tier's own instant where it comes before that for everybody */
const opensFor = ({ opensAt, early }: DropTerms, tier: string | undefined): number | undefined => {
  const sooner = early !== undefined && tier !== undefined && Object.hasOwn(early, tier) ? early[tier] : undefined;
  return sooner === undefined || (opensAt !== undefined && opensAt < sooner) ? opensAt : sooner;
};

const windowRefusal = ({ terms, open }: DropState, tier: string | undefined, now: number): RefusalCode | undefined => {
  if (!open) return 'claim_closed';
  const opens = opensFor(terms, tier);
  if (opens !== undefined && now < opens) return 'claim_not_open';
  return terms.closesAt !== undefined && now >= terms.closesAt ? 'claim_closed' : undefined;
};

const ineligible = ({ eligible }: DropTerms, { tier = '', country = '', age }: ClaimRequest): RefusalCode | undefined => {
  if (eligible === undefined) return undefined;
  const { tiers, countries, minAge } = eligible;
  if (tiers && !tiers.includes(tier)) return 'claim_tier';
  if (countries && !countries.includes(country)) return 'claim_country';
  return minAge !== undefined && (age === undefined || age < minAge) ? 'claim_age' : undefined;
};

const unproven = ({ proof }: DropTerms, given: ClaimRequest['proof']): boolean =>
  proof !== undefined && (proof === 'any' ? given === undefined : given !== proof);

/** Why a viewer who holds nothing may not have the drop now, the most lasting reason first. */
const refusal = (book: Book, drop: DropState, request: ClaimRequest): RefusalCode | undefined => {
  const { terms } = drop;
  const { viewer, subject } = request;
  if (!isUnlocked(book, terms, viewer)) return 'claim_not_unlocked';
  const no = ineligible(terms, request) ?? windowRefusal(drop, request.tier, book.now);
  if (no) return no;
  if (unproven(terms, request.proof)) return 'claim_proof_needed';
  if (subject === undefined) return undefined;
  const stands = book.tx.get<number>(keys.subject(book.event, terms.id, subject));
  return stands === undefined || stands === viewer ? undefined : 'claim_subject_taken';
};

/** The variant that is meant; undefined: none of that name, or none named among several. */
const variantOf = ({ variants }: DropState, wanted: string | undefined): string | undefined => {
  if (wanted !== undefined) return Object.hasOwn(variants, wanted) ? wanted : undefined;
  const all = Object.keys(variants);
  return all.length === 1 ? all[0] : undefined;
};

/** Decides one claim and writes what it changes. `docs/drops.md` tells the order of the checks. */
export function decideClaim(book: Book, request: ClaimRequest): Receipt {
  const no = (code: RefusalCode): Receipt => refuse(request, book.now, code);
  const { event, viewer, key } = request;
  if (!isClaim(request)) return no('claim_bad_request');

  const used = book.tx.get<ClaimKeyState>(keys.claimKey(event, key));
  if (used) {
    const same = used.drop === request.drop && used.viewer === viewer;
    return same ? receiptOf(book.entry(used.seq)) : no('claim_key_conflict');
  }
  const drop = book.drop(request.drop);
  if (!drop) return no('claim_unknown_drop');
  const variant = variantOf(drop, request.variant);
  if (variant === undefined) return no('claim_bad_request');

  const holding = book.holding(viewer, request.drop);
  if (holding && LIVE.has(holding.state)) return receiptOf(book.entry(holding.shown));
  if (holding?.state === 'revoked') return no('claim_revoked');
  if (holding?.state === 'refunded') return no('claim_refunded');
  const against = refusal(book, drop, request);
  if (against) return no(against);

  const { lot } = drop;
  if (lot && lot.state !== 'settled') return lot.state === 'collecting' ? enter(book, request, drop, lot, variant) : no('claim_lot_closed');
  const stock = stockOf(drop, variant);
  if (!isSoldOut(drop, stock)) return take(book, request, drop, stock, variant);
  return holding?.state === 'refused' ? receiptOf(book.entry(holding.shown)) : recordRefusal(book, request, variant);
}

const draftOf = ({ drop, viewer, key, trace }: ClaimRequest, type: Entry['type'], variant: string): Draft => ({ type, trace, drop, variant, viewer, key });

function recordRefusal(book: Book, request: ClaimRequest, variant: string): Receipt {
  const draft = draftOf(request, 'Refused', variant);
  draft.reason = 'claim_sold_out';
  return begin(book, request, 'refused', book.append(draft));
}

function enter(book: Book, request: ClaimRequest, drop: DropState, lot: LotState, variant: string): Receipt {
  lot.entered += 1;
  book.keep(request.drop, drop);
  const draft = draftOf(request, 'Entered', variant);
  if (request.subject !== undefined) draft.subject = request.subject;
  if (drop.terms.test) draft.test = true;
  const entry = book.append(draft);
  putTicket(book, request.drop, entry.seq, { variant });
  return begin(book, request, 'entered', entry);
}

function take(book: Book, request: ClaimRequest, drop: DropState, stock: VariantState, variant: string): Receipt {
  const draft = draftOf(request, 'Granted', variant);
  if (request.subject !== undefined) draft.subject = request.subject;
  const entry = takeUnit(book, drop, stock, draft);
  return begin(book, request, entry.type === 'Granted' ? 'granted' : 'reserved', entry);
}

/** A holding begins with this entry; the key and the person are bound to it. */
function begin(book: Book, { event, drop, viewer, key }: ClaimRequest, state: HoldingState, entry: Entry): Receipt {
  const { seq } = entry;
  const bound: ClaimKeyState = { drop, viewer, seq };
  book.hold(viewer, drop, { state, seq, tail: seq, shown: seq });
  book.tx.put(keys.claimKey(event, key), bound);
  if (entry.subject !== undefined) book.tx.put(keys.subject(event, drop, entry.subject), viewer);
  return receiptOf(entry);
}
