import { describe } from 'vitest';
import { lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { lmdbOutbox, redisOutbox } from '../src/outbox/index.js';
import { outboxContract } from './outbox-contract.js';
import { tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

outboxContract('lmdb', async (clock, options) => {
  const store = await tempStore();
  return { ledger: lmdbLedger(store, clock), outbox: lmdbOutbox(store, options) };
});

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  const redis = sharedRedis();
  outboxContract('redis', async (clock, options) => {
    const client = await redis.client();
    return { ledger: redisLedger(client, clock), outbox: redisOutbox(client, options) };
  });
});
