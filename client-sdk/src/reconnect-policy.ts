import { adviceOf } from '@crowdcue/protocol';
import { systemClock } from './clock.js';

/** Decides whether and when to connect again. */
export interface ReconnectPolicy {
  /**
   * @param attempt failures in a row so far, less one: 0 after the first
   * @param lastCode WebSocket close code of the last failure; 1006 when there was none
   * @returns milliseconds to wait, or `null` to stop
   */
  nextDelay(attempt: number, lastCode: number): number | null;
}

/** What {@link backoff} takes. */
export interface BackoffOptions {
  /** First wait, ms. */
  readonly firstMs?: number;
  /** Longest wait, ms. With the default a viewer is back within 5 s of a relay's restart. */
  readonly maxMs?: number;
  /** Failures in a row after which to stop. */
  readonly attempts?: number;
  readonly random?: () => number;
}

/** Doubling waits, each shortened by up to a half so that a crowd does not come back in one instant; stops on final close codes. */
export const backoff = (options: BackoffOptions = {}): ReconnectPolicy => {
  const { firstMs = 250, maxMs = 4_000, attempts = Infinity, random = systemClock.random } = options;
  return {
    nextDelay: (attempt, lastCode) => {
      if (adviceOf(lastCode) === 'stop' || attempt >= attempts) return null;
      return Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30)) * (1 - random() / 2);
    },
  };
};
