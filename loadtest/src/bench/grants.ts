/**
 * Durable grants per second on Redis with `appendfsync always`: the ledger's own `claim`, 64 claims a call, beside the same script
 * called bare by ioredis with arguments that were made before the clock started and replies that nobody reads. What lies between is what
 * the ledger costs above its Redis. Each claim is granted: entry, serial, holding, key and outbox record. Every round has an event of its own.
 */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { CLAIM, openRedis, redisLedger, type ClaimRequest, type Ledger, type RedisClient } from '@crowdcue/server';
import { now, wall } from '../clock.js';
import { RedisServer } from '../redis-server.js';
import { median } from '../swarm/statistics.js';
import { readArguments } from './lib/arguments.js';

const BAR = 0.85;
const DROP = 'badge';
const TRACE = randomBytes(16).toString('hex');
/** Viewers of the mass unlock, and what it may take. */
const CROWD = 50_000;
const CROWD_BAR_MS = 2_000;

const HELP = `
grants   durable grants per second on Redis, and how long 50,000 unlocks take

  --grants N    grants of one round, 64 to 500000 (default 30000)
  --batch N     claims in one call, 1 to 512 (default 64)
  --flight N    calls under way at once, 1 to 64 (default 8)
  --rounds N    rounds of each side, 1 to 100; the medians count (default 5)
  --json        the last line is one JSON object; its ratio is the ledger's grants per second over the bare script's
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

/** As the origin issues them: random, of 52 bits. */
const viewersOf = (count: number): number[] => Array.from({ length: count }, () => 1 + randomBytes(6).readUIntBE(0, 6) * 16);

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));

const redisCpu = async (client: RedisClient): Promise<number> => {
  const info = String(await client.call('INFO', 'cpu'));
  return ['used_cpu_user', 'used_cpu_sys'].reduce((sum, field) => sum + Number(new RegExp(`^${field}:(.*)`, 'm').exec(info)?.[1]), 0);
};

/** An event in which every viewer may claim, and their claims. */
const prepare = async (ledger: Ledger, { grants, batch }: Size): Promise<{ event: string; calls: ClaimRequest[][] }> => {
  const event = `bench-${randomBytes(6).toString('hex')}`;
  const viewers = viewersOf(grants);
  await ledger.createEvent(event, TRACE);
  await ledger.defineDrop(event, { id: DROP, name: 'Badge', kind: 'badge', unlockedBy: 'won', variants: { default: grants }, restock: 'return', test: false }, TRACE);
  await ledger.unlock({ event, target: { achievement: 'won' }, viewers, trace: TRACE });
  const claims = viewers.map((viewer): ClaimRequest => ({ event, drop: DROP, viewer, key: randomBytes(16).toString('base64url'), trace: TRACE }));
  return { event, calls: chunks(claims, batch) };
};

/** Does all calls, `flight` at a time, and measures. */
const timed = async <T>(client: RedisClient, { grants, flight }: Size, calls: readonly T[], perform: (call: T) => Promise<unknown>): Promise<Round> => {
  const before = await redisCpu(client);
  const cpu = process.cpuUsage();
  const began = now();
  let next = 0;
  await Promise.all(Array.from({ length: flight }, async () => {
    while (next < calls.length) await perform(calls[next++]!);
  }));
  const seconds = (now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: grants / seconds, clientUs: (user + system) / grants, redisUs: (((await redisCpu(client)) - before) * 1e6) / grants };
};

const checkSold = async (ledger: Ledger, event: string, grants: number): Promise<void> => {
  const [drop] = await ledger.drops(event);
  if (drop?.granted !== grants || drop.left !== 0) throw new Error(`${drop?.granted} of ${grants} were granted, ${drop?.left} left`);
};

const ours = async (client: RedisClient, size: Size): Promise<Round> => {
  const ledger = redisLedger(client, clock);
  const { event, calls } = await prepare(ledger, size);
  const round = await timed(client, size, calls, async (claims) => {
    const receipts = await ledger.claim(claims);
    if (!receipts.every(({ status }) => status === 'granted')) throw new Error('a claim was refused');
  });
  await checkSold(ledger, event, size.grants);
  return round;
};

const bare = async (client: RedisClient, redis: Redis, size: Size): Promise<Round> => {
  const ledger = redisLedger(client, clock);
  const { event, calls } = await prepare(ledger, size);
  const of = client.keys.ledger(event);
  const keys = [of.head, of.entries, of.stock, of.unlocks, of.holdings, of.claims, of.due];
  const at = String(clock.now());
  const args = calls.map((claims) => [at, ...claims.flatMap(({ viewer, key, trace }) => [DROP, '', String(viewer), key, trace])]);
  const round = await timed(client, size, args, (each) => redis.evalsha(CLAIM.sha, keys.length, ...keys, ...each));
  await checkSold(ledger, event, size.grants);
  return round;
};

/** ms from the call to the last of the crowd's entries being durable. */
const unlockCrowd = async (client: RedisClient): Promise<number> => {
  const ledger = redisLedger(client, clock);
  const event = `crowd-${randomBytes(6).toString('hex')}`;
  const viewers = viewersOf(CROWD);
  await ledger.createEvent(event, TRACE);
  const began = now();
  const { viewers: opened } = await ledger.unlock({ event, target: { achievement: 'won' }, viewers, trace: TRACE });
  const took = now() - began;
  if (opened.length !== CROWD) throw new Error(`${opened.length} of ${CROWD} were unlocked`);
  return took;
};

const line = (name: string, rounds: readonly Round[]): string => {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  return `  ${name} ${(of((round) => round.perSecond) / 1000).toFixed(1)} k grants/s · ${of((round) => round.clientUs).toFixed(1)} µs CPU here, ${of((round) => round.redisUs).toFixed(1)} µs in Redis each`;
};

const run = async (size: Size, count: number, json: boolean): Promise<void> => {
  const server = await RedisServer.start();
  const client = await openRedis({ url: server.url, timeoutMs: 30_000 });
  const redis = new Redis(server.url);
  try {
    const sides = { ledger: [] as Round[], bare: [] as Round[] };
    const warm = { ...size, grants: Math.min(size.grants, 10_000) };
    await ours(client, warm);
    await bare(client, redis, warm);
    const crowd: number[] = [];
    while (sides.ledger.length < count) {
      sides.bare.push(await bare(client, redis, size));
      sides.ledger.push(await ours(client, size));
      crowd.push(await unlockCrowd(client));
    }
    const [perSecond, floor] = [median(sides.ledger.map((round) => round.perSecond)), median(sides.bare.map((round) => round.perSecond))];
    const ratio = perSecond / floor;
    console.log(`grants: ${size.grants} a round, ${size.batch} a call, ${size.flight} calls under way, all granted; Redis with appendfsync always on this machine`);
    console.log(line('ledger ', sides.ledger));
    console.log(line('script ', sides.bare));
    console.log(`ratio ${ratio.toFixed(2)}, bar ${BAR}: ${ratio >= BAR ? 'reached' : 'MISSED'}`);
    console.log(`${CROWD} unlocks, call to last entry: median ${median(crowd).toFixed(0)} ms, bar ${CROWD_BAR_MS} ms: ${median(crowd) <= CROWD_BAR_MS ? 'reached' : 'MISSED'}`);
    if (json) console.log(JSON.stringify({ name: 'grants', ratio, bar: BAR, unit: 'of the bare script, grants per second', perSecond, floor, ...size, unlocks: CROWD, unlockMs: crowd, rounds: sides }));
  } finally {
    redis.disconnect();
    await client.close();
    await server.stop();
  }
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
    console.error(`grants: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
};

process.exit(await main());
