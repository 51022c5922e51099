/** Whether a process grew while it served the same crowd all along: its own figures, by time and by viewers that came. */
import { afterWarmUp, slopeOf } from '../watch/slope.js';

/** One look at a process: its own figures, bytes. */
export interface Sample {
  /** Since the beginning, ms. */
  readonly at: number;
  /** Viewers that had come by then. */
  readonly joins: number;
  readonly resident: number;
  readonly heapUsed: number;
  readonly external: number;
}

/** What may stay of each viewer that came, bytes, and what a process may rise by whatever comes. */
export interface GrowthBounds {
  readonly perJoin: number;
  readonly slack: number;
}

export interface Growth {
  readonly process: string;
  readonly line: string;
  readonly problems: readonly string[];
}

type Figure = 'resident' | 'heapUsed' | 'external';
const FIGURES: readonly Figure[] = ['resident', 'heapUsed', 'external'];
const NAMES: Readonly<Record<Figure, string>> = { resident: 'resident', heapUsed: 'heap used', external: 'external' };
/** Share of the run after which tables, pools and the heap's own pages are as large as they get. */
const WARM_UP = 0.3;
/** Looks that a slope needs to mean something. */
const FEWEST = 5;
const MS_A_MINUTE = 60_000;
const KIB = 1024;

/** Judges by the line through all looks after the warm-up, not by its ends: a heap is a saw. */
export const growthOf = (process: string, samples: readonly Sample[], { perJoin, slack }: GrowthBounds): Growth => {
  const problems: string[] = [];
  const told = FIGURES.map((figure) => {
    const byTime = afterWarmUp(samples.map((sample) => ({ x: sample.at, y: sample[figure] })), WARM_UP);
    const first = byTime[0]?.x ?? 0;
    const byJoins = samples.filter(({ at }) => at >= first).map((sample) => ({ x: sample.joins, y: sample[figure] }));
    const perMs = slopeOf(byTime);
    const each = slopeOf(byJoins);
    const span = { ms: (byTime.at(-1)?.x ?? 0) - first, joins: (byJoins.at(-1)?.x ?? 0) - (byJoins[0]?.x ?? 0) };
    const rise = perMs * span.ms;
    if (byTime.length < FEWEST) problems.push(`${process}: only ${byTime.length} looks after the warm-up`);
    else if (rise > perJoin * span.joins + slack) {
      problems.push(`${process}: ${NAMES[figure]} rises by ${(rise / KIB).toFixed(0)} KiB where ${span.joins} viewers came; at most ${((perJoin * span.joins + slack) / KIB).toFixed(0)} KiB may stay`);
    }
    return `${NAMES[figure]} ${(perMs * MS_A_MINUTE / KIB).toFixed(0)} KiB a minute, ${each.toFixed(0)} B a join`;
  });
  const last = samples.at(-1);
  return { process, problems, line: `${process}: ${told.join(' · ')} (${((last?.resident ?? 0) / KIB / KIB).toFixed(0)} MiB resident at the end, ${samples.length} looks)` };
};
