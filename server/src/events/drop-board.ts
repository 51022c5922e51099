import type { DropBoard, DropStanding, DropTermsView, ReceiptView, ViewerDrop } from '@crowdcue/protocol';
import { achievementOf } from '../achievements/index.js';
import type { DropOverview, DropTerms, Receipt, StandingReceipt } from '../ledger/index.js';

/** Ledger numbers as pages and the shared state show them: -1 stands for unlimited. */
export const shown = (units: number | null): number => units ?? -1;

export const isByLot = ({ allocation }: DropTerms): boolean => allocation === 'fair-window' || allocation === 'lottery';

/** How far a lot is, as everybody is told: what happens between freeze and settlement is one thing to wait for. */
const drawOf = ({ lot }: DropOverview): Pick<DropBoard, 'draw'> =>
  (lot && { draw: lot.state === 'collecting' || lot.state === 'settled' ? lot.state : 'drawing' }) ?? {};

/** Whether a drop is worth cheating for. */
export const isLimited = ({ test, variants }: DropTerms): boolean => !test && Object.values(variants).some((units) => units !== null);

/** Whether a claim of no tier at `now` (ms since 1970) meets an open drop. */
const isOpen = ({ terms, open }: DropOverview, now: number): boolean =>
  open && now >= (terms.opensAt ?? -Infinity) && now < (terms.closesAt ?? Infinity);

export const boardOf = (drop: DropOverview, now: number): DropBoard & { readonly id: string } => ({
  id: drop.terms.id, name: drop.terms.name, supply: shown(drop.supply), left: shown(drop.left), open: isOpen(drop, now), ...drawOf(drop),
});

/** A drop as its host sees it. `drawsAt`: of a lot that collects, ms since 1970, as far as it is known. */
export const standingOf = (drop: DropOverview, now: number, drawsAt?: number): DropStanding => {
  const { terms: { kind, test, opensAt, closesAt }, open, unlocked, granted, reserved, converted, refunded, lot } = drop;
  return {
    ...boardOf(drop, now), kind, unlocked, granted, reserved, converted, refunded,
    ...(test && { test: true as const }), ...(!open && { shut: true as const }), ...(opensAt !== undefined && { opensAt }), ...(closesAt !== undefined && { closesAt }),
    variants: Object.fromEntries(Object.entries(drop.variants).map(([id, { supply, left, ...counts }]) => [id, { supply: shown(supply), left: shown(left), ...counts }])),
    ...(lot && { lot: { state: lot.state, entered: lot.entered, ...(lot.state === 'collecting' && drawsAt !== undefined && { drawsAt }) } }),
  };
};

/** What of a drop's terms its viewers are told before they claim. */
const termsView = ({ info = {}, eligible = {}, opensAt, closesAt, reserveMs }: DropTerms): DropTermsView => {
  const { rules, sponsor, restockPolicy, refundPolicy } = info as Partial<Record<string, string>>;
  const { countries, minAge } = eligible;
  const told = { rules, sponsor, restockPolicy, refundPolicy, countries, minAge, opensAt, closesAt, reserveMs };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
};

/** What the ledger says, as its viewer gets it at `now`. `supply`: -1 is unlimited. */
export const receiptView = (receipt: Receipt, supply: number, now: number): ReceiptView => {
  const { drop, at, status, key } = receipt;
  switch (status) {
    case 'refused': {
      const recorded = receipt.seq === undefined ? `refused:${key}` : `${receipt.event}:${receipt.seq}`;
      return { id: recorded, drop, status, supply, reason: receipt.code, at };
    }
    case 'entered':
      return { id: receipt.id, drop, status, supply, at, ticket: receipt.seq };
    case 'reserved':
      return { id: receipt.id, drop, status, supply, at, until: receipt.until, leftMs: Math.max(0, receipt.until - now) };
    case 'granted':
      return { id: receipt.id, drop, status, serial: receipt.serial, supply, at, ...(receipt.expiresAt !== undefined && { expiresAt: receipt.expiresAt }) };
  }
};

const stateOf = (standing: StandingReceipt['standing']): ViewerDrop['state'] => (standing === 'active' ? 'granted' : standing);

/** A drop with one viewer's standing. `unlockTitle`: the achievement's. */
export const viewerDrop = (
  drop: DropOverview, held: { readonly standing: StandingReceipt['standing']; readonly view: ReceiptView } | undefined,
  { unlocked, unlockTitle, now }: { readonly unlocked: boolean; readonly unlockTitle: string; readonly now: number },
): ViewerDrop => {
  const { kind, proof, unlockedBy, allocation } = drop.terms;
  const byLot = allocation === 'first-come' ? undefined : allocation;
  const base = { ...boardOf(drop, now), kind, unlockedBy: achievementOf(unlockedBy), unlockTitle, terms: termsView(drop.terms), ...(proof && { proof }), ...(byLot && { byLot }) };
  if (held === undefined) return { ...base, state: unlocked ? 'unlocked' : 'none' };
  return { ...base, state: stateOf(held.standing), receipt: held.view };
};
