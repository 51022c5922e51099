/** Captions of a live room: what a provider posts is checked and rationed here, and what viewers report of them is added up. */
import { CrowdcueError, CAPTION_LIMITS, type CaptionLine, type CaptionOverview, type CaptionReport } from '@crowdcue/protocol';
import type { CaptionShelf } from './caption-shelf.js';
import type { CaptionAnswer } from './room-control.js';

/** ms between two reports of one viewer that count, of event time; an SDK sends one a minute. */
const REPORT_MS = 10_000;
/** Lines that one report may tell of: what an event takes meanwhile. */
const REPORT_LINES = CAPTION_LIMITS.perSecond * 60 + CAPTION_LIMITS.atOnce;

export interface CaptionDeskDeps {
  readonly shelf: CaptionShelf;
  /** Event time now, ms. */
  now(): number;
  /** Puts lines into the next tick; resolves when they are journalled. */
  submit(lines: readonly CaptionLine[]): Promise<void>;
  readonly metrics: CaptionMetrics;
}

export interface CaptionMetrics {
  captionsTaken(lines: number): void;
  captionsShown(report: CaptionReport): void;
}

export class CaptionDesk {
  #tokens: number = CAPTION_LIMITS.atOnce;
  #filledAt: number;
  /** Lines on their way into a tick: one that is posted twice at once must not count twice. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** When each viewer was last listened to. */
  readonly #reported = new Map<number, number>();
  #due = 0;
  #inTime = 0;

  constructor(private readonly deps: CaptionDeskDeps) {
    this.#filledAt = deps.now();
  }

  /** All lines or none. Throws `caption_bad_request`, `caption_late`, `caption_flood`. */
  async post(lines: readonly CaptionLine[]): Promise<CaptionAnswer> {
    const { shelf } = this.deps;
    const known = (id: string): boolean => shelf.has(id) || this.#underWay.has(id);
    const fresh = [...new Map(lines.filter(({ id }) => !known(id)).map((line) => [line.id, line])).values()];
    this.#check(fresh);
    this.#spend(fresh.length);
    this.#bring(fresh);
    await Promise.all(lines.map(({ id }) => this.#underWay.get(id)));
    this.deps.metrics.captionsTaken(fresh.length);
    return { taken: fresh.length, repeated: lines.length - fresh.length };
  }

  /** What a viewer says; whatever it is, it can do no more than add a few lines to a sum. */
  report(viewer: number, payload: unknown): void {
    const now = this.deps.now();
    const { due, inTime } = (payload ?? {}) as Partial<Record<keyof CaptionReport, unknown>>;
    const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= REPORT_LINES;
    if (!isCount(due) || !isCount(inTime) || inTime > due || now - (this.#reported.get(viewer) ?? -Infinity) < REPORT_MS) return;
    this.#reported.set(viewer, now);
    this.#due += due;
    this.#inTime += inTime;
    this.deps.metrics.captionsShown({ due, inTime });
  }

  /** Undefined while there were no captions. */
  get overview(): CaptionOverview | undefined {
    const { taken, languages } = this.deps.shelf;
    return taken === 0 ? undefined : { languages, lines: taken, due: this.#due, inTime: this.#inTime };
  }

  #check(lines: readonly CaptionLine[]): void {
    const now = this.deps.now();
    for (const { from, to } of lines) {
      if (!(to > from && to - from <= CAPTION_LIMITS.standsMs)) throw new CrowdcueError('caption_bad_request', `A line stands for up to ${CAPTION_LIMITS.standsMs} ms, and ends after it begins.`);
      if (to < now - CAPTION_LIMITS.pastMs || from > now + CAPTION_LIMITS.aheadMs) throw new CrowdcueError('caption_late', `Event time is ${Math.round(now)} ms.`);
    }
    const { shelf } = this.deps;
    const languages = new Set([...shelf.languages, ...lines.map(({ lang }) => lang)]);
    if (languages.size > CAPTION_LIMITS.languages && lines.some(({ lang }) => !shelf.hasLanguage(lang))) {
      throw new CrowdcueError('caption_bad_request', `An event has captions in ${CAPTION_LIMITS.languages} languages at most.`);
    }
  }

  #spend(lines: number): void {
    const now = this.deps.now();
    this.#tokens = Math.min(CAPTION_LIMITS.atOnce, this.#tokens + ((now - this.#filledAt) / 1000) * CAPTION_LIMITS.perSecond);
    this.#filledAt = now;
    if (lines > this.#tokens) throw new CrowdcueError('caption_flood');
    this.#tokens -= lines;
  }

  #bring(fresh: readonly CaptionLine[]): void {
    if (fresh.length === 0) return;
    const done = this.deps.submit(fresh);
    const gone = (): void => fresh.forEach(({ id }) => this.#underWay.delete(id));
    for (const { id } of fresh) this.#underWay.set(id, done);
    done.then(gone, gone);
  }
}
