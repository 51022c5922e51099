import { describe, expect, it } from 'vitest';
import { claimStorm, stormTable } from '../../src/claims/claim-storm.js';
import { redisServerPath } from '../../src/redis-server.js';

describe.skipIf(redisServerPath() === undefined)('everybody claims at once', () => {
  // `node loadtest/dist/load.js claims` does the same with 50,000 viewers and 500 units.
  it('[CLM1] two origins, both killed in the middle: no unit over, lost or given twice, first receipts stand, the shop hears of each', async () => {
    const report = await claimStorm({ viewers: 3_000, supply: 60, origins: 2, withinMs: 1_000, twice: 20, kill: true, seed: 7 });
    console.log(stormTable(report));
    expect(report.faults).toEqual([]);
    expect(report).toMatchObject({ granted: 60, refused: 2_940, unanswered: 0 });
    expect(report.retries).toBeGreaterThan(0); // both were away: somebody had to ask again
  }, 180_000);
});
