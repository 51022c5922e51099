import { FRAME, ROOT_SWITCH } from '@crowdcue/protocol';
import { FrameHash } from '../wire/viewer-frames.js';
import type { Birth } from './probe.js';
import { summary, type Summary } from './statistics.js';

/** Patches that one frame of the slowest tier joins, and as many again for one that came late. */
const MAX_JOINED = 40;
/** The clocks of threads and of the event differ by less than this, ms. */
const CLOCK_ERROR_MS = 2;

export interface PatchAge extends Summary {
  /** Frames that hold no run of the ticks that the probe saw: made before it came, or joined over a longer time. */
  readonly unmatched: number;
}

interface Run {
  readonly first: number;
  readonly last: number;
}

/** Every frame that a relay can have made of consecutive patches, by its hash. */
const runsByHash = (births: readonly Birth[]): Map<number, Run[]> => {
  const runs = new Map<number, Run[]>();
  const hash = new FrameHash();
  for (let first = 0; first < births.length; first++) {
    hash.reset().add(Uint8Array.of(FRAME.roomStatePatch));
    for (let last = first; last < Math.min(first + MAX_JOINED, births.length); last++) {
      if (last > first) hash.add(ROOT_SWITCH);
      const value = hash.add(births[last]!.patch).value();
      const same = runs.get(value);
      if (same === undefined) runs.set(value, [{ first, last }]);
      else same.push({ first, last });
    }
  }
  return runs;
};

/**
 * Ages of all patches at all viewers, ms: of each frame every patch in it counts, from the making of its tick to the frame's receipt.
 * `stamps` holds pairs of hash and time.
 */
export const patchAge = (births: readonly Birth[], stamps: readonly Float64Array[]): PatchAge => {
  const runs = runsByHash(births);
  const ages: number[] = [];
  let unmatched = 0;
  for (const pairs of stamps) {
    for (let i = 0; i < pairs.length; i += 2) {
      const at = pairs[i + 1]!;
      // Equal patches can repeat; the latest that was made by then is meant.
      const run = runs.get(pairs[i]!)?.findLast(({ last }) => births[last]!.at <= at + CLOCK_ERROR_MS);
      if (run === undefined) unmatched++;
      else for (let tick = run.first; tick <= run.last; tick++) ages.push(Math.max(0, at - births[tick]!.at));
    }
  }
  return { ...summary(ages), unmatched };
};
