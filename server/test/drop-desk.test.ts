import { describe, expect, it } from 'vitest';
import { BUILT_IN_RULES } from '../src/achievements/index.js';
import { DropService } from '../src/drops/index.js';
import { DropDesk } from '../src/events/drop-desk.js';
import { systemRandom } from '../src/identity/index.js';
import { type Ledger, redisLedger } from '../src/ledger/index.js';
import { OriginMetrics } from '../src/metrics/origin-metrics.js';
import { handClock } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

const E = 'show';

describe.skipIf(!HAS_REDIS)('drop desks of two origins', () => {
  const redis = sharedRedis();
  const desk = (ledger: Ledger): DropDesk =>
    new DropDesk({
      unproven: true, vault: { code: () => undefined }, lots: { promise: () => Promise.reject(new Error('no lots here')), look: () => Promise.resolve(), drawsAt: () => undefined },
      ledger, service: new DropService(ledger), rules: BUILT_IN_RULES, own: { titlesOf: () => new Map(), scarceGateOf: () => undefined }, rooms: { local: () => undefined }, notify: () => undefined, clock: handClock(), random: systemRandom,
      metrics: new OriginMetrics(), logger: { error: (_, message) => expect.fail(message) },
    });

  it('[DRP6] show what the other defined, unlocked and granted, also of an event that it made', async () => {
    const prefix = redis.freshPrefix();
    const [mine, other] = await Promise.all([1, 2].map(async () => redisLedger(await redis.client(prefix), handClock())));
    const [here, there] = [desk(mine!), desk(other!)];
    await there.prepare(E);
    const [rope] = there.parseAll([{ id: 'rope', name: 'Rope', kind: 'badge', supply: 2, unlockedBy: 'round-won' }]);
    await there.define(E, rope!);
    await other!.unlock({ event: E, target: { achievement: 'round-won' }, viewers: [1, 2, 3], trace: 't' });
    await mine!.unlock({ event: E, target: { drop: 'rope' }, viewers: [4], trace: 't' });

    // This one never prepared the event.
    expect(await here.overview(E)).toMatchObject([{ id: 'rope', unlocked: 4, granted: 0, left: 2 }]);
    expect(await here.forViewer(E, 1)).toMatchObject([{ id: 'rope', state: 'unlocked' }]);
    expect(await here.forViewer(E, 4)).toMatchObject([{ id: 'rope', state: 'unlocked' }]);
    expect(await here.forViewer(E, 9)).toMatchObject([{ id: 'rope', state: 'none' }]);
    const receipt = await here.claim(E, 'rope', 'key-number-1', { viewer: 1 });
    expect(receipt).toMatchObject({ status: 'granted', serial: 1, supply: 2 });
    expect(await there.claim(E, 'rope', 'key-number-1', { viewer: 1 })).toEqual(receipt);
    expect(await there.forViewer(E, 1)).toMatchObject([{ id: 'rope', state: 'granted', receipt }]);
    expect(await there.overview(E)).toMatchObject([{ unlocked: 4, granted: 1, left: 1 }]);
    await expect(here.define(E, rope!)).rejects.toMatchObject({ code: 'drop_exists' });
    await here.prepare(E);
  });
});
