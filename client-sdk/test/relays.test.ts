import { afterEach, describe, expect, it } from 'vitest';
import { CLOSE, FRAME } from '@crowdcue/protocol';
import { backoff, connect, type ConnectOptions, type Session, type SessionEvents, type WebSocketClass } from '../src/index.js';
import { systemClock } from '../src/clock.js';
import { byNearness } from '../src/relay-probe.js';
import { webSocketClass } from '../src/web-socket.js';
import { FakeRelay, fakeToken, MapStorage, until } from './fake-relay.js';

const open: { sessions: Session[]; relays: FakeRelay[] } = { sessions: [], relays: [] };
const PING = new Uint8Array([FRAME.ping]);
const FAST = backoff({ firstMs: 20, maxMs: 100 });

const start = async (n: number): Promise<FakeRelay[]> => {
  const relays = await Promise.all(Array.from({ length: n }, () => FakeRelay.start()));
  open.relays.push(...relays);
  return relays;
};
const urls = (relays: readonly FakeRelay[]): string[] => relays.map(({ url }) => url);
const enter = async (relays: readonly FakeRelay[], options: Partial<ConnectOptions> = {}): Promise<Session> => {
  const session = await connect({ event: 'show', token: fakeToken(), relays: urls(relays), reconnect: FAST, ...options });
  open.sessions.push(session);
  return session;
};
/** Joins at `origin`, which names `relays`. */
const enterBy = async (origin: FakeRelay, relays: () => readonly FakeRelay[], options: Partial<ConnectOptions> = {}): Promise<Session> => {
  origin.openJoin();
  const answer = origin.routes.get('POST /api/join')!;
  origin.routes.set('POST /api/join', (body, request) => {
    const { status, body: joined } = answer(body, request)!;
    return { status, body: { ...(joined as object), relays: urls(relays()) } };
  });
  const session = await connect({ event: 'ABCDEF', origin: origin.origin, storage: new MapStorage(), reconnect: FAST, ...options });
  open.sessions.push(session);
  return session;
};
const asked = (origin: FakeRelay, route: string): number => origin.requests.filter((request) => request.route.startsWith(route)).length;
const record = <K extends keyof SessionEvents>(session: Session, type: K): SessionEvents[K][] => {
  const seen: SessionEvents[K][] = [];
  session.on(type, (value) => seen.push(value));
  return seen;
};
const nearest = async (relays: readonly string[]): Promise<readonly string[]> => byNearness(await webSocketClass(undefined), relays, systemClock, PING);
const inUse = (relays: readonly FakeRelay[]): boolean[] => relays.map(({ viewers }) => viewers.some(({ socket }) => socket.readyState === 1));

/** A socket that opens and answers when the test says so. */
class HandSocket {
  binaryType = '';
  readyState = 0;
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  send(): void {}
  close(): void { this.closed = true; }
}

afterEach(async () => {
  for (const session of open.sessions.splice(0)) session.leave();
  for (const relay of open.relays.splice(0)) await relay.crash();
});

describe('the nearest relay', () => {
  it('[REG15] is taken: of the first three the one that answers soonest; the others keep their order', async () => {
    const relays = await start(4);
    const [slow, near, slower, fourth] = relays as [FakeRelay, FakeRelay, FakeRelay, FakeRelay];
    [slow.probeMs, slower.probeMs] = [200, 250];
    const session = await enter(relays);
    const connected = record(session, 'connected');
    await until('connected', () => connected.length > 0);
    expect(connected[0]).toEqual({ relay: near.url, resumed: false });
    expect(fourth.probes).toBe(0);
    expect(await nearest(urls(relays))).toEqual([near.url, slow.url, slower.url, fourth.url]);
  });

  it('[REG16] does not upset the ranking within 20 ms, and is not looked for beyond an answer that near', async () => {
    const measured = async (trips: readonly (readonly [relay: number, ms: number])[]): Promise<string> => {
      const sockets: HandSocket[] = [];
      const clock = { ...systemClock, time: 0, now: () => clock.time };
      class Socket extends HandSocket {
        constructor() {
          super();
          sockets.push(this);
        }
      }
      const order = byNearness(Socket as unknown as WebSocketClass, ['a', 'b', 'c'].map((name) => `ws://${name}`), clock, PING);
      for (const socket of sockets) socket.onopen!();
      for (const [relay, ms] of trips) {
        clock.time = ms;
        sockets[relay]!.onmessage?.({ data: PING });
      }
      const names = (await order).map((url) => url.slice(5)).join('');
      expect(sockets.every(({ closed }) => closed)).toBe(true);
      return names;
    };
    expect(await measured([[2, 55], [0, 60], [1, 60]])).toBe('abc');
    expect(await measured([[2, 40], [1, 59], [0, 61]])).toBe('bac');
    expect(await measured([[2, 10], [1, 31], [0, 31]])).toBe('cab');
    expect(await measured([[0, 19]])).toBe('abc'); // at once: the others were not waited for
    expect(await measured([[1, 5], [0, 15]])).toBe('abc');
  });

  it('[REG17] costs 400 ms at most; who does not answer comes last, and when nobody does the ranking counts', async () => {
    const relays = await start(3);
    const [mute, dead, slow] = relays as [FakeRelay, FakeRelay, FakeRelay];
    mute.probeMs = undefined;
    slow.probeMs = 30;
    const addresses = urls(relays);
    await dead.crash();
    expect((await nearest(addresses)).at(-1)).toBe(dead.url);
    await dead.listen();
    slow.probeMs = dead.probeMs = undefined;
    const timers: number[] = [];
    const real = globalThis.setTimeout;
    globalThis.setTimeout = ((run: () => void, ms: number) => (timers.push(ms), real(run, ms))) as typeof setTimeout;
    try {
      expect(new Set(await nearest(addresses))).toEqual(new Set(addresses));
    } finally {
      globalThis.setTimeout = real;
    }
    expect(timers).toContain(400);
    for (const nonsense of [['nonsense', 'ftp://x'], ['http://127.0.0.1:1', 'ws://127.0.0.1:1']]) expect(await nearest(nonsense)).toEqual(nonsense);
    expect(await byNearness(HandSocket as unknown as WebSocketClass, ['ws://a', 'ws://b'], systemClock, PING)).toEqual(['ws://a', 'ws://b']);
  });

  it('[REG18] is not looked for where there is one relay, nor on the way back to those that are known', async () => {
    const [one, two] = await start(2) as [FakeRelay, FakeRelay];
    await enter([one]);
    expect(one.probes).toBe(0);
    const session = await enter([one, two]);
    const probes = one.probes + two.probes;
    expect(probes).toBe(2);
    for (let i = 0; i < 3; i++) {
      const before = one.viewers.length + two.viewers.length;
      for (const { viewers } of [one, two]) viewers.at(-1)?.socket.terminate();
      await until('back', () => one.viewers.length + two.viewers.length > before && session.status === 'live');
    }
    expect(one.probes + two.probes).toBe(probes);
  });
});

describe('another relay', () => {
  it('[REG19] is gone to at once when one drains, and the draining one is left alone', async () => {
    const relays = await start(3);
    const clock = { ...systemClock, random: () => 0.5 };
    const session = await enter(relays, { clock, reconnect: backoff({ firstMs: 2_000, maxMs: 2_000 }) });
    const waits = record(session, 'reconnecting');
    const home = relays.find((relay) => relay.viewers.length > 0)!;
    home.last.socket.close(CLOSE.relay_draining);
    await until('elsewhere', () => relays.some((relay) => relay !== home && relay.viewers.length > 0) && session.status === 'live');
    expect(waits).toEqual([{ attempt: 0 + 1, delayMs: 250, code: CLOSE.relay_draining }]);
    for (let i = 0; i < 3; i++) {
      const at = relays.findIndex((_, k) => inUse(relays)[k]);
      const before = relays.reduce((sum, { viewers }) => sum + viewers.length, 0);
      relays[at]!.last.socket.terminate();
      session.on('reconnecting', () => undefined);
      await until('back', () => relays.reduce((sum, { viewers }) => sum + viewers.length, 0) > before && session.status === 'live', 10_000);
    }
    expect(home.viewers).toHaveLength(1);
  });

  it('[REG19] comes back to a relay that drained when it is the only one, or when the origin names it again', async () => {
    const [lone] = await start(1) as [FakeRelay];
    await enter([lone]);
    lone.last.socket.close(CLOSE.relay_draining);
    await until('back at the only one', () => lone.viewers.length === 2);
    const [origin, a, b] = await start(3) as [FakeRelay, FakeRelay, FakeRelay];
    const session = await enterBy(origin, () => [a, b]);
    const [home, other] = a.viewers.length > 0 ? [a, b] : [b, a];
    origin.routes.set('GET /relays?event=show', () => ({ status: 200, body: { relays: [{ url: home.url }] } }));
    await other.crash();
    home.last.socket.close(CLOSE.relay_draining);
    await until('back where the origin says', () => home.viewers.length === 2 && session.status === 'live');
    expect(asked(origin, 'GET /relays')).toBe(1);
    await other.listen();
  });

  it('[REG20] comes from the origin\'s list when all that are known have failed, without another join', async () => {
    const [origin, a, b, c] = await start(4) as [FakeRelay, FakeRelay, FakeRelay, FakeRelay];
    let now = [a, b];
    const session = await enterBy(origin, () => now, { region: 'eu' });
    expect(origin.requests[0]!.body).toEqual({ event: 'ABCDEF', region: 'eu' });
    now = [c];
    origin.routes.set('GET /relays?event=show&region=eu', () => ({ status: 200, body: { relays: now.map(({ url }) => ({ url, region: 'eu', costClass: 1, load: 0, later: 1 })) } }));
    await Promise.all([a.crash(), b.crash()]);
    await until('at the third', () => c.viewers.length === 1 && session.status === 'live');
    expect([asked(origin, 'POST /api/join'), asked(origin, 'GET /relays')]).toEqual([1, 1]);
    await Promise.all([a.listen(), b.listen()]);
  });

  it('[REG20] is not looked for when the origin names none: the known ones are tried on', async () => {
    const [origin, a] = await start(2) as [FakeRelay, FakeRelay];
    let now = [a];
    const session = await enterBy(origin, () => now);
    now = [];
    origin.routes.set('GET /relays?event=show', () => ({ status: 200, body: { relays: [] } }));
    a.last.socket.close(CLOSE.token_expired, 'token_expired'); // joins again
    await until('back', () => a.viewers.length === 2 && session.status === 'live');
    a.last.socket.close(CLOSE.relay_draining);
    await until('back again', () => a.viewers.length === 3 && session.status === 'live');
    expect([asked(origin, 'POST /api/join'), asked(origin, 'GET /relays')]).toEqual([2, 1]);
  });

  it('[REG20] comes from another join at an origin of the version before', async () => {
    const [origin, a, c] = await start(3) as [FakeRelay, FakeRelay, FakeRelay];
    let now = [a];
    const session = await enterBy(origin, () => now);
    now = [c];
    origin.routes.set('GET /relays?event=show', () => ({ status: 404, body: { code: 'not_found', error: '', retryable: false } }));
    await a.crash();
    await until('at the other', () => c.viewers.length === 1 && session.status === 'live');
    await a.listen();
  });

  it('[REG20] is asked for less and less often while nothing works, whatever the origin answers', async () => {
    const [origin, a] = await start(2) as [FakeRelay, FakeRelay];
    const clock = { ...systemClock, skew: 0, now: () => systemClock.now() + clock.skew };
    const session = await enterBy(origin, () => [a], { clock, reconnect: backoff({ firstMs: 5, maxMs: 10 }) });
    const answers: unknown[] = [{ relays: [] }, { relays: 'none' }, {}, [], null, 'x', { relays: [{ url: 7 }, {}, { url: null }] }];
    origin.routes.set('GET /relays?event=show', () => ({ status: 200, body: answers.shift() ?? {} }));
    const waits = record(session, 'reconnecting');
    await a.crash();
    for (let s = 0; s < 60; s++) {
      const before = waits.length;
      await until('another try', () => waits.length > before);
      clock.skew += 1_000;
    }
    expect(asked(origin, 'GET /relays')).toBeGreaterThanOrEqual(4);
    expect(asked(origin, 'GET /relays')).toBeLessThanOrEqual(7);
    await a.listen();
    await until('back', () => session.status === 'live');
  });

  it('[REG21] is gone to by a crowd over the whole wait, not in one instant', async () => {
    const [a, b] = await start(2) as [FakeRelay, FakeRelay];
    let dice = 0;
    const clock = { ...systemClock, random: () => (dice = (dice + 0.37) % 1) };
    const sessions = await Promise.all(Array.from({ length: 12 }, () => enter([a, b], { clock, reconnect: backoff({ firstMs: 200, random: () => 0 }) })));
    const waits = sessions.map((session) => record(session, 'reconnecting'));
    const home = a.viewers.length > 0 ? a : b;
    await home.crash();
    await until('all are told', () => waits.filter((seen) => seen.length > 0).length === sessions.filter((_, i) => waits[i]!.length > 0).length && waits.some((seen) => seen.length > 0));
    await until('all are back', () => sessions.every(({ status }) => status === 'live'));
    const delays = waits.flatMap((seen) => seen.slice(0, 1).map(({ delayMs }) => delayMs));
    expect(Math.min(...delays)).toBeLessThan(60);
    expect(Math.max(...delays)).toBeGreaterThan(120);
    expect(Math.max(...delays)).toBeLessThanOrEqual(200);
    await home.listen();
  });
});
