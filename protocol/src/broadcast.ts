/** What belongs to the broadcast rather than to the game: captions, sponsors, overlays. Times are event time, ms. */
import type { JoinAnswer, UnlockView } from './views.js';

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

/** What a viewer says of the captions that it was shown since its last report. */
export interface CaptionReport {
  readonly shown: number;
  /** Those of them that were on the screen within the budget. */
  readonly inTime: number;
}

/** Captions as the console shows them. */
export interface CaptionOverview {
  readonly languages: readonly string[];
  /** Lines taken over the whole event. */
  readonly lines: number;
  /** Lines that viewers told of, and those of them in time; since the room opened here. */
  readonly shown: number;
  readonly inTime: number;
}

/** Who pays for the show, as viewers are told. */
export interface SponsorView {
  readonly name: string;
  readonly text?: string;
  readonly url?: string;
  readonly imageUrl?: string;
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

/** An unlock, told to overlays: without names. */
export interface NewsView extends UnlockView {
  /** How many viewers unlocked it. */
  readonly viewers: number;
}

/** What an overlay gets for its key: as a viewer's answer, with what it shows between rounds. */
export interface OverlayAnswer extends JoinAnswer {
  readonly joinUrl: string;
  readonly sponsor: SponsorView | null;
  /** ms by which the latest picture that is scored is behind the host's. */
  readonly maxDelayMs: number;
  /** Ids of games in stream time, whose answers the host holds back. */
  readonly streamGames: readonly string[];
}
