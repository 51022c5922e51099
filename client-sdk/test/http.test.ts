import { afterEach, describe, expect, it } from 'vitest';
import { CLOSE, type ReceiptView } from '@crowdcue/protocol';
import { backoff, connect, CrowdcueError, forget, join, type ConnectOptions, type Session, type StorageLike } from '../src/index.js';
import { FakeRelay, fakeToken, MapStorage, until } from './fake-relay.js';

const open: { sessions: Session[]; relays: FakeRelay[] } = { sessions: [], relays: [] };
const FAST = backoff({ firstMs: 20, maxMs: 100 });
const CLAIM = 'POST /api/events/show/claims';

const start = async (): Promise<FakeRelay> => {
  const relay = await FakeRelay.start();
  relay.openJoin();
  open.relays.push(relay);
  return relay;
};
const enter = async (relay: FakeRelay, options: Partial<ConnectOptions> = {}): Promise<Session> => {
  const session = await connect({ event: 'ABCDEF', origin: relay.origin, reconnect: FAST, ...options });
  open.sessions.push(session);
  return session;
};
const receipt = (status: 'granted' | 'refused', extra: Partial<ReceiptView> = {}): ReceiptView => ({ id: 'r1', drop: 'hat', status, supply: 5, at: 1, ...extra });
const keys = (relay: FakeRelay): unknown[] => relay.requests.filter(({ route }) => route === CLAIM).map(({ body }) => body['key']);

afterEach(async () => {
  for (const session of open.sessions.splice(0)) session.leave();
  for (const relay of open.relays.splice(0)) await relay.crash();
});

describe('joining', () => {
  it('[SDK20] keeps the viewer: the stored token goes along with the next join, by code or by id', async () => {
    const relay = await start();
    const storage = new MapStorage();
    await join({ origin: relay.origin, event: 'ABCDEF', storage });
    await join({ origin: `${relay.origin}/`, event: 'show', storage });
    expect(relay.requests.map(({ authorization }) => authorization)).toEqual([undefined, `Bearer ${fakeToken()}`]);
    expect(relay.requests[0]?.body).toEqual({ event: 'ABCDEF' });
    forget({ origin: relay.origin, event: 'ABCDEF', storage });
    expect(storage.map.size).toBe(0);
    await join({ origin: relay.origin, event: 'show', storage });
    expect(relay.requests.at(-1)!.authorization).toBeUndefined(); // somebody new
  });

  it('[TWI15] gets in by the page\'s own means, renews a token by them, and never joins by code', async () => {
    const relay = await start();
    let entered = 0;
    const answer = { viewer: 7, name: 'Calm Heron', event: { id: 'show', name: 'Show', code: 'ABCDEF', accent: '#fff' }, relays: [relay.url], expiresAt: 4_000_000_000 };
    const session = await enter(relay, { enter: () => Promise.resolve({ ...answer, token: fakeToken(7, 5_000_000_000 + entered++) }) });
    relay.last.socket.close(CLOSE.token_expired, 'token_expired');
    await until('back', () => relay.viewers.length === 2 && session.status === 'live');
    expect([entered, relay.last.protocols[1], relay.requests]).toEqual([2, `token.${fakeToken(7, 5_000_000_001)}`, []]);
    await expect(enter(relay, { enter: () => Promise.reject(new CrowdcueError('twitch_role')) })).rejects.toMatchObject({ code: 'twitch_role' });
  });

  it('[SDK21] joins as somebody new when the origin does not take the old token any more', async () => {
    const relay = await start();
    const storage = new MapStorage();
    await join({ origin: relay.origin, event: 'show', storage });
    const accept = relay.routes.get('POST /api/join')!;
    relay.routes.set('POST /api/join', (body, request) =>
      request.headers.authorization === undefined ? accept(body, request) : { status: 401, body: { code: 'token_forged', error: '', retryable: false } });
    expect((await join({ origin: relay.origin, event: 'show', storage })).viewer).toBe(7);
  });

  it('[SDK22] passes the stable code of the origin on, and calls what is no answer unavailable', async () => {
    const relay = await start();
    const ask = (): Promise<unknown> => join({ origin: relay.origin, event: 'show', storage: new MapStorage() });
    relay.routes.set('POST /api/join', () => ({ status: 404, body: { code: 'event_unknown', error: '', retryable: false } }));
    await expect(ask()).rejects.toMatchObject({ code: 'event_unknown', retryable: false });
    relay.routes.set('POST /api/join', () => ({ status: 418, body: { code: 'code_of_a_later_version' } }));
    await expect(ask()).rejects.toMatchObject({ code: 'bad_request' });
    relay.routes.set('POST /api/join', () => ({ status: 200, body: { token: 5 } }));
    await expect(ask()).rejects.toMatchObject({ code: 'internal' });
    relay.routes.delete('POST /api/join');
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(connect({ event: 'show', origin: relay.origin, reconnect: backoff({ attempts: 0 }) })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('[SDK23] gets in by the stored answer while the origin is away', async () => {
    const relay = await start();
    const storage = new MapStorage();
    await enter(relay, { storage });
    relay.routes.delete('POST /api/join');
    expect((await enter(relay, { storage })).state?.round).toBe(1);
  });

  it.each<[string, () => StorageLike]>([
    ['missing', () => undefined as unknown as StorageLike],
    ['full', () => ({ getItem: () => null, setItem: () => { throw new Error('QuotaExceededError'); }, removeItem: () => {} })],
    ['throwing', () => {
      const thrower = (): never => { throw new Error('SecurityError'); };
      return { getItem: thrower, setItem: thrower, removeItem: thrower };
    }],
    ['damaged', () => ({ getItem: () => '{"viewer":7,"id":"<script>","n":-1,"pending":[[1]]}', setItem: () => {}, removeItem: () => {} })],
  ])('[SDK24] plays on with a storage that is %s', async (_what, make) => {
    const relay = await start();
    relay.routes.set(CLAIM, () => ({ status: 200, body: receipt('granted', { serial: 1 }) }));
    const session = await enter(relay, { storage: make(), sessionStorage: make() });
    session.act({ choice: 0 });
    await until('action', () => relay.last.actions.length === 1);
    expect(await session.claim('hat')).toMatchObject({ serial: 1 });
  });
});

describe('a token that is over', () => {
  it('[SDK25] is renewed once through the origin, before use or when the relay says so; the stay goes on', async () => {
    const relay = await start();
    relay.openJoin(() => fakeToken(7, 5_000_000_000));
    const old = await enter(relay, { token: fakeToken(7, 1), relays: [relay.url] });
    expect(relay.last.protocols[1]).toBe(`token.${fakeToken(7, 5_000_000_000)}`);
    relay.last.socket.close(CLOSE.token_expired, 'token_expired');
    await until('back', () => relay.viewers.length === 2 && old.status === 'live');
    expect(relay.requests.map(({ authorization }) => authorization)).toEqual([`Bearer ${fakeToken(7, 1)}`, `Bearer ${fakeToken(7, 5_000_000_000)}`]);
    relay.admit = () => ({ code: CLOSE.token_expired, reason: 'token_expired' });
    relay.last.socket.terminate();
    await until('closed', () => old.status === 'closed');
  });

  it('[SDK26] ends the session without an origin, or when the new token is somebody else\'s', async () => {
    const relay = await start();
    relay.admit = () => ({ code: CLOSE.token_expired, reason: 'token_expired' });
    await expect(connect({ event: 'show', token: fakeToken(7, 1), relays: [relay.url], reconnect: FAST })).rejects.toMatchObject({ code: 'token_expired' });
    relay.admit = () => undefined;
    const session = await enter(relay);
    relay.openJoin(() => fakeToken(8));
    relay.last.socket.close(CLOSE.token_expired, 'token_expired');
    await until('closed', () => session.status === 'closed');
  });
});

describe('claims', () => {
  it('[SDK27] repeats a claim with the same key over lost answers and retryable codes, until it is final', async () => {
    const relay = await start();
    const storage = new MapStorage();
    const session = await enter(relay, { storage });
    const answers = [undefined, { status: 503, body: { code: 'store_unavailable', error: '', retryable: true } }, { status: 409, body: receipt('refused', { reason: 'claim_not_open' }) }];
    relay.routes.set(CLAIM, () => (answers.length > 0 ? answers.shift() : { status: 200, body: receipt('granted', { serial: 2 }) }));
    const [one, two] = await Promise.all([session.claim('hat'), session.claim('hat')]);
    expect(one).toMatchObject({ status: 'granted', serial: 2 });
    expect(two).toBe(one);
    expect(await session.claim('hat')).toEqual(one);
    expect(keys(relay)).toHaveLength(5);
    expect(new Set(keys(relay)).size).toBe(1);
    expect(keys(relay)[0]).toMatch(/^[0-9a-f]{32}$/);
    const reloaded = await enter(relay, { storage });
    await reloaded.claim('hat');
    expect(new Set(keys(relay)).size).toBe(1);
  });

  it('[SDK28] resolves with a refusal, and a later press is a new claim', async () => {
    const relay = await start();
    const session = await enter(relay);
    relay.routes.set(CLAIM, () => ({ status: 410, body: receipt('refused', { reason: 'claim_sold_out' }) }));
    expect(await session.claim('hat')).toMatchObject({ status: 'refused', reason: 'claim_sold_out' });
    relay.routes.set(CLAIM, () => ({ status: 403, body: { code: 'claim_not_unlocked', error: '', retryable: false } }));
    await expect(session.claim('hat')).rejects.toMatchObject({ code: 'claim_not_unlocked' });
    await expect(session.claim('hat')).rejects.toMatchObject({ code: 'claim_not_unlocked' });
    expect(new Set(keys(relay)).size).toBe(3);
  });

  it('[SDK29] lists drops, with a renewed token when the old one is over, and says when there is no origin', async () => {
    const relay = await start();
    const session = await enter(relay);
    relay.openJoin(() => fakeToken(7, 5_000_000_000));
    relay.routes.set('GET /api/events/show/drops', (_body, request) => (request.headers.authorization === `Bearer ${fakeToken()}`
      ? { status: 401, body: { code: 'token_expired', error: '', retryable: false } }
      : { status: 200, body: [{ id: 'hat' }] }));
    expect(await session.drops()).toEqual([{ id: 'hat' }]);
    const lone = await connect({ event: 'show', token: fakeToken(), relays: [relay.url] });
    open.sessions.push(lone);
    await expect(lone.drops()).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('the page', () => {
  it('[SDK30] asks for the hidden tier while nobody looks, and sends the taps before it goes', async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    const window = new EventTarget();
    Object.assign(globalThis, { document: page, addEventListener: window.addEventListener.bind(window) });
    try {
      const relay = await start();
      const session = await enter(relay);
      const tiers = (): number[] => relay.last.frames.filter((frame) => frame[0] === 0x29).map((frame) => frame[1]!);
      page.visibilityState = 'hidden';
      page.dispatchEvent(new Event('visibilitychange'));
      page.visibilityState = 'visible';
      page.dispatchEvent(new Event('visibilitychange'));
      await until('two tiers', () => tiers().length === 2);
      expect(tiers()).toEqual([3, 1]);
      session.tap(0);
      window.dispatchEvent(new Event('pagehide'));
      expect(session.pending).toHaveLength(1);
    } finally {
      Reflect.deleteProperty(globalThis, 'document');
      Reflect.deleteProperty(globalThis, 'addEventListener');
    }
  });
});
