import type { LotProof } from '@crowdcue/protocol';
import type { DropHistory, Restock, VariantCount } from './drop-history.js';

/** A drop as anybody may read of it: nothing of a viewer but the number of a ticket, which its holder alone knows. */
export interface DropReport {
  readonly event: string;
  readonly drop: string;
  readonly name: string;
  readonly kind: string;
  readonly test: boolean;
  readonly allocation: 'first-come' | 'fair-window' | 'lottery';
  readonly proof: 'none' | 'email' | 'twitch' | 'any';
  /** ms since 1970 */
  readonly opensAt: number | null;
  readonly closesAt: number | null;
  readonly early: Readonly<Record<string, number>>;
  readonly eligible: { readonly tiers?: readonly string[]; readonly countries?: readonly string[]; readonly minAge?: number };
  /** ms that an entitlement lasts; null: for good */
  readonly entitlementMs: number | null;
  readonly variants: Readonly<Record<string, { readonly defined: number | null } & VariantCount>>;
  readonly restock: { readonly returns: boolean; readonly policy: string; readonly done: readonly Restock[] };
  readonly refundPolicy: string;
  readonly rules: string;
  readonly sponsor: string;
  readonly firstGrantAt: number | null;
  readonly lastGrantAt: number | null;
  readonly soldOutAt: number | null;
  readonly lot: LotReport | null;
}

export interface LotReport {
  readonly state: 'collecting' | 'frozen' | 'listed' | 'drawn' | 'settled';
  /** SHA-256 of the seed */
  readonly commitment: string;
  readonly tickets: number;
  /** SHA-256 of the list, from `listed` on */
  readonly listHash: string | null;
  /** where the entropy came from, from `drawn` on */
  readonly source: string | null;
  /** all that it takes to draw again, once it is settled */
  readonly proof: LotProof | null;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function dropReport(event: string, history: DropHistory): DropReport {
  const { terms } = history;
  const info = terms.info ?? {};
  return {
    event, drop: terms.id, name: terms.name, kind: terms.kind, test: terms.test,
    allocation: terms.allocation ?? 'first-come', proof: terms.proof ?? 'none',
    opensAt: terms.opensAt ?? null, closesAt: terms.closesAt ?? null, early: terms.early ?? {}, eligible: terms.eligible ?? {}, entitlementMs: terms.entitlementMs ?? null,
    variants: Object.fromEntries(Object.entries(history.variants).map(([id, count]) => [id, { defined: terms.variants[id] ?? null, ...count }])),
    restock: { returns: terms.restock === 'return', policy: text(info['restockPolicy']), done: history.restocks },
    refundPolicy: text(info['refundPolicy']), rules: text(info['rules']), sponsor: text(info['sponsor']),
    firstGrantAt: history.firstGrantAt ?? null, lastGrantAt: history.lastGrantAt ?? null, soldOutAt: history.soldOutAt ?? null,
    lot: lotReport(history),
  };
}

function lotReport({ terms, lot, tickets, winners }: DropHistory): LotReport | null {
  if (terms.allocation !== 'fair-window' && terms.allocation !== 'lottery') return null;
  const [, listed, drawn, settled] = lot;
  const state = settled ? 'settled' : drawn ? 'drawn' : listed ? 'listed' : lot.length > 0 ? 'frozen' : 'collecting';
  const commitment = terms.commitment ?? '';
  const listHash = listed === undefined ? null : text(listed.data?.['hash']);
  const { seed, entropy, source, units } = drawn?.data ?? {};
  const proof: LotProof | null = settled === undefined ? null : {
    commitment, seed: text(seed), entropy: text(entropy), listHash: listHash ?? '', units: JSON.parse(text(units)) as LotProof['units'],
    tickets: [...tickets].map(([ticket, variant]) => ({ ticket, variant })), winners: [...winners],
  };
  return { state, commitment, tickets: tickets.size, listHash, source: drawn === undefined ? null : text(source), proof };
}

