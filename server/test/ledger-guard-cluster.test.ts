import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { guardedLedger, ReceiptMemory, RedisGuard, redisLedger } from '../src/ledger/index.js';
import { clusterAddress, openRedisCluster } from '../src/store/index.js';
import { ask, terms } from './ledger-contract.js';
import { sharedCluster } from './support/redis-cluster.js';
import { HAS_REDIS } from './support/redis-server.js';

describe.skipIf(!HAS_REDIS)('a guarded ledger on a cluster', () => {
  const cluster = sharedCluster();

  it('[TRU14] is frozen when any of its primaries was restarted, and open again when all that was delivered is found', async () => {
    let heard: () => void = () => undefined;
    const states: string[] = [];
    const guard = new RedisGuard({
      clock: systemClock, memory: await ReceiptMemory.open(), witness: 'a',
      onChange: ({ state, why }) => {
        states.push(why ?? state);
        heard();
      },
    });
    const client = await openRedisCluster(clusterAddress(cluster.url)!, { timeoutMs: 20_000, onServer: (server) => guard.saw(server) });
    try {
      const plain = redisLedger(client, systemClock);
      const ledger = guardedLedger(plain, guard, systemClock);
      await guard.start({ client, ledger: plain });
      for (const event of ['show', 'other', 'third']) {
        await ledger.createEvent(event, 't');
        await ledger.defineDrop(event, terms(), 't');
        await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2], trace: 't' });
      }
      const receipts = await ledger.claim(['show', 'other', 'third'].map((event) => ask(1, { event })));
      expect(receipts).toMatchObject([{ serial: 1 }, { serial: 1 }, { serial: 1 }]);
      const back = new Promise<void>((resolve) => (heard = () => states.at(-1) === 'open' && states.length === 3 && resolve()));
      await cluster.nodes()[1]!.server.restart();
      await back;
      expect(states).toEqual(['open', 'server_changed', 'open']);
      expect(await ledger.claim(['show', 'other', 'third'].map((event) => ask(1, { event })))).toEqual(receipts);
    } finally {
      await guard.close();
      await client.close();
    }
  });
});
