import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../src/clock.js';
import { systemRandom } from '../src/identity/index.js';
import { redisLedger, type Ledger, type Receipt } from '../src/ledger/index.js';
import { lmdbOutbox, redisOutbox, type Outbox } from '../src/outbox/index.js';
import { keys, lmdbRecords, openRedisRecords, type RecordStore } from '../src/store/index.js';
import { openBooks } from '../src/upkeep/open-books.js';
import { ask, terms } from './ledger-contract.js';
import { tempDir } from './store-helper.js';
import { commands, type Run, type Said } from './support/commands.js';
import { guardedOrigin } from './support/guarded-origin.js';
import { bundleChild } from './support/kill-child.js';
import { openLedgerFolder } from './support/ledger-folder.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

const E = 'show';
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);
const serialsOf = (receipts: readonly Receipt[]): number[] => receipts.flatMap((receipt) => (receipt.status === 'granted' ? [receipt.serial] : []));

const open = async (ledger: Ledger, supply: number, viewers: number[]): Promise<void> => {
  await ledger.createEvent(E, 't');
  await ledger.defineDrop(E, terms({ variants: { default: supply } }), 't');
  await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers, trace: 't' });
};

/** The commands in a process of their own, as beside an origin that runs. */
const childCommands = (script: string, env: NodeJS.ProcessEnv): Run => async (...args) => {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (err += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
};

/** One endpoint of the event, one of its workspace, one of another workspace. */
const ENDPOINTS = ['own', 'all', 'other'] as const;

const withEndpoints = async (ledger: Ledger, outbox: Outbox, records: RecordStore): Promise<void> => {
  await open(ledger, 5, [1, 2]);
  await ledger.claim([ask(1)]);
  await records.table('events').put(E, { id: E, workspace: 'ice' });
  for (const endpoint of ENDPOINTS) {
    await records.table('webhooks').put(endpoint, { id: endpoint, workspace: endpoint === 'other' ? 'elsewhere' : 'ice', ...(endpoint === 'own' && { event: E }) });
    await outbox.open({ event: E, endpoint }, 'now');
  }
};

const expectAhead = ({ code, out }: Said): void => {
  expect(code).toBe(1);
  for (const endpoint of ['own', 'all']) expect(out).toMatch(new RegExp(`deliveries  deliveries/${endpoint}  stands "read to 99", must be "\\d+ at most"`));
  expect(out).not.toContain('deliveries/other');
};

describe('commands beside an origin', () => {
  it('[TRU10] the drill on files: backed up and reconciled while claims go on; what was granted later is told as lost, stands again by the repair, and is never granted twice', { timeout: 120_000 }, async () => {
    const dataDir = tempDir();
    const file = join(tempDir(), 'backup');
    const run = childCommands(await bundleChild('../src/upkeep/main.ts'), { DATA_DIR: dataDir });
    const before = await openLedgerFolder(dataDir);
    await open(before.ledger, 400, range(1, 500));
    let going = true;
    let claimed = 0;
    const told: Receipt[] = [];
    const claims = (async () => {
      while (going && claimed < 300) told.push(...(await before.ledger.claim([ask(++claimed)])));
    })();
    expect(await run('ledger', 'reconcile')).toMatchObject({ code: 0, out: expect.stringContaining('show: clean') });
    const backup = await run('backup', file);
    expect(backup).toMatchObject({ code: 0, out: expect.stringMatching(/\d+ bytes, sha256 [\da-f]{64}/) });
    going = false;
    await claims;
    const later = await before.ledger.claim([ask(401), ask(402), ask(403)]);
    expect(serialsOf(later)).toHaveLength(3);
    expect(await run('ledger', 'replay', E)).toMatchObject({ code: 0, out: expect.stringContaining('entries give what stands') });
    expect(await run('restore', file, '--force')).toMatchObject({ code: 1, err: expect.stringContaining('in use by process') });
    expect(await run('ledger', 'reconcile', '--repair')).toMatchObject({ code: 1, err: expect.stringContaining('store_unavailable') });
    await before.close();

    expect(await run('restore', file)).toMatchObject({ code: 1, err: expect.stringContaining('--force') });
    expect(await run('restore', file, '--force')).toMatchObject({ code: 0, out: expect.stringContaining('Claims are frozen') });
    expect(existsSync(join(dataDir, 'store.before-restore', 'data.mdb'))).toBe(true);
    const frozen = await openLedgerFolder(dataDir);
    await expect(frozen.ledger.claim([ask(404)])).rejects.toMatchObject({ code: 'ledger_frozen' });
    await frozen.close();
    const report = await run('ledger', 'reconcile', '--json');
    expect(report.code).toBe(1);
    const { status, events } = JSON.parse(report.out) as { status: { state: string; why: string }; events: { findings: { section: string; expected: Receipt }[] }[] };
    expect(status).toMatchObject({ state: 'frozen', why: 'restored' });
    const lost = events.flatMap(({ findings }) => findings).map(({ section, expected }) => [section, expected.seq]);
    expect(lost).toEqual(expect.arrayContaining(later.map(({ seq }) => ['receipts', seq])));

    const repaired = await run('ledger', 'reconcile', '--repair');
    expect(repaired).toMatchObject({ code: 0, out: expect.stringContaining('The ledger is open') });
    const after = await openLedgerFolder(dataDir);
    expect(after.guard.status()).toMatchObject({ state: 'open', lost: 0 });
    const known = [...told, ...later];
    for (const receipt of known) expect(await after.ledger.claim([ask(receipt.viewer)])).toEqual([receipt]);
    const [next] = await after.ledger.claim([ask(404)]);
    expect(serialsOf([next!])).toEqual([Math.max(...serialsOf(known)) + 1]);
    await after.close();
    expect(await run('ledger', 'replay', E)).toMatchObject({ code: 0 });
    expect(await run('ledger', 'status')).toMatchObject({ code: 0, out: expect.stringContaining('open') });
  });

  it('[TRU10] what is told while a reconciliation is at work stands in what it reads: nothing is lost that was granted a moment ago', { timeout: 60_000 }, async () => {
    const dataDir = tempDir();
    const script = await bundleChild('ledger-told-child.ts');
    const grantOne = (viewer: number): void => void execFileSync(process.execPath, [script, dataDir, String(viewer)]);
    grantOne(1);
    const books = await openBooks({ config: { dataDir, redisUrl: undefined, ledgerRedisUrl: undefined }, clock: systemClock, random: systemRandom });
    try {
      const before = await books.ledger.entries(E, 1, 100);
      grantOne(2); // in the same turn of the loop, as far as this process can tell
      expect([await books.care.missing(), (await books.care.status()).lost]).toEqual([[], []]);
      expect((await books.ledger.entries(E, 1, 100)).length).toBeGreaterThan(before.length);
    } finally {
      await books.close();
    }
  });

  it('[TRU9] what a person accepted as lost is lost no more, whoever asks', async () => {
    const dataDir = tempDir();
    const file = join(tempDir(), 'backup');
    const run = commands({ DATA_DIR: dataDir });
    const files = await openLedgerFolder(dataDir);
    await open(files.ledger, 5, [1]);
    expect(await run('backup', file)).toMatchObject({ code: 0 });
    await files.ledger.createEvent('later', 't');
    await files.ledger.defineDrop('later', terms(), 't');
    await files.ledger.unlock({ event: 'later', target: { achievement: 'won' }, viewers: [1], trace: 't' });
    await files.ledger.claim([{ ...ask(1), event: 'later' }]);
    await files.close();
    expect(await run('restore', file, '--force')).toMatchObject({ code: 0 });
    expect(await run('ledger', 'reconcile')).toMatchObject({ code: 1, out: expect.stringContaining('no such event') });
    expect(await run('ledger', 'reconcile', '--repair')).toMatchObject({ code: 1, out: expect.stringContaining('event_gone') });
    expect(await run('ledger', 'reconcile', '--repair', '--accept')).toMatchObject({ code: 0 });
    expect(await run('ledger', 'reconcile')).toMatchObject({ code: 0, out: expect.stringContaining('show: clean') });
    expect(await run('ledger', 'status')).toMatchObject({ code: 0 });
  });

  it('[TRU9] reconcile prints each difference with its entry and ends with 1', async () => {
    const dataDir = tempDir();
    const run = commands({ DATA_DIR: dataDir });
    const files = await openLedgerFolder(dataDir);
    await open(files.ledger, 5, [1, 2]);
    await files.ledger.claim([ask(1)]);
    await files.store.transact((tx) => tx.put(keys.holding(E, 1, 'badge'), { state: 'revoked', seq: 5, tail: 5 }));
    await files.close();
    const found = await run('ledger', 'reconcile', E);
    expect(found.code).toBe(1);
    expect(found.out).toContain('ledger  holdings/1/badge');
    expect(found.out).toMatch(/entry 5: .*"type":"Granted"/);
    expect((await run('ledger', 'replay', E)).code).toBe(1);
    expect(await run('ledger', 'reconcile', E, '--json')).toMatchObject({ code: 1, out: expect.stringMatching(/^\{"status".*"clean":false\}$/) });
  });

  it('[TRU9] on files the books of endpoints are compared too: of the event, and of its workspace', async () => {
    const dataDir = tempDir();
    const run = commands({ DATA_DIR: dataDir });
    const files = await openLedgerFolder(dataDir);
    await withEndpoints(files.ledger, lmdbOutbox(files.store), lmdbRecords(files.store));
    await files.close();
    expect(await run('ledger', 'reconcile', E)).toMatchObject({ code: 0, out: expect.stringContaining('show: clean') });
    const again = await openLedgerFolder(dataDir);
    for (const endpoint of ENDPOINTS) await again.store.transact((tx) => tx.put(keys.delivery(E, endpoint).head, { position: 99, pending: 0 }));
    await again.close();
    expectAhead(await run('ledger', 'reconcile'));
  });

  it.each([
    [['ledger'], 2, 'no such command'], [['ledger', 'mend'], 2, 'no such command'], [['ledger', 'reconcile', 'a', 'b'], 2, 'one event'], [['ledger', 'reconcile', '--accept'], 2, '--repair'],
    [['ledger', 'reconcile', '--receipts', '/nowhere'], 2, 'no receipt'], [['ledger', 'replay'], 2, 'which event'], [['ledger', 'replay', '--no'], 2, '--no'], [['backup'], 2, 'which file'], [['restore'], 2, 'which file'],
    [['ledger', 'status'], 1, 'there is no store'], [['ledger', 'reconcile', '--repair'], 1, 'there is no store'], [['backup', '/nowhere/at/all'], 1, 'no such file'], [['restore', '/nowhere'], 1, 'cannot read'],
  ])('[TRU9] %j says in one line what is wrong', async (args, code, why) => {
    const dataDir = tempDir();
    expect(await commands({ DATA_DIR: dataDir })(...args)).toMatchObject({ code, err: expect.stringContaining(why) });
    expect(existsSync(join(dataDir, 'store', 'data.mdb'))).toBe(false);
  });

  it('[TRU9] a bad REDIS_URL is named', async () => {
    expect(await commands({ REDIS_URL: 'http://x' })('ledger', 'status')).toMatchObject({ code: 1, err: expect.stringContaining('REDIS_URL') });
  });
});

describe.skipIf(!HAS_REDIS)('commands beside origins on Redis', () => {
  it('[TRU9] ends with one line where the Redis of everything else is not there', async () => {
    const [ledger, dir] = [await tempRedis(), tempDir()];
    const run = childCommands(await bundleChild('../src/upkeep/main.ts'), { LEDGER_REDIS_URL: ledger.url, REDIS_URL: 'redis://127.0.0.1:1', DATA_DIR: dir });
    const { code, err } = await run('ledger', 'status');
    expect([code, err.trim().split('\n')]).toEqual([1, [expect.stringContaining('store_unavailable')]]);
  });

  it('[TRU10] the drill on Redis: grants after the backup are lost, stand again where receipts are presented, and none is granted twice', async () => {
    const server = await tempRedis();
    const [dir, out] = [tempDir(), tempDir()];
    const file = join(out, 'backup');
    const run = commands({ REDIS_URL: server.url, DATA_DIR: out });
    const origin = await guardedOrigin(server.url, { dir });
    await open(origin.ledger, 6, range(1, 8));
    await origin.ledger.ingest(E, [{ fact: { room: E, tick: 9, ordinal: 0 }, trace: 't', effects: [{ achievement: 'thrice', tag: 'r/1', target: 3, scope: 'viewer', viewers: [1] }] }]);
    const before = await origin.ledger.claim([ask(1)]);
    await origin.client.call('SET', 'somebody-elses', 'stays');
    expect(await run('backup', file)).toMatchObject({ code: 0 });
    const after = await origin.ledger.claim([ask(2), ask(3)]);
    expect(await run('ledger', 'reconcile')).toMatchObject({ code: 0, out: expect.stringContaining('show: clean') });
    expect(await run('ledger', 'replay', E)).toMatchObject({ code: 0 });
    await origin.kill();
    writeFileSync(join(out, 'presented.jsonl'), readFileSync(join(dir, 'told-1.jsonl')));

    expect(await run('restore', file)).toMatchObject({ code: 1, err: expect.stringContaining('--force') });
    const client = await tempClient(server);
    await client.call('SET', client.keys.journal(E).lease, 'x');
    expect(await run('restore', file, '--force')).toMatchObject({ code: 1, err: expect.stringContaining('stop all origins') });
    await client.call('DEL', client.keys.journal(E).lease);
    expect(await run('restore', file, '--force')).toMatchObject({ code: 0 });
    expect(String(await client.call('GET', 'somebody-elses'))).toBe('stays');
    expect(String(await client.call('HGET', client.keys.ledger(E).cursors, E))).toBe('9 0');

    const fresh = await guardedOrigin(server.url, { witness: 'fresh' });
    expect(fresh.guard.status()).toMatchObject({ state: 'frozen', why: 'restored', lost: 0 });
    expect(await run('ledger', 'status')).toMatchObject({ code: 1, out: expect.stringContaining('FROZEN (restored)') });
    const receipts = ['--receipts', join(out, 'presented.jsonl')];
    const lost = await run('ledger', 'reconcile', ...receipts);
    expect(lost.code).toBe(1);
    for (const { seq } of after) expect(lost.out).toContain(`receipts  receipt/${seq}  stands "nothing"`);
    expect(await run('ledger', 'reconcile', '--repair', ...receipts)).toMatchObject({ code: 0, out: expect.stringContaining('show: 2 receipts stand again, 0 numbers') });
    await fresh.is('open');
    expect(await fresh.ledger.claim([ask(1), ask(2), ask(3)])).toEqual([...before, ...after]);
    expect(serialsOf(await fresh.ledger.claim([ask(4)]))).toEqual([4]);
    expect(await run('ledger', 'replay', E)).toMatchObject({ code: 0 });
    expect(await fresh.ledger.reconcile(E)).toEqual([]);
  });

  it('[TRU9] on Redis the books of endpoints are compared too, also where the ledger has a Redis of its own', async () => {
    const [server, apart] = [await tempRedis(), await tempRedis()];
    const records = await openRedisRecords(await tempClient(server), ['events', 'webhooks']);
    onTestFinished(() => records.close());
    for (const [at, env] of [[server, {}], [apart, { LEDGER_REDIS_URL: apart.url }]] as const) {
      const client = await tempClient(at);
      const run = commands({ REDIS_URL: server.url, DATA_DIR: tempDir(), ...env });
      await withEndpoints(redisLedger(client, systemClock), redisOutbox(client), records);
      expect(await run('ledger', 'reconcile', E)).toMatchObject({ code: 0, out: expect.stringContaining('show: clean') });
      for (const endpoint of ENDPOINTS) await client.call('HSET', client.keys.delivery(E, endpoint).book, 'position', 99);
      expectAhead(await run('ledger', 'reconcile'));
    }
  });

  it('[TRU11] a backup that was cut, changed, or is of another store is refused before anything is touched', async () => {
    const server = await tempRedis();
    const out = tempDir();
    const file = join(out, 'backup');
    const run = commands({ REDIS_URL: server.url, DATA_DIR: out });
    const origin = await guardedOrigin(server.url);
    await open(origin.ledger, 6, [1]);
    expect(await run('backup', file)).toMatchObject({ code: 0 });
    const whole = readFileSync(file);
    expect(await commands({ DATA_DIR: out })('restore', file)).toMatchObject({ code: 1, err: expect.stringContaining('REDIS_URL') });
    for (const [spoil, why] of [
      [() => truncateSync(file, whole.length - 40), 'damaged'], [() => truncateSync(file, 10), 'no backup'],
      [() => writeFileSync(file, Buffer.concat([whole.subarray(0, 200), Buffer.from([whole[200]! ^ 1]), whole.subarray(201)])), 'checksum'], [() => writeFileSync(file, 'PK\u0003\u0004 something else, long enough to be one, but none'), 'no backup'],
    ] as const) {
      writeFileSync(file, whole);
      spoil();
      expect(await run('restore', file, '--force')).toMatchObject({ code: 1, err: expect.stringContaining(why) });
    }
    expect(origin.guard.status().state).toBe('open');
    expect(await origin.ledger.claim([ask(1)])).toMatchObject([{ status: 'granted', serial: 1 }]);
    expect(await origin.ledger.reconcile(E)).toEqual([]);
  });
});
