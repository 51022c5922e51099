import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FileGuard, fileCare, guardedLedger, lmdbLedger, ReceiptMemory, RedisCare, redisLedger, type Ledger, type Receipt } from '../src/ledger/index.js';
import * as scripts from '../src/ledger/guard/lua/index.js';
import { systemClock } from '../src/clock.js';
import { ask, terms } from './ledger-contract.js';
import { handClock, tempDir, tempStore } from './store-helper.js';
import { guardedOrigin, MovingRedis } from './support/guarded-origin.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

const E = 'show';
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);
const serialsOf = (receipts: readonly Receipt[]): number[] => receipts.flatMap((receipt) => (receipt.status === 'granted' ? [receipt.serial] : []));
const FROZEN = { code: 'ledger_frozen', retryable: true };

const open = async (ledger: Ledger, supply: number | null, viewers: number[]): Promise<void> => {
  await ledger.createEvent(E, 't');
  await ledger.defineDrop(E, terms({ variants: { default: supply } }), 't');
  await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers, trace: 't' });
};

describe('scripts of the seal', () => {
  it.each(Object.entries(scripts))('[TRU1] %s says what it is for, its keys, its arguments and what it returns', (_, { text }) => {
    const lines = text.trim().split('\n');
    const header = lines.slice(0, lines.findIndex((line) => !line.startsWith('--'))).map((line) => line.replace(/^-- ?/, '')).join('\n');
    expect(header).toMatch(/^[A-Z][^.]+\./);
    expect(header).toMatch(/^ARGV: \S/m);
    expect(header).toMatch(/^Returns: \S/m);
    const keys = /^KEYS: (.*)$/m.exec(header)?.[1] ?? '';
    const used = [...text.matchAll(/KEYS\[(\d+)\]/g)].map(([, index]) => Number(index));
    expect(Math.max(...used)).toBe(keys.replace(', then the hashes that change', '').split(', ').length);
  });
});

describe.skipIf(!HAS_REDIS)('a ledger whose Redis changes', () => {
  it('[TRU1] is open on a fresh Redis, frozen when it was restarted, and open again when all that was delivered is found', async () => {
    const server = await tempRedis();
    const a = await guardedOrigin(server.url);
    expect(a.guard.status()).toMatchObject({ state: 'open', remembered: 0 });
    await open(a.ledger, 5, range(1, 5));
    const receipts = await a.ledger.claim([ask(1), ask(2)]);
    await server.restart();
    await a.is('frozen');
    await a.is('open');
    expect(a.changes.map(({ state, why }) => why ?? state)).toEqual(['open', 'server_changed', 'open']);
    expect(await a.ledger.claim([ask(1), ask(2)])).toEqual(receipts);
  });

  it('[TRU2] refuses each step while frozen, retryably and without a trace; reading goes on, and rooms open', async () => {
    const server = await tempRedis();
    const a = await guardedOrigin(server.url);
    await open(a.ledger, 5, range(1, 5));
    await a.ledger.claim([ask(1)]);
    await a.care.freeze('restored');
    expect(await a.is('frozen')).toMatchObject({ why: 'restored' });
    const before = await a.ledger.state(E);
    const steps = [
      a.ledger.claim([ask(2)]), a.ledger.unlock({ event: E, target: { drop: 'badge' }, viewers: [9], trace: 't' }), a.ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'r', trace: 't' }),
      a.ledger.defineDrop(E, terms({ id: 'other' }), 't'), a.ledger.setDropOpen(E, 'badge', false, 't'), a.ledger.recordHostAction(E, 'r', 't'), a.ledger.ingest(E, []), a.ledger.createEvent('another', 't'),
    ];
    for (const step of await Promise.allSettled(steps)) expect(step).toMatchObject({ status: 'rejected', reason: FROZEN });
    await expect(a.ledger.createEvent(E, 't')).rejects.toMatchObject({ code: 'event_exists' });
    expect(await a.ledger.receipts(E, 1)).toMatchObject([{ serial: 1, standing: 'active' }]);
    expect(await a.ledger.state(E)).toEqual(before);
    // A restored backup is a person's to end: an origin that finds all it remembers does not.
    await a.guard.look();
    expect(a.guard.status()).toMatchObject({ state: 'frozen', lost: 0 });
    expect(await a.care.repair()).toMatchObject({ thawed: true, unrestored: [] });
    await a.is('open');
    expect(serialsOf(await a.ledger.claim([ask(2)]))).toEqual([2]);
  });

  it('[TRU3] waits for each origin that delivered lately; one that starts meanwhile comes to the same view, and one that comes back with its folder ends it', async () => {
    const server = await tempRedis();
    const [dirA, dirB] = [tempDir(), tempDir()];
    const a = await guardedOrigin(server.url, { witness: 'a', dir: dirA });
    const b = await guardedOrigin(server.url, { witness: 'b', dir: dirB });
    await open(a.ledger, 5, range(1, 5));
    const receipts = [...(await a.ledger.claim([ask(1)])), ...(await b.ledger.claim([ask(2)]))];
    await Promise.all([a.kill(), b.kill()]);
    await server.restart();
    const fresh = await guardedOrigin(server.url, { witness: 'fresh' });
    expect(fresh.guard.status()).toMatchObject({ state: 'frozen', why: 'server_changed', lost: 0 });
    expect([...fresh.guard.status().waitingFor].sort()).toEqual(['a', 'b']);
    const again = await guardedOrigin(server.url, { witness: 'a', dir: dirA });
    expect(again.guard.status()).toMatchObject({ state: 'frozen', waitingFor: ['b'], remembered: 1 });
    await expect(again.ledger.claim([ask(3)])).rejects.toMatchObject(FROZEN);
    const both = await guardedOrigin(server.url, { witness: 'b', dir: dirB });
    await Promise.all([both.is('open'), again.is('open'), fresh.is('open')]);
    expect(await fresh.ledger.claim([ask(1), ask(2)])).toEqual(receipts);
  });

  it('[TRU3] thaws by the word of a person where an origin never comes back, and says who was not heard', async () => {
    const server = await tempRedis();
    const a = await guardedOrigin(server.url, { witness: 'a' });
    await open(a.ledger, 5, [1]);
    await a.ledger.claim([ask(1)]);
    await a.kill();
    await server.restart();
    const b = await guardedOrigin(server.url, { witness: 'b' });
    expect(await b.care.status()).toMatchObject({ state: 'frozen', why: 'server_changed', waitingFor: ['a'], lost: [] });
    expect(await b.care.repair()).toMatchObject({ thawed: true, unheard: ['a'] });
    await b.is('open');
    expect((await b.care.status()).epoch).toBe(2);
  });

  it('[TRU3] freezes on a server that knows nothing of what was delivered, or has an older epoch', async () => {
    const server = await tempRedis();
    const a = await guardedOrigin(server.url);
    await open(a.ledger, 5, [1]);
    await a.ledger.claim([ask(1)]);
    const client = await tempClient(server);
    await a.care.freeze('restored');
    await a.is('frozen');
    await a.care.repair();
    await a.is('open');
    await client.call('HSET', client.keys.seal.seal, 'epoch', 1);
    expect(await a.is('frozen')).toMatchObject({ why: 'epoch_went_back' });
    await a.is('open');
    await client.call('FLUSHALL');
    expect(await a.is('frozen')).toMatchObject({ why: 'server_changed' });
    await a.guard.look();
    expect(a.guard.status()).toMatchObject({ state: 'frozen', lost: 1 });
    expect(await a.care.repair()).toMatchObject({ thawed: false, unrestored: [{ why: 'event_gone' }] });
    expect(await a.care.repair({ accept: true })).toMatchObject({ thawed: true });
    await a.is('open');
    await a.guard.look();
    expect(a.guard.status()).toMatchObject({ state: 'open', lost: 0, remembered: 0 });
  });

  it('[TRU5] answers a claim only when the replicas that are connected have it, and refuses it as retryable when they do not say so in time', async () => {
    const redis = await MovingRedis.start();
    const a = await guardedOrigin(redis.url, { ackTimeoutMs: 500 });
    expect(a.guard.status()).toMatchObject({ replicas: 1 });
    await open(a.ledger, 5, range(1, 5));
    await a.ledger.claim([ask(1)]);
    const replica = await tempClientOf(redis.replica.url);
    expect(await replica('HGET', a.client.keys.ledger(E).holdings, '1/badge')).toContain('granted');
    redis.replica.pause();
    await expect(a.ledger.claim([ask(2)])).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    redis.replica.resume();
    const [receipt] = await a.ledger.claim([ask(2)]);
    expect(receipt).toMatchObject({ status: 'granted', serial: 2 });
    // A primary with nobody behind it answers by itself, unless it must not.
    await redis.cutReplication();
    await a.guard.look();
    expect(a.guard.status()).toMatchObject({ replicas: 0 });
    expect(serialsOf(await a.ledger.claim([ask(3)]))).toEqual([3]);
    const strict = await guardedOrigin(redis.url, { witness: 'strict', minReplicas: 1, ackTimeoutMs: 500 });
    await expect(strict.ledger.claim([ask(4)])).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('[TRU4] lets receipts that a failover lost stand again, with their numbers, serials and keys, by entries alone', async () => {
    const redis = await MovingRedis.start();
    const a = await guardedOrigin(redis.url, { witness: 'a', acks: false });
    const b = await guardedOrigin(redis.url, { witness: 'b', acks: false });
    await open(a.ledger, 6, range(1, 4));
    const kept = await a.ledger.claim([ask(1)]);
    await redis.cutReplication();
    await a.ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: range(5, 6), trace: 't' });
    // Viewer 3's grant is written, but nobody is told: its serial and its number are kept from others.
    await a.plain.claim([ask(3)]);
    const lost = [...(await a.ledger.claim([ask(2)])), ...(await b.ledger.claim([ask(5), ask(6)]))];
    expect(serialsOf(lost)).toEqual([3, 4, 5]);
    await redis.failOver();
    await Promise.all([a.is('frozen'), b.is('frozen')]);
    await Promise.all([a.guard.look(), b.guard.look()]).catch(() => undefined);
    while ((await a.care.status()).lost.length < 3) await new Promise((turn) => setTimeout(turn, 20));
    await expect(a.ledger.claim([ask(4)])).rejects.toMatchObject(FROZEN);
    const report = await a.care.repair();
    expect(report).toMatchObject({ thawed: true, unrestored: [], unheard: [], events: [{ event: E, restored: 3 }] });
    await Promise.all([a.is('open'), b.is('open')]);
    expect(await b.ledger.claim([ask(1), ask(2), ask(5), ask(6)])).toEqual([...kept, ...lost]);
    expect(await a.ledger.reconcile(E)).toEqual([]);
    expect(await a.ledger.state(E)).toEqual(await a.ledger.replay(E));
    // Nobody was told of serial 2: the viewer claims again, and gets a new one. Six units, six grants.
    expect(serialsOf(await a.ledger.claim([ask(3)]))).toEqual([6]);
    await a.ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: [7], trace: 't' });
    expect(serialsOf(await a.ledger.claim([ask(4)]))).toEqual([7]);
    expect(await a.ledger.claim([ask(7)])).toMatchObject([{ status: 'refused', code: 'claim_sold_out' }]);
    expect(await a.ledger.reconcile(E)).toEqual([]);
  });

  it('[TRU4] a repair hears an origin whose very name the failover lost', async () => {
    const redis = await MovingRedis.start();
    const a = await guardedOrigin(redis.url, { acks: false });
    await open(a.ledger, 2, [1, 2]);
    await redis.cutReplication();
    const lost = await a.ledger.claim([ask(1)]); // its first: it says that it delivers, and then delivers
    await redis.failOver();
    const elsewhere = await tempClient(redis.replica);
    const care = new RedisCare({ client: elsewhere, ledger: redisLedger(elsewhere, systemClock), clock: systemClock, ageMs: 60_000, pause: (ms) => new Promise((wake) => setTimeout(wake, ms)) });
    expect(await care.repair()).toMatchObject({ thawed: true, unrestored: [], unheard: [], events: [{ event: E, restored: 1 }] });
    await vi.waitUntil(() => a.changes.some(({ state }) => state === 'frozen'), { timeout: 10_000 });
    await a.is('open');
    expect(await a.ledger.claim([ask(1), ask(2)])).toMatchObject([...lost, { status: 'granted', serial: 2 }]);
    expect(await a.ledger.reconcile(E)).toEqual([]);
  });
});

describe('a ledger in files', () => {
  it('[TRU6] remembers what it delivered over a kill, within its bounds', async () => {
    const dir = tempDir();
    const memory = await ReceiptMemory.open({ dir, limit: 10, ageMs: 1_000 });
    onTestFinished(() => memory.close());
    const told = (seq: number, at: number) => ({ event: E, seq, at });
    for (let seq = 1; seq <= 35; seq++) await memory.add([told(seq, 0), told(seq, 0)]);
    expect([...memory.all()].map(({ seq }) => seq)).toEqual(range(26, 10));
    await memory.forget([told(30, 0)]);
    // Not closed: the process was killed.
    const again = await ReceiptMemory.open({ dir, limit: 10, ageMs: 1_000 });
    onTestFinished(() => again.close());
    expect([...again.all()].map(({ seq }) => seq)).toEqual([...range(26, 4), ...range(31, 5)]);
    await again.add([told(36, 2_000)]);
    expect([...again.all()].map(({ seq }) => seq)).toEqual([36]);
  });

  it('[TRU4] freezes when its files went back, and lets what it remembers stand again', async () => {
    const [dir, path] = [tempDir(), tempDir()];
    const clock = handClock();
    const begun = await tempStore(path);
    const ledger = lmdbLedger(begun, clock);
    await open(ledger, 5, range(1, 5));
    await ledger.claim([ask(1)]);
    const memory = await ReceiptMemory.open({ dir });
    onTestFinished(() => memory.close());
    const guard = await FileGuard.open({ store: begun, ledger, memory, clock });
    const guarded = guardedLedger(ledger, guard, clock);
    const before = await guarded.claim([ask(1)]);
    // Another store at the point before these claims, as a copy put in its place.
    const copy = await tempStore();
    const older = lmdbLedger(copy, handClock());
    await open(older, 5, range(1, 5));
    await older.claim([ask(1)]);
    const lost = await guarded.claim([ask(2), ask(3)]);
    const back = await FileGuard.open({ store: copy, ledger: older, memory, clock: systemClock });
    expect(back.status()).toMatchObject({ state: 'frozen', why: 'receipts_differ', lost: 2 });
    const steps = guardedLedger(older, back, clock);
    await expect(steps.claim([ask(4)])).rejects.toMatchObject(FROZEN);
    expect(await fileCare(copy, older, back).repair()).toMatchObject({ thawed: true, events: [{ restored: 2, filled: 0 }] });
    expect(await steps.claim([ask(1), ask(2), ask(3)])).toEqual([...before, ...lost]);
    expect(serialsOf(await steps.claim([ask(4)]))).toEqual([4]);
    expect(await older.reconcile(E)).toEqual([]);
    expect(await older.state(E)).toEqual(await older.replay(E));
  });
});

/** A replica answers reading commands; our own client does not take one. */
const tempClientOf = async (url: string): Promise<(...command: string[]) => Promise<string>> => {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());
  return async (...command) => String(await redis.call(...(command as [string, ...string[]])));
};
