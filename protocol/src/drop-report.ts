import type { LotProof } from './lot.js';

/** Where a variant stands, from the entries alone. */
export interface VariantCount {
  /** null: unlimited */
  supply: number | null;
  /** units off the shelf */
  taken: number;
  reserved: number;
  granted: number;
  revoked: number;
  refunded: number;
  expired: number;
  converted: number;
  /** recorded refusals: nothing was left, or the lot was lost */
  refused: number;
}

export interface Restock {
  /** ms */
  readonly at: number;
  readonly variant: string;
  readonly count: number;
  readonly reason: string;
}

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

/** What one party, or the shop, stands at in one currency. Minor units; a party's are what it is owed. */
export interface StatementRow {
  readonly account: string;
  readonly currency: string;
  readonly opening: number;
  readonly converted: number;
  readonly refunded: number;
  readonly closing: number;
}
