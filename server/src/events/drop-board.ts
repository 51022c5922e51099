import type { DropBoard, ReceiptView, ViewerDrop } from '@crowdcue/protocol';
import { achievementOf } from '../achievements/index.js';
import type { DropOverview, DropTerms, Receipt, StandingReceipt } from '../ledger/index.js';

/** Ledger numbers as pages and the shared state show them: -1 stands for unlimited. */
const shown = (units: number | null): number => units ?? -1;

/** Whether a drop is worth cheating for. */
export const isLimited = (terms: DropTerms): boolean => !terms.test && supplyOf(terms) >= 0;

/** Stock of a drop over all variants; null: unlimited. */
export const supplyOf = ({ variants }: DropTerms): number =>
  Object.values(variants).reduce<number>((sum, units) => (units === null || sum < 0 ? -1 : sum + units), 0);

/** Whether a claim at `now` (ms since 1970) meets an open drop. */
const isOpen = ({ terms, open }: DropOverview, now: number): boolean =>
  open && now >= (terms.opensAt ?? -Infinity) && now < (terms.closesAt ?? Infinity);

export const boardOf = (drop: DropOverview, now: number): DropBoard & { readonly id: string } => ({
  id: drop.terms.id, name: drop.terms.name, supply: shown(drop.supply), left: shown(drop.left), open: isOpen(drop, now),
});

/** A receipt as its viewer gets it. */
export const receiptView = (receipt: Receipt, supply: number): ReceiptView => {
  const { drop, at, status, key } = receipt;
  if (status === 'refused') {
    const recorded = receipt.seq === undefined ? `refused:${key}` : `${receipt.event}:${receipt.seq}`;
    return { id: recorded, drop, status, supply, reason: receipt.code, at };
  }
  if (status === 'entered') return { id: receipt.id, drop, status, supply, at };
  if (status === 'reserved') return { id: receipt.id, drop, status, supply, at, until: receipt.until };
  const expiry = receipt.expiresAt === undefined ? {} : { expiresAt: receipt.expiresAt };
  return { id: receipt.id, drop, status, serial: receipt.serial, supply, at, ...expiry };
};

const stateOf = (standing: StandingReceipt['standing']): ViewerDrop['state'] => (standing === 'active' ? 'granted' : standing);

/** A drop with one viewer's standing. `unlockTitle`: the achievement's. */
export const viewerDrop = (drop: DropOverview, receipt: StandingReceipt | undefined, unlocked: boolean, unlockTitle: string, now: number): ViewerDrop => {
  const { kind } = drop.terms;
  const unlockedBy = achievementOf(drop.terms.unlockedBy);
  const base = { ...boardOf(drop, now), kind, unlockedBy, unlockTitle, ...(drop.terms.proof === undefined ? {} : { proof: drop.terms.proof }) };
  if (receipt === undefined) return { ...base, state: unlocked ? 'unlocked' : 'none' };
  return { ...base, state: stateOf(receipt.standing), receipt: receiptView(receipt, base.supply) };
};
