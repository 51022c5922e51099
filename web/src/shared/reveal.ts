import type { Phase } from '@crowdcue/protocol';

/**
 * When a host may say on air what the round holds back: seconds until the last scored picture has had its time, 0 from then on, and once
 * the round is over; undefined where nothing is held back. `at` and `now` are event time, ms; `at` is 0 where nothing is.
 */
export const revealIn = (phase: Phase, at: number, now: number): number | undefined => {
  if (at === 0 || (phase !== 'armed' && phase !== 'live' && phase !== 'over')) return undefined;
  return phase === 'over' ? 0 : Math.max(0, Math.ceil((at - now) / 1000));
};
