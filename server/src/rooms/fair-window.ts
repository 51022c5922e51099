/**
 * The window of a round in stream time. Each viewer has the round's length from the moment that the relay wrote the round's mark to that
 * viewer's cohort; the room stays open until the latest scored cohort that was there at the start has had it. So it closes once for
 * all, and an answer that enters the state then spoils nobody. Part of the core: no I/O, no clock; what it keeps is in its image.
 *
 * What counts is `elapsed`, which the relay measures. What a viewer declares moves its frames, and with them its window, to later;
 * it never makes `elapsed` smaller for the frames that it got.
 */
import { LIMITS } from '@crowdcue/protocol';
import { FLAG, type ViewerTable } from './viewer-table.js';

/** How long after its end a round still takes what arrived at a relay before it, ms: two batch periods and a slow link. */
export const CLOSE_GRACE_MS = 300;
/** What a late cohort may be written beyond its delay, ms: the longest write period. Nobody waits for it when nobody is late. */
const WRITE_SLACK_MS = 1_000;
/** By how much a viewer's own window may be passed, ms: `elapsed` is rounded, and less a round trip that was the smallest of many. */
const TOLERANCE_MS = 100;
/** Clocks of relay and origin differ by less than this, ms, as far as a link is of use. */
const CLOCK_SLACK_MS = 250;

/** The window in a checkpoint. */
export interface FairWindowImage {
  latest: number;
  markAt: number;
}

export class FairWindow {
  /** Event time of the tick that opened the last window, ms. */
  markAt: number;
  /** Event time from which on nothing of the round is taken. */
  readonly closesAt: number;

  /** `latest` is the delay of the latest scored cohort, `maxDelay` what the event scores; ms. */
  constructor(
    readonly startedAt: number,
    readonly endsAt: number,
    readonly latest: number,
    readonly maxDelay: number,
    private readonly viewers: ViewerTable,
  ) {
    this.markAt = startedAt;
    this.closesAt = closingOf(endsAt, latest);
  }

  /**
   * `elapsed` (ms; -1 unknown) as it counts for an action that arrived at `at`. More than since the round's start is of an older mark,
   * and unknown. Whoever saw the mark by an earlier connection has seen it: what another relay wrote again does not start anew.
   */
  elapsedOf(row: number, at: number, elapsed: number): number {
    if (elapsed < 0 || elapsed > at - this.startedAt + CLOCK_SLACK_MS) return -1;
    const { seenMark, seenAt } = this.viewers.columns;
    const counted = seenMark[row] === this.markAt ? Math.max(elapsed, at - seenAt[row]! - WRITE_SLACK_MS - LIMITS.rttCreditMs) : elapsed;
    return Math.max(LIMITS.reactionFloorMs, counted);
  }

  /** Whether the viewer's own window is over. Where its opening is unknown it is by event time, and by how late its frames come. */
  isOver(row: number, at: number, elapsed: number): boolean {
    if (elapsed < 0) return at > this.endsAt + this.viewers.columns.delay[row]! + TOLERANCE_MS;
    // Before a relay has the last mark it counts from the one at the start.
    const since = elapsed > at - this.markAt + CLOCK_SLACK_MS ? this.startedAt : this.markAt;
    return elapsed > this.endsAt - since + TOLERANCE_MS;
  }

  /** Whether the viewer's picture is later than the event scores. */
  isUnscored(row: number): boolean {
    return this.viewers.columns.delay[row]! > this.maxDelay;
  }

  /** A connection of the viewer ended at `now`: by then it had been written the mark, or not. */
  parted(row: number, now: number): void {
    const { delay, seenMark, seenAt } = this.viewers.columns;
    const seen = this.markAt + delay[row]!;
    if (now < seen || seenMark[row] === this.markAt) return;
    seenMark[row] = this.markAt;
    seenAt[row] = seen;
  }

  image(): FairWindowImage {
    return { latest: this.latest, markAt: this.markAt };
  }
}

/** When a round in stream time closes whose latest scored cohort is late by `latest`, ms. */
export const closingOf = (endsAt: number, latest: number): number => endsAt + CLOSE_GRACE_MS + (latest > 0 ? latest + WRITE_SLACK_MS : 0);

/** A viewer who is connected; an overlay is none. */
const isHere = (viewers: ViewerTable, row: number): boolean => viewers.is(row, FLAG.online) && !viewers.is(row, FLAG.spectator);

/** How late the pictures of those are who are here: viewers by delay, ms, the earliest first. */
export const delaysOf = (viewers: ViewerTable): { readonly delay: number; readonly viewers: number }[] => {
  const counts = new Map<number, number>();
  const { delay } = viewers.columns;
  for (let row = 0; row < viewers.length; row++) if (isHere(viewers, row)) counts.set(delay[row]!, (counts.get(delay[row]!) ?? 0) + 1);
  return [...counts].map(([each, count]) => ({ delay: each, viewers: count })).sort((a, b) => a.delay - b.delay);
};

/** The delay of the latest scored cohort that is here, ms. */
export const latestScored = (viewers: ViewerTable, maxDelay: number): number => {
  let latest = 0;
  const { delay } = viewers.columns;
  for (let row = 0; row < viewers.length; row++) {
    const own = delay[row]!;
    if (own > latest && own <= maxDelay && isHere(viewers, row)) latest = own;
  }
  return latest;
};
