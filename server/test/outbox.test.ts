import { describe } from 'vitest';
import { lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { lmdbOutbox, redisOutbox } from '../src/outbox/index.js';
import { outboxContract } from './outbox-contract.js';
import { tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis, startCluster } from './support/shared-redis.js';

outboxContract('lmdb', async (clock) => {
  const store = await tempStore();
  const outbox = lmdbOutbox(store);
  return { ledger: lmdbLedger(store, clock), outbox, connect: async () => outbox };
});

// A cluster of one node that has every slot: it refuses a step whose keys do not share a hash tag.
describe.skipIf(!HAS_REDIS)('with a real server', () => {
  const redis = sharedRedis(startCluster);
  outboxContract('redis', async (clock) => {
    const prefix = redis.freshPrefix();
    const client = await redis.client(prefix);
    return { ledger: redisLedger(client, clock), outbox: redisOutbox(client), connect: async () => redisOutbox(await redis.client(prefix)) };
  });
});
