/** Whether a process grew while it served the same crowd all along: its own figures, by time and by viewers that came. */
import { afterWarmUp, slopeOf } from '../watch/slope.js';

/** One look at a process: its own figures, bytes. */
export interface Sample {
  /** Since the beginning, ms. */
  readonly at: number;
  /** Viewers that had come by then. */
  readonly joins: number;
  /** What the process has for itself: anonymous pages that are in memory. */
  readonly own: number;
  /**
   * Pages of mapped files that are in memory: program and database. They are the kernel's cache, which takes them back when it needs them,
   * and counts a page once for each mapping of its file; so they are told and not judged. How large the database gets is the journal's affair.
   */
  readonly mapped: number;
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

type Figure = 'own' | 'heapUsed' | 'external' | 'mapped';
const FIGURES: readonly Figure[] = ['own', 'heapUsed', 'external', 'mapped'];
const NAMES: Readonly<Record<Figure, string>> = { own: 'own memory', heapUsed: 'heap used', external: 'external', mapped: 'mapped files' };
const JUDGED: ReadonlySet<Figure> = new Set(['own', 'heapUsed', 'external']);
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
    if (!JUDGED.has(figure)) return slopeText(figure, perMs, each);
    if (byTime.length < FEWEST) problems.push(`${process}: only ${byTime.length} looks after the warm-up`);
    else if (rise > perJoin * span.joins + slack) {
      problems.push(`${process}: ${NAMES[figure]} rises by ${(rise / KIB).toFixed(0)} KiB where ${span.joins} viewers came; at most ${((perJoin * span.joins + slack) / KIB).toFixed(0)} KiB may stay`);
    }
    return slopeText(figure, perMs, each);
  });
  const last = samples.at(-1);
  return { process, problems, line: `${process}: ${told.join(' · ')} (${mib(last?.own)} MiB of its own and ${mib(last?.mapped)} MiB of mapped files at the end, ${samples.length} looks)` };
};

const slopeText = (figure: Figure, perMs: number, each: number): string =>
  `${NAMES[figure]} ${(perMs * MS_A_MINUTE / KIB).toFixed(0)} KiB a minute, ${each.toFixed(0)} B a join`;

const mib = (bytes = 0): string => (bytes / KIB / KIB).toFixed(0);
