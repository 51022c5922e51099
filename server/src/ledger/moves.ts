/**
 * What moves an entitlement after its claim, and a drop after its definition. Each call is one atomic step of the ledger and writes one
 * entry a state change; what is refused writes nothing. `Ledger` extends this.
 */

/** `<event>:<seq>` of the entry that began it, as receipts give it. */
export type EntitlementId = string;

/**
 * | move | from | to | entries |
 * | --- | --- | --- | --- |
 * | `confirm` | reserved | granted | `Granted` with `of` |
 * | `fulfil` | granted | fulfilled | `Fulfilled` |
 * | `convert` | granted, fulfilled | converted | `Converted` |
 * | `convert` | reserved | converted | `Granted`, then `Converted` |
 * | `refund` | converted | refunded | `Refunded`; the unit goes back where the drop's policy is `return` |
 * | `revoke` | entered, reserved, granted, fulfilled | revoked | `Revoked`; a reserved unit always goes back, a granted one by the policy |
 * | `expire` | reserved, `until` passed | expired | `Expired`; the unit goes back, the person may claim again |
 *
 * `confirm` of what is granted, fulfilled or converted, and `fulfil` of what is fulfilled or converted, are `again`: nothing is written. A
 * reservation whose time has passed can be confirmed for as long as nobody expired it: the shop has the money, the unit is still held.
 *
 * Order of the checks: shape (`move_bad_request`), the id's form (`move_unknown`), event, key (`again` or `move_conflict`), entitlement
 * (`move_unknown`), state, amount. Each entry has `of` and the viewer, drop, variant and subject of the entry that began the entitlement; the
 * key of a move stands in it as `m:<key>`, and a `Revoked` of a grant has its serial.
 */
export type MoveType = 'confirm' | 'fulfil' | 'convert' | 'refund' | 'revoke' | 'expire';

export type MoveCode =
  /** no such entitlement, or it is not the one that stands for its viewer and drop */
  | 'move_unknown'
  /** it does not stand where this move begins */
  | 'move_wrong_state'
  /** a reservation that has expired, or is not yet due to */
  | 'move_expired'
  | 'move_not_due'
  /** the key was used for another move, entitlement or amount */
  | 'move_conflict'
  /** a refund is of the whole conversion: same amount, same currency */
  | 'move_amount'
  | 'move_bad_request'
  | 'event_unknown';

export interface MoveRequest {
  event: string;
  id: EntitlementId;
  type: MoveType;
  /** idempotency key, 8..64 of [A-Za-z0-9_-]; needed for `convert` and `refund`, optional elsewhere. A repeat is answered `again`. */
  key?: string;
  /** of `convert` and `refund`: integer minor units, 0..2^52 */
  amount?: number;
  /** ISO 4217, three capitals */
  currency?: string;
  reason?: string;
  trace: string;
  /** shown, never read by the ledger: the shop's order number, a parcel's number. At most 1,024 bytes as JSON. */
  data?: Record<string, string | number | boolean>;
}

export type MoveAnswer =
  /** `seq`: of the entry that made the state asked for, now or before */
  | { status: 'done' | 'again'; seq: number }
  | { status: 'refused'; code: MoveCode };

export interface LotTickets {
  /** seqs of the `Entered` entries whose entrants stand, ascending, each with the variant that was asked for */
  tickets: { ticket: number; variant: string }[];
}

export interface LedgerMoves {
  move(request: MoveRequest): Promise<MoveAnswer>;
  /** Expires up to `limit` reservations whose `until` has passed, oldest first. Answers how many. */
  expireDue(event: string, limit: number, trace: string): Promise<number>;
  /** Adds 1..10,000,000 units to a limited variant; answers its new supply. @throws LedgerError `claim_unknown_drop`, `claim_bad_request` (unlimited, unknown variant, not a whole number, more than 10,000,000 in all) */
  restock(request: { event: string; drop: string; variant: string; add: number; reason: string; trace: string }): Promise<number>;
  /**
   * A lot goes `collecting` → `frozen` → `listed` → `drawn` → `settled`; each step is an entry (`LotFrozen`, `LotListed`, `LotDrawn`,
   * `LotSettled`) with `data` as given. Answers the state that stands after it; a step that was taken before changes nothing.
   * `settled` needs every ticket allotted. @throws LedgerError `claim_unknown_drop`, `lot_wrong_state`
   */
  lotStep(request: { event: string; drop: string; to: 'frozen' | 'listed' | 'drawn' | 'settled'; data?: Record<string, string | number | boolean>; trace: string }): Promise<'collecting' | 'frozen' | 'listed' | 'drawn' | 'settled'>;
  /**
   * The tickets of a lot that is frozen or later: of entrants who stood at the freeze and were not revoked before it.
   * @throws LedgerError `event_unknown`, `claim_unknown_drop`, `lot_wrong_state` while it collects
   */
  lotTickets(event: string, drop: string): Promise<LotTickets>;
  /**
   * Allots the next tickets in the order of the draw: each gets a unit of its variant (`Granted`, or `Reserved` where the drop reserves,
   * with `of`) or, once that is gone, `Refused` with `claim_lot_lost` and `of`. One whose entrant was revoked after the freeze gets `Refused`
   * with `claim_revoked` and `of`, and their holding stays as it is: so each ticket has one entry, and the draw can be told from the ledger.
   * `from`: how many were allotted before; when that is not so, nothing happens. Answers how many are allotted now. At most 512 a call.
   * Only while `drawn`. @throws LedgerError `claim_unknown_drop`, `lot_wrong_state`
   */
  allot(request: { event: string; drop: string; from: number; tickets: readonly number[]; trace: string }): Promise<number>;
}
