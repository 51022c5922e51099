import type { RefusalCode } from '../ledger.js';

/** What a script returns instead of a result. A test compares these numbers with the scripts' headers. */
export const ANSWER = {
  ok: 0,
  event_unknown: -1,
  event_exists: -2,
  drop_exists: -3,
  claim_unknown_drop: -4,
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
} as const satisfies Partial<Record<RefusalCode, number>>;

const BY_NUMBER = new Map<number, RefusalCode>(Object.entries(REFUSAL).map(([code, number]) => [number, code as RefusalCode]));

export const refusalOf = (number: number): RefusalCode => {
  const code = BY_NUMBER.get(number);
  if (code === undefined) throw new Error(`the claim script answered ${number}`);
  return code;
};
