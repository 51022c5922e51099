/**
 * Captions on the viewer's own picture. A line comes when it was posted, with the event time that it is for; it is told when the picture
 * is there. So a late picture has its captions punctually even where they were posted seconds late. Loaded with the first listener.
 */
import type { CAPTION_LIMITS, CaptionLine, CaptionReport } from '@crowdcue/protocol';
import { CAPTION_MESSAGE } from './caption-key.js';

/** A line whose time has come on this viewer's picture. */
export interface ShownCaption extends CaptionLine {
  /** ms of the picture since `from`: 0 is punctual. */
  readonly lateMs: number;
}

/** What the feed needs around it; a session and a clock, or a test's. */
export interface CaptionFeedDeps {
  /** Event time in the viewer's picture, ms; undefined while unknown. It goes back when the picture falls further behind. */
  streamTime(): number | undefined;
  tell(caption: ShownCaption): void;
  /** Runs later; returns how to call it off. */
  later(ms: number, run: () => void): () => void;
}

/** ms between two looks while a line waits: the picture's delay may shrink meanwhile. */
const LOOK_MS = 200;
/** As the protocol has them; spelled again as in caption-key.ts. */
const BUDGET_MS: (typeof CAPTION_LIMITS)['budgetMs'] = 500;
const KEPT: (typeof CAPTION_LIMITS)['kept'] = 512;
/** Ids that are remembered: what a room keeps, and as many again for those who come back. */
const KNOWN = 2 * KEPT;

/** Holds lines back until their time. */
export class CaptionFeed {
  /** Ordered by `from`. */
  #waiting: { readonly line: CaptionLine; readonly counts: boolean }[] = [];
  readonly #known = new Set<string>();
  #cancel: (() => void) | undefined;
  #due = 0;
  #inTime = 0;

  constructor(private readonly deps: CaptionFeedDeps) {}

  /** `asked`: lines of before, that were asked for; those whose time was over by then say nothing of punctuality. */
  take(lines: readonly unknown[], asked = false): void {
    const now = this.deps.streamTime();
    for (const line of lines) {
      if (!isLine(line) || this.#known.has(line.id)) continue;
      this.#remember(line.id);
      const past = asked && now !== undefined && line.from < now;
      if (past && line.to <= now) continue;
      this.#waiting.push({ line, counts: !past });
    }
    this.#waiting.sort((a, b) => a.line.from - b.line.from);
    this.#look();
  }

  /** What there is to report since the last call; undefined when there is nothing. */
  takeReport(): CaptionReport | undefined {
    const report = { due: this.#due, inTime: this.#inTime };
    this.#due = this.#inTime = 0;
    return report.due === 0 ? undefined : report;
  }

  stop(): void {
    this.#cancel?.();
    this.#waiting = [];
  }

  #remember(id: string): void {
    this.#known.add(id);
    if (this.#known.size > KNOWN) for (const oldest of this.#known) return void this.#known.delete(oldest);
  }

  #look(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const now = this.deps.streamTime();
    while (now !== undefined && this.#waiting.length > 0 && this.#waiting[0]!.line.from <= now) this.#show(this.#waiting.shift()!, now);
    const [next] = this.#waiting;
    if (next === undefined) return;
    const ms = now === undefined ? LOOK_MS : Math.min(LOOK_MS, Math.max(1, next.line.from - now));
    this.#cancel = this.deps.later(ms, () => this.#look());
  }

  #show({ line, counts }: { readonly line: CaptionLine; readonly counts: boolean }, now: number): void {
    const lateMs = now - line.from;
    if (counts) this.#due++;
    if (counts && lateMs <= BUDGET_MS) this.#inTime++;
    if (now < line.to) this.deps.tell({ ...line, lateMs });
  }
}

const isLine = (value: unknown): value is CaptionLine => {
  const { id, lang, from, to, text } = (value ?? {}) as Record<keyof CaptionLine, unknown>;
  return typeof id === 'string' && typeof lang === 'string' && typeof text === 'string' && Number.isFinite(from) && Number.isFinite(to);
};

/** The part of a session that captions need. */
export interface CaptionSession {
  readonly status: string;
  streamTime(): number | undefined;
  onMessage(type: string, listener: (payload: unknown) => void): () => void;
  on(type: 'connected', listener: (connected: { readonly resumed: boolean }) => void): () => void;
  on(type: 'closed', listener: () => void): () => void;
  request(type: string): Promise<unknown>;
  send(type: string, payload: unknown): Promise<boolean>;
}

/** ms from the first line to the first report, and between two: each at a moment of its own, or a crowd would report at once. */
const FIRST_REPORT_MS = 15_000;
const REPORT_MS = 60_000;

/** Follows a session's captions until it is closed, or the answered function is called. `random` is [0, 1). */
export const readCaptions = (session: CaptionSession, tell: (caption: ShownCaption) => void, random: () => number): (() => void) => {
  const later = (ms: number, run: () => void): (() => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  };
  const feed = new CaptionFeed({ streamTime: () => session.streamTime(), tell, later });
  let ended = false;
  let reporting: (() => void) | undefined;
  const report = (): void => {
    const said = feed.takeReport();
    // A page that nobody looks at runs its timers late: what it missed says nothing of the captions.
    if (said !== undefined && globalThis.document?.visibilityState !== 'hidden') void session.send(CAPTION_MESSAGE, said).catch(() => undefined);
    reporting = later(REPORT_MS * (0.75 + random() / 2), report);
  };
  const ask = (): void => {
    session.request('captions').then((lines) => !ended && Array.isArray(lines) && feed.take(lines, true), () => undefined); // what comes from now on comes by itself
  };
  const end = (): void => {
    ended = true;
    for (const off of offs) off();
    reporting?.();
    feed.stop();
  };
  const offs = [
    session.onMessage(CAPTION_MESSAGE, (lines) => {
      reporting ??= later(FIRST_REPORT_MS * (0.5 + random()), report);
      if (Array.isArray(lines)) feed.take(lines);
    }),
    session.on('connected', ({ resumed }) => { if (resumed) ask(); }),
    session.on('closed', end),
  ];
  if (session.status === 'live') ask();
  return end;
};
