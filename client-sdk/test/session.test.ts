import { afterEach, describe, expect, it } from 'vitest';
import { CLOSE, encodeConfirm, encodeError, encodeQueue, encodeRefused, encodeRoomResponse, decodeClientMessage, FRAME, type QueuePlace } from '@crowdcue/protocol';
import { pack, unpack } from 'msgpackr';
import { backoff, connect, type ConnectOptions, type Session, type SessionEvents } from '../src/index.js';
import { FakeRelay, fakeToken, MapStorage, roomData, until } from './fake-relay.js';

const open: { sessions: Session[]; relays: FakeRelay[] } = { sessions: [], relays: [] };
const FAST = backoff({ firstMs: 20, maxMs: 100 });

const start = async (): Promise<FakeRelay> => {
  const relay = await FakeRelay.start();
  open.relays.push(relay);
  return relay;
};
const enter = async (relay: FakeRelay, options: Partial<ConnectOptions> = {}): Promise<Session> => {
  const session = await connect({ event: 'show', token: fakeToken(), relays: [relay.url], reconnect: FAST, ...options });
  open.sessions.push(session);
  return session;
};
const record = <K extends keyof SessionEvents>(session: Session, type: K): SessionEvents[K][] => {
  const seen: SessionEvents[K][] = [];
  session.on(type, (value) => seen.push(value));
  return seen;
};

afterEach(async () => {
  for (const session of open.sessions.splice(0)) session.leave();
  for (const relay of open.relays.splice(0)) await relay.crash();
});

describe('connecting', () => {
  it('[SDK1] is in with one WebSocket: token and session in the subprotocol, state there when connect resolves', async () => {
    const relay = await start();
    relay.patch((state) => state.numbers.set('rope', 4));
    const session = await enter(relay);
    expect(relay.last.url).toBe('/live/show');
    expect(relay.last.protocols).toEqual(['crowdcue.v1', `token.${fakeToken()}`, `session.${session.sessionId}`, 'queue.1']);
    expect(session.sessionId).toMatch(/^[\w-]{22}$/);
    expect(session.state?.numbers.get('rope')).toBe(4);
    expect(relay.requests).toEqual([]);
  });

  it('[SDK2] loses no event that came together with the first state', async () => {
    const relay = await start();
    relay.greet = () => [roomData('__me', { score: 3 }), roomData('__unlock', { achievement: 'won', title: 'Won', drops: [] }), roomData('__hold', true)];
    const session = await enter(relay);
    const unlocks = record(session, 'unlock');
    const connected = record(session, 'connected');
    await until('hold', () => session.hold);
    expect(unlocks).toMatchObject([{ achievement: 'won' }]);
    expect(connected).toEqual([{ relay: relay.url, resumed: false }]);
    expect(session.me).toMatchObject({ score: 3 });
  });

  it('[SDK3] follows patches in a live object and tells of each change', async () => {
    const relay = await start();
    const session = await enter(relay);
    const live = session.state;
    const rounds: number[] = [];
    session.onStateChange((state) => rounds.push(state.round));
    relay.patch((state) => void (state.round = 2));
    relay.patch((state) => void (state.round = 3));
    await until('round 3', () => session.state?.round === 3);
    expect(rounds.slice(-2)).toEqual([2, 3]);
    expect(session.state).toBe(live);
  });

  it('[SDK4] rejects with the stable code that the relay closed with', async () => {
    const relay = await start();
    relay.admit = () => ({ code: CLOSE.token_rejected, reason: 'token_forged' });
    await expect(enter(relay)).rejects.toMatchObject({ code: 'token_forged' });
    await expect(enter(relay, { token: 'nonsense' })).rejects.toMatchObject({ code: 'token_malformed' });
    await expect(connect({ event: 'show' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(enter(relay, { relays: ['no address'] })).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('in line', () => {
  it('[LIN11] waits for its turn, tells its place, and is in when it comes', async () => {
    const relay = await start();
    relay.waits = () => true;
    const places: QueuePlace[] = [];
    let over = false;
    const entering = enter(relay, { onQueue: (place) => places.push(place) }).finally(() => (over = true));
    await until('connected', () => relay.viewers.length === 1);
    relay.last.send(encodeQueue({ place: 1_204, waitMs: 90_000 }));
    relay.last.send(encodeQueue({ place: 3, waitMs: 500 }));
    await until('told', () => places.length === 2);
    expect(places).toEqual([{ place: 1_204, waitMs: 90_000 }, { place: 3, waitMs: 500 }]);
    await until('it asks for event time, so that it notices when the relay is gone', () => relay.last.frames.some(([code]) => code === FRAME.clock));
    expect(over).toBe(false);
    relay.letIn(relay.last);
    const session = await entering;
    expect([session.status, relay.viewers.length]).toEqual(['live', 1]);
  });

  it('[LIN11] takes its actions along when the room turns out to have no place, and offers them when it is in', async () => {
    const relay = await start();
    const session = await enter(relay);
    const places = record(session, 'queue');
    const connected = record(session, 'connected');
    await until('in', () => connected.length === 1);
    relay.patch((state) => { state.phase = 'live'; state.round = 1; });
    await until('live', () => session.state?.phase === 'live');
    relay.last.send(encodeQueue({ place: 2, waitMs: 0 }));
    await until('in line', () => session.status === 'queued');
    expect(places).toEqual([{ place: 2, waitMs: 0 }]);
    const { state } = session;
    const handle = session.act({ choice: 0, value: 1 });
    expect(relay.last.actions).toEqual([]);
    relay.onAction = (viewer, { n }) => viewer.send(encodeConfirm(n));
    relay.letIn(relay.last, true);
    await handle.settled;
    expect([handle.status, session.status]).toEqual(['confirmed', 'live']);
    expect(connected).toEqual([{ relay: relay.url, resumed: false }, { relay: relay.url, resumed: true }]);
    expect(session.state).toBe(state);
    expect(relay.viewers.length).toBe(1);
  });

  it('[LIN11] comes back into line when the connection breaks there', async () => {
    const relay = await start();
    relay.waits = () => true;
    const places: QueuePlace[] = [];
    const entering = enter(relay, { onQueue: (place) => places.push(place) });
    await until('connected', () => relay.viewers.length === 1);
    relay.last.send(encodeQueue({ place: 5, waitMs: 0 }));
    await until('told', () => places.length === 1);
    relay.last.socket.terminate();
    await until('back', () => relay.viewers.length === 2);
    relay.last.send(encodeQueue({ place: 9, waitMs: 0 }));
    relay.letIn(relay.last);
    await entering;
    expect(places.map(({ place }) => place)).toEqual([5, 9]);
  });
});

describe('actions', () => {
  it('[SDK5] shows an action at once and settles it by the number of a confirmation, each once', async () => {
    const relay = await start();
    const session = await enter(relay);
    const confirms = record(session, 'confirm');
    const first = session.act({ choice: 0 });
    const second = session.act({ choice: 1, value: 9 });
    expect([first.status, first.n, second.n]).toEqual(['pending', 1, 2]);
    await until('both', () => relay.last.actions.length === 2);
    expect(relay.last.actions).toEqual([{ n: 1, round: 1, choice: 0, value: 0 }, { n: 2, round: 1, choice: 1, value: 9 }]);
    for (const n of [1, 2, 2, 1]) relay.last.send(encodeConfirm(n));
    expect((await second.settled).status).toBe('confirmed');
    relay.patch((state) => void (state.round = 2));
    await until('later frames', () => session.state?.round === 2);
    expect(confirms.map((handles) => handles.map(({ n }) => n))).toEqual([[1], [2]]);
    expect(session.pending).toEqual([]);
  });

  it('[SDK6] tells why an action was refused for good', async () => {
    const relay = await start();
    relay.onAction = (viewer, { n }) => viewer.send(encodeRefused(n, 'round_over'));
    const session = await enter(relay);
    const refused = record(session, 'refused');
    expect(await session.act({ choice: 0 }).settled).toMatchObject({ status: 'refused', code: 'round_over' });
    expect(refused).toHaveLength(1);
  });

  it('[SDK7] offers what was refused for now again under a new number, while its round is on', async () => {
    const relay = await start();
    let busy = true;
    relay.onAction = (viewer, { n }) => viewer.send(busy ? encodeRefused(n, 'action_busy') : encodeConfirm(n));
    const session = await enter(relay);
    const action = session.act({ choice: 2 });
    await until('first offer', () => relay.last.actions.length === 1);
    busy = false;
    expect(await action.settled).toMatchObject({ status: 'confirmed', n: 2 });
    busy = true;
    const late = session.act({ choice: 2 });
    await until('its offer', () => relay.last.actions.length === 3);
    relay.patch((state) => void (state.phase = 'over'));
    expect(await late.settled).toMatchObject({ status: 'refused', code: 'action_busy' });
  });

  it('[SDK8] costs nothing over a reload: number, session and unconfirmed actions go on, in order', async () => {
    const relay = await start();
    const sessionStorage = new MapStorage();
    const before = await enter(relay, { sessionStorage });
    relay.onAction = (viewer, { n }) => n === 1 && viewer.send(encodeConfirm(1));
    await before.act({ choice: 0 }).settled;
    before.act({ choice: 0 });
    before.act({ choice: 1, value: 3 });
    await until('three', () => relay.last.actions.length === 3);
    const after = await enter(relay, { sessionStorage: structuredCopy(sessionStorage) });
    expect(after.sessionId).toBe(before.sessionId);
    expect(after.pending.map(({ n }) => n)).toEqual([2, 3]);
    await until('offers', () => relay.last.actions.length === 2);
    expect(relay.last.actions).toEqual([{ n: 2, round: 1, choice: 0, value: 0 }, { n: 3, round: 1, choice: 1, value: 3 }]);
    expect(after.act({ choice: 0 }).n).toBe(4);
  });

  it('[SDK9] joins taps of 100 ms into one action that counts them', async () => {
    const relay = await start();
    const session = await enter(relay);
    for (let i = 0; i < 5; i++) session.tap(1);
    session.tap(0);
    await until('both actions', () => relay.last.actions.length === 2);
    expect(relay.last.actions.map(({ choice, value }) => [choice, value])).toEqual([[1, 5], [0, 1]]);
  });

  it('[SDK10] never offers more in a second than a relay passes on, and refuses what no queue can hold', async () => {
    const relay = await start();
    const session = await enter(relay);
    const handles = Array.from({ length: 1_000 }, () => session.act({ choice: 0 }));
    expect(handles.filter(({ code }) => code === 'action_rate')).toHaveLength(800);
    await until('the first burst', () => relay.last.actions.length >= 12);
    expect(relay.last.actions.length).toBeLessThanOrEqual(20);
    expect(() => session.act({ choice: -1 })).toThrow(expect.objectContaining({ code: 'action_bad_choice' }));
    expect(() => session.act({ choice: 0, value: 0.5 })).toThrow(expect.objectContaining({ code: 'action_bad_value' }));
  });
});

describe('breaks', () => {
  it('[SDK11] is back after a relay died, keeps the decoder, prunes by keyframe and offers again what was not confirmed', async () => {
    const relay = await start();
    relay.patch((state) => state.numbers.set('gone', 1).set('stays', 2));
    const session = await enter(relay);
    const [reconnecting, connected] = [record(session, 'reconnecting'), record(session, 'connected')];
    const live = session.state;
    session.act({ choice: 0 });
    await until('offer', () => relay.last.actions.length === 1);
    await relay.crash();
    await until('first failure', () => reconnecting.length > 0);
    session.act({ choice: 1 });
    relay.state.numbers.delete('gone');
    relay.encoder.encode();
    relay.encoder.discardChanges();
    await relay.listen();
    await until('offers', () => relay.last.actions.length === 2, 5_000);
    expect(relay.last.protocols).toContain('resume.1');
    expect(relay.last.actions.map(({ n }) => n)).toEqual([1, 2]);
    expect(connected.at(-1)).toEqual({ relay: relay.url, resumed: true });
    expect(session.state).toBe(live);
    expect([...session.state!.numbers.keys()]).toEqual(['stays']);
  });

  it('[SDK12] goes to the next relay when one is gone', async () => {
    const [one, two] = [await start(), await start()];
    const session = await enter(one, { relays: [one.url, two.url] });
    await one.crash();
    await until('the other relay', () => two.viewers.length > 0);
    await until('live', () => session.status === 'live');
    await one.listen();
  });

  it('[SDK13] stops on final codes: taken over, banned', async () => {
    for (const [name, reason] of [['taken_over', 'taken_over'], ['banned', 'viewer_banned']] as const) {
      const relay = await start();
      const session = await enter(relay);
      const closed = record(session, 'closed');
      relay.last.socket.close(CLOSE[name], reason);
      await until('closed', () => closed.length > 0);
      expect(closed).toEqual([{ code: CLOSE[name], reason }]);
      expect(session.status).toBe('closed');
      expect(session.act({ choice: 0 }).status).toBe('refused');
    }
  });

  it('[SDK14] gives up when the policy says so', async () => {
    const relay = await start();
    const session = await enter(relay, { reconnect: backoff({ firstMs: 5, maxMs: 5, attempts: 3 }) });
    const closed = record(session, 'closed');
    const tries = record(session, 'reconnecting');
    await relay.crash();
    await until('closed', () => closed.length > 0);
    expect(tries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(closed[0]?.code).toBe(1006);
    await relay.listen();
  });

  it('[SDK15] survives garbage: an unknown frame is passed over, an unreadable one costs a reconnect with a new decoder', async () => {
    const relay = await start();
    const session = await enter(relay);
    const closed = record(session, 'closed');
    relay.last.send(new Uint8Array([0x7e, 1, 2, 3]));
    relay.patch((state) => void (state.round = 5));
    await until('patch after unknown', () => session.state?.round === 5);
    for (const garbage of [[FRAME.confirm], [FRAME.roomData, 0xa1], [FRAME.welcome, 1, 0xff], [FRAME.clock, 1], []]) {
      const before = relay.viewers.length;
      relay.last.send(Uint8Array.from(garbage));
      await until(`back after ${garbage.join(' ')}`, () => relay.viewers.length > before && session.status === 'live');
      expect(relay.last.protocols).not.toContain('resume.1');
    }
    const before = relay.viewers.length;
    relay.last.socket.send('text');
    await until('back after text', () => relay.viewers.length > before && session.status === 'live');
    expect(session.state?.round).toBe(5);
    expect(closed).toEqual([]);
  });

  it('[SDK16] gives up a relay that is connected but silent about the state', async () => {
    const relay = await start();
    relay.admit = (viewer) => (viewer.send = () => {}, undefined);
    const controller = new AbortController();
    const joining = connect({ event: 'show', token: fakeToken(), relays: [relay.url], reconnect: FAST, signal: controller.signal });
    await until('second try', () => relay.viewers.length === 2, 12_000);
    controller.abort(new Error('enough'));
    await expect(joining).rejects.toThrow('enough');
  });
});

describe('messages, tiers, time', () => {
  it('[SDK17] sends messages and requests as Colyseus does, and rejects with the code of the room', async () => {
    const relay = await start();
    const session = await enter(relay);
    const answers = [[0, { hi: 1 }], [1, { code: 'message_unknown' }], [2, 'boom']] as const;
    relay.last.socket.on('message', (data: Buffer) => {
      if (data[0] !== FRAME.roomRequest) return;
      const { requestId, payload } = decodeClientMessage(data);
      const [status, value] = answers[(unpack(payload) as { which: number }).which] ?? [];
      if (status === undefined) return;
      relay.last.send(encodeRoomResponse(requestId, status, pack(value)));
    });
    expect(await session.request('ask', { which: 0 })).toEqual({ hi: 1 });
    await expect(session.request('ask', { which: 1 })).rejects.toMatchObject({ code: 'message_unknown' });
    await expect(session.request('ask', { which: 2 })).rejects.toMatchObject({ code: 'internal' });
    const got: unknown[] = [];
    session.onMessage('news', (payload) => got.push(payload));
    expect(await session.send('chat', 'hello')).toBe(true);
    relay.last.send(roomData('news', [1, 2]));
    relay.last.send(encodeError('message_unknown'));
    const errors = record(session, 'error');
    await until('error', () => errors[0]?.code === 'message_unknown');
    expect(got).toEqual([[1, 2]]);
    const sent = decodeClientMessage(relay.last.frames.find((frame) => frame[0] === FRAME.roomData)!);
    expect([sent.type, unpack(sent.payload)]).toEqual(['chat', 'hello']);
    const lost = session.request('ask', { which: 9 });
    await until('request on its way', () => relay.last.frames.filter((frame) => frame[0] === FRAME.roomRequest).length === 4);
    relay.last.socket.terminate();
    await expect(lost).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('[SDK18] tells each connection the tier that was set', async () => {
    const relay = await start();
    const session = await enter(relay, { tier: 'focus' });
    const tiers = (): number[] => relay.last.frames.filter((frame) => frame[0] === FRAME.tier).map((frame) => frame[1]!);
    await until('focus', () => tiers().length === 1);
    session.setTier('focus');
    session.setTier('hidden');
    await until('hidden', () => tiers().length === 2);
    expect(tiers()).toEqual([0, 3]);
    relay.last.socket.terminate();
    await until('next connection', () => relay.viewers.length === 2 && tiers().length === 1);
    expect(tiers()).toEqual([3]);
  });

  it('[SDK19] knows event time, which never goes back', async () => {
    const relay = await start();
    const session = await enter(relay);
    await until('exchanges', () => relay.last.frames.filter((frame) => frame[0] === FRAME.clock).length >= 2);
    expect(Math.abs(session.eventTime()! - relay.eventTime())).toBeLessThan(50);
    const before = session.eventTime()!;
    const real = relay.eventTime;
    relay.eventTime = () => real() - 10_000;
    relay.last.socket.terminate();
    await until('next connection', () => relay.viewers.length === 2 && session.status === 'live');
    expect(session.eventTime()).toBeGreaterThanOrEqual(before);
  });
});

const structuredCopy = (storage: MapStorage): MapStorage => {
  const copy = new MapStorage();
  for (const [key, value] of storage.map) copy.setItem(key, value);
  return copy;
};
