/** The only place of the origin that reads the machine's clocks; everything else is handed a `Clock`. */

export interface Clock {
  /** ms since 1970: for what is shown or kept. It may jump when the machine's clock is set. */
  now(): number;
  /** ms from an unknown start, never backwards: for spans and deadlines. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
