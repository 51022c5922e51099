import type { DropState, EventState, Holding, VariantState } from './entry.js';
import { gatesOf } from './gate.js';
import { type DropOverview, leftOf, type Receipt, type StandingReceipt } from './ledger.js';

const sum = (values: (number | null)[]): number | null =>
  values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);

const activeOf = ({ granted, revoked, refunded }: VariantState): number => granted - revoked - refunded;

/** A drop as `Ledger.drops` shows it. `countOf`: viewers for whom a gate is open. */
export const overview = ({ terms, open, variants, lot }: DropState, countOf: (gate: string) => number): DropOverview => {
  const each = Object.entries(variants).map(
    ([id, variant]) => {
      const { supply, reserved, converted, refunded } = variant;
      return [id, { supply, left: leftOf(variant), granted: activeOf(variant), reserved, converted, refunded }] as const;
    },
  );
  const of = each.map(([, variant]) => variant);
  const count = (what: (variant: VariantState) => number): number => Object.values(variants).reduce((total, variant) => total + what(variant), 0);
  return {
    terms,
    open,
    supply: sum(of.map((variant) => variant.supply)),
    left: sum(of.map((variant) => variant.left)),
    granted: count(activeOf),
    reserved: count((variant) => variant.reserved),
    converted: count((variant) => variant.converted),
    refunded: count((variant) => variant.refunded),
    ...(lot && { lot }),
    unlocked: gatesOf(terms).reduce((total, gate) => total + countOf(gate), 0),
    variants: Object.fromEntries(each),
  };
};

/** The drops of an event in the order of their ids. */
export const overviews = ({ drops, gates }: Pick<EventState, 'drops' | 'gates'>): DropOverview[] =>
  Object.keys(drops).sort().map((id) => overview(drops[id] as DropState, (gate) => gates[gate] ?? 0));

/** Where a holding stands at `now` (ms). */
export const standing = (state: Holding['state'], receipt: Receipt, now: number): StandingReceipt['standing'] => {
  if (state !== 'granted') return state;
  return receipt.status === 'granted' && receipt.expiresAt !== undefined && now >= receipt.expiresAt ? 'expired' : 'active';
};
