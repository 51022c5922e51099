/**
 * How many of a viewer's taps count, in games of many taps. Those count that a human can have made by then: 14 a second since the
 * start of the round, and 14 at once. The allowance is a total, not a bucket, so a viewer whose network held taps back loses none of
 * them, and one who saves them up or has a machine press for them gains nothing. It is measured on the relay's arrival stamp, which
 * a viewer cannot set, and does not start anew on another relay. Taps beyond it are applied and not counted: there is nothing that the
 * viewer should do about it.
 */

/** Taps that one action may carry. */
export const MAX_TAPS = 20;
/** Taps a second that count for one viewer; the fastest fingers reach 14 for some seconds. */
const TAPS_PER_SECOND = 14;
/** Taps that count at once, a second's worth: they wait in the SDK while a connection is made. */
const BURST_TAPS = 14;

/**
 * Of `sent` taps that arrived `since` ms after the start, how many count for a viewer of whom `before` have counted. `longest` is the
 * round's length, ms: nothing is earned after the end.
 */
export const countedTaps = (sent: number, before: number, since: number, longest: number): number => {
  const timed = since > 0 ? (since < longest ? since : longest) : 0;
  const allowed = Math.floor(timed * TAPS_PER_SECOND / 1000) + BURST_TAPS - before;
  return allowed < sent ? (allowed > 0 ? allowed : 0) : sent;
};
