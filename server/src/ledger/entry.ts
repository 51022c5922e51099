/** Data that entries, receipts and terms may carry beside what the ledger itself reads. */
export type Scalar = number | string | boolean;

export type EntryType =
  | 'EventCreated'
  | 'DropDefined'
  | 'DropOpened'
  | 'DropClosed'
  | 'Unlocked'
  | 'Granted'
  | 'Refused'
  | 'Revoked'
  | 'HostAction'
  /** a number that a store lost after it was given; with `serial`: so is that grant, of which nobody was told */
  | 'Lost';

/** Where a fact stands in its room's story; ordered by tick, then ordinal. */
export interface FactId {
  room: string;
  tick: number;
  ordinal: number;
}

/** One state change. Never edited. Holds no name: viewers are random numbers of one event, 1..2^52. */
export interface Entry {
  /** 1, 2, 3, ... without a gap in one event */
  seq: number;
  event: string;
  /** ms; max(last entry's, now), so it never goes back */
  at: number;
  trace: string;
  type: EntryType;
  drop?: string;
  variant?: string;
  viewer?: number;
  /** of a grant: 1..N in its drop, over all variants, never reused */
  serial?: number;
  /** refusal code, or the host's words */
  reason?: string;
  fact?: FactId;
  /** of `Unlocked`: `a:<achievement>` or `d:<drop>` */
  gate?: string;
  /** of a grant or a recorded refusal: the idempotency key */
  key?: string;
  /** of a grant: ms, when the entitlement ends */
  expiresAt?: number;
  /** of a grant: came from a test drop and took no stock */
  test?: boolean;
  /** of `DropDefined` */
  terms?: DropTerms;
  data?: Record<string, Scalar>;
}

/** What the ledger enforces of a drop. `drops/` makes it from a host's definition. */
export interface DropTerms {
  id: string;
  name: string;
  kind: string;
  /** achievement id */
  unlockedBy: string;
  /** stock per variant, null: unlimited */
  variants: Record<string, number | null>;
  /** ms, inclusive */
  opensAt?: number;
  /** ms, exclusive */
  closesAt?: number;
  entitlementMs?: number;
  /** what a revocation does with the unit: back on the shelf (`return`) or gone (`burn`) */
  restock: 'return' | 'burn';
  /** everything happens but stock is never touched */
  test: boolean;
  /** shown, never read by the ledger: rules link, sponsor */
  info?: Record<string, Scalar>;
}

export interface VariantState {
  supply: number | null;
  /** units off the shelf; `active <= taken <= supply` unless test */
  taken: number;
  /** grants ever */
  granted: number;
  revoked: number;
}

export interface DropState {
  terms: DropTerms;
  open: boolean;
  /** last serial given */
  serial: number;
  variants: Record<string, VariantState>;
}

/** Where a viewer stands with a drop; `seq` is the entry that its receipt is made of. */
export interface Holding {
  state: 'granted' | 'refused' | 'revoked';
  seq: number;
  /** newest entry with an outbox record for this viewer and drop */
  tail: number;
}

export interface ClaimKeyState {
  drop: string;
  viewer: number;
  seq: number;
}

/** The state that stands (or that a replay gives); plain data, comparable. */
export interface EventState {
  event: string;
  seq: number;
  at: number;
  drops: Record<string, DropState>;
  /** `<gate>/<viewer>` to the seq of its entry */
  unlocks: Record<string, number>;
  /** gate to the number of viewers for whom it is open */
  gates: Record<string, number>;
  /** `<viewer>/<drop>` */
  holdings: Record<string, Holding>;
  keys: Record<string, ClaimKeyState>;
}
