/** Data that entries, receipts and terms may carry beside what the ledger itself reads. */
export type Scalar = number | string | boolean;

export type EntryType =
  | 'EventCreated'
  | 'DropDefined'
  | 'DropOpened'
  | 'DropClosed'
  | 'Unlocked'
  | 'DropRestocked'
  | 'Entered'
  | 'Reserved'
  | 'Granted'
  | 'Refused'
  | 'Expired'
  | 'Fulfilled'
  | 'Converted'
  | 'Refunded'
  | 'Revoked'
  | 'LotFrozen'
  | 'LotListed'
  | 'LotDrawn'
  | 'LotSettled'
  | 'Settled'
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
  /** of a claim's entry: the idempotency key; of a move's: the same after `m:` */
  key?: string;
  /** of a grant: ms, when the entitlement ends */
  expiresAt?: number;
  /** seq of the entry that began this entitlement (`Entered`, `Reserved`, `Granted`), where this entry is not that one itself. Such an
   * entry has that one's viewer, drop, variant and subject too. */
  of?: number;
  /** of a grant of a coded drop: 1..n in its variant, never reused; which of the uploaded codes it is */
  unit?: number;
  /** the proven person behind the viewer, a random number of this event, 1..2^52 */
  subject?: number;
  /** of a reservation: ms, until when at least it holds its unit */
  until?: number;
  /** of a conversion or refund: integer minor units, >= 0 */
  amount?: number;
  /** of a conversion or refund: ISO 4217, three capitals */
  currency?: string;
  /** of `DropRestocked`: units added */
  count?: number;
  /** of a grant: came from a test drop and took no stock */
  test?: true;
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
  /** who gets a unit: by ledger order (where left out), or by lot among those who claimed while claims were collected */
  allocation?: 'first-come' | 'fair-window' | 'lottery';
  /** of a lot: SHA-256 in hex of the seed, told before anybody may claim */
  commitment?: string;
  /** tier to ms: these may claim before `opensAt` */
  early?: Record<string, number>;
  /** each part that is there must hold */
  eligible?: { tiers?: string[]; countries?: string[]; minAge?: number };
  /** what makes "one per viewer" true; `any`: each kind there is. Left out: none */
  proof?: 'email' | 'twitch' | 'any';
  /** ms: a claim reserves for so long at least, and is granted when it is confirmed */
  reserveMs?: number;
  /** each grant gets the next of the uploaded codes of its variant */
  coded?: true;
  /** party to basis points, 10,000 in all: how a conversion's money is split */
  split?: Record<string, number>;
  /** shown, never read by the ledger: rules link, sponsor */
  info?: Record<string, Scalar>;
}

export interface VariantState {
  supply: number | null;
  /** units off the shelf: `active grants + reserved <= taken <= supply` unless test */
  taken: number;
  /** reservations that stand */
  reserved: number;
  /** grants ever */
  granted: number;
  /** grants ever revoked */
  revoked: number;
  /** grants ever converted */
  converted: number;
  /** grants ever refunded */
  refunded: number;
}

/** Where a drop by lot stands: what it has entered is what it draws from, once frozen. While `frozen` to `drawn` it takes no claim; once `settled` what is left goes first come. */
export interface LotState {
  state: 'collecting' | 'frozen' | 'listed' | 'drawn' | 'settled';
  /** entrants that stand; from the freeze on: tickets */
  entered: number;
  /** tickets allotted so far, in the order of the draw */
  allotted: number;
}

export interface DropState {
  terms: DropTerms;
  open: boolean;
  /** last serial given */
  serial: number;
  variants: Record<string, VariantState>;
  /** of a drop by lot */
  lot?: LotState;
}

export type HoldingState = 'entered' | 'reserved' | 'granted' | 'fulfilled' | 'converted' | 'refused' | 'expired' | 'revoked' | 'refunded';

/** Where a viewer stands with a drop. */
export interface Holding {
  state: HoldingState;
  /** the entry that began it: the entitlement's id is `<event>:<seq>` */
  seq: number;
  /** its newest entry */
  tail: number;
  /** the entry that its receipt is made of now: `Entered`, `Reserved`, `Granted` or `Refused` */
  shown: number;
}

/** What an idempotency key is bound to. Keys of moves begin with `m:`, which no claim's key can. */
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
  /** `<drop>/<subject>` to the viewer who stands for that person; given back where nothing was granted */
  subjects: Record<string, number>;
  /** seq of a reservation that stands to its `until` */
  reservations: Record<string, number>;
}
