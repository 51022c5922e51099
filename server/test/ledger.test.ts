import { describe } from 'vitest';
import { lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { ledgerContract } from './ledger-contract.js';
import { tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

ledgerContract('lmdb', async (clock) => lmdbLedger(await tempStore(), clock));

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  const redis = sharedRedis();
  ledgerContract('redis', async (clock) => redisLedger(await redis.client(), clock));
});
