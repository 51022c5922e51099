import { FRAME, ROOT_SWITCH, type Tier } from '@crowdcue/protocol';
import { FrameHash } from '../wire/viewer-frames.js';
import type { GroupStamps } from './messages.js';
import type { Birth } from './probe.js';
import { summary, type Summary } from './statistics.js';

/** Patches that one frame joins after a relay, or the machine under it, stood still for half a minute. */
const MAX_JOINED = 600;
/** Simulation period, ms: what a cohort held back may leave joined in one frame. */
const TICK_MS = 50;
/** The clocks of threads differ by less than this, ms; what the probe knows the event's clock by comes on top. */
const THREADS_MS = 2;

export interface PatchAge extends Summary {
  /** Frames that hold no run of the ticks that the probe saw: made before it came, or joined over a longer time. */
  readonly unmatched: number;
}

/** How the viewers of one write rate and delay were served: ms after their own time for each patch. */
export interface GroupLateness extends Summary {
  readonly tier: Tier;
  /** ms that their pictures are late. */
  readonly delay: number;
  readonly viewers: number;
  /** Patches that were there before their time: of a round in stream time, earlier than the delay. */
  readonly early: number;
}

interface Run {
  readonly first: number;
  readonly last: number;
}

/** The frames that a relay can have made of consecutive patches, by their hash; of all of these only those that came to somebody. */
const runsByHash = (births: readonly Birth[], stamps: readonly GroupStamps[]): Map<number, Run[]> => {
  const most = MAX_JOINED + Math.ceil(Math.max(0, ...stamps.map(({ delay }) => delay)) / TICK_MS);
  const came = new Set<number>();
  for (const { pairs } of stamps) for (let i = 0; i < pairs.length; i += 2) came.add(pairs[i]!);
  const runs = new Map<number, Run[]>();
  const hash = new FrameHash();
  for (let first = 0; first < births.length; first++) {
    hash.reset().add(Uint8Array.of(FRAME.roomStatePatch));
    for (let last = first; last < Math.min(first + most, births.length); last++) {
      if (last > first) hash.add(ROOT_SWITCH);
      const value = hash.add(births[last]!.patch).value();
      if (!came.has(value)) continue;
      const same = runs.get(value);
      if (same === undefined) runs.set(value, [{ first, last }]);
      else same.push({ first, last });
    }
  }
  return runs;
};

/**
 * Calls `seen` with the run of ticks in each frame, and when it came; answers how many frames hold none. `due` is when each tick may come:
 * equal patches can repeat, and the latest that may have come by then is meant.
 */
const eachRun = (due: readonly number[], errorMs: number, pairs: Float64Array, runs: ReadonlyMap<number, readonly Run[]>, seen: (run: Run, at: number) => void): number => {
  let unmatched = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    const at = pairs[i + 1]!;
    const same = runs.get(pairs[i]!);
    const run = same?.findLast(({ last }) => due[last]! <= at + THREADS_MS + errorMs) ?? same?.[0];
    if (run === undefined) unmatched++;
    else seen(run, at);
  }
  return unmatched;
};

/**
 * Ages of all patches at all viewers, ms: of each frame every patch in it counts, from the making of its tick to the frame's receipt. `errorMs`: by how
 * much the making may be off, at most.
 */
export const patchAge = (births: readonly Birth[], stamps: readonly GroupStamps[], errorMs: number): PatchAge => {
  const runs = runsByHash(births, stamps);
  const made = births.map(({ at }) => at);
  const ages: number[] = [];
  let unmatched = 0;
  for (const { pairs } of stamps) {
    unmatched += eachRun(made, errorMs, pairs, runs, ({ first, last }, at) => {
      for (let tick = first; tick <= last; tick++) ages.push(Math.max(0, at - births[tick]!.at));
    });
  }
  return { ...summary(ages), unmatched };
};

/** When each tick is due for a delay, ms: a shifted one that much later, and none before the one in front of it. */
const dueTimes = (births: readonly Birth[], delay: number): number[] => {
  let before = Number.NEGATIVE_INFINITY;
  return births.map(({ at, shifted }) => (before = Math.max(before, at + (shifted ? delay : 0))));
};

/** How late after its own time each group was served, and what it got too early. `errorMs`: by how much the time may be off, at most. */
export const lateness = (births: readonly Birth[], stamps: readonly GroupStamps[], errorMs: number): GroupLateness[] => {
  const runs = runsByHash(births, stamps);
  const groups = new Map<string, GroupStamps[]>();
  for (const part of stamps) groups.set(`${part.tier}/${part.delay}`, [...(groups.get(`${part.tier}/${part.delay}`) ?? []), part]);
  return [...groups.values()].map((parts) => {
    const { tier, delay } = parts[0]!;
    const due = dueTimes(births, delay);
    const late: number[] = [];
    let early = 0;
    for (const { pairs } of parts) {
      eachRun(due, errorMs, pairs, runs, ({ first, last }, at) => {
        for (let tick = first; tick <= last; tick++) {
          if (at < due[tick]! - THREADS_MS - errorMs) early++;
          late.push(Math.max(0, at - due[tick]!));
        }
      });
    }
    return { tier, delay, viewers: parts.reduce((sum, { viewers }) => sum + viewers, 0), early, ...summary(late) };
  }).sort((a, b) => a.delay - b.delay || a.tier - b.tier);
};
