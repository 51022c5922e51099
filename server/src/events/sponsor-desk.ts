/**
 * Counts what overlays showed of sponsors. An overlay says how often it has shown one by now: said twice it counts once, and it can
 * only go up by one, no faster than a showing takes. Each overlay has a record of its own, so origins never write over each other.
 */
import { SPONSOR_SHOWING_MS, type SponsorOverview } from '@crowdcue/protocol';
import type { Clock } from '../clock.js';
import type { RecordTable } from '../store/index.js';

/** What one overlay has shown of one sponsor. */
export interface Showings {
  readonly name: string;
  readonly shown: number;
  /** Viewers connected at each, added up. */
  readonly viewers: number;
}

/** Clocks of an overlay and an origin that run apart must not cost a showing. */
const TOLERANCE = 0.8;

export class SponsorDesk {
  readonly #showings: Map<string, Showings>;
  readonly #last = new Map<string, number>();

  constructor(private readonly table: RecordTable<Showings>, private readonly clock: Clock, private readonly counted: () => void) {
    this.#showings = new Map(table.entries());
    table.watch((key, showings) => {
      if (showings !== undefined) this.#showings.set(key, showings);
    });
  }

  /** `shown`: how often by now. Answers how often it counts; only then are the `viewers` asked for who are there. */
  async told(event: string, overlay: number, sponsor: string, shown: number, viewers: () => Promise<number>): Promise<number> {
    const key = `${event}|${overlay}|${sponsor}`;
    const known = this.#showings.get(key) ?? { name: sponsor, shown: 0, viewers: 0 };
    const now = this.clock.monotonic();
    if (shown <= known.shown || now - (this.#last.get(key) ?? -Infinity) < SPONSOR_SHOWING_MS * TOLERANCE) return known.shown;
    this.#last.set(key, now);
    const next = { name: sponsor, shown: known.shown + 1, viewers: known.viewers + (await viewers()) };
    this.#showings.set(key, next);
    this.counted();
    await this.table.put(key, next);
    return next.shown;
  }

  overview(event: string): SponsorOverview[] {
    const sums = new Map<string, { name: string; shown: number; viewers: number }>();
    for (const [key, { name, shown, viewers }] of this.#showings) {
      if (!key.startsWith(`${event}|`)) continue;
      const sum = sums.get(name) ?? { name, shown: 0, viewers: 0 };
      sums.set(name, { name, shown: sum.shown + shown, viewers: sum.viewers + viewers });
    }
    return [...sums.values()];
  }
}
