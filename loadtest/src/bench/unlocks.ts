/**
 * A crowd reaches its goal: ms from the call that unlocks a drop for everybody at once to its last entry being durable, on Redis with
 * `appendfsync always` and on LMDB. Meanwhile this process's event loop must live: its longest silence is told too.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbLedger, openLmdbStore, openRedis, redisLedger, type Ledger } from '@crowdcue/server';
import { now, wall } from '../clock.js';
import { RedisServer } from '../redis-server.js';
import { median } from '../swarm/statistics.js';
import { readArguments } from './lib/arguments.js';

const BAR_MS = 2_000;
const TRACE = randomBytes(16).toString('hex');
const BEAT_MS = 5;

const HELP = `
unlocks   ms until a drop is unlocked for a whole crowd, on Redis and on LMDB

  --viewers N   the crowd, 1000 to 1000000 (default 50000)
  --rounds N    crowds on each store, 1 to 100; the median counts (default 5)
  --json        the last line is one JSON object; its ratio is the bar over the slower store's ms: 1 and more is reached
`;

const clock = { now: () => Math.round(wall()), monotonic: now };

/** As the origin issues them: random, of 52 bits. */
const viewersOf = (count: number): number[] => Array.from({ length: count }, () => 1 + randomBytes(6).readUIntBE(0, 6) * 16);

interface Crowd {
  readonly ms: number;
  /** longest time in which nothing else ran, ms */
  readonly silence: number;
}

const unlockCrowd = async (ledger: Ledger, count: number): Promise<Crowd> => {
  const event = `crowd-${randomBytes(6).toString('hex')}`;
  const viewers = viewersOf(count);
  await ledger.createEvent(event, TRACE);
  let [beat, silence] = [now(), 0];
  const heart = setInterval(() => {
    silence = Math.max(silence, now() - beat - BEAT_MS);
    beat = now();
  }, BEAT_MS);
  const began = now();
  const { viewers: opened } = await ledger.unlock({ event, target: { achievement: 'crowd-goal' }, viewers, trace: TRACE });
  const ms = now() - began;
  clearInterval(heart);
  if (opened.length !== count) throw new Error(`${opened.length} of ${count} were unlocked`);
  return { ms, silence: Math.max(silence, now() - beat - BEAT_MS) };
};

const rounds = async (ledger: Ledger, viewers: number, count: number): Promise<Crowd[]> => {
  const crowds: Crowd[] = [];
  await unlockCrowd(ledger, 1_000);
  while (crowds.length < count) crowds.push(await unlockCrowd(ledger, viewers));
  return crowds;
};

const onRedis = async (viewers: number, count: number): Promise<Crowd[]> => {
  const server = await RedisServer.start();
  const client = await openRedis({ url: server.url, timeoutMs: 30_000 });
  try {
    return await rounds(redisLedger(client, clock), viewers, count);
  } finally {
    await client.close();
    await server.stop();
  }
};

const onLmdb = async (viewers: number, count: number): Promise<Crowd[]> => {
  const path = await mkdtemp(join(tmpdir(), 'crowdcue-unlocks-'));
  const store = await openLmdbStore({ path });
  try {
    return await rounds(lmdbLedger(store, clock), viewers, count);
  } finally {
    await store.close();
    await rm(path, { recursive: true, force: true });
  }
};

const tell = (name: string, crowds: readonly Crowd[]): number => {
  const ms = median(crowds.map((each) => each.ms));
  console.log(`  ${name} ${ms.toFixed(0)} ms, bar ${BAR_MS} ms: ${ms <= BAR_MS ? 'reached' : 'MISSED'} · the process was silent for ${Math.max(...crowds.map(({ silence }) => silence)).toFixed(0)} ms at most`);
  return ms;
};

const main = async (): Promise<number> => {
  const asked = readArguments(HELP, { viewers: { fallback: 50_000, min: 1_000, max: 1_000_000 }, rounds: { fallback: 5, min: 1, max: 100 } });
  if (asked === undefined) return 0;
  try {
    console.log(`unlocks: ${asked.viewers} viewers, call to last entry, median of ${asked.rounds}`);
    const [redis, lmdb] = [await onRedis(asked.viewers, asked.rounds), await onLmdb(asked.viewers, asked.rounds)];
    const slower = Math.max(tell('Redis', redis), tell('LMDB ', lmdb));
    if (asked.json) console.log(JSON.stringify({ name: 'unlocks', ratio: BAR_MS / slower, bar: 1, unit: 'of the ms that it may take', viewers: asked.viewers, redis, lmdb }));
    return 0;
  } catch (error) {
    console.error(`unlocks: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
};

process.exit(await main());
