import { describe, expect, it } from 'vitest';
import { lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { ask, ledgerContract, terms } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis, startCluster } from './support/shared-redis.js';

ledgerContract('lmdb', async (clock) => lmdbLedger(await tempStore(), clock));

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  const redis = sharedRedis();
  ledgerContract('redis', async (clock) => redisLedger(await redis.client(), clock));
});

describe.skipIf(!HAS_REDIS)('with a cluster', () => {
  const redis = sharedRedis(startCluster);
  ledgerContract('redis cluster', async (clock) => redisLedger(await redis.client(), clock));

  it.each(['}{x}', '{a}b', '{}', '%7B', "it's:*"])('[LED25] keeps all keys of event %j on one node', async (event) => {
    const clock = handClock();
    const client = await redis.client();
    const ledger = redisLedger(client, clock);
    await ledger.createEvent(event, 't');
    await ledger.defineDrop(event, terms(), 't');
    await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2], trace: 't' });
    await ledger.claim([ask(1, { event }), ask(2, { event })]);
    await ledger.revoke({ event, drop: 'badge', viewer: 1, reason: 'r', trace: 't' });
    expect(await ledger.reconcile(event)).toEqual([]);
  });
});
