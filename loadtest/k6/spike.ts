/** A spike: a tenth of the viewers plays all along; in the middle of their round all others arrive within moments and leave again. */
import { cueRound, COMMON_THRESHOLDS, countZeros, endOf, playViewers, type Round } from './play.ts';
import { SETTINGS, vusFor } from './settings.ts';

const BASE = Math.max(1, Math.round(SETTINGS.viewers / 10));
const EXTRA = Math.max(1, SETTINGS.viewers - BASE);
const SPIKE_AFTER_S = 5 + Math.round(SETTINGS.seconds / 3);
const STAY_MS = 5_000;

export const options = {
  scenarios: {
    base: { executor: 'per-vu-iterations', vus: vusFor(BASE), iterations: 1, maxDuration: '5m', exec: 'base' },
    spike: { executor: 'per-vu-iterations', vus: vusFor(EXTRA), iterations: 1, maxDuration: '5m', startTime: `${SPIKE_AFTER_S}s`, exec: 'spike' },
  },
  thresholds: {
    ...COMMON_THRESHOLDS,
    'crowdcue_join_ms{scenario:spike}': [`p(95)<${SETTINGS.joinP95Ms}`],
    'crowdcue_actions_lost{scenario:base}': ['count==0'],
  },
};

export const setup = (): { round: Round | undefined } => ({ round: cueRound(4_000) });

export const base = ({ round }: { round: Round | undefined }): void => {
  countZeros();
  playViewers(BASE / vusFor(BASE), endOf(round), round);
};

export const spike = (): void => {
  countZeros();
  playViewers(Math.ceil(EXTRA / vusFor(EXTRA)), Date.now() + STAY_MS, undefined);
};
