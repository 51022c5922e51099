import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ReceiptView } from '@crowdcue/protocol';
import { claimDrop } from '../../client-sdk/src/claim-drop.js';
import { backoff } from '../../client-sdk/src/reconnect-policy.js';
import { DropService } from '../src/drops/index.js';
import { receiptView } from '../src/events/drop-board.js';
import { codedError, errorReply } from '../src/http/reply.js';
import type { Ledger } from '../src/ledger/index.js';
import { terms } from './ledger-contract.js';
import { guardedOrigin, MovingRedis, type GuardedOrigin } from './support/guarded-origin.js';
import { HAS_REDIS } from './support/redis-server.js';

const E = 'show';
const VIEWERS = 360;
const SUPPLY = 150;
const LANES = 24;
/** Receipts after which the fault comes: in the middle of the grants. */
const ENOUGH = 60;
/** Receipts that only the old primary knows. */
const LOST = 30;
const PAUSE_MS = 10_000;
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

/** mulberry32 */
const seeded = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** The claims route of an origin, over HTTP; who asks is who the bearer says. */
const claimsRoute = async (ledger: Ledger): Promise<string> => {
  const service = new DropService(ledger);
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += String(chunk)));
    request.on('end', () => {
      const { drop, key } = JSON.parse(text) as { drop: string; key: string };
      const viewer = Number(request.headers.authorization!.slice('Bearer '.length));
      const answer = (status: number, body: string): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      service.claim({ event: E, drop, viewer, key, trace: 't' }).then(
        (receipt) => answer(receipt.status === 'granted' ? 200 : 410, JSON.stringify(receiptView(receipt, SUPPLY, receipt.at))),
        (error: unknown) => {
          const { status, body } = errorReply(codedError(error));
          answer(status, String(body));
        },
      );
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

interface Crowd {
  /** What each viewer was told, by the SDK, in the end. */
  readonly told: Map<number, ReceiptView>;
  /** Claims for all viewers, some at a time, as the SDK does: until there is an answer, with one key. */
  run(): Promise<void>;
  again(viewer: number): Promise<ReceiptView>;
}

/** `enough` begins the fault. If it gives a promise, nobody asks anew until that is kept. */
const crowd = async (origins: readonly GuardedOrigin[], random: () => number, enough: () => Promise<void> | void): Promise<Crowd> => {
  const urls = await Promise.all(origins.map(({ ledger }) => claimsRoute(ledger)));
  const stores = new Map<number, Map<string, string>>();
  const told = new Map<number, ReceiptView>();
  const claim = (viewer: number): Promise<ReceiptView> => {
    const kept = stores.get(viewer) ?? new Map<string, string>();
    stores.set(viewer, kept);
    const storage = { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value), removeItem: (name: string) => void kept.delete(name) };
    return claimDrop({
      storage, item: 'key', policy: backoff({ firstMs: 60, maxMs: 600, random }),
      call: (work) => work({ origin: urls[Math.floor(random() * urls.length)]! }, E, String(viewer)),
    }, 'badge');
  };
  let held: Promise<void> | void;
  const viewers = range(1, VIEWERS).map((viewer) => [random(), viewer] as const).sort(([a], [b]) => a - b).map(([, viewer]) => viewer);
  return {
    told, again: claim,
    async run() {
      await Promise.all(range(0, LANES).map(async (lane) => {
        for (let at = lane; at < viewers.length; at += LANES) {
          const viewer = viewers[at]!;
          await held;
          told.set(viewer, await claim(viewer));
          if (told.size === ENOUGH) held = enough();
        }
      }));
    },
  };
};

/** The state that every one of these faults has to end in. */
const holds = async (ledger: Ledger, { told, again }: Crowd, seed: number): Promise<void> => {
  const said = `seed ${seed}`;
  const granted = [...told].filter(([, { status }]) => status === 'granted');
  expect(granted, said).toHaveLength(SUPPLY);
  expect(told.size, said).toBe(VIEWERS);
  for (const [viewer, receipt] of granted) {
    expect(await again(viewer), said).toEqual(receipt);
    expect(await ledger.receipts(E, viewer), said).toMatchObject([{ status: 'granted', id: receipt.id, serial: receipt.serial, standing: 'active' }]);
  }
  const entries = await ledger.entries(E, 1, 1_000_000);
  const serials = entries.flatMap(({ serial }) => serial ?? []);
  expect(new Set(serials).size, said).toBe(serials.length);
  expect(entries.filter(({ type }) => type === 'Granted'), said).toHaveLength(SUPPLY);
  expect(await ledger.drops(E), said).toMatchObject([{ supply: SUPPLY, left: 0, granted: SUPPLY }]);
  expect(await ledger.reconcile(E), said).toEqual([]);
  expect(await ledger.state(E), said).toEqual(await ledger.replay(E));
};

const begin = async (acks: boolean): Promise<{ redis: MovingRedis; origins: GuardedOrigin[]; seed: number; random: () => number }> => {
  const seed = randomInt(2 ** 31);
  console.info(`seed ${seed}`);
  const redis = await MovingRedis.start();
  const origins = await Promise.all(['a', 'b'].map((witness) => guardedOrigin(redis.url, { witness, acks, timeoutMs: 2_000 })));
  const { ledger } = origins[0]!;
  await ledger.createEvent(E, 't');
  await ledger.defineDrop(E, terms({ variants: { default: SUPPLY } }), 't');
  await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: range(1, VIEWERS), trace: 't' });
  return { redis, origins, seed, random: seeded(seed) };
};

const FAULTS: [name: string, frozen: boolean, fault: (redis: MovingRedis) => Promise<void>][] = [
  ['paused for 10 s', false, async ({ primary }) => {
    primary.pause();
    await new Promise((wake) => setTimeout(wake, PAUSE_MS));
    primary.resume();
  }],
  ['restarted', true, ({ primary }) => primary.restart()],
  ['its primary killed -9 and a replica promoted behind the same name', true, (redis) => redis.failOver()],
];

describe.skipIf(!HAS_REDIS)('claims while Redis fails', () => {
  it.each(FAULTS)('[TRU7] %s: no receipt is contradicted, no serial given twice, nothing oversold, and everybody has an answer', { timeout: 120_000 }, async (_, freezes, fault) => {
    const { redis, origins, seed, random } = await begin(true);
    let faulted: Promise<void> | undefined;
    const many = await crowd(origins, random, () => {
      faulted = fault(redis);
    });
    await many.run();
    await faulted;
    await Promise.all(origins.map((origin) => origin.is('open')));
    for (const { changes } of origins) expect(changes.some(({ why }) => why === 'server_changed'), `seed ${seed}`).toBe(freezes);
    await holds(origins[0]!.ledger, many, seed);
  });

  it('[TRU8] a replica that lacks what was delivered: claims are frozen until the repair, and then the same holds', { timeout: 120_000 }, async () => {
    const { redis, origins, seed, random } = await begin(false);
    let failed: Promise<unknown> | undefined;
    const many = await crowd(origins, random, () => {
      // The cut takes a moment, in which the crowd could take all there is, and then nothing would be lost.
      const cut = redis.cutReplication();
      failed = cut.then(async () => {
        const before = many.told.size;
        // What was in flight at the cut, the replica may have.
        await vi.waitUntil(() => many.told.size >= before + LANES + LOST, { timeout: 30_000, interval: 1 });
        await redis.failOver();
        await Promise.all(origins.map((origin) => origin.is('frozen')));
        const [{ care }] = origins as [GuardedOrigin];
        // Each origin says what it misses; until then, and until the repair, nobody gets a receipt.
        await vi.waitUntil(async () => (await care.status().catch(() => undefined))?.waitingFor.length === 0, { timeout: 30_000, interval: 20 });
        const told = many.told.size;
        const { lost } = await care.status();
        expect(lost.length, `seed ${seed}`).toBeGreaterThanOrEqual(LOST);
        await expect(origins[1]!.ledger.claim([{ event: E, drop: 'badge', viewer: 1, key: 'key-of-repair', trace: 't' }])).rejects.toMatchObject({ code: 'ledger_frozen', retryable: true });
        expect(many.told.size, `seed ${seed}`).toBe(told);
        return care.repair();
      });
      failed.catch(() => undefined);
      return cut;
    });
    const ran = many.run();
    await vi.waitUntil(() => failed, { timeout: 30_000 });
    // Whichever fails first ends the test: a crowd whose claims stay frozen would ask for ever.
    const [repaired] = await Promise.all([failed, ran]);
    expect(repaired, `seed ${seed}`).toMatchObject({ thawed: true, unrestored: [] });
    await holds(origins[0]!.ledger, many, seed);
  });
});
