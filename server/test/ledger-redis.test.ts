import { describe, expect, it, onTestFinished } from 'vitest';
import { type FactStep, type Ledger, type Receipt, redisLedger } from '../src/ledger/index.js';
import type { RedisClient } from '../src/store/index.js';
import { ask, terms } from './ledger-contract.js';
import { handClock } from './store-helper.js';
import { HAS_REDIS, type RedisServer, tempClient, tempRedis } from './support/redis-server.js';
import { PATIENT_MS, sharedRedis } from './support/shared-redis.js';

const E = 'show';
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);
const serialsOf = (receipts: readonly Receipt[]): number[] =>
  receipts.flatMap((receipt) => (receipt.status === 'granted' ? [receipt.serial] : [])).sort((a, b) => a - b);

const open = async (ledger: Ledger, supply: number | null, viewers: number[]): Promise<void> => {
  await ledger.createEvent(E, 't');
  await ledger.defineDrop(E, terms({ variants: { default: supply } }), 't');
  if (viewers.length > 0) await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers, trace: 't' });
};

/** A connection, and a promise of when it is back after a break. */
const watched = async (server: RedisServer, timeoutMs = PATIENT_MS): Promise<{ client: RedisClient; back(): Promise<void> }> => {
  let heard = (): void => undefined;
  const client = await tempClient(server, { timeoutMs, onState: (state) => state === 'up' && heard() });
  return { client, back: () => (client.up ? Promise.resolve() : new Promise((resolve) => (heard = resolve))) };
};

describe.skipIf(!HAS_REDIS)('ledger on Redis', () => {
  const redis = sharedRedis();

  it('[LED22] two origins that race for 500 units with 5,000 claims, each key twice, grant exactly 500', async () => {
    const prefix = redis.freshPrefix();
    const origins = await Promise.all([1, 2].map(async () => redisLedger(await redis.client(prefix), handClock())));
    const viewers = range(1, 2_500);
    await open(origins[0]!, 500, viewers);
    // Each origin gets every viewer's claim, in another order and in batches of other sizes.
    const asked = [viewers.map((viewer) => ask(viewer)), viewers.map((viewer) => ask(viewer)).reverse()];
    const answered = await Promise.all(
      origins.map(async (ledger, side) => {
        const receipts: Promise<Receipt[]>[] = [];
        for (let from = 0, size = 1; from < viewers.length; from += size, size = (size * 7 + side) % 64 || 1) receipts.push(ledger.claim(asked[side]!.slice(from, from + size)));
        return (await Promise.all(receipts)).flat();
      }),
    );
    const [first = [], second = []] = answered.map((receipts) => receipts.sort((a, b) => a.viewer - b.viewer));
    expect(first).toEqual(second);
    expect(first).toHaveLength(2_500);
    expect(serialsOf(first)).toEqual(range(1, 500));
    for (const ledger of origins) {
      expect(await ledger.drops(E)).toMatchObject([{ supply: 500, left: 0, granted: 500 }]);
      expect(await ledger.reconcile(E)).toEqual([]);
    }
  });

  it('[LED24] goes on when Redis forgets its scripts, again and again', async () => {
    const client = await redis.client();
    const ledger = redisLedger(client, handClock());
    const flush = (): Promise<unknown> => client.call('SCRIPT', 'FLUSH');
    await flush();
    await open(ledger, null, range(1, 64));
    const receipts = await Promise.all(range(1, 64).map(async (viewer) => {
      const [[receipt]] = await Promise.all([ledger.claim([ask(viewer)]), flush()]);
      return receipt!;
    }));
    expect(serialsOf(receipts)).toEqual(range(1, 64));
    await flush();
    expect(await ledger.reconcile(E)).toEqual([]);
  });

  it('[LED29] reads one instant of an event that goes on, and finds it clean', async () => {
    const prefix = redis.freshPrefix();
    const [busy, reader] = await Promise.all([1, 2].map(async () => redisLedger(await redis.client(prefix), handClock())));
    await open(busy!, 800, range(1, 1_000));
    let ended = false;
    const claims = (async () => {
      for (let from = 1; from <= 1_000; from += 20) {
        await busy!.claim(range(from, 20).map((viewer) => ask(viewer)));
        await busy!.revoke({ event: E, drop: 'badge', viewer: from, reason: 'r', trace: 't' });
        await busy!.unlock({ event: E, target: { drop: 'badge' }, viewers: [from, from + 10_000], trace: 't' });
      }
      ended = true;
    })();
    const seqs: number[] = [];
    while (!ended) {
      const [state, differences] = await Promise.all([reader!.state(E), reader!.reconcile(E)]);
      expect(differences).toEqual([]);
      const granted = Object.values(state.holdings).filter((holding) => holding.state === 'granted').length;
      expect(granted).toBe(Object.values(state.drops['badge']!.variants).reduce((sum, variant) => sum + variant.granted - variant.revoked, 0));
      seqs.push(state.seq);
    }
    await claims;
    expect(seqs.length).toBeGreaterThan(2);
    expect(new Set(seqs).size).toBeGreaterThan(2);
    expect(await reader!.state(E)).toEqual(await reader!.replay(E));
  });

  it('[LED29] reads one instant of reservations, persons and tickets that come and go', async () => {
    const prefix = redis.freshPrefix();
    const clock = handClock();
    const [busy, reader] = await Promise.all([1, 2].map(async () => redisLedger(await redis.client(prefix), clock)));
    const viewers = range(1, 600);
    await open(busy!, null, viewers);
    await busy!.defineDrop(E, terms({ id: 'held', reserveMs: 5, variants: { default: 400 } }), 't');
    await busy!.defineDrop(E, terms({ id: 'lot', allocation: 'lottery', variants: { default: 50 } }), 't');
    let ended = false;
    const life = async (): Promise<void> => {
      for (let from = 1; from <= 600; from += 20) {
        const some = range(from, 20);
        clock.time += 2;
        const held = await busy!.claim(some.map((viewer) => ask(viewer, { drop: 'held', key: `held-key-${viewer}`, proof: 'email', subject: viewer % 300 || 300 })));
        const entered = await busy!.claim(some.map((viewer) => ask(viewer, { drop: 'lot', key: `lot-key-${viewer}`, proof: 'email', subject: viewer })));
        const ids = held.flatMap((receipt) => ('id' in receipt ? [receipt.id] : []));
        await Promise.all(ids.slice(0, 5).map((id) => busy!.move({ event: E, id, type: 'confirm', trace: 't' })));
        await Promise.all(entered.slice(0, 3).map(({ viewer }) => busy!.revoke({ event: E, drop: 'lot', viewer, reason: 'r', trace: 't' })));
        await busy!.expireDue(E, 100, 't');
      }
      for (const to of ['frozen', 'listed', 'drawn'] as const) await busy!.lotStep({ event: E, drop: 'lot', to, trace: 't' });
      const tickets = (await busy!.lotTickets(E, 'lot')).tickets.map(({ ticket }) => ticket);
      for (let from = 0; from < tickets.length; from += 30) await busy!.allot({ event: E, drop: 'lot', from, winners: tickets.slice(from, from + 30), losers: [], trace: 't' });
    };
    const living = life().finally(() => (ended = true));
    let readings = 0;
    for (; !ended; readings++) expect(await reader!.reconcile(E)).toEqual([]);
    await living;
    expect(readings).toBeGreaterThan(2);
    const { drops, reservations } = await reader!.state(E);
    expect(drops['lot']!.lot).toEqual({ state: 'drawn', entered: 510, allotted: 510 });
    expect(Object.keys(reservations)).toHaveLength(drops['held']!.variants['default']!.reserved);
    expect(await reader!.state(E)).toEqual(await reader!.replay(E));
  });

  it('[LED18] reconciling finds what was changed behind the ledger', async () => {
    const client = await redis.client();
    const ledger = redisLedger(client, handClock());
    await open(ledger, 5, [1, 2]);
    await ledger.claim([ask(1), ask(2)]);
    const { stock, gates, holdings, entries, head } = client.keys.ledger(E);
    const found = async (): Promise<string[]> => (await ledger.reconcile(E)).map(({ path }) => path);
    const changed: [path: string, change: Promise<unknown>, back: () => Promise<unknown>][] = [
      ['drops/badge', client.call('HSET', stock, 'badge taken default', 1), () => client.call('HSET', stock, 'badge taken default', 2)],
      ['gates/a:won', client.call('HINCRBY', gates, 'a:won', 1), () => client.call('HINCRBY', gates, 'a:won', -1)],
      ['holdings/1/badge', client.call('HDEL', holdings, '1/badge'), () => client.call('HSET', holdings, '1/badge', 'granted 5 5')],
      ['seq', client.call('HSET', head, 'seq', 7), () => client.call('HSET', head, 'seq', 6)],
    ];
    expect((await found()).sort()).toEqual(changed.map(([path]) => path).sort());
    for (const [, , back] of changed) await back();
    expect(await found()).toEqual([]);
    // Viewer 1's unlock is lost, and viewer 2's grant has viewer 1's serial.
    await client.call('XDEL', entries, '3-0', '6-0');
    await client.call('XSETID', entries, '5-0');
    await client.call('XADD', entries, '6-0', 'at', 1_000_000, 'type', 'Granted', 'trace', 't', 'drop', 'badge', 'variant', 'default', 'viewer', 2, 'serial', 1, 'key', 'key-of-2');
    const stands = (await ledger.reconcile(E)).map((difference) => difference.stands);
    expect(stands).toEqual(expect.arrayContaining([4, 'serial badge/1 again', 'granted without an unlock']));
  });

  it('[LED18] reconciling finds reservations, persons and tickets that were changed behind the ledger', async () => {
    const client = await redis.client();
    const ledger = redisLedger(client, handClock());
    await open(ledger, null, [1]);
    await ledger.defineDrop(E, terms({ id: 'held', reserveMs: 9 }), 't');
    await ledger.defineDrop(E, terms({ id: 'lot', allocation: 'lottery' }), 't');
    await ledger.claim([ask(1, { drop: 'held', key: 'key-of-held', proof: 'email', subject: 5 }), ask(1, { drop: 'lot', key: 'key-of-lot' })]);
    const { subjects, reservations, tickets, allotted, stock } = client.keys.ledger(E);
    const [reservation, ticket] = [6, 7].map((seq) => String(seq).padStart(16, '0'));
    const changed: [path: string, change: Promise<unknown>, back: () => Promise<unknown>][] = [
      ['subjects/held/5', client.call('HSET', subjects, 'held/5', 2), () => client.call('HSET', subjects, 'held/5', 1)],
      [`reservations/6`, client.call('ZINCRBY', reservations, 1, reservation!), () => client.call('ZINCRBY', reservations, -1, reservation!)],
      ['tickets/lot/7', client.call('SADD', allotted, 7), () => client.call('SREM', allotted, 7)],
      ['tickets/lot/8', client.call('ZADD', tickets, 0, 'lot 0000000000000008 default'), () => client.call('ZREM', tickets, 'lot 0000000000000008 default')],
      ['drops/lot', client.call('HSET', stock, 'lot entered', 2), () => client.call('HSET', stock, 'lot entered', 1)],
      ['drops/held', client.call('HSET', stock, 'held reserved default', 0), () => client.call('HSET', stock, 'held reserved default', 1)],
    ];
    expect((await ledger.reconcile(E)).map(({ path }) => path).sort()).toEqual(changed.map(([path]) => path).sort());
    for (const [, , back] of changed) await back();
    expect(await ledger.reconcile(E)).toEqual([]);
    await client.call('ZREM', tickets, `lot ${ticket} default`);
    expect(await ledger.reconcile(E)).toEqual([{ path: 'tickets/lot/7', stands: undefined, replayed: false }]);
  });

  it('[LED26] takes a step wholly or not at all when Redis is out of memory', async () => {
    const client = await redis.client();
    const clock = handClock();
    const ledger = redisLedger(client, clock);
    await open(ledger, 5, range(1, 10));
    await ledger.defineDrop(E, terms({ id: 'held', reserveMs: 1 }), 't');
    await ledger.defineDrop(E, terms({ id: 'trial', reserveMs: 1, test: true }), 't');
    await ledger.defineDrop(E, terms({ id: 'lot', allocation: 'lottery' }), 't');
    const drops = ['held', 'trial', 'lot'];
    const receipts = await ledger.claim(drops.map((drop) => ask(3, { drop, key: `key-of-${drop}`, proof: 'email', subject: 3 })));
    const [held, trial, entered] = receipts.map((receipt) => ('id' in receipt ? receipt.id : ''));
    for (const to of ['frozen', 'listed', 'drawn'] as const) await ledger.lotStep({ event: E, drop: 'lot', to, trace: 't' });
    await ledger.claim([ask(9)]);
    clock.time += 5;
    const ticket = Number(entered!.split(':')[1]);
    const move = (id: string, type: 'confirm' | 'convert' | 'revoke' | 'expire'): Promise<unknown> =>
      ledger.move({ event: E, id, type, trace: 't', ...(type === 'convert' && { key: 'order-number-1', amount: 1, currency: 'EUR' }) });
    await client.call('CONFIG', 'SET', 'maxmemory', 1);
    onTestFinished(() => client.call('CONFIG', 'SET', 'maxmemory', 0).catch(() => undefined) as Promise<void>);
    const before = await ledger.state(E);
    const calls = [
      ledger.claim([ask(1), ask(2)]), ledger.unlock({ event: E, target: { drop: 'badge' }, viewers: [1, 11], trace: 't' }), ledger.recordHostAction(E, 'r', 't'),
      ledger.revoke({ event: E, drop: 'badge', viewer: 9, reason: 'r', trace: 't' }), ledger.restock({ event: E, drop: 'badge', variant: 'default', add: 1, reason: 'r', trace: 't' }),
      ...[held!, trial!].flatMap((id) => [move(id, 'confirm'), move(id, 'convert'), move(id, 'revoke'), move(id, 'expire')]), move(entered!, 'revoke'), ledger.expireDue(E, 9, 't'),
      ledger.allot({ event: E, drop: 'lot', from: 0, winners: [ticket], losers: [], trace: 't' }),
    ];
    const results = await Promise.allSettled([...calls, ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'r', trace: 't' })]);
    const refused = { status: 'rejected', reason: { code: 'store_unavailable', retryable: true } };
    expect(results).toMatchObject([...calls.map(() => refused), { status: 'fulfilled', value: false }]);
    expect(await ledger.state(E)).toEqual(before);
    expect(await ledger.reconcile(E)).toEqual([]);
    await client.call('CONFIG', 'SET', 'maxmemory', 0);
    expect(serialsOf(await ledger.claim([ask(1), ask(2)]))).toEqual([2, 3]);
    expect(await ledger.expireDue(E, 9, 't')).toBe(2);
    expect(await ledger.allot({ event: E, drop: 'lot', from: 0, winners: [ticket], losers: [], trace: 't' })).toBe(1);
    expect(await ledger.reconcile(E)).toEqual([]);
  });
});

describe.skipIf(!HAS_REDIS)('ledger on a Redis that fails', () => {
  it('[LED23] killed -9 in the middle of claims: what was answered stands, nothing is granted twice, a retry gets the first receipt', async () => {
    const server = await tempRedis();
    const connections = await Promise.all([watched(server), watched(server)]);
    const origins = connections.map(({ client }) => redisLedger(client, handClock()));
    const viewers = range(1, 3_000);
    await open(origins[0]!, 1_500, viewers);
    const known = new Map<number, Receipt>();
    let left = Infinity;
    const learn = (receipts: readonly Receipt[]): void => {
      for (const receipt of receipts) {
        const first = known.get(receipt.viewer);
        if (first) expect(receipt).toEqual(first);
        known.set(receipt.viewer, receipt);
      }
      left -= receipts.length;
      if (left <= 0) void server.kill();
    };
    let broken = 0;
    /** Claims for all viewers through both origins, some batches at a time, until the server dies or all are answered. */
    const rush = (offset: number): Promise<unknown> =>
      Promise.all(
        origins.flatMap((ledger, side) =>
          range(0, 4).map(async (lane) => {
            for (let from = lane * 16; from < viewers.length; from += 64) {
              const batch = range(from, 16).map((place) => ask(viewers[(place + offset + side * 700) % viewers.length]!));
              try {
                learn(await ledger.claim(batch));
              } catch (error) {
                expect(error).toMatchObject({ code: 'store_unavailable', retryable: true });
                broken++;
                return;
              }
            }
          }),
        ),
      );
    for (const [turn, enough] of [300, 900, 200].entries()) {
      left = enough;
      await rush(turn * 450);
      await server.restart();
      await Promise.all(connections.map(({ back }) => back()));
      const entries = await origins[1]!.entries(E, 1, 100_000);
      const grants = entries.filter(({ type }) => type === 'Granted');
      const byViewer = new Map(grants.map(({ viewer = 0, serial }) => [viewer, serial]));
      expect(byViewer.size).toBe(grants.length);
      for (const [viewer, receipt] of known) if (receipt.status === 'granted') expect(byViewer.get(viewer)).toBe(receipt.serial);
      expect(await origins[1]!.reconcile(E)).toEqual([]);
    }
    expect(broken).toBeGreaterThanOrEqual(3);
    left = Infinity;
    await rush(0);
    expect(known.size).toBe(3_000);
    expect(serialsOf([...known.values()])).toEqual(range(1, 1_500));
    expect(await origins[0]!.reconcile(E)).toEqual([]);
  });

  it('[LED23] that says nothing for longer than a call may take: the call is refused as retryable, and its retry gets the one grant', async () => {
    const server = await tempRedis();
    const { client, back } = await watched(server, 250);
    const ledger = redisLedger(client, handClock());
    await open(ledger, 10, [1, 2]);
    server.pause();
    await expect(ledger.claim([ask(1), ask(2)])).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    await expect(ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: [3], trace: 't' })).rejects.toMatchObject({ code: 'store_unavailable' });
    server.resume();
    await back();
    const receipts = await ledger.claim([ask(1), ask(2)]);
    expect(serialsOf(receipts)).toEqual([1, 2]);
    expect(await ledger.claim([ask(1), ask(2)])).toEqual(receipts);
    expect((await ledger.entries(E, 1, 100)).filter(({ type }) => type === 'Granted')).toHaveLength(2);
    expect(await ledger.reconcile(E)).toEqual([]);
  });

  it('[LED28] killed -9 in the middle of a mass unlock: the repeated facts name everybody whom they unlocked, each once', async () => {
    const server = await tempRedis();
    const [{ client, back }, other] = await Promise.all([watched(server), tempClient(server, { timeoutMs: PATIENT_MS })]);
    const ledger = redisLedger(client, handClock());
    await open(ledger, null, []);
    const step = (tick: number, viewers: number[]): FactStep => ({
      fact: { room: 'r', tick, ordinal: 0 }, trace: 't', effects: [{ achievement: 'won', tag: `r/${tick}`, target: 1, scope: 'crowd', viewers }],
    });
    expect(await ledger.ingest(E, [step(1, [1, 2, 3])])).toEqual([{ gate: 'a:won', viewers: [1, 2, 3] }]);
    const crowd = range(1, 20_000);
    const call = ledger.ingest(E, [step(2, [90_001]), step(3, crowd), step(4, [90_001, 90_002])]);
    const lost = expect(call).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    // Not by time: the server dies once it has some thousands of them, in between two chunks or within one.
    while (Number(await other.call('XLEN', client.keys.ledger(E).entries)) < 5_000) await new Promise((turn) => setImmediate(turn));
    await server.kill();
    await lost;
    await expect(ledger.ingest(E, [step(2, [90_001])])).rejects.toMatchObject({ code: 'store_unavailable' });
    await server.restart();
    await back();
    const stood = (await ledger.entries(E, 1, 100_000)).length;
    expect(stood).toBeGreaterThanOrEqual(5_000);
    expect(stood).toBeLessThan(20_000);
    // Only part of what broke off is repeated at first, and with it a fact that is new.
    expect(await ledger.ingest(E, [step(2, [90_001])])).toEqual([{ gate: 'a:won', viewers: [90_001] }]);
    expect(await ledger.ingest(E, [step(3, crowd), step(4, [90_001, 90_002]), step(5, [90_003])])).toEqual([{ gate: 'a:won', viewers: [...range(4, 19_997), 90_002, 90_003] }]);
    expect(await ledger.ingest(E, [step(3, crowd), step(5, [90_003])])).toEqual([]);
    expect(await ledger.reconcile(E)).toEqual([]);
  });

  it('[LED23] whose connection is closed refuses every call as retryable', async () => {
    const server = await tempRedis();
    const client = await tempClient(server);
    const ledger = redisLedger(client, handClock());
    await client.close();
    for (const call of [ledger.createEvent(E, 't'), ledger.claim([ask(1)]), ledger.drops(E), ledger.receipts(E, 1), ledger.openGates(E, 1, ['a:won'])]) {
      await expect(call).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    }
  });
});
