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
    await ledger.defineDrop(event, terms({ reserveMs: 10 }), 't');
    await ledger.defineDrop(event, terms({ id: 'lot', allocation: 'lottery' }), 't');
    await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2], trace: 't' });
    const receipts = await ledger.claim([ask(1, { event, proof: 'email', subject: 7 }), ask(2, { event }), ask(1, { event, drop: 'lot', key: 'of-the-lot' })]);
    expect(receipts.map(({ status }) => status)).toEqual(['reserved', 'reserved', 'entered']);
    const key = 'order-number-1';
    expect(await ledger.move({ event, id: `${event}:6`, type: 'convert', key, amount: 5, currency: 'EUR', trace: 't' })).toMatchObject({ status: 'done' });
    clock.time += 10;
    expect(await ledger.expireDue(event, 9, 't')).toBe(1);
    expect(await ledger.restock({ event, drop: 'badge', variant: 'default', add: 1, reason: 'r', trace: 't' })).toBe(3);
    for (const to of ['frozen', 'listed', 'drawn'] as const) await ledger.lotStep({ event, drop: 'lot', to, trace: 't' });
    expect(await ledger.lotTickets(event, 'lot')).toEqual({ tickets: [{ ticket: 8, variant: 'default' }] });
    expect(await ledger.allot({ event, drop: 'lot', from: 0, tickets: [8], trace: 't' })).toBe(1);
    expect(await ledger.revoke({ event, drop: 'lot', viewer: 1, reason: 'r', trace: 't' })).toBe(true);
    expect(await ledger.reconcile(event)).toEqual([]);
  });
});
