import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { Shop } from './support/shop.js';
import { startOrigin, until, type TestOrigin } from './support/test-origin.js';

const PRIVATE = { WEBHOOK_ALLOW_PRIVATE: '127.0.0.0/8' };
const DROPS = [{ id: 'mug', name: 'Mug', kind: 'badge', supply: null, unlockedBy: 'round-won' }];

let ticks = 0; // facts of a room come in their order

const setUp = async (env: Record<string, string> = PRIVATE) => {
  const test = await startOrigin(env, { webhooks: { schedule: { wait: (tries) => (tries < 3 ? 10 : undefined) } } });
  await test.event({ id: 'show', drops: DROPS });
  const host = test.session;
  const shop = await Shop.start();
  const ask = (method: string, path: string, body?: unknown, bearer = host) => test.call(method, path, { bearer, body });
  const codeOf = async (method: string, path: string, body?: unknown, bearer = host): Promise<number | string> => {
    const answer = await ask(method, path, body, bearer);
    return answer.status >= 400 ? answer.body.code as string : answer.status;
  };
  const claim = async (at: TestOrigin = test): Promise<{ id: string; viewer: number }> => {
    const me = await at.join('show');
    await at.won('show', [me.viewer], ++ticks);
    const { body } = await at.call('POST', '/api/events/show/claims', { bearer: me.token, body: { drop: 'mug', key: `key-${me.viewer}` } });
    return { id: body.id as string, viewer: me.viewer };
  };
  return { test, host, shop, ask, codeOf, claim };
};

describe('routes of webhooks', () => {
  it('[HOK12] a host makes, lists, changes, pings, replaces the secret of and removes an endpoint; its secret is shown once and kept sealed', async () => {
    const { test, shop, ask, claim, codeOf } = await setUp();
    const made = await ask('POST', '/api/webhooks', { url: shop.url('/hook'), description: ' The shop ', event: 'show' });
    expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/) as string, webhook: { url: shop.url('/hook'), description: 'The shop', event: 'show', state: 'on' } } });
    const { webhook: { id }, secret } = made.body as { webhook: { id: string }; secret: string };
    const one = `/api/webhooks/${id}`;
    expect(JSON.stringify((await ask('GET', '/api/webhooks')).body)).not.toMatch(/whsec|sealed|s1\./);
    expect((await ask('POST', `${one}/ping`, {})).body).toMatchObject({ delivered: true, status: 204 });
    expect(shop.calls[0]!.event).toMatchObject({ type: 'app.crowdcue.ping', data: { endpoint: id } });
    expect(new Webhook(secret).verify(shop.calls[0]!.body, shop.calls[0]!.headers)).toBeTruthy();
    shop.behave('/hook', (_, response) => void response.writeHead(500).end());
    expect((await ask('POST', `${one}/ping`)).body).toMatchObject({ delivered: false, status: 500, error: 'HTTP 500' });
    const { viewer } = await claim();
    await until(async () => (await ask('GET', `${one}/deliveries`)).body.books[0].dead === 1, 'a dead letter');
    expect((await ask('GET', `${one}/deliveries`)).body).toMatchObject({ down: false, lastError: { error: 'HTTP 500', at: expect.any(Number) as number } });
    expect((await ask('GET', `${one}/dead?event=show`)).body.letters).toMatchObject([{ event: 'show', viewer, drop: 'mug', tries: 3, error: 'HTTP 500', type: 'app.crowdcue.drop.granted' }]);
    shop.behave('/hook', (_, response) => void response.writeHead(200).end());
    expect((await ask('PUT', one, { description: '', types: ['app.crowdcue.drop.granted'] })).body).toMatchObject({ description: '', types: ['app.crowdcue.drop.granted'] });
    expect((await ask('POST', `${one}/secret`, { overlapHours: 1 })).body).toMatchObject({ webhook: { oldSecretUntil: expect.any(Number) as number }, secret: expect.stringContaining('whsec_') as string });
    const before = shop.calls.length;
    expect((await ask('POST', `${one}/replay`)).body).toEqual({ replayed: 1 });
    await shop.until(() => shop.calls.length === before + 1);
    expect(shop.calls.at(-1)!.headers['webhook-signature']!.split(' ')).toHaveLength(2);
    expect(shop.calls.at(-1)!.event).toMatchObject({ source: `${test.url}/api/events/show`, data: { viewer } });
    expect(await codeOf('DELETE', one)).toBe(204);
    expect([await codeOf('DELETE', one), (await ask('GET', '/api/webhooks')).body]).toEqual(['webhook_unknown', { webhooks: [] }]);
    expect(JSON.stringify(test.logs)).not.toContain(secret.slice(6));
    const metrics = (await test.call('GET', '/metrics')).body as string;
    for (const line of ['webhook_tries_total{result="delivered"} 1', 'webhook_tries_total{result="parked"} 1', 'webhook_tries_total{result="failed"} 2', 'webhook_endpoints_down 0', 'webhook_delay_seconds_count 1']) expect(metrics).toContain(`crowdcue_origin_${line}`);
  });

  it('[HOK12] what is wrong with a request is told by a code, and nothing is changed', async () => {
    const { shop, ask, codeOf } = await setUp();
    const url = shop.url('/hook');
    const bodies = [{}, [], 'x', { url: 5 }, { url: '' }, { url: 'x'.repeat(2_001) }, { url, types: [] }, { url, types: ['no.such.type'] }, { url, types: 'x' }, { url, types: Array<string>(41).fill('a') }, { url, extra: 1 }, { url, description: 'x'.repeat(201) }, { url, from: 'yesterday' }, { url, event: '' }];
    for (const body of bodies) expect([body, await codeOf('POST', '/api/webhooks', body)]).toEqual([body, 'webhook_bad_request']);
    for (const bad of ['http://10.0.0.1/', 'https://192.168.1.1/', 'http://shop.invalid/', 'ftp://x.org', 'nonsense', 'https://a:b@example.org/']) expect([bad, await codeOf('POST', '/api/webhooks', { url: bad })]).toEqual([bad, 'webhook_url_refused']);
    expect(await codeOf('POST', '/api/webhooks', { url, event: 'nowhere' })).toBe('event_unknown');
    expect((await ask('GET', '/api/webhooks')).body).toEqual({ webhooks: [] });
    const one = `/api/webhooks/${(await ask('POST', '/api/webhooks', { url })).body.webhook.id as string}`;
    for (const body of [{ url: 'http://10.0.0.1/' }, { types: ['x'] }, { paused: 'yes' }, { state: 'on' }]) expect(await codeOf('PUT', one, body)).toMatch(/^webhook_(bad_request|url_refused)$/);
    for (const body of [{ overlapHours: -1 }, { overlapHours: 169 }, { overlapHours: 1.5 }, { overlapHours: '1' }]) expect(await codeOf('POST', `${one}/secret`, body)).toBe('webhook_bad_request');
    for (const body of [{ ids: [] }, { ids: 'x' }, { ids: [5] }, { ids: Array<string>(501).fill('show:1') }, { all: true }]) expect(await codeOf('POST', `${one}/replay`, body)).toBe('webhook_bad_request');
    expect([await codeOf('POST', `${one}/discard`), await codeOf('POST', `${one}/discard`, { ids: [] })]).toEqual(['webhook_bad_request', 'webhook_bad_request']);
    expect((await ask('POST', `${one}/replay`, { ids: ['show:1', 'x', ':', 'show:-1', 'show:1e3', '__proto__:1'] })).body).toEqual({ replayed: 0 });
    expect((await ask('GET', `${one}/dead?event=nowhere&after=x`)).body).toEqual({ letters: [] });
    for (const [method, path] of [['PUT', ''], ['DELETE', ''], ['POST', '/secret'], ['POST', '/ping'], ['GET', '/deliveries'], ['GET', '/dead'], ['POST', '/replay']] as const) {
      expect([path, await codeOf(method, `/api/webhooks/wh_nobody${path}`, method === 'GET' ? undefined : {})]).toEqual([path, 'webhook_unknown']);
    }
    for (let pings = 0; pings < 10; pings += 1) expect(await codeOf('POST', `${one}/ping`)).toBe(200);
    expect(await codeOf('POST', `${one}/ping`)).toBe('too_many_requests');
    for (let more = 0; more < 19; more += 1) expect(await codeOf('POST', '/api/webhooks', { url })).toBe(201);
    expect(await codeOf('POST', '/api/webhooks', { url })).toBe('webhook_bad_request');
  });

  it('[HOK12] only hosts of the workspace see or touch an endpoint, and a secret takes no idempotency key', async () => {
    const { test, host, shop, ask, codeOf } = await setUp();
    const id = (await ask('POST', '/api/webhooks', { url: shop.url('/hook') })).body.webhook.id as string;
    const signIn = async (url: string): Promise<string> => (await test.call('POST', '/api/host/session', { body: { key: new URL(url).hash.slice('#key='.length) } })).body.session as string;
    const other = await signIn((await ask('POST', '/api/workspaces', { name: 'Other' })).body.url as string);
    const coHost = await signIn((await ask('POST', '/api/workspaces/members', { name: 'Co', role: 'co-host' })).body.url as string);
    const viewer = (await test.join('show')).token;
    const routes = [['PUT', '', {}], ['DELETE', ''], ['POST', '/secret', {}], ['POST', '/ping', {}], ['GET', '/deliveries'], ['GET', '/dead'], ['POST', '/replay', {}], ['POST', '/discard', { ids: ['show:1'] }]] as const;
    for (const [method, path, body] of routes) {
      const at = `/api/webhooks/${id}${path}`;
      expect([at, await codeOf(method, at, body, other), await codeOf(method, at, body, coHost), await codeOf(method, at, body, viewer)]).toEqual([at, 'webhook_unknown', 'role_forbidden', 'host_forbidden']);
    }
    expect([await codeOf('POST', '/api/webhooks', { url: shop.url('/x'), event: 'show' }, other), (await ask('GET', '/api/webhooks', undefined, other)).body]).toEqual(['event_unknown', { webhooks: [] }]);
    const keyed = await test.call('POST', '/api/webhooks', { bearer: host, body: { url: shop.url('/x') }, headers: { 'idempotency-key': 'k1' } });
    expect(keyed.body.code).toBe('bad_request');
    const log = (await ask('GET', '/api/workspaces/audit')).body.entries as { does: string; outcome: string }[];
    expect(log).toEqual(expect.arrayContaining([expect.objectContaining({ does: 'add webhook', outcome: 'done' }), expect.objectContaining({ does: 'remove webhook', outcome: 'role_forbidden' })]));
    expect(JSON.stringify(log)).not.toContain('whsec');
  });

  it('[HOK10] what was granted before a restart, and never delivered, is delivered after it', async () => {
    const { test, shop, ask, claim } = await setUp();
    shop.behave('/hook', () => undefined); // half-open: it never answers
    await ask('POST', '/api/webhooks', { url: shop.url('/hook') });
    const { viewer } = await claim();
    await shop.until(() => shop.calls.length === 1);
    shop.behave('/hook', (_, response) => void response.writeHead(200).end());
    await test.restart(PRIVATE);
    await shop.until(() => shop.calls.length === 2);
    expect(shop.calls[1]).toMatchObject({ id: shop.calls[0]!.id, event: { data: { viewer } } });
  });
});

describe('reports of shops', () => {
  const withSecret = async () => {
    const all = await setUp();
    const { secret } = (await all.ask('POST', '/api/events/show/commerce/secret', {})).body as { secret: string };
    const report = async (body: unknown, { id = `msg_${randomBytes(8).toString('hex')}`, at = Date.now(), by = secret, change = {} as Record<string, string>, raw = JSON.stringify(body), event = 'show' } = {}) => {
      const headers = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at / 1000)), 'webhook-signature': new Webhook(by).sign(id, new Date(at), raw), ...change };
      const answer = await all.test.call('POST', `/api/events/${event}/commerce`, { raw, headers });
      return answer.status >= 400 ? (answer.body.code as string) : (answer.body as { entitlement: string; state: string; seq: number });
    };
    return { ...all, secret, report };
  };
  const sale = (entitlement: string) => ({ type: 'converted', entitlement, amount: 4900, currency: 'EUR', order: 'A-1001' });

  it('[HOK13] moves an entitlement by what a shop reports, once a message, and answers a repeat as the first time', async () => {
    const { report, claim, shop, ask, test } = await withSecret();
    await ask('POST', '/api/webhooks', { url: shop.url('/hook') });
    const { id } = await claim();
    const fulfilled = await report({ type: 'fulfilled', entitlement: id });
    expect(fulfilled).toMatchObject({ entitlement: id, state: 'fulfilled' });
    const first = await report(sale(id), { id: 'msg_sale' });
    expect([await report(sale(id), { id: 'msg_sale' }), await report(sale(id), { id: 'msg_sale', at: Date.now() + 60_000 })]).toEqual([first, first]);
    expect(await report({ ...sale(id), amount: 4901 }, { id: 'msg_sale' })).toBe('move_conflict');
    expect(await report({ ...sale(id), order: 'A-1002' }, { id: 'msg_sale' })).toBe('move_conflict');
    expect(await report(sale(id))).toBe('move_wrong_state');
    expect(await report({ type: 'confirmed', entitlement: id })).toMatchObject({ state: 'confirmed' });
    expect(await report({ type: 'refunded', entitlement: id, amount: 1, currency: 'EUR' })).toBe('move_amount');
    expect(await report({ type: 'refunded', entitlement: id, amount: 4900, currency: 'EUR' }, { id: 'msg_back' })).toMatchObject({ state: 'refunded' });
    // The same entitlement, told to the shop in its order.
    await shop.until(() => shop.calls.length === 4);
    expect(shop.calls.map(({ event }) => [(event.type as string).split('.').at(-1), event.subject as string])).toEqual(['granted', 'fulfilled', 'converted', 'refunded'].map((each) => [each, id]));
    expect(shop.calls[2]!.event.data).toMatchObject({ amount: 4900, currency: 'EUR', order: 'A-1001' });
    expect((await test.call('GET', '/metrics')).body).toContain('crowdcue_origin_commerce_reports_total{result="move_conflict"} 2');
  });

  it('[HOK13] who replays, alters, signs with another secret or has a clock that is off gets a code, and nothing is changed', async () => {
    const { report, claim, secret, ask, test, codeOf } = await withSecret();
    const { id } = await claim();
    const own = (await ask('POST', '/api/commerce/secret', {})).body.secret as string;
    await ask('POST', '/api/events', { id: 'other', name: 'Other' });
    const seqs = async (): Promise<number> => (await ask('GET', '/api/events/show')).status;
    const raw = JSON.stringify(sale(id));
    const bad: [string, Promise<unknown>][] = [
      ['commerce_forged', report(sale(id), { by: `whsec_${Buffer.alloc(32, 1).toString('base64')}` })], ['commerce_forged', report(sale(id), { change: { 'webhook-id': 'msg_other' } })],
      ['commerce_forged', report(sale(id), { change: { 'webhook-timestamp': String(Math.floor(Date.now() / 1000) + 1_000) } })], ['commerce_forged', report(sale(id), { change: { 'webhook-signature': '' } })],
      ['commerce_forged', test.call('POST', '/api/events/show/commerce', { raw }).then(({ body }) => body.code as string)], ['commerce_forged', report(sale(id), { event: 'other' })],
      ['commerce_clock', report(sale(id), { at: Date.now() - 3_600_000 })], ['commerce_clock', report(sale(id), { at: Date.now() + 3_600_000 })],
      ['event_unknown', report(sale(id), { event: 'nowhere' })], ['move_unknown', report(sale('show:999999'))], ['move_unknown', report(sale('show:1'))], ['move_unknown', report(sale(id.replace('show', 'other')))],
      ['bad_json', report(0, { raw: '{' })], ['bad_json', report(0, { raw: '\u0000' })], ['commerce_bad_request', report(0, { raw: '' })], ['body_too_large', report(0, { raw: `"${'x'.repeat(70_000)}"` })],
    ];
    const shapes = [
      {}, [], null, { type: 'sold', entitlement: id }, { ...sale(id), amount: -1 }, { ...sale(id), amount: 1.5 }, { ...sale(id), amount: '4900' }, { ...sale(id), amount: 2 ** 53 }, { ...sale(id), currency: 'eur' }, { ...sale(id), currency: 'EURO' },
      { ...sale(id), order: 'x'.repeat(129) }, { ...sale(id), order: 'Zoë' }, { ...sale(id), extra: 1 }, { type: 'converted', entitlement: id }, { type: 'fulfilled', entitlement: id, amount: 5, currency: 'EUR' }, { type: 'fulfilled', entitlement: 5 },
      { type: 'fulfilled', entitlement: 'show' }, { type: 'fulfilled', entitlement: 'show:0' }, { type: 'fulfilled', entitlement: 'show:-1' }, { type: 'fulfilled', entitlement: 'show:1e3' },
    ];
    for (const shape of shapes) bad.push(['commerce_bad_request', report(shape)]);
    for (const [code, answer] of bad) expect(await answer).toBe(code);
    expect(await seqs()).toBe(200);
    // The workspace's own secret is good too, and one that was replaced for its overlap only.
    expect(await report({ type: 'fulfilled', entitlement: id }, { by: own })).toMatchObject({ state: 'fulfilled' });
    const next = (await ask('POST', '/api/events/show/commerce/secret', {})).body.secret as string;
    expect((await ask('GET', '/api/events/show/commerce/secret')).body.secret).toMatchObject({ since: expect.any(Number) as number, oldSecretUntil: expect.any(Number) as number });
    expect([await report({ type: 'fulfilled', entitlement: id }), await report({ type: 'fulfilled', entitlement: id }, { by: next })]).toMatchObject([{ state: 'fulfilled' }, { state: 'fulfilled' }]);
    await ask('POST', '/api/events/show/commerce/secret', { overlapHours: 0 });
    expect([await report(sale(id)), await report(sale(id), { by: next })]).toEqual(['commerce_forged', 'commerce_forged']);
    expect(await codeOf('DELETE', '/api/commerce/secret')).toBe(204);
    expect([await report(sale(id), { by: own }), (await ask('GET', '/api/commerce/secret')).body]).toEqual(['commerce_forged', { secret: null }]);
    expect(JSON.stringify(test.logs)).not.toContain(secret.slice(6));
  });

  it('[HOK13] the same message at once, many times, moves once', async () => {
    const { report, claim } = await withSecret();
    const { id } = await claim();
    const answers = await Promise.all(Array.from({ length: 20 }, () => report(sale(id), { id: 'msg_1' })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ state: 'converted' });
  });
});
