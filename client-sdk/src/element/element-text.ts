import { numbersWith } from '@crowdcue/games/texts';
import type { ErrorCode } from '@crowdcue/protocol';
import type { Ending, Notice } from './stage.js';

/** Title and sentence of a panel. */
export interface PanelText {
  readonly title: string;
  readonly body: string;
}

/** The words of the reward sheet in one language. */
export interface RewardText {
  readonly claim: string;
  readonly claiming: string;
  readonly left: (left: number, supply: number) => string;
  readonly unlimited: string;
  readonly keep: string;
  readonly copy: string;
  readonly copied: string;
  readonly receipt: string;
  /** `when` is a date and time in words. */
  readonly until: (when: string) => string;
  readonly soldOut: (supply: number) => PanelText;
  readonly notOpen: PanelText;
  readonly closed: PanelText;
  readonly expired: PanelText;
  readonly revoked: PanelText;
  readonly refunded: PanelText;
  readonly claimFailed: PanelText;
  readonly tier: PanelText;
  readonly country: PanelText;
  readonly age: PanelText;
  /** The ledger takes no claims for now. */
  readonly frozen: PanelText;
  readonly close: string;
  readonly entered: (ticket: number) => string;
  readonly byLot: string;
  readonly drawnAt: (when: string) => string;
  /** Of a fair window, whose end nobody knows beforehand. */
  readonly drawnAfterAll: string;
  readonly drawing: PanelText;
  readonly lost: PanelText;
  readonly lostButLeft: string;
  readonly reserved: string;
  readonly reservedBody: string;
  /** `clock` is minutes and seconds: "9:58". */
  readonly timeLeft: (clock: string) => string;
  readonly lapsed: PanelText;
  readonly shop: string;
  readonly code: string;
  readonly copyCode: string;
  readonly handed: Readonly<Record<'fulfilled' | 'converted', string>>;
  readonly opens: (when: string) => string;
  readonly closes: (when: string) => string;
  readonly proofs: Readonly<Record<'email' | 'twitch' | 'any', string>>;
  readonly held: (minutes: number) => string;
  readonly rules: string;
  readonly ask: { readonly country: string; readonly choose: string; readonly elsewhere: string; readonly age: (years: number) => string };
}

/** The words of the element in one language. */
export interface ElementText {
  /** BCP 47 tag of these words. */
  readonly lang: string;
  /** Which way these words are written; from left to right where it is not said. */
  readonly dir?: 'rtl';
  readonly loading: string;
  readonly here: (count: number) => string;
  readonly queue: { readonly title: string; readonly place: (place: number) => string; readonly wait: (waitMs: number) => string };
  readonly idle: PanelText;
  readonly next: string;
  readonly startsIn: (seconds: number) => string;
  readonly go: string;
  readonly onAir: string;
  readonly secondsLeft: (seconds: number) => string;
  readonly outcomeIn: (seconds: number) => string;
  readonly unscored: string;
  readonly won: string;
  readonly played: string;
  readonly watched: string;
  readonly fastest: string;
  readonly place: (rank: number, players: number) => string;
  readonly top: string;
  readonly unknownGame: PanelText;
  readonly notices: Readonly<Record<Notice, string>>;
  /** No relay is in reach, for longer than a moment; and without a network at all. */
  readonly away: PanelText;
  readonly offline: PanelText;
  readonly back: string;
  readonly endings: Readonly<Record<Ending, PanelText>>;
  readonly retry: string;
  readonly playHere: string;
  readonly rewards: (count: number) => string;
  readonly unlocked: string;
  readonly serial: (serial: number, supply: number) => string;
  readonly yours: string;
  readonly refused: (code: ErrorCode) => string;
  readonly sponsor: string;
  /** Said of a link. */
  readonly newTab: string;
  /** Words of the reward sheet; the English ones come with the sheet. */
  readonly tickets?: RewardText;
}

const times = {
  second: numbersWith({ style: 'unit', unit: 'second', unitDisplay: 'long' }),
  minute: numbersWith({ style: 'unit', unit: 'minute', unitDisplay: 'long' }),
};

/** A time in words: "3 minutes". */
export const timeText = (value: number, unit: 'second' | 'minute', language: string): string => times[unit](value, language);

/** Whole minutes of a wait. */
export const minutesOf = (waitMs: number): number => Math.round(waitMs / 60_000);
