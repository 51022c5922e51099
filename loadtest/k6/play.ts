/** What one VU does: its share of the viewers, from joining to leaving. */
import http from 'k6/http';
import { SETTINGS } from './settings.ts';
import { METRICS, Viewer } from './viewer.ts';

/** What every VU is told of the round. */
export interface Round {
  readonly round: number;
  /** Wall clock, ms since 1970. */
  readonly opensAt: number;
  readonly closesAt: number;
}

/** ms for the last actions to be settled after the round has closed. */
const SETTLE_MS = 4_000;
/** ms by which viewers act after the round's opening and stop before its end: clocks of two processes. */
const MARGIN_MS = 300;

/** Cues one round of tug that nobody can win, so that it lasts; without a host's session there is none. */
export const cueRound = (inMs: number): Round | undefined => {
  if (SETTINGS.hostSession === '') return undefined;
  const body = JSON.stringify({ game: 'tug', inMs, durationMs: SETTINGS.seconds * 1000, params: { goal: 1_000_000 } });
  const answer = http.post(`${SETTINGS.origin}/api/events/${SETTINGS.event}/cue`, body, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${SETTINGS.hostSession}` },
  });
  if (answer.status >= 300) throw new Error(`the cue was answered ${answer.status}: ${String(answer.body)}`);
  const opensAt = Date.now() + inMs + MARGIN_MS;
  return { round: (answer.json() as { round: number }).round, opensAt, closesAt: opensAt + SETTINGS.seconds * 1000 - 2 * MARGIN_MS };
};

/** Plays `count` viewers that stay until `until` (wall clock, ms); in `round` they act. */
export const playViewers = (count: number, until: number, round: Round | undefined): void => {
  const viewers = Array.from({ length: count }, () => new Viewer());
  for (const viewer of viewers) void viewer.start();
  if (round !== undefined) viewers.forEach((viewer, index) => tap(viewer, index, round));
  setTimeout(() => {
    for (const viewer of viewers) viewer.end();
  }, until - Date.now());
};

/** When everybody may leave: the round is over, and settled. */
export const endOf = (round: Round | undefined): number => (round === undefined ? Date.now() + SETTINGS.seconds * 1000 : round.closesAt + SETTLE_MS);

/** A crowd does not tap in step: each has a phase and some unrest of its own. */
const tap = (viewer: Viewer, index: number, { round, opensAt, closesAt }: Round): void => {
  const period = 1000 / SETTINGS.rate;
  const next = (): void => {
    const now = Date.now();
    if (now >= closesAt) return;
    if (viewer.live) viewer.act(round, index % 2);
    setTimeout(next, period * (0.8 + 0.4 * Math.random()));
  };
  setTimeout(next, Math.max(0, opensAt - Date.now()) + Math.random() * period);
};

/** Bars that hold in every script: everybody got in, and nothing that was done is unaccounted for. */
export const COMMON_THRESHOLDS = {
  crowdcue_join_failed: ['count==0'],
  crowdcue_actions_lost: ['count==0'],
};

/** Counters that no sample reached have no verdict; a zero makes them judge. */
export const countZeros = (): void => {
  METRICS.joinFailed.add(0);
  METRICS.lost.add(0);
};
