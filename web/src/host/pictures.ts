/** What the figures of late pictures say to a host. */
import type { EventOverview } from '@crowdcue/protocol';
import { revealIn } from '../shared/reveal.js';

const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Milliseconds as `6.2 s`. */
export const tenthsOf = (ms: number): string => `${tenths.format(ms / 1000)} s`;

/** How late pictures are: of half of the viewers, of 95 of 100, of the latest, ms. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Undefined while nobody is here, or the origin does not tell. */
export const spreadOf = (delays: EventOverview['delays']): Spread | undefined => {
  const rows = (delays ?? []).toSorted((a, b) => a.delay - b.delay);
  const all = rows.reduce((sum, { viewers }) => sum + viewers, 0);
  if (all === 0) return undefined;
  const within = (share: number): number => {
    let left = Math.ceil(all * share);
    return rows.find(({ viewers }) => (left -= viewers) <= 0)!.delay;
  };
  return { p50: within(0.5), p95: within(0.95), max: rows.at(-1)!.delay };
};

/** What the host may say on air of a round that holds its answer back; undefined where nothing is held back. */
export const revealText = ({ phase, safeToRevealAt = 0 }: EventOverview, eventNow: number): string | undefined => {
  const left = revealIn(phase, safeToRevealAt, eventNow);
  if (left === undefined) return undefined;
  return left > 0 ? `Safe to reveal in ${left} s` : 'Safe to reveal now';
};
