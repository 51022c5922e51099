import { performance } from 'node:perf_hooks';

/** Readings of two clocks, of which the closest are taken: one that is interrupted in between would be off by as much for ever. */
const READINGS = 20;

/** What `performance.now` of this thread, which begins at 0, lacks to the machine's monotonic clock, ms. */
const baseOf = (): number => {
  let [closest, base] = [Infinity, 0];
  for (let i = 0; i < READINGS; i++) {
    const before = performance.now();
    const machine = Number(process.hrtime.bigint()) / 1e6;
    const after = performance.now();
    if (after - before < closest) [closest, base] = [after - before, machine - (before + after) / 2];
  }
  return base;
};
const base = baseOf();

/** Monotonic milliseconds on one scale for all threads and processes of a machine. */
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
