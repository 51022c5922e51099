import { performance } from 'node:perf_hooks';

/** Monotonic milliseconds on one scale for all threads and processes of a machine: `performance.now` begins at 0 in each thread. */
const base = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export const now = (): number => base + performance.now();

/** Milliseconds since 1970. */
export const wall = (): number => performance.timeOrigin + performance.now();

export const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

/** A small seeded generator (mulberry32): [0, 1). */
export const seeded = (seed: number): (() => number) => {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};
