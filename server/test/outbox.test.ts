import { describe } from 'vitest';
import { lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { lmdbOutbox, redisOutbox } from '../src/outbox/index.js';
import { outboxContract } from './outbox-contract.js';
import { tempStore } from './store-helper.js';
import { openRedis } from '../src/store/index.js';
import { HAS_REDIS, RedisServer } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';
import { freePort } from './support/test-origin.js';

outboxContract('lmdb', async (clock) => {
  const store = await tempStore();
  const outbox = lmdbOutbox(store);
  return { ledger: lmdbLedger(store, clock), outbox, connect: async () => outbox };
});

/** A Redis Cluster of one node that has every slot: it refuses a step whose keys do not share a hash tag. */
const strictServer = async (): Promise<RedisServer> => {
  const server = await RedisServer.start(['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())]);
  const client = await openRedis({ url: server.url });
  await client.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
  while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await new Promise((turn) => setImmediate(turn));
  await client.close();
  return server;
};

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  const redis = sharedRedis(strictServer);
  outboxContract('redis', async (clock) => {
    const prefix = redis.freshPrefix();
    const client = await redis.client(prefix);
    return { ledger: redisLedger(client, clock), outbox: redisOutbox(client), connect: async () => redisOutbox(await redis.client(prefix)) };
  });
});
