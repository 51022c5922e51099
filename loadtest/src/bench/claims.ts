/**
 * Claims per second, granted and refused apart, 64 a call, eight calls under way.
 *
 * The ledger is an origin's, as `openKeeping` makes it: with the guard that freezes it and keeps what was told. On Redis with `appendfsync always`
 * it is beside the same script called bare by ioredis with arguments that were made before the clock started and replies that nobody reads. What
 * lies between is what the ledger costs above its Redis. On LMDB it is beside a bare one on a store that never syncs: the price of durability and guard. A grant is an entry, a serial, a holding
 * and a key; a refusal, once the stock is gone, is an entry the first time a viewer meets it. Every round has an event of its own.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { CLAIM, lmdbLedger, openKeeping, openLmdbStore, openRedis, systemRandom, type ClaimRequest, type Ledger, type OpenKeeping, type RedisClient } from '@crowdcue/server';
import { now, wall } from '../clock.js';
import { RedisServer } from '../redis-server.js';
import { median } from '../swarm/statistics.js';
import { readArguments } from './lib/arguments.js';

const BAR = 0.85;
const LMDB_BAR = 0.7;
const DROP = 'badge';
const TRACE = randomBytes(16).toString('hex');
/** Calls of one side before the other's turn. */
const TURN = 48;

const HELP = `
claims   durable claims per second on Redis and on LMDB, granted and refused

  --grants N    claims of one round, 64 to 500000 (default 30000)
  --batch N     claims in one call, 1 to 512 (default 64)
  --flight N    calls under way at once, 1 to 64 (default 8)
  --rounds N    rounds of each side, 1 to 100; the medians count (default 5)
  --json        the last line is one JSON object; its ratio is the median of the ledger's grants per second on Redis over the bare script's, round by round
`;

interface Round {
  readonly perSecond: number;
  /** CPU of this process for one grant */
  readonly clientUs: number;
  /** CPU of Redis for one grant */
  readonly redisUs: number;
}

interface Size {
  readonly grants: number;
  readonly batch: number;
  readonly flight: number;
}

const clock = { now: () => Math.round(wall()), monotonic: now };

/** What an origin keeps, in a folder of its own or on a Redis. Only errors are told. */
const keep = (dataDir: string, redisUrl?: string): Promise<OpenKeeping> => openKeeping({
  config: { dataDir, redisUrl, ledgerRedisUrl: undefined, redisMinReplicas: 0, originId: undefined }, clock, random: systemRandom, onFailure: undefined,
  logger: { info: () => undefined, warn: () => undefined, error: (...said: unknown[]) => console.error(...said) },
});

/** As the origin issues them: random, of 52 bits. */
const viewersOf = (count: number): number[] => Array.from({ length: count }, () => 1 + randomBytes(6).readUIntBE(0, 6) * 16);

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));

const takeTheOne = async (ledger: Ledger, event: string): Promise<void> => {
  const [viewer] = viewersOf(1) as [number];
  await ledger.unlock({ event, target: { drop: DROP }, viewers: [viewer], trace: TRACE });
  await ledger.claim([{ event, drop: DROP, viewer, key: 'the-only-one', trace: TRACE }]);
};

const redisCpu = async (client: RedisClient): Promise<number> => {
  const info = String(await client.call('INFO', 'cpu'));
  return ['used_cpu_user', 'used_cpu_sys'].reduce((sum, field) => sum + Number(new RegExp(`^${field}:(.*)`, 'm').exec(info)?.[1]), 0);
};

type Outcome = 'granted' | 'refused';

/** An event in which every viewer may claim, and their claims: each is granted, or the one unit there was is gone. */
const prepare = async (ledger: Ledger, { grants, batch }: Size, outcome: Outcome): Promise<{ event: string; calls: ClaimRequest[][] }> => {
  const event = `bench-${randomBytes(6).toString('hex')}`;
  const viewers = viewersOf(grants);
  await ledger.createEvent(event, TRACE);
  await ledger.defineDrop(event, { id: DROP, name: 'Badge', kind: 'badge', unlockedBy: 'won', variants: { default: outcome === 'granted' ? grants : 1 }, restock: 'return', test: false }, TRACE);
  await ledger.unlock({ event, target: { achievement: 'won' }, viewers, trace: TRACE });
  const claims = viewers.map((viewer): ClaimRequest => ({ event, drop: DROP, viewer, key: randomBytes(16).toString('base64url'), trace: TRACE }));
  if (outcome === 'refused') await takeTheOne(ledger, event);
  return { event, calls: chunks(claims, batch) };
};

/** Adds up what the calls of one side took. */
class Meter {
  #grants = 0;
  #seconds = 0;
  #clientUs = 0;
  #redisSeconds = 0;

  /** `client`: of the Redis whose CPU is counted. */
  constructor(private readonly client: RedisClient | undefined, private readonly flight: number) {}

  /** Does the calls, `flight` at a time. */
  async run(calls: readonly (() => Promise<unknown>)[], grants: number): Promise<void> {
    const before = this.client === undefined ? 0 : await redisCpu(this.client);
    const cpu = process.cpuUsage();
    const began = now();
    let next = 0;
    await Promise.all(Array.from({ length: this.flight }, async () => {
      while (next < calls.length) await calls[next++]!();
    }));
    this.#seconds += (now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    this.#clientUs += user + system;
    if (this.client !== undefined) this.#redisSeconds += (await redisCpu(this.client)) - before;
    this.#grants += grants;
  }

  get round(): Round {
    return { perSecond: this.#grants / this.#seconds, clientUs: this.#clientUs / this.#grants, redisUs: (this.#redisSeconds * 1e6) / this.#grants };
  }
}

const checkSold = async (ledger: Ledger, event: string, grants: number): Promise<void> => {
  const [drop] = await ledger.drops(event);
  if (drop?.granted !== grants || drop.left !== 0) throw new Error(`${drop?.granted} of ${grants} were granted, ${drop?.left} left`);
};

/** One event's claims as calls of the ledger. */
const ledgerCalls = (ledger: Ledger, calls: readonly ClaimRequest[][], outcome: Outcome): (() => Promise<unknown>)[] =>
  calls.map((claims) => async () => {
    const receipts = await ledger.claim(claims);
    if (!receipts.every(({ status }) => status === outcome)) throw new Error(`a claim was not ${outcome}`);
  });

/** The same as bare calls of the script. */
const scriptCalls = (client: RedisClient, redis: Redis, event: string, calls: readonly ClaimRequest[][]): (() => Promise<unknown>)[] => {
  const of = client.keys.ledger(event);
  const keys = [of.head, of.entries, of.stock, of.unlocks, of.holdings, of.claims, of.subjects, of.reservations, of.tickets];
  const at = String(clock.now());
  const args = calls.map((claims) => [at, ...claims.flatMap(({ viewer, key, trace }) => [DROP, '', String(viewer), key, trace, ''])]);
  return args.map((each) => () => redis.evalsha(CLAIM.sha, keys.length, ...keys, ...each));
};

type Calls = readonly (() => Promise<unknown>)[];

/** Two sides in short turns, so that whatever else the machine does falls on both. */
const inTurns = async (size: Size, client: RedisClient | undefined, floor: Calls, ours: Calls): Promise<{ floor: Round; ours: Round }> => {
  const sides = [floor, ours].map((calls) => ({ meter: new Meter(client, size.flight), turns: chunks(calls, TURN) }));
  for (let turn = 0; turn < sides[0]!.turns.length; turn++) {
    const claims = Math.min(TURN * size.batch, size.grants - turn * TURN * size.batch);
    for (const { meter, turns } of turn % 2 === 0 ? sides : sides.toReversed()) await meter.run(turns[turn]!, claims);
  }
  return { floor: sides[0]!.meter.round, ours: sides[1]!.meter.round };
};

interface Pair {
  readonly floor: Round[];
  readonly ours: Round[];
}

const ratioOf = ({ floor, ours }: Pair): number => median(ours.map((round, index) => round.perSecond / floor[index]!.perSecond));

const onRedis = async (size: Size, count: number, outcome: Outcome): Promise<Pair> => {
  const server = await RedisServer.start();
  const client = await openRedis({ url: server.url, timeoutMs: 30_000 });
  const redis = new Redis(server.url);
  const path = await mkdtemp(join(tmpdir(), 'crowdcue-claims-'));
  const { ledger, fleet, close } = await keep(path, server.url);
  const pair: Pair = { floor: [], ours: [] };
  try {
    await redis.script('LOAD', CLAIM.text);
    for (let round = -1; round < count; round++) { // the first only warms up
      const asked = round < 0 ? { ...size, grants: Math.min(size.grants, 10_000) } : size;
      const [mine, bare] = [await prepare(ledger, asked, outcome), await prepare(ledger, asked, outcome)];
      const { floor, ours } = await inTurns(asked, client, scriptCalls(client, redis, bare.event, bare.calls), ledgerCalls(ledger, mine.calls, outcome));
      for (const { event } of [mine, bare]) await checkSold(ledger, event, outcome === 'granted' ? asked.grants : 1);
      if (round < 0) continue;
      pair.floor.push(floor);
      pair.ours.push(ours);
    }
    return pair;
  } finally {
    redis.disconnect();
    await fleet?.close();
    await Promise.all([client.close(), close()]);
    await server.stop();
    await rm(path, { recursive: true, force: true });
  }
};

const onLmdb = async (size: Size, count: number, outcome: Outcome): Promise<Pair> => {
  const path = await mkdtemp(join(tmpdir(), 'crowdcue-claims-'));
  const unsynced = await openLmdbStore({ path: join(path, 'unsynced'), unsafeNoSync: true });
  const keeping = await keep(path);
  const pair: Pair = { floor: [], ours: [] };
  try {
    const ledgers = [lmdbLedger(unsynced, clock), keeping.ledger] as const;
    for (let round = -1; round < count; round++) {
      const asked = round < 0 ? { ...size, grants: Math.min(size.grants, 10_000) } : size;
      const [bare, mine] = await Promise.all(ledgers.map((ledger) => prepare(ledger, asked, outcome)));
      const { floor, ours } = await inTurns(asked, undefined, ledgerCalls(ledgers[0], bare!.calls, outcome), ledgerCalls(ledgers[1], mine!.calls, outcome));
      await checkSold(ledgers[1], mine!.event, outcome === 'granted' ? asked.grants : 1);
      if (round < 0) continue;
      pair.floor.push(floor);
      pair.ours.push(ours);
    }
    return pair;
  } finally {
    await Promise.all([unsynced.close(), keeping.close()]);
    await rm(path, { recursive: true, force: true });
  }
};

const line = (name: string, rounds: readonly Round[]): string => {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  const redisUs = of((round) => round.redisUs);
  return `    ${name} ${(of((round) => round.perSecond) / 1000).toFixed(1)} k/s · ${of((round) => round.clientUs).toFixed(1)} µs CPU here${redisUs > 0 ? `, ${redisUs.toFixed(1)} µs in Redis` : ''} each`;
};

const tell = (title: string, floor: string, pair: Pair, bar?: number): number => {
  const ratio = ratioOf(pair);
  const verdict = bar === undefined ? '' : `, bar ${bar}: ${ratio >= bar ? 'reached' : 'MISSED'}`;
  console.log(`  ${title}: ratio ${ratio.toFixed(2)}${verdict}\n${line('ledger'.padEnd(floor.length), pair.ours)}\n${line(floor, pair.floor)}`);
  return ratio;
};

const run = async (size: Size, count: number, json: boolean): Promise<void> => {
  console.log(`claims: ${size.grants} a round, ${size.batch} a call, ${size.flight} calls under way, ${count} rounds; Redis with appendfsync always on this machine`);
  const granted = await onRedis(size, count, 'granted');
  const ratio = tell('Redis, all granted', 'bare script', granted, BAR);
  const refused = await onRedis(size, count, 'refused');
  const refusedRatio = tell('Redis, all refused', 'bare script', refused);
  const synced = await onLmdb(size, count, 'granted');
  const lmdbRatio = tell('LMDB, all granted', 'without sync', synced, LMDB_BAR);
  const syncedRefused = await onLmdb(size, count, 'refused');
  const lmdbRefusedRatio = tell('LMDB, all refused', 'without sync', syncedRefused);
  if (!json) return;
  const figures = { redisRefused: refusedRatio, lmdb: lmdbRatio, lmdbBar: LMDB_BAR, lmdbRefused: lmdbRefusedRatio };
  console.log(JSON.stringify({ name: 'claims', ratio, bar: BAR, unit: 'of the bare script, grants per second', ...figures, ...size, rounds: { granted, refused, synced, syncedRefused } }));
};

const main = async (): Promise<number> => {
  const asked = readArguments(HELP, {
    grants: { fallback: 30_000, min: 64, max: 500_000 }, batch: { fallback: 64, min: 1, max: 512 }, flight: { fallback: 8, min: 1, max: 64 }, rounds: { fallback: 5, min: 1, max: 100 },
  });
  if (asked === undefined) return 0;
  try {
    await run(asked, asked.rounds, asked.json);
    return 0;
  } catch (error) {
    console.error(`claims: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
};

process.exit(await main());
