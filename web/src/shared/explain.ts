/** Errors in the words of the person who reads them; what is missing here keeps the origin's own sentence. */
import type { ApiError, ApiErrorCode } from './api.js';

const PLAIN: Partial<Record<ApiErrorCode, string>> = {
  unreachable: 'The server does not answer. Check the network; nothing is lost on air.',
  internal: 'Something failed on the server. Try again.',
  unavailable: 'The server is not ready yet. Try again in a moment.',
  too_many_requests: 'That was too quick. Wait a moment and try again.',
  host_forbidden: 'This host session is over. Open a new host link.',
  role_forbidden: 'Your role may not do this. Ask the host.',
  member_unknown: 'This person is not on the team any more.',
  name_taken: 'Somebody in this event has this name by now.',
  rehearsal_missing: 'The server has no program for it. Use the command, from any machine with Crowdcue on it.',
  rehearsal_running: 'The server runs one rehearsal at a time, and one runs now.',
  rehearsal_off: 'This server runs no rehearsals itself. Use the command.',
  plan_overlap: 'Rounds would overlap: a round begins before the last window of the one before it is closed. Make it shorter.',
  event_off: 'The event is off the air. Put it back on air first.',
  host_link_used: 'This link was used already, or it is too old.',
  round_running: 'A round is on. Wait for its end, or stop it.',
  round_none: 'No round is on, so there is nothing to stop.',
  game_unknown: 'The server does not have this game any more. Reload the page.',
  event_unknown: 'This event does not exist, or its code was mistyped.',
  event_full: 'This event is full right now. Try again in a minute.',
  event_exists: 'An event with this id exists already.',
  event_ended: 'This event is over.',
  room_hold: 'The room is on hold while the server recovers. It goes on by itself.',
  ledger_frozen: 'Rewards wait until it is known that none was lost. Try again in a moment.',
  store_unavailable: 'The server cannot save right now, so it changes nothing. Try again in a moment.',
  drop_bad_request: 'The server does not take a drop like this. Check its name and supply.',
  drop_exists: 'A drop with this name exists already.',
  bad_request: 'The server does not take these values. Check them and try again.',
};

/** What the origin says beyond the table's own sentence, which comes first: which field, which line. */
export const detailOf = ({ message }: ApiError): string => {
  const end = message.indexOf('. ');
  return end < 0 ? message : message.slice(end + 2);
};

/** One sentence that says what happened and what to do. */
export const explain = (error: ApiError): string => PLAIN[error.code] ?? error.message;
