import { performance } from 'node:perf_hooks';

/** What a thread's loop was like since it was last asked. */
export interface LoopSample {
  /** Share of the time that it was not waiting for anything, 0 to 1. */
  readonly busy: number;
  /** How late the latest beat was, ms. */
  readonly lagMs: number;
}

/** Tells how a loop keeps up. */
export interface LoopMeter {
  /** Called at every beat of a steady timer, at `now`, ms. */
  beat(now: number): void;
  sample(): LoopSample;
}

/** Measures the loop of the thread that calls it, by a timer that it has anyway: a probe of its own would wake an idle relay as often as its work does. */
export const loopMeter = (beatMs: number): LoopMeter => {
  let before = performance.eventLoopUtilization();
  let last: number | undefined;
  let lagMs = 0;
  return {
    beat: (now) => {
      if (last !== undefined) lagMs = Math.max(lagMs, now - last - beatMs);
      last = now;
    },
    sample: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      const sample = { busy: Math.min(1, Math.max(0, utilization)), lagMs };
      before = now;
      lagMs = 0;
      return sample;
    },
  };
};
