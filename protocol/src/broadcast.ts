/** What belongs to the broadcast rather than to the game: captions, sponsors, overlays. Times are event time, ms. */
/** One caption. It is shown while the viewer's own picture is between `from` and `to`. */
export interface CaptionLine {
  /** Names the line within its event: posted again, it is the same line. */
  readonly id: string;
  /** BCP 47 tag. */
  readonly lang: string;
  readonly from: number;
  readonly to: number;
  /** Plain text; what looks like markup is text. */
  readonly text: string;
}

/** The sizes and rates of captions; apart from the other limits, because a page that shows none needs none. */
export const CAPTION_LIMITS = {
  /** Caption lines of one call. */
  lines: 32,
  /** Characters of a caption: three rows of 42 and a name before them; longer is read too late. */
  text: 160,
  /** Caption lines a second of one event, in the long run and at once: twelve languages, each read at an ordinary pace. */
  perSecond: 8,
  atOnce: 64,
  /** Languages of one event's captions. */
  languages: 12,
  /** Lines that an event keeps: two minutes of twelve languages; some 100 KiB. */
  kept: 512,
  /** Milliseconds that a line may lie back or ahead when it is posted: a slow provider, and a script that is sent ahead. */
  pastMs: 60_000,
  aheadMs: 120_000,
  /** Milliseconds that a line may stand. */
  standsMs: 20_000,
  /** Milliseconds after its time within which a caption is shown to be in time. */
  budgetMs: 500,
} as const;

/** Overlays of one event that may watch at once: scenes of one host, or of a few who share the show. */
export const MOST_OVERLAYS = 32;

/** What a viewer says of the captions whose time came on its picture since its last report. */
export interface CaptionReport {
  readonly due: number;
  /** Those of them that were on the screen within the budget. */
  readonly inTime: number;
}

/** Captions as the console shows them. */
export interface CaptionOverview {
  readonly languages: readonly string[];
  /** Lines taken over the whole event. */
  readonly lines: number;
  /** Lines whose time came, over all viewers who tell, and those of them in time; since the room opened here. */
  readonly due: number;
  readonly inTime: number;
}

/** ms that a sponsor must stand on the overlay to have been shown once. */
export const SPONSOR_SHOWING_MS = 8_000;

/** What was shown of one sponsor on overlays. */
export interface SponsorOverview {
  readonly name: string;
  /** Times that it stood on the picture. */
  readonly shown: number;
  /** Viewers of the event who were connected then, added up over these times. */
  readonly viewers: number;
}
