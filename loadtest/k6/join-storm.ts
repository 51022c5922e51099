/** A cue makes everybody arrive at once: all viewers dial in the same moment, and stay while the round is played. */
import { cueRound, COMMON_THRESHOLDS, countZeros, endOf, playViewers, type Round } from './play.ts';
import { SETTINGS, vusFor } from './settings.ts';

const VUS = vusFor(SETTINGS.viewers);

export const options = {
  scenarios: { storm: { executor: 'per-vu-iterations', vus: VUS, iterations: 1, maxDuration: '5m' } },
  thresholds: { ...COMMON_THRESHOLDS, crowdcue_join_ms: [`p(95)<${SETTINGS.joinP95Ms}`], crowdcue_joined: [`count>=${SETTINGS.viewers}`] },
};

export const setup = (): { round: Round | undefined } => ({ round: cueRound(5_000) });

export default function storm({ round }: { round: Round | undefined }): void {
  countZeros();
  playViewers(Math.min(SETTINGS.viewersPerVu, SETTINGS.viewers - (__VU - 1) * SETTINGS.viewersPerVu), endOf(round), round);
}
