/**
 * The ledger: the append-only record of what was unlocked, granted, refused and revoked, and the only mover of those states.
 *
 * Life cycle: `createEvent` → `defineDrop` → `ingest`/`unlock` → `claim` → moves (`moves.ts`); `replay` and `reconcile` at any time.
 * Invariants (section 7 of the design, property-tested): active grants + reservations ≤ units off the shelf ≤ supply per variant; at most one
 * live entitlement a viewer and drop, and a proven person and drop, with an unlock before it; serials 1..N never reused; each state change
 * has exactly one entry, written in the transaction of the change; `replay` equals `state`. Messages are made of entries by their readers.
 * Refusals: an entry is written only where one changes a state, that is the first time an *unlocked* viewer meets a sold-out drop. All others
 * (not unlocked, closed, unknown, conflict, sold out again) write nothing, so that nobody can grow the ledger by asking. A key is bound by the
 * claim that wrote an entry; it then always gets that first receipt. An answer that wrote nothing is decided anew.
 * Expiry of a grant is a date in it, not a change: it has no entry and frees no stock. A reservation expires by an entry. Must not import drops, achievements, rooms or outbox.
 */
import type { DropTerms, Entry, EventState, FactId, LotState, Scalar, VariantState } from './entry.js';
import type { LedgerMoves } from './moves.js';

export type RefusalCode =
  | 'claim_not_unlocked'
  | 'claim_not_open'
  | 'claim_closed'
  | 'claim_sold_out'
  | 'claim_unknown_drop'
  | 'claim_key_conflict'
  | 'claim_bad_request'
  | 'claim_revoked'
  | 'claim_refunded'
  | 'claim_tier'
  | 'claim_country'
  | 'claim_age'
  | 'claim_proof_needed'
  | 'claim_subject_taken'
  | 'claim_lot_closed'
  | 'claim_lot_lost'
  | 'event_unknown';

export interface ClaimRequest {
  event: string;
  drop: string;
  /** may be left out where the drop has one variant */
  variant?: string;
  viewer: number;
  /** idempotency key, 8..64 of [A-Za-z0-9_-], unique in the event */
  key: string;
  trace: string;
  /** as the viewer's token says */
  tier?: string;
  /** ISO 3166, two capitals; self-declared or by the front proxy */
  country?: string;
  /** years that the viewer attests to have */
  age?: number;
  /** how the person was proven, and the number that stands for them in this event: both or neither */
  proof?: 'email' | 'twitch';
  subject?: number;
}

interface ReceiptBase {
  event: string;
  drop: string;
  viewer: number;
  key: string;
  /** ms */
  at: number;
  trace: string;
}
export interface GrantReceipt extends ReceiptBase {
  status: 'granted';
  /** stable id of the entitlement: `<event>:<seq>` */
  id: string;
  seq: number;
  variant: string;
  serial: number;
  expiresAt?: number;
  unit?: number;
  test?: true;
}
/** The viewer's ticket in a lot: its number is `seq`. */
export interface EnteredReceipt extends ReceiptBase {
  status: 'entered';
  id: string;
  seq: number;
  variant: string;
  test?: true;
}
export interface ReservedReceipt extends ReceiptBase {
  status: 'reserved';
  id: string;
  seq: number;
  variant: string;
  until: number;
  test?: true;
}
export interface RefusalReceipt extends ReceiptBase {
  status: 'refused';
  code: RefusalCode;
  /** of a recorded refusal */
  seq?: number;
}
export type Receipt = GrantReceipt | EnteredReceipt | ReservedReceipt | RefusalReceipt;

/** A viewer's receipt as it stands now. */
export type StandingReceipt = Receipt & { standing: 'entered' | 'reserved' | 'active' | 'fulfilled' | 'converted' | 'expired' | 'revoked' | 'refunded' | 'refused' };

/** What one fact asks of the ledger, as data: `target` distinct `tag`s unlock the achievement. */
export interface FactEffect {
  achievement: string;
  /** the occasion that counts once, e.g. `<room>/<round>` */
  tag: string;
  target: number;
  /** `crowd`: one counter for all; reaching the target unlocks for the viewers listed */
  scope: 'viewer' | 'crowd';
  viewers: readonly number[];
}
export interface FactStep {
  fact: FactId;
  trace: string;
  effects: readonly FactEffect[];
}

export interface Unlocked {
  /** `a:<achievement>` or `d:<drop>` */
  gate: string;
  /** newly unlocked by this call */
  viewers: number[];
}

export interface UnlockRequest {
  event: string;
  target: { achievement: string } | { drop: string };
  viewers: readonly number[];
  trace: string;
  reason?: string;
}

export interface DropOverview {
  terms: DropTerms;
  open: boolean;
  /** totals over variants; null: unlimited */
  supply: number | null;
  left: number | null;
  /** active grants: neither revoked nor refunded */
  granted: number;
  /** reservations that stand */
  reserved: number;
  /** grants ever converted, and ever refunded */
  converted: number;
  refunded: number;
  /** of a drop by lot */
  lot?: LotState;
  /** viewers who may claim it: by its achievement, or by the host's hand; one who has both counts twice */
  unlocked: number;
  variants: Record<string, { supply: number | null; left: number | null; granted: number; reserved: number; converted: number; refunded: number }>;
}

export interface Difference {
  path: string;
  stands: unknown;
  replayed: unknown;
}

export interface Ledger extends LedgerMoves {
  /** @throws LedgerError `event_exists`; `claim_bad_request` for an id that is not 1..64 printable ASCII characters */
  createEvent(event: string, trace: string, data?: Record<string, Scalar>): Promise<void>;
  /** @throws LedgerError `event_unknown`, `drop_exists`, `claim_bad_request` for a bad id */
  defineDrop(event: string, terms: DropTerms, trace: string): Promise<void>;
  /** The host's hand on a drop, over its windows. Setting what already is writes nothing. */
  setDropOpen(event: string, drop: string, open: boolean, trace: string, reason?: string): Promise<void>;
  /** Notes what a host did; changes no other state. */
  recordHostAction(event: string, reason: string, trace: string, data?: Record<string, Scalar>): Promise<void>;
  /** In chunks of `UNLOCK_CHUNK` viewers a transaction; idempotent per viewer, so a broken-off call is simply repeated. */
  unlock(request: UnlockRequest): Promise<Unlocked>;
  /** Facts of one room must come in (tick, ordinal) order; those at or below the room's cursor are dropped. */
  ingest(event: string, steps: readonly FactStep[]): Promise<Unlocked[]>;
  /** All requests of one event in one transaction (on Redis up to 512), decided and answered in their order. */
  claim(requests: readonly ClaimRequest[]): Promise<Receipt[]>;
  /** Ends what a viewer has of a drop (entered, reserved, granted or fulfilled); false when there is nothing. The viewer cannot claim it again. */
  revoke(request: { event: string; drop: string; viewer: number; reason: string; trace: string }): Promise<boolean>;
  /** Which of these gates (`a:<achievement>`, `d:<drop>`) are open for a viewer. */
  openGates(event: string, viewer: number, gates: readonly string[]): Promise<ReadonlySet<string>>;
  receipts(event: string, viewer: number): Promise<StandingReceipt[]>;
  /** @throws LedgerError `event_unknown` */
  drops(event: string): Promise<DropOverview[]>;
  /** Entries with seq >= `fromSeq`, oldest first. */
  entries(event: string, fromSeq: number, limit: number): Promise<Entry[]>;
  /** What stands. @throws LedgerError `event_unknown` */
  state(event: string): Promise<EventState>;
  /** The same, folded from the entries alone. */
  replay(event: string): Promise<EventState>;
  /** Every difference between the two, and every invariant that does not hold. Empty: clean. */
  reconcile(event: string): Promise<Difference[]>;
}

export const leftOf = (variant: VariantState): number | null =>
  variant.supply === null ? null : variant.supply - variant.taken;
