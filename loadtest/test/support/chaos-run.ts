import { expect } from 'vitest';
import { chaosTable, runChaos, type ChaosOptions, type ChaosVerdict } from '../../src/chaos/chaos.js';

const SEED = Number(process.env['CROWDCUE_SEED'] ?? 20_261_121);

/** A chaos run of 200 viewers, told in the log. */
export const run = async (options: Partial<ChaosOptions> & Pick<ChaosOptions, 'faults' | 'faultMs'>): Promise<ChaosVerdict> => {
  const verdict = await runChaos({ viewers: 200, rate: 1, origins: 1, relays: 2, redis: false, seed: SEED, ...options } as ChaosOptions);
  console.log(chaosTable(verdict));
  return verdict;
};

/** What every run ends in, whatever was done to it. */
export const holds = ({ report, replayDiffers, replayOff, holds: all }: ChaosVerdict): void => {
  expect(report).toMatchObject({ unsettled: 0, confirmedNotApplied: 0, appliedNotConfirmed: 0, mismatches: 0, compared: 200 });
  expect(report.confirmed + report.refused).toBe(report.sent);
  expect(report.confirmed).toBeGreaterThan(500);
  expect([replayDiffers, replayOff]).toEqual([[], 0]);
  expect(all).toBe(true);
};
