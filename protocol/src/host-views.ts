/** What hosts are shown, and whoever may act for them. Times are event time, ms, unless they say otherwise. */
import type { CaptionOverview, SponsorOverview } from './broadcast.js';
import type { DropBoard, FallbackView, Phase, SponsorView } from './views.js';

/** A relay as the console shows it. */
export interface RelayOverview {
  readonly id: string;
  /** Viewers of this event. */
  readonly viewers: number;
  /** What it registered with; absent of the origin's own door and of a relay that is silent. */
  readonly standing?: {
    readonly region: string;
    readonly load: number;
    /** Steps by which it has lowered its write rates; 0 is full. */
    readonly level: number;
    readonly draining: boolean;
    /** How old half of its patches were when they were written to viewers of late, and 99 of 100, ms; absent where none were, or it does not say. */
    readonly patchAge?: { readonly p50: number; readonly p99: number };
  };
}

export interface EventView {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly joinUrl: string;
  readonly accent: string;
  readonly maxViewers: number;
  /** By how much a picture may be late and still be scored, ms. */
  readonly maxDelay: number;
  readonly createdAt: number;
  readonly sponsor?: SponsorView;
  /** Origins of pages that may hold the event's pages in a frame; nobody else's may. */
  readonly embedOrigins?: readonly string[];
  readonly plan?: PlanView;
  /** The event that this one rehearses: its drops are given in test mode. */
  readonly rehearsalOf?: string;
  /** Whose event it is; absent: the installation's own workspace. */
  readonly workspace?: string;
  /** What viewers see when something fails; `on`: it is used. */
  readonly fallback?: FallbackView & { readonly on: boolean };
  /** Viewers may choose a name, which is shown once it is approved. */
  readonly freeNames?: boolean;
  /** Taken off the air, until it is put on again. */
  readonly off?: boolean;
  /** ms since 1970; absent while the event is not over for good. */
  readonly endedAt?: number;
  /** Days after its end that people's data are kept, where the host said so. */
  readonly retentionDays?: number;
}

/** How a planned round stands: `missed` when its time passed, or the room refused it. */
export type PlannedCueState = 'planned' | 'skipped' | 'cued' | 'missed';

/** Shows of an event, and the rounds planned in them. Local times are of the plan's zone, such as `2026-11-27T20:00:00`. */
export interface PlanView {
  readonly template: string;
  /** IANA name. */
  readonly zone: string;
  /** Whether rounds are cued by themselves at their time. */
  readonly auto: boolean;
  /** `at` is ms since 1970. `twice`: clocks show this time twice that day, and the first is meant. */
  readonly shows: readonly { readonly at: number; readonly local: string; readonly offsetMinutes: number; readonly twice: boolean }[];
  readonly cues: readonly {
    readonly id: string;
    readonly game: string;
    readonly params: Readonly<Record<string, number | string>>;
    /** When it is to open, ms since 1970 and in event time. */
    readonly at: number;
    readonly eventAt: number;
    readonly local: string;
    readonly durationMs: number;
    readonly state: PlannedCueState;
    /** The round that it became. */
    readonly round?: number;
    /** Why the room refused it. */
    readonly code?: string;
  }[];
}

/** A show to begin with. */
export interface TemplateView {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly weeks: number;
  readonly auto: boolean;
  /** `offsetMs` from the show's start. */
  readonly rounds: readonly { readonly game: string; readonly offsetMs: number }[];
  readonly drops: readonly { readonly name: string; readonly supply: number | null; readonly opensMs: number; readonly closesMs: number }[];
}

/** Answers to the claims of one drop in the last minute, from the origin that was asked. */
export interface ClaimRates {
  /** The last 60 seconds, oldest first; the last one is the present second. */
  readonly perSecond: readonly number[];
  /** By result: `granted`, `reserved`, `entered`, or the code of the refusal. */
  readonly minute: Readonly<Record<string, number>>;
}

/** What lets viewers in as one of a tier that drops name. */
export interface TierLink {
  readonly tier: string;
  /** The join page's, with the key behind `#`, where no server logs it. */
  readonly url: string;
  /** What a page of one's own gives to the SDK's `join`, as `tierKey`. */
  readonly key: string;
}

/** A drop as its host sees it. Of units, -1 is unlimited; times are ms since 1970. */
export interface DropStanding extends DropBoard {
  readonly id: string;
  readonly kind: string;
  readonly unlocked: number;
  /** Active grants: neither revoked nor refunded. */
  readonly granted: number;
  readonly reserved: number;
  readonly converted: number;
  readonly refunded: number;
  readonly test?: true;
  /** The host's hand has closed it; `open` says whether claims meet an open drop now. */
  readonly shut?: true;
  readonly opensAt?: number;
  readonly closesAt?: number;
  readonly variants: Readonly<Record<string, {
    readonly supply: number; readonly left: number; readonly granted: number; readonly reserved: number; readonly converted: number; readonly refunded: number;
  }>>;
  /** `drawsAt`: when the list is frozen and drawn, ms since 1970; absent while nobody can say. */
  readonly lot?: { readonly state: 'collecting' | 'frozen' | 'listed' | 'drawn' | 'settled'; readonly entered: number; readonly drawsAt?: number };
  /** Absent while the last minute had no claim. */
  readonly claims?: ClaimRates;
}

/** What the console polls. */
export interface EventOverview {
  readonly event: EventView;
  readonly phase: Phase;
  readonly round: number;
  readonly game: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly eventTime: number;
  readonly viewers: number;
  readonly players: number;
  readonly peakViewers: number;
  /** Actions applied in the running or last round, and in the last second. */
  readonly actions: number;
  readonly actionsPerSecond: number;
  readonly board: Readonly<Record<string, number | string>>;
  readonly top: readonly { readonly rank: number; readonly name: string; readonly score: number }[];
  readonly drops: readonly DropStanding[];
  readonly relays: readonly RelayOverview[];
  readonly hold: boolean;
  /** Viewers who have seen the present sponsor in the component; absent while there is none. What an overlay shows of it stands in `sponsors`: it has no viewers of its own. */
  readonly impressions?: number;
  /** Names that wait for approval; absent where the room alone is asked. */
  readonly namesWaiting?: number;
  /** Absent while there were no captions. */
  readonly captions?: CaptionOverview;
  /** What was shown of sponsors on overlays; absent where the room alone is asked. */
  readonly sponsors?: readonly SponsorOverview[];
  /** How many outcomes the host may choose from now, to settle the round; 0 or absent where there is nothing to settle. */
  readonly outcomes?: number;
  /** From when on the host may say on air what the round holds back, event time, ms: the last scored window is over. 0 where nothing is held back. */
  readonly safeToRevealAt?: number;
  /** How late the viewers' pictures are, ms, the earliest first; the relays' rounding is in it. */
  readonly delays?: readonly { readonly delay: number; readonly viewers: number }[];
  /** How many viewers say how well they know their delay, and the error that half and 95 of 100 of them are within, ms. */
  readonly delayError?: { readonly told: number; readonly p50: number; readonly p95: number };
  /** By how much the clock of the stream's packager is ahead of the origin's, ms, and how well that is known. */
  readonly packager?: { readonly offset: number; readonly error: number };
  /** Event time of the first flash of the latest series, ms; 0 where there is none. */
  readonly flashFrom?: number;
  readonly rounds: readonly { readonly round: number; readonly game: string; readonly players: number; readonly actions: number; readonly winners: number; readonly outcome: Readonly<Record<string, number | string>> }[];
}

export interface HostViewer {
  readonly viewer: number;
  readonly name: string;
  readonly online: boolean;
  readonly banned: boolean;
  /** Others see a placeholder instead of the name. */
  readonly held?: boolean;
  readonly score: number;
  readonly roundsPlayed: number;
}

/** A rehearsal that an origin runs, or the last one. */
export interface RehearsalRunView {
  /** Simulated viewers at most; 0: this origin runs none. */
  readonly most: number;
  readonly state: 'none' | 'running' | 'ready' | 'not-ready' | 'failed' | 'stopped';
  readonly viewers: number;
  /** ms since 1970. */
  readonly startedAt: number;
  /** How long it has run by now, ms, by the origin; absent when it is over. */
  readonly forMs?: number;
  /** The last lines that it said. */
  readonly lines: readonly string[];
  readonly holds?: boolean;
  readonly findings?: readonly { readonly what: string; readonly good: boolean; readonly said: string }[];
  /** Why it failed. */
  readonly code?: string;
}

/** A name that a viewer chose. */
export interface AskedName {
  readonly viewer: number;
  readonly name: string;
  readonly state: AskedNameState;
  /** When it was asked for, or decided, ms since 1970. */
  readonly at: number;
}
export type AskedNameState = 'waiting' | 'approved' | 'declined';

/** The queue of names. */
export interface AskedNamesView {
  /** Whether viewers may choose. */
  readonly free: boolean;
  /** All that wait, and those of them that waited longest. */
  readonly waiting: number;
  readonly names: readonly AskedName[];
  /** The last decisions, newest first. */
  readonly decided: readonly AskedName[];
}

/** What came of a decision over several names: those that it could not be taken over, and why. */
export interface NamesDecided {
  readonly done: readonly number[];
  readonly left: readonly { readonly viewer: number; readonly code: string }[];
}

/** What a member of a workspace is there for. */
export type HostRole = 'host' | 'co-host' | 'moderator';

/** What a role may be allowed: to see, to decide over names, to run the show, everything else. */
export type HostPermission = 'look' | 'names' | 'show' | 'own';

/** A workspace that whoever asks may work in, and as what. */
export interface WorkspaceView {
  readonly id: string;
  readonly name: string;
  readonly role: HostRole;
}

/** Who is signed in at the console. */
export interface HostPersonView {
  readonly workspace: { readonly id: string; readonly name: string };
  readonly id: string;
  readonly name: string;
  readonly role: HostRole;
  readonly may: readonly HostPermission[];
}

export interface MemberView {
  readonly id: string;
  readonly name: string;
  readonly role: HostRole;
  /** ms since 1970 of the invitation. */
  readonly since: number;
  /** Whether the link of the invitation has been opened. */
  readonly joined: boolean;
}

/** One host command as it was given, newest first in its list. */
export interface AuditView {
  readonly id: string;
  /** ms since 1970; of a repeated refusal the last time. */
  readonly at: number;
  /** Absent: nobody who was signed in. */
  readonly who?: { readonly id: string; readonly name: string; readonly role: HostRole };
  readonly does: string;
  readonly event?: string;
  /** The viewer, member or channel that it was about. */
  readonly target?: string;
  /** A few words on what was asked, such as the game of a cue. */
  readonly detail?: string;
  /** `done`, or the error code of the refusal. */
  readonly outcome: string;
  /** How often the same was refused, above 1. */
  readonly times?: number;
}

export interface GameView {
  readonly id: string;
  readonly title: string;
  readonly howTo: string;
  readonly durationMs: number;
  readonly choices: readonly string[];
  /** Whether what is won here unlocks drops of limited supply. */
  readonly scarce?: boolean;
  /** Of a game that the component does not bring: its view's module, relative to the origin's root. */
  readonly view?: string;
  readonly params: Readonly<Record<string, { kind: 'number' | 'text'; min?: number; max?: number; picks?: string; minLength?: number; maxLength?: number; fallback: number | string }>>;
}
