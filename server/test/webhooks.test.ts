import { describe } from 'vitest';
import { systemClock } from '../src/clock.js';
import { lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { lmdbOutbox, redisOutbox } from '../src/outbox/index.js';
import { lmdbRecords, openRedisRecords } from '../src/store/index.js';
import { onTestFinished } from 'vitest';
import { tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';
import { type Kept, webhooksContract } from './webhooks-contract.js';

webhooksContract('lmdb', async () => {
  const store = await tempStore();
  const connect = async (): Promise<Kept> => ({ ledger: lmdbLedger(store, systemClock), outbox: lmdbOutbox(store), records: lmdbRecords(store) });
  return { ...(await connect()), connect };
});

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  const redis = sharedRedis();
  webhooksContract('redis', async () => {
    const prefix = redis.freshPrefix();
    const connect = async (): Promise<Kept> => {
      const client = await redis.client(prefix);
      const records = await openRedisRecords(client, ['webhooks']);
      onTestFinished(() => records.close());
      return { ledger: redisLedger(client, systemClock), outbox: redisOutbox(client), records };
    };
    return { ...(await connect()), connect };
  });
});
