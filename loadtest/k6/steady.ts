/** Steady play: viewers come over five seconds, act at their rate through one round, and nothing is lost. */
import { cueRound, COMMON_THRESHOLDS, countZeros, endOf, playViewers, type Round } from './play.ts';
import { SETTINGS, vusFor } from './settings.ts';

const VUS = vusFor(SETTINGS.viewers);
const ARRIVE_MS = 5_000;

export const options = {
  scenarios: { steady: { executor: 'per-vu-iterations', vus: VUS, iterations: 1, maxDuration: '5m' } },
  thresholds: {
    ...COMMON_THRESHOLDS,
    crowdcue_join_ms: [`p(95)<${SETTINGS.joinP95Ms}`],
    ...(SETTINGS.hostSession === '' ? {} : { crowdcue_actions_confirmed: ['count>0'] }),
  },
};

export const setup = (): { round: Round | undefined } => ({ round: cueRound(ARRIVE_MS + 3_000) });

export default function steady({ round }: { round: Round | undefined }): void {
  countZeros();
  const count = Math.min(SETTINGS.viewersPerVu, SETTINGS.viewers - (__VU - 1) * SETTINGS.viewersPerVu);
  const until = endOf(round);
  setTimeout(() => playViewers(count, until, round), (ARRIVE_MS * (__VU - 1)) / VUS);
}
