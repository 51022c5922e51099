import { describe, expect, it, onTestFinished } from 'vitest';
import { systemRandom } from '../src/identity/index.js';
import { openKeeping } from '../src/keeping.js';
import { type Ledger, redisLedger } from '../src/ledger/index.js';
import { openRedis } from '../src/store/index.js';
import { ask, ledgerContract, terms } from './ledger-contract.js';
import { idOf } from './ledger-parts.js';
import { handClock, type HandClock, tempDir } from './store-helper.js';
import { sharedCluster } from './support/redis-cluster.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

/** Events of every node: a dozen names, and where their keys are. */
const EVENTS = Array.from({ length: 12 }, (_, index) => `show-${index}`);

/** A drop to pay for, a lot, and two viewers who may have both. */
const begin = async (ledger: Ledger, event: string): Promise<void> => {
  await ledger.createEvent(event, 't');
  await ledger.defineDrop(event, terms({ reserveMs: 10 }), 't');
  await ledger.defineDrop(event, terms({ id: 'lot', allocation: 'lottery', variants: { default: 1 } }), 't');
  await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2], trace: 't' });
};

/** The whole of it: paid, expired, restocked, drawn, revoked. */
const live = async (ledger: Ledger, clock: HandClock, event: string): Promise<void> => {
  const claims = [ask(1, { event, proof: 'email', subject: 7 }), ask(2, { event }), ask(1, { event, drop: 'lot', key: 'lot-of-1' }), ask(2, { event, drop: 'lot', key: 'lot-of-2' })];
  const receipts = await ledger.claim(claims);
  expect(receipts.map(({ status }) => status)).toEqual(['reserved', 'reserved', 'entered', 'entered']);
  const id = idOf(receipts[0]);
  const paid = { event, id, type: 'convert' as const, key: 'order-number-1', amount: 5, currency: 'EUR', trace: 't' };
  expect(await ledger.move(paid)).toMatchObject({ status: 'done' });
  expect(await ledger.move(paid)).toMatchObject({ status: 'again' });
  clock.time += 10;
  expect(await ledger.expireDue(event, 9, 't')).toBe(1);
  expect(await ledger.restock({ event, drop: 'badge', variant: 'default', add: 1, reason: 'r', trace: 't' })).toBe(3);
  for (const to of ['frozen', 'listed', 'drawn'] as const) await ledger.lotStep({ event, drop: 'lot', to, trace: 't' });
  const { tickets } = await ledger.lotTickets(event, 'lot');
  expect(await ledger.allot({ event, drop: 'lot', from: 0, winners: tickets.map(({ ticket }) => ticket).reverse(), losers: [], trace: 't' })).toBe(2);
  expect(await ledger.lotStep({ event, drop: 'lot', to: 'settled', trace: 't' })).toBe('settled');
  expect(await ledger.revoke({ event, drop: 'lot', viewer: 2, reason: 'r', trace: 't' })).toBe(true);
  expect((await ledger.receipts(event, 2)).map(({ drop, standing }) => `${drop} ${standing}`).sort()).toEqual(['badge expired', 'lot revoked']);
  expect(await ledger.reconcile(event)).toEqual([]);
};

describe.skipIf(!HAS_REDIS)('with a cluster of three nodes', () => {
  const cluster = sharedCluster();
  ledgerContract('a Redis Cluster', async (clock) => redisLedger(await cluster.caller(), clock));

  it.each(['}{x}', '{a}b', '{}', '%7B', "it's:*"])('[LED25] keeps all keys of event %j on one node', async (event) => {
    const clock = handClock();
    const ledger = redisLedger(await cluster.caller(), clock);
    await begin(ledger, event);
    await live(ledger, clock, event);
  });

  it('[LED30] lives on all nodes of a cluster at once: each event on one, claims of all in one call', async () => {
    const clock = handClock();
    const caller = await cluster.caller();
    const ledger = redisLedger(caller, clock);
    const places = await Promise.all(EVENTS.map((event) => cluster.placeOf(caller.keys.ledger(event).head)));
    expect([...new Set(places)].sort()).toEqual([0, 1, 2]);
    await Promise.all(EVENTS.map((event) => begin(ledger, event)));
    await Promise.all(EVENTS.map((event) => ledger.unlock({ event, target: { achievement: 'won' }, viewers: [3], trace: 't' })));
    await Promise.all(EVENTS.map((event) => ledger.defineDrop(event, terms({ id: 'free' }), 't')));
    const receipts = await ledger.claim([...EVENTS, 'nowhere', ...EVENTS].map((event, index) => ask(3, { event, drop: 'free', key: `key-number-${index}` })));
    expect(receipts.map((receipt) => (receipt.status === 'granted' ? `${receipt.event} ${receipt.serial}` : receipt.status === 'refused' && receipt.code))).toEqual(
      [...EVENTS.map((event) => `${event} 1`), 'event_unknown', ...EVENTS.map((event) => `${event} 1`)],
    );
    for (const [index, event] of EVENTS.entries()) expect(await cluster.nodes()[places[index]!]!.admin.call('EXISTS', caller.keys.ledger(event).head)).toBe(1);
    await Promise.all(EVENTS.map((event) => live(ledger, clock, event)));
  });

  it('[LED32] follows an event whose slot moves to another node, before, while and after it does', async () => {
    const caller = await cluster.caller();
    const ledger = redisLedger(caller, handClock());
    const event = 'moving';
    await ledger.createEvent(event, 't');
    await ledger.defineDrop(event, terms({ variants: { default: null } }), 't');
    await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2, 3, 4], trace: 't' });
    const serial = async (viewer: number): Promise<unknown> => (await ledger.claim([ask(viewer, { event })])).map((receipt) => receipt.status === 'granted' && receipt.serial);
    expect(await serial(1)).toEqual([1]);

    const { head } = caller.keys.ledger(event);
    const nodes = cluster.nodes().slice(0, 3);
    const from = await cluster.placeOf(head);
    // Never to the first: the next test lets it die, and wants to know what it has.
    const to = from === 1 ? 2 : 1;
    const [source, target] = [nodes[from]!, nodes[to]!];
    const slot = Number(await source.admin.call('CLUSTER', 'KEYSLOT', head));
    await target.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source.id);
    await source.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target.id);
    // Redis takes no step of several keys while some of them are elsewhere, or nowhere yet; what reads one key is led to where it is.
    const refused = { code: 'store_unavailable', retryable: true };
    const gates = (): Promise<unknown> => ledger.openGates(event, 2, ['a:won']);
    await expect(serial(2)).rejects.toMatchObject(refused);
    expect(await gates()).toEqual(new Set(['a:won']));
    const keys = (await source.admin.call('CLUSTER', 'GETKEYSINSLOT', slot, 1_000)) as Buffer[];
    expect(keys.length).toBeGreaterThan(5);
    await source.admin.call('MIGRATE', '127.0.0.1', target.server.port, '', 0, 10_000, 'KEYS', ...keys);
    await expect(serial(2)).rejects.toMatchObject(refused);
    expect(await gates()).toEqual(new Set(['a:won']));
    for (const { admin } of [target, source, ...nodes]) await admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', target.id);
    expect([await serial(2), await serial(3)]).toEqual([[2], [3]]);
    expect(await serial(1)).toEqual([1]);
    expect(await ledger.reconcile(event)).toEqual([]);
    // Back, for the other tests.
    await source.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', target.id);
    await target.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', source.id);
    await target.admin.call('MIGRATE', '127.0.0.1', source.server.port, '', 0, 10_000, 'KEYS', ...keys);
    for (const { admin } of [source, target, ...nodes]) await admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', source.id);
    expect([await serial(2), await serial(4)]).toEqual([[2], [4]]);
  });

  it('[LED38] has the ledger of an origin whose rooms and records are in a Redis', async () => {
    const server = await tempRedis();
    const clock = handClock();
    const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const config = { dataDir: tempDir(), redisUrl: server.url, ledgerRedisUrl: cluster.url, redisMinReplicas: 0, originId: 'one' };
    const keeping = await openKeeping({ config, clock, random: systemRandom, logger, onFailure: undefined });
    onTestFinished(async () => {
      await keeping.fleet?.close();
      await keeping.close();
    });
    const event = `kept-${server.port}`;
    await keeping.ledger.createEvent(event, 't');
    await keeping.records.table('events').put(event, { name: 'Show' });
    const head = `crowdcue:l:{${event}}:head`;
    expect(await cluster.nodes()[await cluster.placeOf(head)]!.admin.call('EXISTS', head)).toBe(1);
    const client = await tempClient(server);
    expect(((await client.call('KEYS', '*{*}*')) as Buffer[]).map(String).filter((key) => key.startsWith('crowdcue:')).sort()).toEqual(['crowdcue:r:{events}', 'crowdcue:r:{events}:version']);
    await expect(openKeeping({ config: { ...config, ledgerRedisUrl: 'redis+cluster://127.0.0.1:1' }, clock, random: systemRandom, logger, onFailure: undefined })).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('[LED36] is refused when one of its nodes may lose what it acknowledged', async () => {
    const [, second] = cluster.nodes();
    await second!.admin.call('CONFIG', 'SET', 'appendfsync', 'everysec');
    await expect(cluster.caller()).rejects.toMatchObject({ code: 'store_unsafe', retryable: false });
    await second!.admin.call('CONFIG', 'SET', 'appendfsync', 'always');
    await openRedis({ url: second!.server.url }).then((client) => client.close());
  });

  it('[LED34] a node that dies takes its own events away and no others; its replica, promoted, has them again', async () => {
    const caller = await cluster.caller(undefined, 1_000);
    const ledger = redisLedger(caller, handClock());
    const [primary, , , replica] = cluster.nodes();
    const places = await Promise.all(EVENTS.map((event) => cluster.placeOf(caller.keys.ledger(event).head)));
    const [theirs, other] = [EVENTS[places.indexOf(0)]!, EVENTS[places.indexOf(1)]!];
    for (const event of [theirs, other]) {
      await ledger.createEvent(event, 't');
      await ledger.defineDrop(event, terms(), 't');
      await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2, 3], trace: 't' });
    }
    const receipts = await ledger.claim([ask(1, { event: theirs }), ask(1, { event: other })]);
    expect(await primary!.admin.call('WAIT', 1, 10_000)).toBe(1);
    await primary!.server.kill();
    const [lost, kept] = await Promise.allSettled([ledger.claim([ask(2, { event: theirs })]), ledger.claim([ask(2, { event: other })])]);
    expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable', retryable: true } });
    expect(kept).toMatchObject({ status: 'fulfilled', value: [{ status: 'granted', serial: 2 }] });
    expect(caller.up).toBe(false);
    await replica!.admin.call('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await expect.poll(() => caller.up, { timeout: 20_000 }).toBe(true);
    expect(await ledger.claim([ask(1, { event: theirs }), ask(1, { event: other })])).toEqual(receipts);
    expect(await ledger.claim([ask(2, { event: theirs })])).toMatchObject([{ status: 'granted', serial: 2 }]);
    expect(await ledger.reconcile(theirs)).toEqual([]);
  });
});
