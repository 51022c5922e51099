/** What every grant and reservation does to stock and serials, whether a claim, a lot or a confirmation asks for it. */
import { keys } from '../store/index.js';
import type { Book, Draft } from './book.js';
import type { DropState, Entry, VariantState } from './entry.js';

export const stockOf = (drop: DropState, variant: string): VariantState => {
  const stock = Object.hasOwn(drop.variants, variant) ? drop.variants[variant] : undefined;
  if (!stock) throw new Error(`drop ${drop.terms.id} has no variant ${variant}`);
  return stock;
};

export const isSoldOut = ({ terms }: DropState, { supply, taken }: VariantState): boolean => !terms.test && supply !== null && taken >= supply;

/** Takes a unit off the shelf: the entry is `Reserved` where the drop reserves, else `Granted`. The caller has seen that one is left. */
export function takeUnit(book: Book, drop: DropState, stock: VariantState, draft: Draft): Entry {
  const { test, reserveMs } = drop.terms;
  if (!test) stock.taken += 1;
  if (reserveMs === undefined) return grantUnit(book, drop, stock, draft);
  if (!test) stock.reserved += 1;
  draft.type = 'Reserved';
  draft.until = book.now + reserveMs;
  if (test) draft.test = true;
  book.keep(drop.terms.id, drop);
  const entry = book.append(draft);
  book.tx.put(keys.reservation(book.event, draft.until, entry.seq), true);
  return entry;
}

/** Grants a unit that is off the shelf already: the next serial of the drop, the next code of the variant. */
export function grantUnit(book: Book, drop: DropState, stock: VariantState, draft: Draft): Entry {
  const { id, test, coded, entitlementMs } = drop.terms;
  drop.serial += 1;
  stock.granted += 1;
  draft.type = 'Granted';
  draft.serial = drop.serial;
  if (coded) draft.unit = stock.granted;
  if (entitlementMs !== undefined) draft.expiresAt = book.now + entitlementMs;
  if (test) draft.test = true;
  book.keep(id, drop);
  return book.append(draft);
}

/** A reservation ends without a grant: its unit is back on the shelf. `reserved`: its entry. */
export function returnUnit(book: Book, drop: DropState, stock: VariantState, reserved: Entry): void {
  if (!drop.terms.test) stock.taken -= 1;
  endReservation(book, drop, stock, reserved);
}

/** A reservation ends; its unit stays off the shelf. */
export function endReservation(book: Book, drop: DropState, stock: VariantState, { until = 0, seq }: Entry): void {
  if (!drop.terms.test) stock.reserved -= 1;
  book.tx.remove(keys.reservation(book.event, until, seq));
  book.keep(drop.terms.id, drop);
}
