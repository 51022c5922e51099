/** What viewers, their pages and overlays are shown: the shapes of shared state, private state and HTTP answers. Times are event time, ms. */
import type { ErrorCode } from './errors.js';

/** `idle` between rounds, `armed` counting down, `live` taking actions, `over` showing the outcome; `off` the air until its host brings it back, `ended` for good. */
export type Phase = 'idle' | 'armed' | 'live' | 'over' | 'off' | 'ended';

/** The synchronised state as an SDK sees it (the schema of `server/src/rooms/state.ts`). */
export interface CrowdView {
  readonly phase: Phase;
  /** Number of the present or last round, 0 before the first. */
  readonly round: number;
  readonly game: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Connected viewers. */
  readonly viewers: number;
  /** Viewers who play this round. */
  readonly players: number;
  /** The game's board, and after the round its outcome. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly texts: ReadonlyMap<string, string>;
  /** Best of the round by rank, "1" to "10". */
  readonly top: ReadonlyMap<string, { readonly name: string; readonly score: number }>;
  readonly drops: ReadonlyMap<string, DropBoard>;
  /** When the last scored window of a round in stream time closes, and its outcome may come; 0 of a live one. Absent of an earlier origin. */
  readonly closesAt?: number;
  /** Event time of the first flash of the latest series (`flashTimes`), ms; 0 where there is none. Absent in a room of the version before. */
  readonly flashFrom?: number;
  /** The clock of the stream's packager at event time 0, ms since 1970, and how well that is known, ms: what is assumed, until the host calibrates it. */
  readonly packagerEpoch?: number;
  readonly packagerError?: number;
}

export interface DropBoard {
  readonly name: string;
  /** -1: unlimited. */
  readonly supply: number;
  readonly left: number;
  readonly open: boolean;
  /** How far its lot is: taking tickets, being drawn, told to everybody. "" or absent: it has none. */
  readonly draw?: '' | 'collecting' | 'drawing' | 'settled';
}

/** What viewers are told before they claim a drop, and what they are asked with it. */
export interface DropTermsView {
  /** Address of the rules. */
  readonly rules?: string;
  readonly sponsor?: string;
  /** The host's words: whether there will be more, and what happens to what is given back. */
  readonly restockPolicy?: string;
  readonly refundPolicy?: string;
  /** ISO 3166, two capitals each: it goes there alone, and a claim says where its viewer lives. */
  readonly countries?: readonly string[];
  /** Years: a claim says how old its viewer is at least. */
  readonly minAge?: number;
  /** ms since 1970. */
  readonly opensAt?: number;
  readonly closesAt?: number;
  /** ms that a claim holds its unit at least, while it is bought. */
  readonly reserveMs?: number;
}

/** What viewers say of themselves with a claim, where its drop asks for it. */
export interface ClaimWords {
  /** ISO 3166, two capitals. */
  readonly country?: string;
  /** Years. */
  readonly age?: number;
}

/** Private state `__me`: latest wins. */
export interface MeView {
  readonly viewer: number;
  readonly name: string;
  readonly round: number;
  readonly score: number;
  /** From 1; 0 while unranked. */
  readonly rank: number;
  /** Actions of this viewer that were applied in this round. */
  readonly applied: number;
  /** Over the whole event. */
  readonly appliedTotal: number;
  readonly roundsPlayed: number;
  readonly roundsWon: number;
  /** Of the last ended round, if the viewer played it. */
  readonly result: 'won' | 'played' | 'none';
  readonly fastest: boolean;
  /** Its picture is later than the event scores: it plays, and does not win. */
  readonly unscored?: boolean;
}

/** Private message `__unlock`. */
export interface UnlockView {
  readonly achievement: string;
  readonly title: string;
  readonly drops: readonly { readonly id: string; readonly name: string }[];
}

/** Private message `__quest`. */
export interface QuestProgress {
  readonly quest: string;
  readonly title: string;
  /** Ids of the steps that are done. */
  readonly done: readonly string[];
  readonly steps: number;
}

/** A quest as one viewer stands in it. */
export interface QuestView {
  readonly id: string;
  readonly title: string;
  readonly done: boolean;
  /** What it unlocks. */
  readonly drops: readonly { readonly id: string; readonly name: string }[];
  /** Those with `visit` or `answer` are untimed: done by the viewer's word, also later. The others are done by playing. */
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly done: boolean;
    readonly visit?: { readonly url: string };
    readonly answer?: { readonly question: string; readonly choices: readonly string[] };
  }[];
}

/** The answer to an untimed step. */
export interface QuestStepReceipt {
  readonly quest: string;
  readonly step: string;
  /** False where it was done before. */
  readonly first: boolean;
  /** Whether the quest is finished. */
  readonly done: boolean;
}

/** The stored answer to a claim. */
export interface ReceiptView {
  readonly id: string;
  readonly drop: string;
  readonly status: 'entered' | 'reserved' | 'granted' | 'refused';
  /** From 1, for a grant. */
  readonly serial?: number;
  readonly supply: number;
  readonly reason?: ErrorCode;
  /** ms since 1970. */
  readonly at: number;
  readonly expiresAt?: number;
  /** Of a reservation: ms since 1970, until when it holds its unit at least. */
  readonly until?: number;
  /** Of a reservation: ms that were left of it when this was answered, for whoever's clock is wrong. */
  readonly leftMs?: number;
  /** Of an entrant: the number of the ticket in the lot. */
  readonly ticket?: number;
  /** Of a grant that stands: the code. */
  readonly code?: string;
  /** Where what is reserved, or granted, is to be bought. */
  readonly url?: string;
}

/** A receipt of a person: of this viewer, or of one that is the same person. */
export interface PersonReceipt extends ReceiptView {
  readonly viewer: number;
  /** Where the entitlement stands now. */
  readonly standing: string;
}

/** A drop as one viewer sees it. */
export interface ViewerDrop extends DropBoard {
  readonly id: string;
  readonly kind: string;
  readonly state: 'none' | 'unlocked' | 'entered' | 'reserved' | 'granted' | 'fulfilled' | 'converted' | 'refused' | 'expired' | 'revoked' | 'refunded';
  readonly unlockedBy: string;
  readonly unlockTitle: string;
  /** What the viewer must prove before it is theirs; absent: nothing. */
  readonly proof?: 'email' | 'twitch' | 'any';
  /** Who gets one is drawn among those who claim in time: when the latest picture had its time, or when the drop closes. */
  readonly byLot?: 'fair-window' | 'lottery';
  readonly terms?: DropTermsView;
  readonly receipt?: ReceiptView;
}

export interface JoinAnswer {
  readonly token: string;
  readonly viewer: number;
  readonly name: string;
  readonly event: { readonly id: string; readonly name: string; readonly code: string; readonly accent: string };
  /** WebSocket base addresses of relays, best first. */
  readonly relays: readonly string[];
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** A relay as viewers are told of it: the answer of `GET /relays` is `{ relays: RelayView[] }`, best first. */
export interface RelayView {
  /** WebSocket base address. */
  readonly url: string;
  /** Where it stands, as its operator named it; "" when that was not said. */
  readonly region: string;
  /** 0, the cheapest, to 9. */
  readonly costClass: number;
  /** Share of what it can take, 0 to 1. */
  readonly load: number;
}

/** Who pays for an event's slot: plain text and addresses, "" where there is none. */
export interface SponsorView {
  readonly name: string;
  readonly text: string;
  /** `https:`. */
  readonly url: string;
  /** `https:`, or an address of the origin. */
  readonly imageUrl: string;
}

/** Words for when something fails live, in every language; `own`: the host's alone. */
export const FALLBACK_PRESETS = ['soon', 'trouble', 'pause', 'thanks', 'own'] as const;
export type FallbackPreset = (typeof FALLBACK_PRESETS)[number];

/** What viewers and the overlay show when relays are out of reach or the event is off the air: plain text and addresses, "" where there is none. */
export interface FallbackView {
  readonly preset: FallbackPreset;
  /** Instead of the preset's sentence. */
  readonly text: string;
  /** `https:`. */
  readonly url: string;
  /** What the link is called; its host's name where it is "". */
  readonly label: string;
  /** `https:`, or an address of the origin. */
  readonly imageUrl: string;
}

/** What anybody may read of an event: the answer of `GET /api/join/:code`. */
export interface EventCardView {
  readonly event: string;
  readonly name: string;
  readonly code: string;
  readonly accent: string;
  readonly sponsor?: SponsorView;
  /** How many quests it has. */
  readonly quests?: number;
  /** Absent where the host has chosen none. */
  readonly fallback?: FallbackView;
  /** Viewers may choose a name. */
  readonly freeNames?: boolean;
  /** What is played, or was last: a page may load its view ahead. Left out before the first round, and where another origin has the room. */
  readonly game?: string;
}

/** How a viewer's wish for a name stands: the answer of `GET` and `POST /api/events/:id/name`. */
export interface NameView {
  /** Whether the event takes names. */
  readonly free: boolean;
  readonly state: 'none' | 'waiting' | 'approved' | 'declined';
  /** What was asked for, as it would be shown. */
  readonly name?: string;
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
  /** Absent where the host has chosen none. */
  readonly fallback?: FallbackView;
}
