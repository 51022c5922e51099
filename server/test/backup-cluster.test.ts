/** Backups where the ledger has a cluster of its own: the drill, and what is refused. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../src/clock.js';
import { systemRandom } from '../src/identity/index.js';
import { redisJournal } from '../src/journal/index.js';
import { openKeeping, type OpenKeeping } from '../src/keeping.js';
import { redisLedger, type Ledger } from '../src/ledger/index.js';
import { redisKeys } from '../src/store/redis/redis-keys.js';
import { BackupWriter } from '../src/upkeep/backup-file.js';
import { writeRedis } from '../src/upkeep/backup-redis.js';
import { openStores, type Stores } from '../src/upkeep/stores.js';
import { ask, terms } from './ledger-contract.js';
import { tempDir } from './store-helper.js';
import { commands } from './support/commands.js';
import { sharedCluster, type ClusterNode } from './support/redis-cluster.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

/** Some on each node. */
const EVENTS = Array.from({ length: 8 }, (_, index) => `show-${index}`);
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

const closed = async ({ fleet, close }: OpenKeeping): Promise<void> => {
  await fleet?.close();
  await close();
};

const storesOf = async (redisUrl: string, ledgerRedisUrl: string): Promise<Stores> => {
  const stores = await openStores({ redisUrl, ledgerRedisUrl });
  onTestFinished(() => stores.close());
  return stores;
};

const write = async (stores: Stores, file: string): Promise<void> => {
  const writer = await BackupWriter.create(file, { store: 'redis', at: 0 });
  await writeRedis(stores, writer, () => undefined).finally(() => writer.discard());
};

const statesOf = (ledger: Ledger): Promise<unknown[]> => Promise.all(EVENTS.map((event) => ledger.state(event)));

describe.skipIf(!HAS_REDIS)('a ledger in a cluster, apart from rooms and records', () => {
  const cluster = sharedCluster();
  const primaries = (): readonly ClusterNode[] => cluster.nodes().slice(0, 3);
  const place = (event: string): Promise<number> => cluster.placeOf(redisKeys('crowdcue:').ledger(event).head);

  it('[TRU10] the drill: both are backed up while claims go on, restored frozen, repaired, and go on; the same file puts the ledger into one Redis', async () => {
    expect(new Set(await Promise.all(EVENTS.map(place))).size).toBe(3);
    const [main, home, dataDir] = [await tempRedis(), await tempRedis(), tempDir()];
    const file = join(dataDir, 'backup');
    const config = { dataDir, redisUrl: main.url, ledgerRedisUrl: cluster.url, redisMinReplicas: 0, originId: 'one' };
    const openOrigin = () => openKeeping({ config, clock: systemClock, random: systemRandom, logger, onFailure: undefined });
    const run = commands({ REDIS_URL: main.url, LEDGER_REDIS_URL: cluster.url, DATA_DIR: dataDir });

    const origin = await openOrigin();
    const claims = (...viewers: number[]) => origin.ledger.claim(EVENTS.flatMap((event) => viewers.map((viewer) => ask(viewer, { event, key: `${event}-of-${viewer}` }))));
    for (const event of EVENTS) {
      await origin.ledger.createEvent(event, 't');
      await origin.ledger.defineDrop(event, terms({ variants: { default: 200 } }), 't');
      await origin.ledger.unlock({ event, target: { achievement: 'won' }, viewers: Array.from({ length: 200 }, (_, index) => index + 1), trace: 't' });
      const { epoch } = await origin.journal.open(event);
      await origin.journal.append(event, epoch, { tick: 1, time: 0, bytes: new Uint8Array([7]) });
    }
    await origin.records.table('events').put('show-0', { name: 'Show' });
    const first = await claims(1);

    // Claims go on.
    let going = true;
    const between = (async () => {
      const given = [];
      for (let viewer = 10; going && viewer < 200; viewer++) given.push(...(await claims(viewer)));
      return given;
    })();
    expect(await run('backup', file)).toMatchObject({ code: 0 });
    going = false;
    const meanwhile = await between;
    expect(meanwhile.length).toBeGreaterThan(0);
    const after = await claims(2, 3);
    expect(await run('ledger', 'reconcile')).toMatchObject({ code: 0 });
    for (const event of EVENTS) await origin.journal.release(event, (await origin.journal.open(event)).epoch);
    await closed(origin);

    // Everything is lost but what the origin remembers that it told.
    const client = await tempClient(main);
    await client.call('FLUSHALL');
    for (const { admin } of primaries()) await admin.call('FLUSHALL');
    expect(await run('restore', file)).toMatchObject({ code: 0 });
    expect(await run('restore', file)).toMatchObject({ code: 1, err: expect.stringContaining('--force') });
    expect(await run('restore', file, '--force')).toMatchObject({ code: 0 });
    for (const event of EVENTS) expect([event, await primaries()[await place(event)]!.admin.call('EXISTS', client.keys.ledger(event).head)]).toEqual([event, 1]);
    expect(((await client.call('KEYS', 'crowdcue:l*')) as unknown[]).length).toBe(0);

    const again = await openOrigin();
    expect(again.guard!.status()).toMatchObject({ state: 'frozen', why: 'restored' });
    expect(await run('ledger', 'reconcile', '--repair')).toMatchObject({ code: 0 });
    await expect.poll(() => again.guard!.status().state, { timeout: 15_000 }).toBe('open');
    expect([...again.records.table('events').entries()]).toEqual([['show-0', { name: 'Show' }]]);
    for (const event of EVENTS) {
      const records = [];
      for await (const record of again.journal.records(event, -1)) records.push(record.tick);
      expect(records).toEqual([1]);
    }
    const requests = [...first, ...meanwhile, ...after].map(({ event, viewer }) => ask(viewer, { event, key: `${event}-of-${viewer}` }));
    expect(await again.ledger.claim(requests)).toEqual([...first, ...meanwhile, ...after]);
    const next = await again.ledger.claim(EVENTS.map((event) => ask(4, { event, key: `${event}-of-4` })));
    expect(next.map((receipt) => receipt.status === 'granted' && receipt.serial)).toEqual(EVENTS.map(() => requests.length / EVENTS.length + 1));
    const reconciled = await run('ledger', 'reconcile');
    for (const event of EVENTS) expect(reconciled).toMatchObject({ code: 0, out: expect.stringContaining(`${event}: clean`) });
    expect(await run('backup', file)).toMatchObject({ code: 0 });
    const states = await statesOf(again.ledger);
    await closed(again);

    // Keys come back by their names: into one Redis for everything too.
    const whole = commands({ REDIS_URL: home.url, DATA_DIR: tempDir() });
    expect(await whole('restore', file)).toMatchObject({ code: 0 });
    expect(await statesOf(redisLedger(await tempClient(home), systemClock))).toEqual(states);
    expect(await whole('ledger', 'reconcile', '--repair')).toMatchObject({ code: 0 });
  }, 120_000);

  it('[TRU10] of an event the journal is dumped first, then its ledger: what was counted and is not in the journal is known when it comes again', async () => {
    const [main, apart, dir] = [await tempRedis(), await tempRedis(), tempDir()];
    const stores = await storesOf(main.url, apart.url);
    await redisLedger(stores.ledger, systemClock).createEvent('show', 't');
    await redisJournal(stores.main, { holder: 'one' }).open('show');
    const dumped: string[] = [];
    for (const name of ['main', 'ledger'] as const) {
      const call = stores[name].call.bind(stores[name]);
      vi.spyOn(stores[name], 'call').mockImplementation((command, ...args) => {
        if (command === 'EXEC') dumped.push(name);
        return call(command, ...args);
      });
    }
    await write(stores, join(dir, 'backup'));
    expect(dumped).toEqual(['main', 'ledger']);
  });

  it('[TRU11] is refused when a slot moved after its keys were found', async () => {
    const [main, dir] = [await tempRedis(), tempDir()];
    const stores = await storesOf(main.url, cluster.url);
    await redisLedger(stores.ledger, systemClock).createEvent('moving', 't');
    const { head } = stores.main.keys.ledger('moving');
    const from = await cluster.placeOf(head);
    const [source, target] = [primaries()[from]!, primaries()[(from + 1) % 3]!];
    const slot = Number(await source.admin.call('CLUSTER', 'KEYSLOT', head));
    const move = async (a: ClusterNode, b: ClusterNode): Promise<void> => {
      await b.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', a.id);
      await a.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', b.id);
      await a.admin.call('MIGRATE', '127.0.0.1', b.server.port, '', 0, 10_000, 'KEYS', ...((await a.admin.call('CLUSTER', 'GETKEYSINSLOT', slot, 1_000)) as Buffer[]));
      for (const { admin } of [b, a, ...primaries()]) await admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', b.id);
    };
    const placement = stores.ledger.placement.bind(stores.ledger);
    let asked = 0;
    vi.spyOn(stores.ledger, 'placement').mockImplementation(async () => {
      const told = await placement();
      if (++asked === 2) await move(source, target); // before the keys were looked for and after: now they are known
      return told;
    });
    await expect(write(stores, join(dir, 'backup'))).rejects.toMatchObject({ code: 'backup_unfit', message: expect.stringContaining('begin again') });
    expect(asked).toBe(2);
    await move(target, source); // back, for the other tests
  });

  it('[TRU11] is refused while a slot moves, or without the Redis of everything else, and no file is left', async () => {
    const [main, dataDir] = [await tempRedis(), tempDir()];
    const file = join(dataDir, 'backup');
    const env = { REDIS_URL: main.url, LEDGER_REDIS_URL: cluster.url, DATA_DIR: dataDir };
    const run = commands(env);
    for (const command of ['backup', 'restore']) expect(await commands({ ...env, REDIS_URL: '' })(command, file)).toMatchObject({ code: 1, err: expect.stringContaining('must come with REDIS_URL') });
    const [source, target] = primaries() as [ClusterNode, ClusterNode];
    const slot = 1; // of the first
    await target.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source.id);
    await source.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target.id);
    for (const args of [['backup', file], ['ledger', 'reconcile']]) expect(await run(...args)).toMatchObject({ code: 1, err: expect.stringContaining('slots of the Redis Cluster move') });
    for (const { admin } of [source, target]) await admin.call('CLUSTER', 'SETSLOT', slot, 'STABLE');
    expect(await run('restore', file)).toMatchObject({ code: 1, err: expect.stringContaining('cannot read') });
    expect(await run('backup', file)).toMatchObject({ code: 0 });
  });
});
