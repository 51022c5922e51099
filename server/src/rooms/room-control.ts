/** What the parts above may ask of a running room, and what a room tells them. */
import type { CaptionLine, EventOverview, FallbackView, HostViewer, QuestProgress, UnlockView } from '@crowdcue/protocol';
import type { Fact } from '../achievements/index.js';
import type { AirState, DropRow, NameRow } from './inputs.js';

/** An event as its room needs it. */
export interface RoomEvent {
  readonly id: string;
  readonly maxViewers: number;
  /** By how much a picture may be late and still be scored, ms; events of an earlier version do not say. */
  readonly maxDelay?: number | undefined;
  /** ms since 1970; event time counts from here. */
  readonly createdAt: number;
}

export interface CueRequest {
  readonly game: string;
  readonly params?: Readonly<Record<string, number | string>>;
  /** Countdown, ms. */
  readonly inMs?: number;
  readonly durationMs?: number;
}

/** A cue that is journalled; event time, ms. */
export interface CueAnswer {
  readonly round: number;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** How many lines of a call were new, and how many had come before. */
export interface CaptionAnswer {
  readonly taken: number;
  readonly repeated: number;
}

/** By how much the packager's clock is ahead of the origin's, and how well that is known, ms. */
export interface PackagerOffset {
  readonly offset: number;
  readonly error: number;
}

/** A series of flashes: event time of its first and of its end, ms. */
export interface FlashAnswer {
  readonly from: number;
  readonly until: number;
}

/** The part of the overview that only the room knows. */
export type RoomOverview = Omit<EventOverview, 'event' | 'drops'>;

/** A running room, here or in another process. Promises resolve when what was asked is journalled; they reject with a CrowdcueError. */
export interface RoomControl {
  cue(request: CueRequest): Promise<CueAnswer>;
  stop(): Promise<void>;
  /** Names the outcome of a round that waits for it, counted from 0. */
  settle(outcome: number): Promise<void>;
  ban(viewer: number, banned: boolean): Promise<void>;
  /** Takes captions, all of a call or none. */
  captions(lines: readonly CaptionLine[]): Promise<CaptionAnswer>;
  /** Sends away every overlay that came with this version of the event's key or one before, and lets none of them in any more. */
  dismiss(version: number): Promise<void>;
  /** Begins a series of flashes, or ends it (`undefined` answered). */
  flash(on: boolean): Promise<FlashAnswer | undefined>;
  packager(packager: PackagerOffset): Promise<void>;
  /** Shows others a placeholder instead of the viewer's name, or the name again. */
  hold(viewer: number, held: boolean): Promise<void>;
  /** Tells everybody who is here what to show when something fails. */
  fallback(view: FallbackView | null): Promise<void>;
  /** Gives viewers these names; answers which of them the room knows and has not banned: the others keep theirs. */
  rename(rows: readonly NameRow[]): Promise<readonly number[]>;
  /** Takes the event off the air, puts it on again, or ends it; to repeat it changes nothing. */
  air(to: AirState): Promise<void>;
  overview(): Promise<RoomOverview>;
  viewers(query: string, limit: number): Promise<HostViewer[]>;
}

/** A room of this process: only its holder tells it of the ledger. */
export interface LocalRoom extends RoomControl {
  /** Connected viewers. */
  readonly viewerCount: number;
  /** What is played, or was played last; "" before the first round. */
  readonly game: string;
  /** Puts drops into the shared state with the next tick. */
  dropsChanged(rows: readonly DropRow[]): void;
  /** Tells viewers who are here; those who are not learn it from `GET drops` when they come back. */
  unlocked(viewers: readonly number[], unlock: UnlockView): void;
  /** Tells a viewer who is here how a quest stands; others learn it from `GET quests`. */
  progressed(viewer: number, progress: QuestProgress): void;
}

export interface RoomHost {
  /** Opens an event's room here, unless another process has it; from then on sees to it that it is open somewhere. Resolves when it is. */
  open(event: RoomEvent): Promise<void>;
  /** Another process made this event: its room is opened here only when that one does not. */
  openLater(event: RoomEvent): void;
  /** There is no such event any more. */
  forget(eventId: string): void;
  /** Ends all rooms of this process in order, so that another one goes on with each. */
  close(): Promise<void>;
  /** The room of an event, wherever it is; undefined while it is known to be nowhere. */
  get(eventId: string): RoomControl | undefined;
  /** The room, if it is here. */
  local(eventId: string): LocalRoom | undefined;
  /** Whether somebody answers for the room now or within a moment; throws when that cannot be known. */
  served(eventId: string): Promise<boolean>;
}

/** Takes the facts of one durable tick; resolves when they are ledgered. May be called again with the same facts after a restart. */
export interface FactSink {
  facts(eventId: string, facts: readonly Fact[]): Promise<void>;
}

/** Serves what viewers ask by message; throws a CrowdcueError, which becomes a rejected response. */
export interface MessageServer {
  request(eventId: string, viewer: number, type: string, payload: unknown, tier: string): Promise<unknown>;
}
