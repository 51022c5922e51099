import type { ClaimRates } from '@crowdcue/protocol';

/** Seconds that are looked back upon. */
const SPAN_S = 60;

/** What was answered in one second, by result. */
interface Second {
  readonly at: number;
  readonly results: Map<string, number>;
}

/**
 * What this process answered to claims of each drop in the last minute, by result: for the desk, which cannot ask a metric of the whole
 * process about one event. Results come from the ledger's closed set and drops are known to it, so it stays small; it keeps a minute.
 */
export class ClaimMeter {
  readonly #drops = new Map<string, Second[]>();

  /** `nowMs`: of a clock that only grows. */
  constructor(private readonly nowMs: () => number) {}

  add(event: string, drop: string, result: string): void {
    const name = `${event}|${drop}`;
    const at = this.#second();
    const seconds = this.#drops.get(name) ?? [];
    this.#drops.set(name, seconds);
    let last = seconds.at(-1);
    if (last?.at !== at) {
      last = { at, results: new Map() };
      seconds.push(last);
      this.#forget(seconds, at);
    }
    last.results.set(result, (last.results.get(result) ?? 0) + 1);
  }

  /** Of a drop; undefined where the last minute had no claim. */
  of(event: string, drop: string): ClaimRates | undefined {
    const seconds = this.#drops.get(`${event}|${drop}`);
    if (seconds === undefined) return undefined;
    const now = this.#second();
    this.#forget(seconds, now);
    if (seconds.length === 0) {
      this.#drops.delete(`${event}|${drop}`);
      return undefined;
    }
    const minute: Record<string, number> = {};
    const perSecond = Array.from({ length: SPAN_S }, () => 0);
    for (const { at, results } of seconds) {
      for (const [result, count] of results) {
        minute[result] = (minute[result] ?? 0) + count;
        perSecond[SPAN_S - 1 - (now - at)]! += count;
      }
    }
    return { perSecond, minute };
  }

  #second(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  #forget(seconds: Second[], now: number): void {
    while (seconds.length > 0 && seconds[0]!.at <= now - SPAN_S) seconds.shift();
  }
}
