import { describe, expect, it } from 'vitest';
import { chaosTable, runChaos, type ChaosOptions, type ChaosVerdict } from '../../src/chaos/chaos.js';
import { findToxiproxy } from '../../src/chaos/toxiproxy.js';
import { redisServerPath } from '../../src/redis-server.js';

const SEED = Number(process.env['CROWDCUE_SEED'] ?? 20_261_121);

const run = async (options: Partial<ChaosOptions> & Pick<ChaosOptions, 'faults' | 'faultMs'>): Promise<ChaosVerdict> => {
  const verdict = await runChaos({ viewers: 200, rate: 1, origins: 1, relays: 2, redis: false, seed: SEED, ...options } as ChaosOptions);
  console.log(chaosTable(verdict));
  return verdict;
};

/** What every run ends in, whatever was done to it. */
const holds = ({ report, replayDiffers, replayOff, holds: all }: ChaosVerdict): void => {
  expect(report).toMatchObject({ unsettled: 0, confirmedNotApplied: 0, appliedNotConfirmed: 0, mismatches: 0, compared: 200 });
  expect(report.confirmed + report.refused).toBe(report.sent);
  expect(report.confirmed).toBeGreaterThan(500);
  expect([replayDiffers, replayOff]).toEqual([[], 0]);
  expect(all).toBe(true);
};

describe('a crowd that plays while things fail', { timeout: 180_000 }, () => {
  it('[CHA3] viewers\' networks bad, cut and half-open, links bad and half-open, relays killed and paused: confirmed = applied, the result is its journal\'s', async () => {
    holds(await run({ faultMs: 3_000, faults: ['bad-network', 'viewers-cut', 'viewers-half-open', 'link-bad', 'link-half-open', 'relay-killed', 'relay-paused'] }));
  });

  it('[CHA4] links cut for 30 s: viewers stay connected, everything that they did meanwhile is applied once', async () => {
    const verdict = await run({ faultMs: 30_000, faults: ['link-cut'] });
    holds(verdict);
    expect(verdict.report.reconnects).toBe(0);
  });

  it('[CHA5] an origin alone, killed in mid-round and started again: the round goes on from its journal', async () => {
    holds(await run({ faultMs: 2_000, faults: ['origin-killed', 'origin-killed'] }));
  });

  it.skipIf(redisServerPath() === undefined)('[CHA6] two origins on one Redis: the room\'s origin killed, then paused past its lease, Redis killed and paused; all holds', async () => {
    holds(await run({ origins: 2, faultMs: 5_000, faults: ['origin-killed', 'origin-paused', 'redis-restarted', 'redis-paused'] }));
  });

  it.skipIf(findToxiproxy() === undefined)('[CHA3] the same through a real Toxiproxy', async () => {
    holds(await run({ faultMs: 3_000, faults: ['bad-network', 'viewers-cut', 'viewers-half-open', 'link-bad', 'link-cut'], toxiproxy: findToxiproxy()! }));
  });
});
