/**
 * Close codes of a viewer's connection and of a relay's link. The range decides what the other side does:
 * 4100 to 4199 is final, 4200 to 4299 is worth another try (after the SDK's own back-off, maybe on another relay).
 * Codes below 4100 are those of Colyseus and of WebSocket itself.
 */
import { ERRORS, type ErrorCode } from './errors.js';

export const CLOSE = {
  /** The viewer left on purpose (Colyseus). */
  consented: 4000,
  /** The server goes down (Colyseus). */
  server_shutdown: 4001,
  /** Bad seat (Colyseus). */
  with_error: 4002,
  /** A reconnection was refused (Colyseus). */
  reconnection_refused: 4003,
  /** Try again: the only application code on which a stock SDK reconnects by itself (Colyseus). */
  try_reconnect: 4010,

  token_rejected: 4100,
  token_expired: 4101,
  banned: 4102,
  taken_over: 4103,
  bad_frame: 4104,
  oversize: 4105,
  flood: 4106,
  event_unknown: 4107,
  event_ended: 4108,
  relay_forbidden: 4109,
  relay_superseded: 4110,
  room_unsupported: 4111,

  event_full: 4200,
  relay_draining: 4201,
  too_slow: 4202,
  join_timeout: 4203,
  link_reset: 4204,
} as const;

/** The name of a close code. */
export type CloseName = keyof typeof CLOSE;
/** A close code. */
export type CloseCode = (typeof CLOSE)[CloseName];

/** What a close code asks of the side that was closed. */
export type CloseAdvice = 'stop' | 'retry';

/** Codes on which a connection broke without a word, or was asked to come back. */
const RETRY_BELOW_4100: ReadonlySet<number> = new Set([1001, 1005, 1006, 1011, 1012, 1013, CLOSE.server_shutdown, CLOSE.try_reconnect]);

/** Whether to come back after `code`. A number of a later version in the 42xx range is a retry too. */
export const adviceOf = (code: number): CloseAdvice => {
  if (code >= 4200 && code < 4300) return 'retry';
  return RETRY_BELOW_4100.has(code) ? 'retry' : 'stop';
};

const closeByError: Partial<Record<ErrorCode, CloseCode>> = {
  token_missing: CLOSE.token_rejected,
  token_malformed: CLOSE.token_rejected,
  token_forged: CLOSE.token_rejected,
  token_other_event: CLOSE.token_rejected,
  token_tier_forged: CLOSE.token_rejected,
  token_expired: CLOSE.token_expired,
  viewer_banned: CLOSE.banned,
  frame_truncated: CLOSE.bad_frame,
  frame_unknown: CLOSE.bad_frame,
  frame_text: CLOSE.bad_frame,
  frame_malformed: CLOSE.bad_frame,
  frame_oversize: CLOSE.oversize,
  flood: CLOSE.flood,
  event_unknown: CLOSE.event_unknown,
  event_ended: CLOSE.event_ended,
  event_full: CLOSE.event_full,
  relay_forbidden: CLOSE.relay_forbidden,
  relay_superseded: CLOSE.relay_superseded,
  room_unsupported: CLOSE.room_unsupported,
  // The same seat never comes back; Colyseus's own code for it sends a stock SDK to matchmaking again.
  seat_expired: CLOSE.with_error,
};

/**
 * The close code that tells a viewer of this error; the error's own code goes along as the close reason. An error without a close
 * code of its own is final or worth another try as its `retryable` says.
 */
export const closeForError = (code: ErrorCode): CloseCode =>
  closeByError[code] ?? (ERRORS[code].retryable ? CLOSE.link_reset : CLOSE.with_error);
