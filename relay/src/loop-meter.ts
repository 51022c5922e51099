import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** What a thread's loop was like since it was last asked. */
export interface LoopSample {
  /** Share of the time that it was not waiting for anything, 0 to 1. */
  readonly busy: number;
  /** How late the latest timer was, but for one in a hundred, ms. */
  readonly lagMs: number;
}

/** Tells how a loop keeps up. */
export interface LoopMeter {
  sample(): LoopSample;
  stop(): void;
}

/** Ms between two probes of the loop's lag. */
const PROBE_MS = 20;

/** Measures the loop of the thread that calls it. */
export const loopMeter = (): LoopMeter => {
  const delays = monitorEventLoopDelay({ resolution: PROBE_MS });
  delays.enable();
  let before = performance.eventLoopUtilization();
  return {
    sample: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      const lagMs = delays.count === 0 ? 0 : Math.max(0, delays.percentile(99) / 1e6 - PROBE_MS);
      before = now;
      delays.reset();
      return { busy: Math.min(1, Math.max(0, utilization)), lagMs };
    },
    stop: () => void delays.disable(),
  };
};
