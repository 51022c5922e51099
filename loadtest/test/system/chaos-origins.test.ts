import { describe, it } from 'vitest';
import { redisServerPath } from '../../src/redis-server.js';
import { holds, run } from '../support/chaos-run.js';

describe('a crowd that plays while origins and their store fail', { timeout: 180_000 }, () => {
  it('[CHA5] an origin alone, killed in mid-round and started again: the round goes on from its journal', async () => {
    holds(await run({ faultMs: 2_000, faults: ['origin-killed', 'origin-killed'] }));
  });

  it.skipIf(redisServerPath() === undefined)('[CHA6] two origins on one Redis: the room\'s origin killed, then paused past its lease, Redis killed and paused; all holds', async () => {
    holds(await run({ origins: 2, faultMs: 5_000, faults: ['origin-killed', 'origin-paused', 'redis-restarted', 'redis-paused'] }));
  });
});
