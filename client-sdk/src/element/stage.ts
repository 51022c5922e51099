import { CLOSE, type CrowdView, type ErrorCode, type QueuePlace } from '@crowdcue/protocol';
import type { SessionEnd } from '../session.js';

/** Why the element shows no game and will not by itself. */
export type Ending = 'taken_over' | 'banned' | 'event_ended' | 'event_unknown' | 'event_full' | 'event_off' | 'token' | 'unavailable' | 'misused' | 'other';

/** What fills the element. Each has only its own fields. */
export type Stage =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ended'; readonly ending: Ending; readonly code: string }
  | ({ readonly kind: 'queued' } & QueuePlace)
  | { readonly kind: 'idle' }
  /** The host has taken the event off the air; it may come back. */
  | { readonly kind: 'off' }
  | { readonly kind: 'armed'; readonly game: string; readonly seconds: number }
  /** `wait`: seconds until the outcome, once the own window is over and others' pictures are later. */
  | { readonly kind: 'live'; readonly game: string; readonly open: boolean; readonly secondsLeft: number; readonly wait: number }
  | { readonly kind: 'over'; readonly game: string };

/** What is said above the stage, worst first. */
export type Notice = 'offline' | 'reconnecting' | 'hold' | 'rewards';

export interface Situation {
  readonly state: CrowdView | undefined;
  readonly ended: { readonly ending: Ending; readonly code: string } | undefined;
  /** The viewer's place, while it waits in line to get in. */
  readonly queue?: QueuePlace | undefined;
  /** Event time now. */
  readonly now: number | undefined;
  /** What the viewer's picture shows; a round in stream time counts by it. */
  readonly streamNow?: number | undefined;
}

/** A wait for the outcome that is worth telling, ms. */
const LONG_MS = 1_000;

const secondsUntil = (time: number, now: number | undefined): number => (now === undefined ? 0 : Math.max(0, Math.ceil((time - now) / 1000)));

/** A round in stream time ends for each viewer by its own picture, and for all when the room has closed it. */
const liveStage = ({ game, endsAt, closesAt = 0 }: CrowdView, now: number | undefined, own: number | undefined): Stage => {
  const end = closesAt > 0 && now !== undefined && own !== undefined ? Math.min(endsAt, closesAt - (now - own)) : endsAt;
  const open = own === undefined || own <= end;
  return { kind: 'live', game, open, secondsLeft: secondsUntil(end, own), wait: open || closesAt < endsAt + LONG_MS ? 0 : secondsUntil(closesAt, own) };
};

/** Decides what fills the element. */
export const stageOf = ({ state, ended, queue, now, streamNow = now }: Situation): Stage => {
  if (ended !== undefined) return { kind: 'ended', ...ended };
  if (queue !== undefined) return { kind: 'queued', ...queue };
  if (state === undefined) return { kind: 'loading' };
  const own = (state.closesAt ?? 0) > 0 ? streamNow : now;
  switch (state.phase) {
    case 'idle': return { kind: 'idle' };
    case 'off': return { kind: 'off' };
    case 'armed': return { kind: 'armed', game: state.game, seconds: secondsUntil(state.startsAt, own) };
    case 'live': return liveStage(state, now, own);
    case 'over': return { kind: 'over', game: state.game };
    default: return { kind: 'idle' }; // a phase of a later version
  }
};

const endingByCode: Partial<Record<ErrorCode | 'taken_over', Ending>> = {
  taken_over: 'taken_over', viewer_banned: 'banned', event_ended: 'event_ended', event_unknown: 'event_unknown', event_full: 'event_full', event_off: 'event_off',
  token_missing: 'token', token_malformed: 'token', token_forged: 'token', token_expired: 'token', token_other_event: 'token', token_tier_forged: 'token',
  unavailable: 'unavailable', internal: 'unavailable', too_many_requests: 'unavailable', bad_request: 'misused',
};

const endingByClose: ReadonlyMap<number, Ending> = new Map([
  [CLOSE.taken_over, 'taken_over'], [CLOSE.banned, 'banned'], [CLOSE.event_ended, 'event_ended'], [CLOSE.event_unknown, 'event_unknown'],
  [CLOSE.event_full, 'event_full'], [CLOSE.token_expired, 'token'], [CLOSE.token_rejected, 'token'],
]);

/** What an error, or the end of a session, means to the viewer. */
export const endingOf = (end: Pick<SessionEnd, 'reason'> & { readonly code?: number }): Ending =>
  endingByCode[end.reason as ErrorCode] ?? endingByClose.get(end.code ?? 0) ?? 'other';

/** Whether the viewer can do something about an ending by trying again. */
export const canRetry = (ending: Ending): boolean => ending !== 'banned' && ending !== 'event_ended' && ending !== 'misused';

/** Whether two stages look alike. */
export const sameStage = (a: Stage, b: Stage): boolean => {
  if (a.kind === 'armed' && b.kind === 'armed') return a.game === b.game && a.seconds === b.seconds;
  if (a.kind === 'live' && b.kind === 'live') return a.game === b.game && a.open === b.open && a.secondsLeft === b.secondsLeft && a.wait === b.wait;
  return a.kind === b.kind;
};
