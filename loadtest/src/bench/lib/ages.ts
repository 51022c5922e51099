/** How old patches are when they arrive, in tenths of a millisecond up to ten seconds: an addition a patch, and no memory that grows. */
const STEP_MS = 0.1;
const STEPS = 100_000;

/** Ages, ms, of the patches of one part of a run. */
export interface AgeSummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export class Ages {
  readonly #counts = new Uint32Array(STEPS);
  #count = 0;

  add(ms: number, times = 1): void {
    this.#counts[Math.min(STEPS - 1, Math.max(0, Math.floor(ms / STEP_MS)))]! += times;
    this.#count += times;
  }

  /** What was added since the last call. */
  take(): AgeSummary {
    const at = (share: number): number => {
      let left = Math.ceil(share * this.#count);
      let step = 0;
      while (step < STEPS - 1 && (left -= this.#counts[step]!) > 0) step++;
      return this.#count === 0 ? 0 : Math.round((step + 1) * STEP_MS * 10) / 10;
    };
    const summary = { count: this.#count, p50: at(0.5), p99: at(0.99), max: at(1) };
    this.#counts.fill(0);
    this.#count = 0;
    return summary;
  }
}
