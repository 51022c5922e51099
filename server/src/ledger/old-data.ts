/** Completes in place what the version before stored; what this version stored passes through as it is. */
import type { DropState, Holding, VariantState } from './entry.js';

type Old<T, New extends keyof T> = Omit<T, New> & Partial<Pick<T, New>>;

export const currentHolding = (holding: Old<Holding, 'shown'>): Holding => {
  holding.shown ??= holding.seq;
  if (holding.tail === 0) holding.tail = holding.seq; // a refusal had none
  return holding as Holding;
};

export const currentDrop = (drop: DropState): DropState => {
  for (const name in drop.variants) {
    const stock = drop.variants[name] as Old<VariantState, 'reserved' | 'converted' | 'refunded'>;
    stock.reserved ??= 0;
    stock.converted ??= 0;
    stock.refunded ??= 0;
  }
  return drop;
};

export const newVariant = (supply: number | null): VariantState => ({ supply, taken: 0, reserved: 0, granted: 0, revoked: 0, converted: 0, refunded: 0 });
