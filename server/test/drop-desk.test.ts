import { describe, expect, it, vi } from 'vitest';
import { BUILT_IN_RULES } from '../src/achievements/index.js';
import { DropService, LotDesk } from '../src/drops/index.js';
import { DropDesk, type DropDeskOptions } from '../src/events/drop-desk.js';
import { systemRandom } from '../src/identity/index.js';
import { type Ledger, lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { OriginMetrics } from '../src/metrics/origin-metrics.js';
import { terms } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

const E = 'show';

const desk = (ledger: Ledger, more: Partial<DropDeskOptions> = {}): DropDesk =>
  new DropDesk({
    unproven: true, vault: { code: () => undefined }, lots: { promise: () => Promise.reject(new Error('no lots here')), look: () => Promise.resolve(), drawsAt: () => undefined },
    ledger, service: new DropService(ledger), rules: BUILT_IN_RULES, own: { titlesOf: () => new Map(), scarceGateOf: () => undefined }, rooms: { local: () => undefined }, notify: () => undefined, clock: handClock(), random: systemRandom,
    metrics: new OriginMetrics(), logger: { error: (_, message) => expect.fail(message) }, ...more,
  });

describe('what is due at a look', () => {
  it('[DRP11] reservations are looked for once a second, however often the drops change', async () => {
    const clock = handClock();
    const ledger = lmdbLedger(await tempStore(), clock);
    await ledger.createEvent(E, 't');
    await ledger.defineDrop(E, terms({ reserveMs: 60_000, variants: { default: 5 } }), 't');
    await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: [1], trace: 't' });
    await ledger.claim([{ event: E, drop: 'badge', viewer: 1, key: 'key-number-1', trace: 't' }]);
    const expireDue = vi.spyOn(ledger, 'expireDue');
    let looks = 0;
    const room = { dropsChanged: () => undefined } as never;
    const { board } = desk({ ...ledger, expireDue, drops: (event) => (looks++, ledger.drops(event)) } as Ledger, { clock, rooms: { local: () => room } });
    const look = async (): Promise<void> => {
      const before = looks;
      board.publish(E);
      await vi.waitUntil(() => looks > before);
    };
    for (let turn = 0; turn < 5; turn++) await look();
    expect(expireDue).toHaveBeenCalledTimes(1);
    clock.time += 1_000;
    for (let turn = 0; turn < 3; turn++) await look();
    expect(expireDue).toHaveBeenCalledTimes(2);
    board.close();
  });

  it('[DRP12] a lot that could not be taken on is told once and tried again five seconds later', async () => {
    const clock = handClock();
    const ledger = lmdbLedger(await tempStore(), clock);
    const errors: string[] = [];
    let broken = true;
    const lots = new LotDesk({
      ledger: { ...ledger, lotStep: (step) => (broken ? Promise.reject(new Error('the disk is full')) : ledger.lotStep(step)) } as Ledger,
      seeds: { entries: () => [], put: () => Promise.resolve(), watch: () => undefined } as never, entropy: { name: 'test', read: () => Promise.resolve('1') }, clock, newSeed: () => 'seed', trace: () => 't', maxDelayOf: () => 0,
      changed: () => undefined, logger: { info: () => undefined, error: (_, message) => errors.push(message) },
    });
    await ledger.createEvent(E, 't');
    await ledger.defineDrop(E, terms({ allocation: 'lottery', closesAt: clock.time + 10, commitment: await lots.promise(E, 'badge') }), 't');
    const look = async (): Promise<void> => lots.look(E, await ledger.drops(E));
    clock.time += 10;
    for (let turn = 0; turn < 3; turn++) await look();
    expect(errors).toHaveLength(1);
    clock.time += 4_999;
    broken = false;
    await look();
    expect((await ledger.drops(E))[0]!.lot!.state).toBe('collecting');
    clock.time += 1;
    await look();
    expect((await ledger.drops(E))[0]!.lot!.state).toBe('settled');
    expect(errors).toHaveLength(1);
  });
});

describe.skipIf(!HAS_REDIS)('drop desks of two origins', () => {
  const redis = sharedRedis();

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
