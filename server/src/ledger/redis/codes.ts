import type { RefusalCode } from '../ledger.js';
import type { MoveCode } from '../moves.js';

/** What a script returns instead of a result. A test compares these numbers with the scripts' headers. */
export const ANSWER = {
  ok: 0,
  event_unknown: -1,
  event_exists: -2,
  drop_exists: -3,
  claim_unknown_drop: -4,
  claim_bad_request: -5,
  lot_wrong_state: -6,
  move_unknown: -10,
  move_wrong_state: -11,
  move_expired: -12,
  move_not_due: -13,
  move_conflict: -14,
  move_amount: -15,
} as const;

/** Refusals that write nothing, as the claim script returns them. */
export const REFUSAL = {
  claim_not_unlocked: 1,
  claim_not_open: 2,
  claim_closed: 3,
  claim_unknown_drop: 4,
  claim_key_conflict: 5,
  claim_bad_request: 6,
  claim_revoked: 7,
  claim_refunded: 8,
  claim_tier: 9,
  claim_country: 10,
  claim_age: 11,
  claim_proof_needed: 12,
  claim_subject_taken: 13,
  claim_lot_closed: 14,
} as const satisfies Partial<Record<RefusalCode, number>>;

const inverse = <T extends string>(table: Partial<Record<T, number>>): ReadonlyMap<number, T> =>
  new Map(Object.entries(table).map(([code, number]) => [number as number, code as T]));

const REFUSALS = inverse<RefusalCode>(REFUSAL);
const { event_unknown, move_unknown, move_wrong_state, move_expired, move_not_due, move_conflict, move_amount } = ANSWER;
const MOVES = inverse<MoveCode>({ event_unknown, move_unknown, move_wrong_state, move_expired, move_not_due, move_conflict, move_amount });

const found = <T>(table: ReadonlyMap<number, T>, number: number): T => {
  const code = table.get(number);
  if (code === undefined) throw new Error(`a script of the ledger answered ${number}`);
  return code;
};

export const refusalOf = (number: number): RefusalCode => found(REFUSALS, number);
export const moveCodeOf = (number: number): MoveCode => found(MOVES, number);
