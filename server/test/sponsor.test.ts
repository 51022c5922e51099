import { describe, expect, it, onTestFinished } from 'vitest';
import { ImpressionDesk } from '../src/events/impression-desk.js';
import { OriginMetrics } from '../src/metrics/origin-metrics.js';
import { lmdbRecords, openRedisRecords, type RecordTable } from '../src/store/index.js';
import { tempStore } from './store-helper.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';
import { startOrigin, type TestOrigin } from './support/test-origin.js';

/** One pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const SPONSOR = { name: 'Ben & Jörg', text: 'Ice for the boss.', url: 'https://ice.example/?a=1', imageUrl: `data:image/png;base64,${PNG}` };

const set = (test: TestOrigin, body: unknown, bearer = test.session) => test.call('POST', '/api/events/show/sponsor', { body, bearer });
const seen = (test: TestOrigin, bearer: string | undefined, body: unknown = {}) => test.call('POST', '/api/events/show/impressions', { body, bearer });
const counted = async (test: TestOrigin): Promise<unknown> => (await test.call('GET', '/api/events/show', { bearer: test.session })).body.impressions;

describe('sponsor', () => {
  it('[EMB1] an event tells its sponsor to whoever reads it; a picture that came with it is served by its content, and nothing else may come of it', async () => {
    const test = await startOrigin();
    const event = await test.event({ id: 'show', sponsor: SPONSOR });
    const { body } = await test.call('GET', `/api/join/${event.code}`);
    expect(body.sponsor).toEqual({ ...SPONSOR, imageUrl: expect.stringMatching(new RegExp(`^${test.url}/api/events/show/sponsor/[\\w-]{22}$`)) as string });
    const image = await fetch(body.sponsor.imageUrl as string);
    expect(Buffer.from(await image.arrayBuffer()).toString('base64')).toBe(PNG);
    expect(Object.fromEntries(['content-type', 'x-content-type-options', 'content-security-policy', 'access-control-allow-origin'].map((name) => [name, image.headers.get(name)])))
      .toEqual({ 'content-type': 'image/png', 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox", 'access-control-allow-origin': '*' });
    expect((await test.call('GET', '/api/events/show/sponsor/another')).status).toBe(404);

    await set(test, { name: 'Ben & Jörg', text: 'New words' });
    expect((await test.call('GET', '/api/join/show')).body.sponsor).toEqual({ name: 'Ben & Jörg', text: 'New words', url: '', imageUrl: body.sponsor.imageUrl as string });
    const next = await test.restart();
    expect((await next.call('GET', '/api/join/show')).body.sponsor.text).toBe('New words');
    expect((await next.call('DELETE', '/api/events/show/sponsor', { bearer: next.session })).status).toBe(204);
    expect((await next.call('GET', '/api/join/show')).body).not.toHaveProperty('sponsor');
  });

  it('[EMB2] takes plain text, https and pictures that are what they say, and nothing else; only of a host', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show' });
    const bad = [
      { name: '' }, { name: 'x'.repeat(61) }, { name: '<b>Ice</b>' }, { name: 'Ice\u202egnp' }, { name: 'Ice\u0000' }, { text: 'x'.repeat(141) }, { text: '<script>alert(1)</script>' }, { text: 'a\nb' },
      { url: 'http://ice.example/' }, { url: 'javascript:alert(1)' }, { url: 'https://a:b@ice.example/' }, { url: '//ice.example' }, { url: `https://ice.example/${'x'.repeat(600)}` },
      { imageUrl: 'http://ice.example/a.png' }, { imageUrl: 'data:text/html;base64,PGI+' }, { imageUrl: 'data:image/svg+xml;base64,PHN2Zz4=' }, { imageUrl: `data:image/jpeg;base64,${PNG}` },
      { imageUrl: `data:image/png;base64,${PNG}${'A'.repeat(50_000)}` }, { imageUrl: `data:image/png;base64,${PNG}" onload="x` }, { more: 1 }, { name: 7 },
    ];
    for (const part of bad) expect(await set(test, { ...SPONSOR, ...part }), JSON.stringify(part).slice(0, 80)).toMatchObject({ status: 400, body: { code: 'bad_request' } });
    expect((await test.call('GET', '/api/join/show')).body).not.toHaveProperty('sponsor');
    const viewer = await test.join('show');
    for (const bearer of ['', viewer.token]) expect((await set(test, SPONSOR, bearer)).body.code).toBe('host_forbidden');
    expect((await test.call('DELETE', '/api/events/show/sponsor', { bearer: viewer.token })).body.code).toBe('host_forbidden');
    expect((await test.call('POST', '/api/events/none/sponsor', { bearer: test.session, body: SPONSOR })).body.code).toBe('event_unknown');
  });

  it('[EMB3] a viewer counts once, however often it says so, and still after a restart; without a sponsor, or a token, nobody counts', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show', maxViewers: 5 });
    const crowd = await Promise.all(Array.from({ length: 7 }, () => test.join('show')));
    expect((await seen(test, crowd[0]!.token)).body.code).toBe('not_found');
    expect(await counted(test)).toBeUndefined();
    await set(test, SPONSOR);
    expect(await counted(test)).toBe(0);
    expect((await Promise.all(Array.from({ length: 20 }, () => seen(test, crowd[0]!.token)))).map(({ status }) => status)).toEqual(Array(20).fill(200));
    await seen(test, (await test.join('show', crowd[0]!.token)).token); // the same viewer with a newer token
    await seen(test, crowd[1]!.token);
    expect(await counted(test)).toBe(2);
    const metrics = (await test.call('GET', '/metrics')).body as string;
    expect(metrics).toContain('crowdcue_origin_impressions_total 2');

    const other = await test.event({ id: 'other' });
    const stranger = await test.join(other.id);
    expect((await seen(test, stranger.token)).body.code).toBe('token_other_event');
    expect((await seen(test, undefined)).body.code).toBe('token_missing');
    for (const body of [[], 'element', 1, null]) expect((await seen(test, crowd[2]!.token, body)).status).toBe(400);
    for (const body of [{ slot: 'overlay' }, { viewer: 12, count: 1_000 }, { sub: crowd[2]!.viewer }]) expect((await seen(test, crowd[1]!.token, body)).status).toBe(200); // what else is said is not looked at
    expect(await counted(test)).toBe(2);

    const next = await test.restart();
    await seen(next, crowd[0]!.token);
    expect(await counted(next)).toBe(2);
    for (const { token } of crowd) await seen(next, token); // tokens in plenty: never more than the event takes viewers
    expect(await counted(next)).toBe(5);
    await set(next, { ...SPONSOR, text: 'The same sponsor' });
    expect(await counted(next)).toBe(5);
    await set(next, { ...SPONSOR, name: 'Another' });
    expect(await counted(next)).toBe(0);
  });
});

const show = { id: 'show', name: 'Show', code: 'BCDFGH', accent: '', maxViewers: 100, createdAt: 0, sponsor: { ...SPONSOR, imageUrl: '' } };

describe('impressions', () => {
  it.skipIf(!HAS_REDIS)('[EMB3] count a viewer once among several origins, and lose nobody when two write at once', async () => {
    const server = await tempRedis();
    const tableOf = async (): Promise<RecordTable<string>> => {
      const records = await openRedisRecords(await tempClient(server), ['impressions']);
      onTestFinished(() => records.close());
      return records.table('impressions');
    };
    const metrics = new OriginMetrics();
    const deskOf = async (): Promise<ImpressionDesk> => new ImpressionDesk({ table: await tableOf(), metrics, pause: () => Promise.resolve() });
    const desks = [await deskOf(), await deskOf()];
    await Promise.all(desks.flatMap((desk, at) => [desk.count(show, 1 + at), desk.count(show, 3), desk.count(show, 2 ** 40 + 10 + at)]));
    await desks[0]!.count(show, 2);
    await expect.poll(() => desks.map((desk) => desk.of(show)), { timeout: 10_000 }).toEqual([5, 5]);
    await expect.poll(async () => (await deskOf()).of(show), { timeout: 10_000 }).toBe(5);
  });

  it('[EMB3] a viewer whose count did not get into the store is told, counted by the next try, and once', async () => {
    let away = true;
    const kept = lmdbRecords(await tempStore()).table<string>('impressions');
    const table: RecordTable<string> = { ...kept, put: (key, value) => (away ? Promise.reject(new Error('away')) : kept.put(key, value)) };
    const desk = new ImpressionDesk({ table, metrics: new OriginMetrics(), pause: () => Promise.resolve() });
    await expect(desk.count(show, 1)).rejects.toThrow('away');
    away = false;
    await desk.count(show, 1);
    expect(desk.of(show)).toBe(1);
    expect(new ImpressionDesk({ table, metrics: new OriginMetrics(), pause: () => Promise.resolve() }).of(show)).toBe(1);
  });
});
