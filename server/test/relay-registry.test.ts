import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { OriginDeps } from '../src/app.js';
import { rankRelays } from '../src/events/relay-ranking.js';
import { RelayRegistry, UNTOLD, type RelayRegistration } from '../src/events/relay-registry.js';
import type { Clock } from '../src/clock.js';
import { lmdbRecords, openRedisRecords, type RecordStore } from '../src/store/index.js';
import { handClock, tempStore } from './store-helper.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';
import { RELAY_SECRET, startOrigin } from './support/test-origin.js';

const SOON = { timeout: 10_000 };

/** An origin's relays, and how often it puts one. */
const registryOn = (store: RecordStore, clock: Clock) => {
  const table = store.table<RelayRegistration>('relays');
  return { table, puts: vi.spyOn(table, 'put'), origin: new RelayRegistry(table, clock, store.shared) };
};

const alone = async () => {
  const clock = handClock(0);
  return { clock, ...registryOn(lmdbRecords(await tempStore(undefined, { unsafeNoSync: true })), clock) };
};
/** Two origins that share a Redis. */
const shared = async () => {
  const clock = handClock(0);
  const server = await tempRedis();
  const open = async () => {
    const records = await openRedisRecords(await tempClient(server), ['relays']);
    onTestFinished(() => records.close());
    return registryOn(records, clock);
  };
  return { clock, one: await open(), two: await open() };
};
const relay = (relayId: string, more: Partial<RelayRegistration> = {}): RelayRegistration =>
  ({ relayId, url: `ws://${relayId}`, incarnation: 1, ...UNTOLD, viewers: 0, capacity: 1_000, ...more });
const urls = (registry: RelayRegistry, region = '', viewer = 1): string[] => registry.views({ viewer, region }).map(({ url }) => url);
/** How many of `viewers` find each relay first. */
const firsts = (registry: RelayRegistry, viewers: number, region = ''): Record<string, number> => {
  const found: Record<string, number> = {};
  for (let viewer = 0; viewer < viewers; viewer++) {
    const [first] = urls(registry, region, viewer * 7_919 + 13);
    found[first!] = (found[first!] ?? 0) + 1;
  }
  return found;
};

it('[PAG4] shows on the console how old a relay says its patches are; one of an earlier version says none; nonsense is refused', async () => {
  const test = await startOrigin();
  await test.event({ id: 'show' });
  const tell = async (relayId: string, more: object = {}) => (await test.call('POST', '/api/relays', { body: { relayId, url: `ws://127.0.0.1:1/${relayId}`, incarnation: 1, ...more }, bearer: RELAY_SECRET })).status;
  expect([await tell('new', { patchAge: { p50: 40, p99: 180 } }), await tell('old')]).toEqual([200, 200]);
  const { relays } = (await test.call('GET', '/api/events/show', { bearer: test.session })).body;
  expect(relays.map(({ id, standing }: { id: string; standing: { patchAge?: unknown } }) => [id, standing.patchAge])).toEqual([['new', { p50: 40, p99: 180 }], ['old', undefined]]);
  for (const patchAge of [{ p50: -1, p99: 5 }, { p50: 1 }, { p50: 1, p99: 1e12 }, 'old', [1, 2]]) expect(await tell('bad', { patchAge })).toBe(400);
});

describe('who is told of', () => {
  it('[REG1] leaves out relays that are silent for 30 s, at once those that drain, and forgets them after ten minutes', async () => {
    const { clock, table, origin } = await alone();
    await origin.register(relay('a'));
    await origin.register(relay('b'));
    clock.time = 29_999;
    expect(urls(origin).sort()).toEqual(['ws://a', 'ws://b']);
    await origin.register(relay('b'));
    clock.time = 30_000;
    expect(urls(origin)).toEqual(['ws://b']);
    await origin.register(relay('b', { draining: true }));
    expect(urls(origin)).toEqual([]);
    expect(origin.overview([{ id: 'b', viewers: 4 }, { id: 'origin', viewers: 1 }])).toEqual([
      { id: 'b', viewers: 4, standing: { region: '', level: 0, draining: true, load: 0 } }, { id: 'origin', viewers: 1 },
    ]);
    await origin.register(relay('b', { incarnation: 2 }));
    expect(urls(origin)).toEqual(['ws://b']);
    clock.time = 600_000;
    await origin.register(relay('c'));
    expect([...table.entries()].map(([id]) => id).sort()).toEqual(['b', 'c']);
  });

  it.skipIf(!HAS_REDIS)('[REG2] refuses an older run, and hears of runs from other origins', async () => {
    const { one: { origin: one }, two: { origin: two } } = await shared();
    await one.register(relay('a', { incarnation: 5, url: 'ws://new' }));
    await vi.waitFor(() => expect(urls(two)).toEqual(['ws://new']), SOON);
    await expect(two.register(relay('a', { incarnation: 4 }))).rejects.toMatchObject({ code: 'relay_superseded' });
    expect(urls(two)).toEqual(['ws://new']);
  });

  it.skipIf(!HAS_REDIS)('[REG3] keeps a relay alive at every origin that shares the store, also one of which nothing changes', async () => {
    const { clock, one, two } = await shared();
    for (const end = clock.time + 120_000; clock.time < end; clock.time += 1_000) await one.origin.register(relay('a', { viewers: 700 }));
    await vi.waitFor(() => expect(urls(two.origin)).toEqual(['ws://a']), SOON);
    expect(two.origin.views({})[0]!.load).toBe(0.7);
    expect(one.puts.mock.calls.length).toBeLessThanOrEqual(25); // of 120: one in 5 s, and the first
    for (let beats = 0; beats < 2; beats++) {
      clock.time += 29_999; // what is heard now keeps it for as long again
      await one.origin.register(relay('a', { viewers: 700 }));
      await vi.waitFor(() => expect(two.origin.overview([])[0]?.standing?.load).toBe(0.7), SOON);
    }
  });

  it('[REG3] writes no heartbeat where nobody else reads', async () => {
    const { clock, puts, origin } = await alone();
    for (; clock.time < 120_000; clock.time += 10_000) await origin.register(relay('a', { viewers: clock.time / 1_000, cpu: 0.5 }));
    expect(puts).toHaveBeenCalledTimes(1);
    for (const change of [{ draining: true }, { level: 2 }, { region: 'eu' }, { capacity: 5 }, { costClass: 1 }, { url: 'ws://b' }]) await origin.register(relay('a', change));
    expect(puts).toHaveBeenCalledTimes(7);
  });
});

describe('the ranking', () => {
  it('[REG4] goes by region, then cost, and puts full relays last; a part of a region is nearer than another region', async () => {
    const { origin } = await alone();
    for (const each of [
      relay('dear', { region: 'eu', costClass: 7 }), relay('cheap', { region: 'eu', costClass: 1 }), relay('full', { region: 'eu', costClass: 0, viewers: 1_000 }),
      relay('part', { region: 'eu-west', costClass: 0 }), relay('far', { region: 'us', costClass: 0 }),
    ]) await origin.register(each);
    expect(urls(origin, 'eu')).toEqual(['ws://cheap', 'ws://dear', 'ws://part', 'ws://far', 'ws://full']);
    expect(urls(origin, 'us')[0]).toBe('ws://far');
    expect(urls(origin, 'mars').at(-1)).toBe('ws://full');
    expect(origin.views({ region: 'eu' })[0]).toEqual({ url: 'ws://cheap', region: 'eu', costClass: 1, load: 0 });
  });

  it('[REG5] spreads a crowd over equals in proportion to what they can still take, never all to one', async () => {
    const { origin } = await alone();
    await origin.register(relay('empty', { capacity: 3_000 }));
    await origin.register(relay('half', { capacity: 3_000, viewers: 1_500 }));
    await origin.register(relay('hot', { capacity: 3_000, cpu: 0.75 }));
    const found = firsts(origin, 7_000);
    expect(Math.abs(found['ws://empty']! - 4_000)).toBeLessThan(200);
    expect(Math.abs(found['ws://half']! - 2_000)).toBeLessThan(200);
    expect(Math.abs(found['ws://hot']! - 1_000)).toBeLessThan(200);
    // A little more load moves few lists, and only away from where it rose.
    const before = Array.from({ length: 1_000 }, (_, viewer) => urls(origin, '', viewer)[0]);
    await origin.register(relay('half', { capacity: 3_000, viewers: 1_600 }));
    const moved = before.filter((url, viewer) => urls(origin, '', viewer)[0] !== url);
    expect(moved.length).toBeLessThan(40);
    expect(new Set(moved)).toEqual(new Set(['ws://half']));
  });

  it('[REG5] counts whom it sends before the relay does: a rush fills relays evenly, and a full one comes last', async () => {
    const { origin } = await alone();
    await origin.register(relay('small', { capacity: 100 }));
    await origin.register(relay('large', { capacity: 900 }));
    const dealt = Array.from({ length: 1_000 }, (_, viewer) => origin.deal(viewer * 31)[0]);
    const small = dealt.filter((url) => url === 'ws://small').length;
    expect(small).toBeGreaterThan(60);
    expect(small).toBeLessThanOrEqual(100);
    for (let viewer = 0; viewer < 200; viewer++) origin.deal(viewer);
    expect(origin.views({}).every(({ load }) => load > 0.99)).toBe(true);
    await origin.register(relay('large', { capacity: 900, viewers: 100 })); // what it says counts again
    expect(urls(origin, '', 5)[0]).toBe('ws://large');
  });

  it('[REG6] takes dearer relays once the cheap ones are busy, and does not swing at the edge', async () => {
    const { origin } = await alone();
    const cheap = async (more: Partial<RelayRegistration>): Promise<string> => {
      await origin.register(relay('cheap', { costClass: 0, ...more }));
      return urls(origin)[0]!;
    };
    await origin.register(relay('dear', { costClass: 9 }));
    const seen: string[] = [];
    for (const viewers of [0, 700, 790, 800, 790, 700, 660, 640, 700, 790]) seen.push(await cheap({ viewers }));
    expect(seen.map((url) => url.slice(5))).toEqual(['cheap', 'cheap', 'cheap', 'dear', 'dear', 'dear', 'dear', 'cheap', 'cheap', 'cheap']);
    expect(await cheap({ level: 1 })).toBe('ws://dear');
    expect(await cheap({ cpu: 0.9 })).toBe('ws://dear');
  });

  it('[REG4] is a total order that loses nobody, whatever the figures are', () => {
    let state = 12_345;
    const random = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
    for (let run = 0; run < 200; run++) {
      const relays = Array.from({ length: Math.floor(random() * 12) }, (_, i) => ({
        relayId: `r${i}`, region: ['', 'eu', 'us'][Math.floor(random() * 3)]!, costClass: Math.floor(random() * 10), capacity: 1 + Math.floor(random() * 10_000_000),
        viewers: Math.floor(random() * 10_000_000), cpu: random(), busy: random() < 0.5,
      }));
      const asker = { viewer: Math.floor(random() * 2 ** 52), region: 'eu' };
      const ranked = rankRelays(relays, asker);
      expect(new Set(ranked)).toEqual(new Set(relays));
      expect(rankRelays([...relays].reverse(), asker)).toEqual(ranked);
    }
  });
});

describe('relays over HTTP', () => {
  const setUp = async (env: Record<string, string> = {}, deps: OriginDeps = {}) => {
    const test = await startOrigin(env, deps);
    await test.event({ id: 'show' });
    const register = (body: Record<string, unknown>, bearer: string | undefined = RELAY_SECRET) =>
      test.call('POST', '/api/relays', { bearer, body: { relayId: 'a', url: 'wss://a.example', incarnation: 1, ...body } });
    return { test, register };
  };

  it('[REG7] takes the registration of the version before, and one of a later version', async () => {
    const { test, register } = await setUp();
    expect((await register({})).status).toBe(200);
    expect((await register({ relayId: 'b', url: 'wss://b.example', region: 'eu', costClass: 2, viewers: 10, capacity: 100, cpu: 0.25, links: 1, draining: false, level: 0, weather: { wind: 9 } })).status).toBe(200);
    expect((await test.call('GET', '/relays?event=show&region=eu')).body).toEqual({ relays: [
      { url: 'wss://b.example', region: 'eu', costClass: 2, load: 0.25 }, { url: 'wss://a.example', region: '', costClass: 5, load: 0.5 },
    ] });
    const { body } = await test.call('GET', '/api/events/show', { bearer: test.session });
    expect(body.relays).toContainEqual({ id: 'b', viewers: 0, standing: { region: 'eu', load: 0.25, level: 0, draining: false } });
  });

  it('[REG8] refuses what a relay cannot be, names it, and goes on with what it knew', async () => {
    const { test, register } = await setUp();
    await register({ region: 'eu', capacity: 10 });
    for (const [field, values] of Object.entries({
      url: ['http://a', 'javascript:alert(1)', 'ws://user:pw@a', 'ws://a/?x=1', 'ws://a#x', `ws://${'a'.repeat(600)}`, 7, null],
      region: ['EU', 'e u', '-eu', 'x'.repeat(33), 5, null, {}], costClass: [-1, 10, 0.5, '1', null], viewers: [-1, 1e9, 1.5, '9', null, []],
      capacity: [0, -1, 1e12, null], cpu: [-0.1, 1.01, '0', null], links: [-1, 1e9], draining: ['true', 1, null], level: [-1, 10, 0.5], incarnation: [2 ** 53, -1, '1'],
    })) {
      for (const value of values) {
        const { status, body } = await register({ [field]: value });
        expect({ field, value, status, code: body.code }).toEqual({ field, value, status: 400, code: 'bad_request' });
        expect(body.error).toContain(`${field}:`);
      }
    }
    for (const raw of ['{"relayId":"a","url":"ws://a","incarnation":1,"cpu":1e999}', '{"relayId":"a","url":"ws://a","incarnation":NaN}']) {
      expect((await test.call('POST', '/api/relays', { bearer: RELAY_SECRET, raw })).status).toBe(400);
    }
    for (const bearer of ['wrong', '', RELAY_SECRET.slice(1), (await test.join('show')).token, test.session]) {
      expect((await register({ url: 'ws://evil' }, bearer)).body.code).toBe('relay_forbidden');
    }
    expect((await register({ incarnation: 0, url: 'ws://evil' })).body).toMatchObject({ code: 'relay_superseded', retryable: false });
    expect((await test.call('GET', '/relays')).body.relays).toEqual([{ url: 'wss://a.example', region: 'eu', costClass: 5, load: 1 }]);
  });

  it('[REG9] tells everybody of relays at both addresses, with nothing of them that is not for viewers', async () => {
    const { test, register } = await setUp();
    await register({ draining: true });
    await register({ relayId: 'b', url: 'wss://b.example', viewers: 1, capacity: 100 });
    for (const path of ['/relays', '/api/relays', '/relays?event=show', '/relays?region=nowhere', `/relays?region=${'x'.repeat(5_000)}`]) {
      const answer = await test.call('GET', path, { headers: { origin: 'https://shop.example' } });
      expect(answer.body).toEqual({ relays: [{ url: 'wss://b.example', region: '', costClass: 5, load: 0.01 }] });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(JSON.stringify(answer.body)).not.toContain('relayId');
    }
    expect((await test.call('GET', '/relays?event=nope')).body.code).toBe('event_unknown');
    const preflight = await test.call('OPTIONS', '/api/relays', { headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' } });
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET');
  });

  it('[REG10] believes a region of the asker, or of a trusted proxy, and joins by it', async () => {
    for (const [trusted, first] of [['127.0.0.1', 'us'], ['10.0.0.0/8', 'eu']] as const) {
      const { test, register } = await setUp({ TRUSTED_PROXIES: trusted });
      await register({ relayId: 'eu', url: 'wss://eu', region: 'eu', costClass: 1 });
      await register({ relayId: 'us', url: 'wss://us', region: 'us', costClass: 2 });
      const headers = { 'x-region': 'US' };
      expect((await test.call('GET', '/relays', { headers })).body.relays[0].url).toBe(`wss://${first}`);
      expect((await test.call('POST', '/api/join', { headers, body: { event: 'show' } })).body.relays[0]).toBe(`wss://${first}`);
      expect((await test.call('GET', '/relays?region=us', { headers: {} })).body.relays[0].url).toBe('wss://us');
      expect((await test.call('POST', '/api/join', { body: { event: 'show', region: 'us' } })).body.relays).toEqual(['wss://us', 'wss://eu']);
      await test.close();
    }
  });

  it('[REG11] slows a flood of questions from one address, and no other', async () => {
    const standing = { now: () => Date.now(), monotonic: () => 1_000 }; // nothing is given back meanwhile, however slow the machine is
    const { test, register } = await setUp({ TRUSTED_PROXIES: '127.0.0.1' }, { clock: standing });
    await register({});
    const from = (address: string) => test.call('GET', '/relays', { headers: { 'x-forwarded-for': address } });
    const answers = [];
    for (let i = 0; i < 4_200; i += 100) answers.push(...await Promise.all(Array.from({ length: 100 }, () => from('203.0.113.9'))));
    const slowed = answers.filter(({ status }) => status === 429);
    expect(slowed).toHaveLength(200);
    expect(slowed[0]!.body).toMatchObject({ code: 'too_many_requests', retryable: true });
    expect((await from('203.0.113.10')).status).toBe(200);
    expect((await test.join('show')).relays).toEqual(['wss://a.example']); // asking takes nobody's place
  });
});
