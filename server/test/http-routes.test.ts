import { connect } from 'node:net';
import { mintToken } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { freePort, keys, RELAY_SECRET, startOrigin, tempDir, tokens, until, type Answer, type CallOptions, type TestOrigin } from './support/test-origin.js';

/** Sends text over a bare socket and gives what came back until it closed or `enough`. */
const rawRequest = (test: TestOrigin, text: string, enough = (reply: string) => reply.includes('\r\n\r\n')): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(test.origin.port, '127.0.0.1', () => socket.write(text));
    let reply = '';
    socket.on('data', (chunk) => {
      reply += chunk.toString();
      if (enough(reply)) socket.destroy();
    });
    socket.on('error', reject).on('close', () => resolve(reply));
  });

const codes = async (test: TestOrigin, cases: [method: string, path: string, options: CallOptions, status: number, code: string][]): Promise<void> => {
  for (const [method, path, options, status, code] of cases) {
    const answer = await test.call(method, path, options);
    expect({ method, path, status: answer.status, code: answer.body.code, error: typeof answer.body.error, retryable: typeof answer.body.retryable })
      .toEqual({ method, path, status, code, error: 'string', retryable: 'boolean' });
  }
  expect((await test.call('GET', '/health')).body).toEqual({ status: 'ok' });
};

describe('bad input', () => {
  const setUp = async () => {
    const test = await startOrigin();
    const event = await test.event({ id: 'show', drops: [{ id: 'rope', name: 'Rope', kind: 'badge', supply: 1, unlockedBy: 'round-won' }] });
    const me = await test.join('show');
    const bodyRoutes: [path: string, bearer: string | undefined, badBody: string][] = [
      ['/api/host/session', undefined, 'bad_request'], ['/api/host/links', test.session, 'bad_request'], ['/api/join', undefined, 'bad_request'],
      ['/api/events', test.session, 'bad_request'], ['/api/events/show/cue', test.session, 'bad_request'], ['/api/events/show/stop', test.session, 'bad_request'], ['/api/events/show/settle', test.session, 'bad_request'],
      ['/api/events/show/flashes', test.session, 'bad_request'], ['/api/events/show/packager', test.session, 'bad_request'],
      ['/api/events/show/viewers/5/ban', test.session, 'bad_request'], ['/api/events/show/drops', test.session, 'drop_bad_request'],
      ['/api/events/show/claims', me.token, 'claim_bad_request'], ['/api/relays', RELAY_SECRET, 'bad_request'], ['/matchmake/joinById/show', undefined, 'bad_request'],
    ];
    return { test, event, me, bodyRoutes };
  };

  it('[HTTP1] malformed JSON is bad_json on every route that takes a body', async () => {
    const { test, bodyRoutes } = await setUp();
    for (const raw of ['{', 'null,', '\u0000', new Uint8Array([0x22, 0xff, 0xfe, 0x22])]) {
      await codes(test, bodyRoutes.map(([path, bearer]) => ['POST', path, { raw, bearer }, 400, 'bad_json']));
    }
  });

  it('[HTTP2] a body above 64 KiB is body_too_large on every route that takes one, and reading stops', async () => {
    const { test, bodyRoutes } = await setUp();
    const raw = JSON.stringify({ name: 'x'.repeat(70_000) });
    await codes(test, bodyRoutes.filter(([path]) => path !== '/api/host/session').map(([path, bearer]) => ['POST', path, { raw, bearer }, 413, 'body_too_large']));
    // Declared, but never sent: answered at once. Sent in chunks without a length: cut off.
    const declared = await rawRequest(test, 'POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n');
    expect(declared).toContain('413');
    const chunk = `${(0x4000).toString(16)}\r\n${'y'.repeat(0x4000)}\r\n`;
    const chunked = await rawRequest(test, `POST /api/join HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(8)}`);
    expect(chunked).toContain('body_too_large');
    expect((await test.call('POST', '/api/join', { raw: JSON.stringify({ event: 'show', pad: 'x'.repeat(60_000) }) })).status).toBe(200);
  });

  it('[HTTP3] a body of another shape names its first problem', async () => {
    const { test, bodyRoutes } = await setUp();
    for (const body of [[], 'text', 7, null]) await codes(test, bodyRoutes.filter(([path]) => path !== '/api/host/session').map(([path, bearer, code]) => ['POST', path, { body, bearer }, 400, code]));
    const host = test.session;
    const named = async (path: string, body: unknown, bearer: string | undefined, where: string): Promise<void> => {
      const { status, body: answer } = await test.call('POST', path, { body, bearer });
      expect(status).toBe(400);
      expect(answer.error).toContain(where);
    };
    await named('/api/events', { name: '' }, host, 'name:');
    await named('/api/events', { name: 'x', id: 'No Good' }, host, 'id:');
    await named('/api/events', { name: 'x', accent: 'red' }, host, 'accent:');
    await named('/api/events', { name: 'x', maxViewers: 0.5 }, host, 'maxViewers:');
    for (const maxDelay of [-1, 30_001, 0.5, '12']) await named('/api/events', { name: 'x', maxDelay }, host, 'maxDelay:');
    await named('/api/events', { name: 'x', drops: [{ id: 'a', name: 'A', kind: 'badge', supply: 0, unlockedBy: 'round-won' }] }, host, 'supply:');
    await named('/api/events/show/cue', { game: 'tug', params: { a: {} } }, host, 'params.a:');
    await named('/api/events/show/drops', { name: 'A', kind: 'badge', supply: 1, unlockedBy: 'nothing' }, host, 'unlockedBy:');
    await named('/api/join', { event: 7 }, undefined, 'event:');
    await named('/api/events/show/claims', { drop: 'rope' }, (await test.join('show')).token, 'key:');
    await named('/api/relays', { relayId: '../x', url: 'ws://a', incarnation: 1 }, RELAY_SECRET, 'relayId:');
    await named('/api/relays', { relayId: 'a', url: 'javascript:alert(1)', incarnation: 1 }, RELAY_SECRET, 'url:');
    await named('/api/relays', { relayId: 'a', url: 'ws://a', incarnation: -1 }, RELAY_SECRET, 'incarnation:');
    await named('/api/events/show/viewers/nobody/ban', {}, host, 'viewer:');
  });

  it('[HTTP4] says not_found of what is not there, and method_not_allowed of what is there otherwise', async () => {
    const { test } = await setUp();
    await codes(test, [
      ['GET', '/api/nothing', {}, 404, 'not_found'], ['POST', '/api', { body: {} }, 404, 'not_found'], ['GET', '/api/events/', { bearer: test.session }, 404, 'not_found'],
      ['GET', '/join/a/b', {}, 404, 'not_found'], ['PATCH', '/no/where/at/all', {}, 404, 'not_found'], ['GET', '/api/join/%zz', {}, 404, 'not_found'],
      ['DELETE', '/api/join', {}, 405, 'method_not_allowed'], ['PUT', '/api/events', {}, 405, 'method_not_allowed'], ['POST', '/health', {}, 405, 'method_not_allowed'],
      ['GET', '/api/events/show/claims', {}, 405, 'method_not_allowed'],
      ['GET', '/api/join/ZZZZZZ', {}, 404, 'event_unknown'], ['POST', '/api/join', { body: { event: 'nope' } }, 404, 'event_unknown'],
      ['GET', '/api/events/nope', { bearer: test.session }, 404, 'event_unknown'], ['GET', '/api/events/nope/qr.svg', {}, 404, 'event_unknown'],
      ['POST', '/api/events/nope/cue', { bearer: test.session, body: { game: 'tug' } }, 404, 'event_unknown'],
      ['POST', '/api/events/nope/stop', { bearer: test.session }, 404, 'event_unknown'],
      ['POST', '/api/events/nope/viewers/1/ban', { bearer: test.session }, 404, 'event_unknown'],
      ['GET', '/api/events/nope/viewers', { bearer: test.session }, 404, 'event_unknown'],
      ['GET', '/api/events/nope/drops', { bearer: 'x' }, 404, 'event_unknown'],
      ['GET', '/api/relays/events/nope', { bearer: RELAY_SECRET }, 404, 'event_unknown'],
      ['POST', '/api/events', { bearer: test.session, body: { name: 'Again', id: 'show' } }, 409, 'event_exists'],
      ['POST', '/api/events/show/stop', { bearer: test.session }, 409, 'round_none'],
      ['POST', '/api/events/show/settle', { bearer: test.session, body: { outcome: 0 } }, 409, 'round_none'],
      ['POST', '/api/events/show/settle', { bearer: test.session, body: { outcome: 0.5 } }, 400, 'bad_request'],
      ['POST', '/api/events/show/cue', { bearer: test.session, body: { game: 'chess' } }, 404, 'game_unknown'],
      ['POST', '/api/events/nope/flashes', { bearer: test.session }, 404, 'event_unknown'], ['DELETE', '/api/events/nope/flashes', { bearer: test.session }, 404, 'event_unknown'],
      ['POST', '/api/events/nope/packager', { bearer: test.session, body: { offsetMs: 0, errorMs: 0 } }, 404, 'event_unknown'],
      ['POST', '/api/events/show/packager', { bearer: test.session, body: { offsetMs: '0', errorMs: 0 } }, 400, 'bad_request'],
      ['POST', '/api/events/show/packager', { bearer: test.session, body: { offsetMs: 0 } }, 400, 'bad_request'],
    ]);
  });

  it('[HTTP5] hides what fails on our side, logs it once and goes on', async () => {
    const { test } = await setUp();
    await codes(test, [['POST', '/api/events/show/cue', { bearer: test.session, body: { game: 'boom' } }, 500, 'internal']]);
    const errors = test.logs.filter(({ level }) => level === 50);
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors[0])).toContain('a bug of ours');
    const { body } = await test.call('POST', '/api/events/show/cue', { bearer: test.session, body: { game: 'boom' } });
    expect(body.error).not.toContain('bug');
    expect(JSON.stringify(test.logs)).not.toContain(test.session);
  });

  it('[HTTP5] outlives requests that are broken off and frames that are no HTTP', async () => {
    const { test, me } = await setUp();
    for (const text of [
      'POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"event"', `POST /api/events/show/claims HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${me.token}\r\nContent-Length: 20\r\n\r\n{`,
      'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n', 'garbage\r\n\r\n', 'GET / HTTP/1.1\r\n',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(test.origin.port, '127.0.0.1', () => socket.write(text, () => socket.destroy()));
        socket.on('close', () => resolve()).on('error', () => resolve());
      });
    }
    expect((await test.call('GET', '/ready')).body).toEqual({ status: 'ready' });
  });

  it('[IDN1] [IDN2] every viewer route says what is wrong with a token', async () => {
    const { test, me } = await setUp();
    const { claims } = tokens().issue('show');
    const bad: [string | undefined, number, string][] = [
      [undefined, 401, 'token_missing'], ['rubbish', 401, 'token_malformed'], [`${me.token.slice(0, -4)}AAAA`, 401, 'token_forged'], [tokens(-1).issue('show').token, 401, 'token_expired'],
      [tokens().issue('other').token, 403, 'token_other_event'], [mintToken({ ...claims, tier: 'vip' }, keys.door('show').hmac), 403, 'token_tier_forged'],
    ];
    for (const [bearer, status, code] of bad) {
      await codes(test, [['GET', '/api/events/show/drops', { bearer }, status, code], ['POST', '/api/events/show/claims', { bearer, body: { drop: 'rope', key: 'key-12345' } }, status, code]]);
      if (bearer !== undefined) await codes(test, [['POST', '/api/join', { bearer, body: { event: 'show' } }, status, code]]);
    }
  });

  it('[IDN6] [IDN7] host and relay routes take nothing but their own credential', async () => {
    const { test, me } = await setUp();
    const hostRoutes: [string, string][] = [
      ['GET', '/api/events'], ['POST', '/api/events'], ['GET', '/api/events/show'], ['POST', '/api/events/show/cue'], ['POST', '/api/events/show/stop'], ['POST', '/api/events/show/settle'], ['POST', '/api/events/show/flashes'], ['DELETE', '/api/events/show/flashes'], ['POST', '/api/events/show/packager'], ['GET', '/api/events/show/viewers'],
      ['POST', '/api/events/show/viewers/1/ban'], ['DELETE', '/api/events/show/viewers/1/ban'], ['POST', '/api/events/show/drops'], ['POST', '/api/host/links'], ['DELETE', '/api/host/session'],
    ];
    for (const bearer of [undefined, me.token, RELAY_SECRET, `${test.session}x`]) {
      await codes(test, hostRoutes.map(([method, path]) => [method, path, { bearer }, 403, 'host_forbidden']));
    }
    for (const bearer of [undefined, me.token, test.session, `${RELAY_SECRET}x`]) {
      await codes(test, [['POST', '/api/relays', { bearer, body: {} }, 403, 'relay_forbidden'], ['GET', '/api/relays/events/show', { bearer }, 403, 'relay_forbidden']]);
    }
  });
});

describe('answers', () => {
  it('[HTTP6] other pages may call viewers\' routes and no others', async () => {
    const test = await startOrigin();
    const event = await test.event();
    const origin = { origin: 'https://elsewhere.example' };
    for (const [method, path] of [['GET', `/api/join/${event.code}`], ['POST', '/api/join'], ['GET', `/api/events/${event.id}/drops`], ['POST', `/api/events/${event.id}/claims`], ['GET', '/api/games']] as const) {
      expect((await test.call(method, path, { headers: origin })).headers.get('access-control-allow-origin')).toBe('*'); // of errors too
      const preflight = await test.call('OPTIONS', path, { headers: { ...origin, 'access-control-request-method': method } });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-methods')).toContain(method);
      expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    }
    for (const path of ['/api/events', '/api/host/session', '/api/relays/events/x', '/metrics']) {
      expect((await test.call('OPTIONS', path, { headers: origin })).headers.get('access-control-allow-origin')).toBeNull();
      expect((await test.call('GET', path, { headers: origin })).headers.get('access-control-allow-origin')).toBeNull();
    }
    const stock = await test.call('OPTIONS', '/matchmake/joinById/x', { headers: origin });
    expect(stock.headers.get('access-control-allow-origin')).toBe(origin.origin);
    expect(stock.headers.get('access-control-allow-credentials')).toBe('true');
  });

  it('[HTTP8] two thousand viewers behind one address join', async () => {
    const test = await startOrigin();
    const event = await test.event();
    let joined = 0;
    const viewers = new Set<number>();
    for (let from = 0; from < 2_000; from += 100) {
      const answers: Answer[] = await Promise.all(Array.from({ length: 100 }, () => test.call('POST', '/api/join', { body: { event: event.code } })));
      joined += answers.filter(({ status }) => status === 200).length;
      for (const { body } of answers) viewers.add(body.viewer as number);
    }
    expect(joined).toBe(2_000);
    expect(viewers.size).toBe(2_000);
  });

  it('[HTTP8] a host session may be tried ten times', async () => {
    const test = await startOrigin();
    await test.host();
    const tries: Answer[] = [];
    for (let i = 0; i < 12; i++) tries.push(await test.call('POST', '/api/host/session', { body: { key: 'wrong' } }));
    expect(tries.map(({ body }) => body.code as string).filter((code) => code === 'host_link_used')).toHaveLength(9); // one was the host's own
    expect(tries.at(-1)).toMatchObject({ status: 429, body: { code: 'too_many_requests', retryable: true } });
    expect(tries.at(-1)!.headers.get('retry-after')).toBe('1');
    expect((await test.call('GET', '/api/events', { bearer: test.session })).status).toBe(200);
  });

  it('[HTTP10] matchmaking answers like Colyseus, within our limits', async () => {
    const test = await startOrigin();
    expect(await test.call('POST', '/matchmake/create/crowd', { body: {} })).toMatchObject({ status: 520, body: { code: 520 } });
    expect(await test.call('POST', '/matchmake/constructor/crowd', { body: {} })).toMatchObject({ status: 520, body: { code: 520 } });
    const unknown = await test.call('POST', '/matchmake/joinById/nowhere', { body: {} });
    expect(unknown).toMatchObject({ status: 522, body: { code: 522, error: expect.any(String) as string } });
    // A Host header that is no address made the stock handler reject where nobody listened.
    expect(await rawRequest(test, 'POST /matchmake/joinById/nowhere HTTP/1.1\r\nHost: ][\r\nContent-Length: 2\r\n\r\n{}')).toContain('522');
    expect((await test.call('GET', '/health')).status).toBe(200);
  });

  it('[HTTP11] listens on its own host and port alone', async () => {
    const test = await startOrigin();
    await expect(startOrigin({ PORT: String(test.origin.port) })).rejects.toThrow(/busy/);
    expect((await test.call('GET', '/health')).status).toBe(200);
  });

  it('[HTTP12] counts requests by route, never by what was asked for', async () => {
    const test = await startOrigin();
    const event = await test.event();
    await test.call('GET', '/api/secret-thing');
    await test.join(event.id);
    const text = await until(async () => {
      const { body } = await test.call('GET', '/metrics');
      return (body as string).includes('tokens_issued_total{kind="new"} 1') && (body as string);
    }, 'metrics');
    expect(text).toContain('crowdcue_origin_http_requests_total{route="/api/join",status="200"} 1');
    expect(text).toContain('crowdcue_origin_http_requests_total{route="none",status="404"} 1');
    expect(text).toContain('crowdcue_origin_events 1');
    expect(text).toContain('crowdcue_origin_viewers 3');
    expect(text).not.toContain('secret-thing');
  });

  it('[HTTP13] answers 503 with unavailable until the rooms are open', async () => {
    const dataDir = tempDir();
    const first = await startOrigin({}, {}, dataDir);
    await first.event({ id: 'show' });
    await first.close();
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { MemoryRooms } = await import('./support/memory-rooms.js');
    const port = await freePort();
    const starting = startOrigin({ PORT: String(port) }, { makeRooms: (deps) => {
      const rooms = new MemoryRooms(deps);
      const ready = rooms.open.bind(rooms);
      rooms.open = (event) => gate.then(() => ready(event));
      return rooms;
    } }, dataDir);
    const base = `http://127.0.0.1:${port}`;
    const ready = await until(() => fetch(`${base}/ready`).catch(() => undefined), 'listening');
    expect(ready.status).toBe(503);
    expect((await fetch(`${base}/health`)).status).toBe(200);
    const join = await fetch(`${base}/api/join/show`);
    expect(await join.json()).toMatchObject({ code: 'unavailable', retryable: true });
    open();
    await starting;
    expect((await fetch(`${base}/ready`)).status).toBe(200);
  });
});
