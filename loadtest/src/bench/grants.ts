/**
 * Durable grants per second on Redis with `appendfsync always`: the ledger's own `claim`, 64 claims a call, beside the same script
 * called bare by ioredis with arguments that were made before the clock started and replies that nobody reads. What lies between is what
 * the ledger costs above its Redis. Each claim is granted: entry, serial, holding and key. Every round has an event of its own.
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
/** Calls of one side before the other's turn. */
const TURN = 48;
/** Viewers of the mass unlock, and what it may take. */
const CROWD = 50_000;
const CROWD_BAR_MS = 2_000;

const HELP = `
grants   durable grants per second on Redis, and how long 50,000 unlocks take

  --grants N    grants of one round, 64 to 500000 (default 30000)
  --batch N     claims in one call, 1 to 512 (default 64)
  --flight N    calls under way at once, 1 to 64 (default 8)
  --rounds N    rounds of each side, 1 to 100; the medians count (default 5)
  --json        the last line is one JSON object; its ratio is the median of the ledger's grants per second over the bare script's, round by round
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

/** Adds up what the calls of one side took. */
class Meter {
  #grants = 0;
  #seconds = 0;
  #clientUs = 0;
  #redisSeconds = 0;

  constructor(private readonly client: RedisClient, private readonly flight: number) {}

  /** Does the calls, `flight` at a time. */
  async run(calls: readonly (() => Promise<unknown>)[], grants: number): Promise<void> {
    const before = await redisCpu(this.client);
    const cpu = process.cpuUsage();
    const began = now();
    let next = 0;
    await Promise.all(Array.from({ length: this.flight }, async () => {
      while (next < calls.length) await calls[next++]!();
    }));
    this.#seconds += (now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    this.#clientUs += user + system;
    this.#redisSeconds += (await redisCpu(this.client)) - before;
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
const ledgerCalls = (ledger: Ledger, calls: readonly ClaimRequest[][]): (() => Promise<unknown>)[] =>
  calls.map((claims) => async () => {
    const receipts = await ledger.claim(claims);
    if (!receipts.every(({ status }) => status === 'granted')) throw new Error('a claim was refused');
  });

/** The same as bare calls of the script. */
const scriptCalls = (client: RedisClient, redis: Redis, event: string, calls: readonly ClaimRequest[][]): (() => Promise<unknown>)[] => {
  const of = client.keys.ledger(event);
  const keys = [of.head, of.entries, of.stock, of.unlocks, of.holdings, of.claims, of.subjects, of.reservations, of.tickets];
  const at = String(clock.now());
  const args = calls.map((claims) => [at, ...claims.flatMap(({ viewer, key, trace }) => [DROP, '', String(viewer), key, trace, ''])]);
  return args.map((each) => () => redis.evalsha(CLAIM.sha, keys.length, ...keys, ...each));
};

/** Both sides in short turns, so that whatever else the machine does falls on both. */
const measure = async (client: RedisClient, redis: Redis, size: Size): Promise<{ ledger: Round; bare: Round }> => {
  const ledger = redisLedger(client, clock);
  const [mine, bare] = [await prepare(ledger, size), await prepare(ledger, size)];
  const sides = [
    { meter: new Meter(client, size.flight), turns: chunks(scriptCalls(client, redis, bare.event, bare.calls), TURN) },
    { meter: new Meter(client, size.flight), turns: chunks(ledgerCalls(ledger, mine.calls), TURN) },
  ] as const;
  for (let turn = 0; turn < sides[0].turns.length; turn++) {
    const grants = Math.min(TURN * size.batch, size.grants - turn * TURN * size.batch);
    for (const { meter, turns } of turn % 2 === 0 ? sides : sides.toReversed()) await meter.run(turns[turn]!, grants);
  }
  for (const { event } of [mine, bare]) await checkSold(ledger, event, size.grants);
  return { bare: sides[0].meter.round, ledger: sides[1].meter.round };
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
    await redis.script('LOAD', CLAIM.text);
    const sides = { ledger: [] as Round[], bare: [] as Round[] };
    await measure(client, redis, { ...size, grants: Math.min(size.grants, 10_000) });
    const crowd: number[] = [];
    while (sides.ledger.length < count) {
      const { ledger, bare } = await measure(client, redis, size);
      sides.ledger.push(ledger);
      sides.bare.push(bare);
      crowd.push(await unlockCrowd(client));
    }
    const [perSecond, floor] = [median(sides.ledger.map((round) => round.perSecond)), median(sides.bare.map((round) => round.perSecond))];
    const ratio = median(sides.ledger.map((round, index) => round.perSecond / sides.bare[index]!.perSecond));
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
