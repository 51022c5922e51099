/** Every key of one endpoint's delivery book of one event. They have the hash tag of the event's ledger, whose entries the book reads. */
export interface DeliveryKeys {
  /** hash: `position`, the seq of the last entry that was looked at */
  readonly book: string;
  /** hash: seq → `{ attempts, lane, next }` of a pending message */
  readonly rows: string;
  /** sorted set: seq in 16 digits by ms of the next try, or of the end of its lease */
  readonly due: string;
  /** hash: `<viewer>/<drop>` → seq of its newest pending message */
  readonly lanes: string;
  /** hash: seq → `<attempts> <ms> <error>` of a dead letter */
  readonly letters: string;
  /** sorted set: seq in 16 digits by seq */
  readonly dead: string;
}

/** `at`: what begins every key of the book, hash tag included. */
export const deliveryKeysAt = (at: string): DeliveryKeys => ({
  book: `${at}book`, rows: `${at}rows`, due: `${at}due`, lanes: `${at}lanes`, letters: `${at}letters`, dead: `${at}dead`,
});
