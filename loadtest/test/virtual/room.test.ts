import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Room as SdkRoom } from '@colyseus/sdk';
import type { Relay } from '@crowdcue/relay';
import { CuttableProxy } from './cuttable-proxy.js';
import { seen, SomeonesRoom, type BoardState } from './someones-room.js';
import { ByHand, Inputs, Stateless, Unreliable, Viewed } from './odd-rooms.js';
import { next, sdkFor, startRelay, startServer, until, type SomeonesServer } from './someones-server.js';

let server: SomeonesServer;
let relay: Relay;
beforeAll(async () => {
  server = await startServer({
    board: { room: SomeonesRoom, filterBy: ['group'] }, stateless: { room: Stateless }, byhand: { room: ByHand as never },
    viewed: { room: Viewed as never }, unreliable: { room: Unreliable as never }, inputs: { room: Inputs as never },
  });
  relay = await startRelay(server);
});
afterAll(async () => {
  await relay.close();
  await server.close();
});
beforeEach(() => void seen.splice(0));

/** What a join is refused with. */
const refusal = async (joining: Promise<unknown>): Promise<unknown> => {
  try {
    await joining;
  } catch (error) {
    const { code, message } = error as { code: number; message: string };
    return { code, message };
  }
  throw new Error('it was let in');
};
const listen = (room: SdkRoom): [string, unknown][] => {
  const heard: [string, unknown][] = [];
  room.onMessage('*', (type, message) => void heard.push([String(type), message]));
  return heard;
};
const port = (url: string): number => Number(new URL(url).port);
const impatient = (room: SdkRoom): void => {
  room.reconnection.minUptime = 0;
  room.reconnection.minDelay = room.reconnection.delay = 20;
};
const terminate = (room: SdkRoom): void => (room.connection.transport as unknown as { ws: { terminate(): void } }).ws.terminate();

describe('joining', () => {
  it('[VIR1] a stock client joins an unmodified room through a relay: hooks, first state whole, patches, messages, requests', async () => {
    const { asked } = SomeonesRoom;
    const room = await sdkFor(relay).joinOrCreate<BoardState>('board', { name: 'ann', group: 'one' });
    const welcome = next(room, 'welcome');
    const states: number[] = [];
    room.onStateChange((state) => void states.push(state.players.size));
    expect(await welcome).toEqual({ name: 'ann' });
    expect(states[0]).toBe(1);
    const moved = next(room, 'moved');
    room.send('move', 3);
    expect(await moved).toBe(3);
    await until(() => room.state.players.get(room.sessionId)?.x === 3, 'the patch is there');
    expect(await room.request('add', { a: 1, b: 2 })).toBe(3);
    expect(server.room<SomeonesRoom>(room.roomId).clients.length).toBe(1);
    expect(await room.leave()).toBe(4000);
    await until(() => seen.some(({ hook, sessionId }) => hook === 'leave' && sessionId === room.sessionId), 'onLeave ran');
    expect(SomeonesRoom.asked - asked).toBe(1); // nobody asked onAuth about the link
    expect(seen).toEqual([
      { hook: 'join', sessionId: room.sessionId, detail: { name: 'ann', token: null } },
      { hook: 'leave', sessionId: room.sessionId, detail: 4000 },
    ]);
  });

  it('[VIR2] matchmaking is the server\'s: the same refusals by code and text, the same rooms', async () => {
    const [direct, relayed] = [sdkFor(server), sdkFor(relay)];
    const both = async (ask: (sdk: typeof direct) => Promise<unknown>): Promise<unknown> => {
      const first = await refusal(ask(direct));
      expect(await refusal(ask(relayed))).toEqual(first);
      return first;
    };
    expect(await both((sdk) => sdk.joinOrCreate('board', { name: 'mallory' }))).toMatchObject({ code: 469, message: 'not you' });
    await both((sdk) => sdk.joinOrCreate('no such room'));
    await both((sdk) => sdk.join('board', { group: 'nobody is here' }));
    await both((sdk) => sdk.joinById('nowhere'));
    const a = await relayed.create('board', { name: 'a', group: 'g1', max: 2 });
    const b = await relayed.join('board', { name: 'b', group: 'g1' });
    expect(b.roomId).toBe(a.roomId);
    expect(await both((sdk) => sdk.joinById(a.roomId, { name: 'c' }))).toMatchObject({ code: 522 });
    const c = await relayed.joinOrCreate('board', { name: 'c', group: 'g1' });
    expect(c.roomId).not.toBe(a.roomId);
    const d = await direct.joinById(c.roomId, { name: 'd' });
    expect(server.room<SomeonesRoom>(c.roomId).clients.length).toBe(2);
    await Promise.all([a, b, c, d].map((room) => room.leave()));
    await until(() => [a, c].every(({ roomId }) => server.room(roomId) === undefined), 'empty rooms are disposed of, links or not');
  });

  it('[VIR2] what onJoin throws ends the join as on the server', async () => {
    const options = { name: 'e', early: true, group: 'early' };
    expect(await refusal(sdkFor(relay).joinOrCreate('board', options))).toEqual(await refusal(sdkFor(server).joinOrCreate('board', options)));
  });

  it('[VIR3] a room without state serves viewers too', async () => {
    const room = await sdkFor(relay).joinOrCreate('stateless');
    const heard = listen(room);
    room.send('say', 'hello');
    await until(() => heard.length === 2, 'it is heard');
    expect(heard).toEqual([['hi', undefined], ['said', 'hello']]);
    await room.leave();
  });

  it('[VIR17] a room that patches by hand, or never, lets viewers in, and its patches leave everybody with its state', async () => {
    const rooms: SdkRoom<unknown, ByHand['state']>[] = [];
    for (let i = 0; i < 4; i++) {
      rooms.push(await sdkFor(relay).joinOrCreate<ByHand['state']>('byhand'));
      await until(() => rooms[i]!.state?.items !== undefined, `${i} has a state, though no patch completes it`);
    }
    const hosted = server.room<ByHand>(rooms[0]!.roomId);
    const same = (): boolean => rooms.every((room) => JSON.stringify(room.state) === JSON.stringify(hosted.state));
    for (let i = 0; i < 5; i++) {
      hosted.state.items.set(`${i}`, i);
      hosted.state.items.delete(`${i - 2}`);
      hosted.broadcastPatch();
      await pause(30); // so that these are patches of their own on their way
    }
    await until(same, 'all have the state of the room');
    rooms.push(await sdkFor(relay).join<ByHand['state']>('byhand'));
    await until(() => rooms[4]!.state?.items !== undefined, 'a late one has a state');
    hosted.broadcastPatch();
    await until(same, 'all have it with the late one');
    await Promise.all(rooms.map((room) => room.leave()));
  });

  it('[VIR4] a room with state of its own for each viewer, unreliable fields or inputs is refused with room_unsupported', async () => {
    for (const name of ['viewed', 'unreliable', 'inputs']) {
      expect(await refusal(sdkFor(relay).joinOrCreate(name))).toMatchObject({ code: 501, message: expect.stringMatching(/^room_unsupported/) as never });
    }
    const room = await sdkFor(relay).joinOrCreate('stateless');
    const left = new Promise((resolve) => room.onLeave((...how) => resolve(how)));
    room.send('turn'); // and also when it becomes one later
    expect(await left).toEqual([4111, 'room_unsupported']);
  });
});

describe('what the room is told of a viewer', () => {
  it('[VIR5] AUTH=forward passes the viewer\'s token to onAuth, AUTH=none does not, and both tell its address', async () => {
    const forward = await startRelay(server, { auth: 'forward' });
    for (const [through, token] of [[forward, 'my own'], [relay, null]] as const) {
      const sdk = sdkFor(through);
      sdk.auth.token = 'my own';
      const room = await sdk.joinOrCreate('board', { name: 'f', group: 'auth' });
      expect(seen.pop()).toMatchObject({ hook: 'join', detail: { token } });
      await room.leave();
    }
    const asked = await fetch(`${relay.url.replace('ws', 'http')}/matchmake/joinOrCreate/stateless`, {
      method: 'POST', body: JSON.stringify({}), headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7' },
    });
    expect(asked.status).toBe(200);
    expect(Stateless.addresses.at(-1)).toBe('127.0.0.1'); // a viewer says nothing of its own address
    await forward.close();
  });
});

describe('what is said', () => {
  it('[VIR6] frames of any size pass, though the transport takes 4 KiB', async () => {
    const room = await sdkFor(relay).joinOrCreate('board', { name: 'big', group: 'big' });
    const raw = next<Uint8Array>(room, 'raw');
    room.sendBytes('raw', new Uint8Array(4_080).fill(7));
    expect((await raw).length).toBe(4_080);
    const heard = listen(room);
    for (let i = 0; i < 40; i++) room.send('say', `${i}`.padEnd(500, 'x')); // one batch of 20 KB
    await until(() => heard.filter(([type]) => type === 'said').length === 40, 'all are heard');
    const large = new Uint8Array(300_000).fill(5);
    const got = next<Uint8Array>(room, 'large');
    server.room<SomeonesRoom>(room.roomId).clients[0]!.sendBytes('large', large);
    expect((await got).length).toBe(large.length);
    await room.leave();
  });

  it('[VIR7] broadcasts reach everybody but whom they leave out, and those after a patch come after it', async () => {
    const sdk = sdkFor(relay);
    const rooms: SdkRoom<unknown, BoardState>[] = [];
    for (let i = 0; i < 5; i++) rooms.push(await sdk.joinOrCreate<BoardState>('board', { name: `${i}`, group: 'broadcast' }));
    rooms.push(await sdkFor(server).joinById<BoardState>(rooms[0]!.roomId, { name: 'direct' }));
    const heards = rooms.map(listen);
    await until(() => rooms.every((room) => room.state.players?.size === 6), 'all are in');
    const order: boolean[] = [];
    for (const room of rooms) room.onMessage('patched', ({ moves }: { moves: number }) => void order.push(room.state.moves === moves));
    const hosted = server.room<SomeonesRoom>(rooms[0]!.roomId);
    const client = (i: number) => hosted.clients.get(rooms[i]!.sessionId)!;
    hosted.broadcast('one', 1);
    hosted.broadcast('two', 2, { except: [client(0), client(3), client(5)] });
    client(3).send('mine', 3);
    hosted.broadcast('four', 4);
    rooms[1]!.send('later', 'x');
    await until(() => order.length === 6, 'the last is heard');
    const types = (i: number): string[] => heards[i]!.map(([type]) => type).filter((type) => ['one', 'two', 'mine', 'four'].includes(type));
    expect([0, 1, 3, 5].map(types)).toEqual([['one', 'four'], ['one', 'two', 'four'], ['one', 'mine', 'four'], ['one', 'four']]);
    expect(order).toEqual(Array.from({ length: 6 }, () => true));
    await Promise.all(rooms.map((room) => room.leave()));
  });

  it('[VIR8] leave codes pass both ways, whoever ends the connection', async () => {
    const sdk = sdkFor(relay);
    const codes: unknown[] = [];
    const at = async (name: string, end: (room: SdkRoom) => void): Promise<void> => {
      const room = await sdk.joinOrCreate('board', { name, group: 'codes' });
      await next(room, 'welcome');
      room.reconnection.enabled = false;
      const left = new Promise((resolve) => room.onLeave((code, reason) => resolve([code, reason])));
      end(room);
      codes.push(await left);
      await until(() => seen.some(({ hook, sessionId }) => hook !== 'join' && sessionId === room.sessionId), `${name} has left`);
      codes.push(seen.find(({ hook, sessionId }) => hook !== 'join' && sessionId === room.sessionId)!.detail);
    };
    await at('asks', (room) => room.send('kick', 4_321));
    await at('consents', (room) => void room.leave());
    await at('is kicked', (room) => server.room<SomeonesRoom>(room.roomId).kickClient(room.sessionId, 4_111, 'enough'));
    expect(codes).toEqual([[4_321, 'asked for'], 4_321, [4_000, ''], 4_000, [4_111, 'enough'], 4_111]);
    const room = await sdk.joinOrCreate('board', { name: 'last', group: 'codes' });
    const left = new Promise((resolve) => room.onLeave((code) => resolve(code)));
    await server.room<SomeonesRoom>(room.roomId).disconnect(4_007);
    expect(await left).toBe(4_007);
  });

  it('[VIR8] who leaves hears nothing more, however long onLeave takes', async () => {
    const sdk = sdkFor(relay);
    const [stays, goes] = [await sdk.joinOrCreate('board', { name: 's', group: 'quiet' }), await sdk.joinOrCreate('board', { name: 'g', group: 'quiet' })];
    const [heardStays, heardGoes] = [listen(stays), listen(goes)];
    await until(() => heardGoes.length > 0, 'it is in');
    const hosted = server.room<SomeonesRoom>(goes.roomId);
    let finish = (): void => undefined;
    hosted.onLeave = (() => new Promise<void>((resolve) => { finish = resolve; })) as never;
    const left = goes.leave();
    await until(() => hosted.clients.length === 1, 'the room is rid of it');
    hosted.broadcast('after', 1);
    await until(() => heardStays.some(([type]) => type === 'after'), 'the other hears it');
    finish();
    expect(await left).toBe(4_000);
    expect(heardGoes.some(([type]) => type === 'after')).toBe(false);
    hosted.onLeave = (() => undefined) as never;
    await stays.leave();
  });
});

describe('coming back', () => {
  it('[VIR9] a client that dropped comes back by allowReconnection: by itself, by its token, and through another relay', async () => {
    const other = await startRelay(server);
    const room = await sdkFor(relay).joinOrCreate<BoardState>('board', { name: 'back', group: 'back' });
    await next(room, 'welcome');
    impatient(room);
    const back = next(room, 'back');
    terminate(room);
    expect(await back).toBe(true);
    await until(() => room.state.players.get(room.sessionId)?.connected === true, 'its state goes on');
    let current = room as SdkRoom<unknown, BoardState>;
    for (const through of [relay, other, relay]) {
      current.reconnection.enabled = false;
      terminate(current);
      await until(() => seen.filter(({ hook }) => hook === 'drop').length > seen.filter(({ hook }) => hook === 'reconnect').length, 'the room knows');
      const again = await sdkFor(through).reconnect<BoardState>(current.reconnectionToken);
      expect(again.sessionId).toBe(room.sessionId);
      await next(again, 'back');
      current = again;
    }
    expect(await refusal(sdkFor(other).reconnect(`${room.roomId}:nonsense`))).toEqual(await refusal(sdkFor(server).reconnect(`${room.roomId}:nonsense`)));
    await current.leave();
    await other.close();
  });

  it('[VIR10] a link that breaks for a moment is not noticed: nothing is lost and nothing comes twice', async () => {
    const proxy = await CuttableProxy.start(port(server.http));
    const cut = await startRelay(server, { originUrl: `http://127.0.0.1:${proxy.port}` });
    const sdk = sdkFor(cut);
    const rooms = await Promise.all(Array.from({ length: 8 }, (_, i) => sdk.joinOrCreate<BoardState>('board', { name: `${i}`, group: 'cut' })));
    const heards = rooms.map(listen);
    await until(() => rooms.every((room) => room.state?.players?.size === 8), 'all are in');
    const hosted = server.room<SomeonesRoom>(rooms[0]!.roomId);
    let told = 0;
    const asked: Promise<unknown>[] = [];
    for (let round = 0; round < 6; round++) {
      for (const [i, room] of rooms.entries()) asked.push(room.request('add', { a: i, b: round }));
      for (const room of rooms) room.send('move', 1);
      hosted.broadcast('count', ++told);
      proxy.cut();
      hosted.broadcast('count', ++told);
      for (const client of hosted.clients) client.send('yours', told);
      await pause(30);
      proxy.heal();
      await pause(round % 2 === 0 ? 400 : 60);
    }
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 48 }, (_, n) => (n % 8) + Math.floor(n / 8)));
    await until(() => heards.every((heard) => heard.filter(([type]) => type === 'moved').length === 6), 'every move is answered');
    await until(() => rooms.every((room) => [...room.state.players.values()].every((player) => player.x === 6)), 'every move counts once');
    for (const heard of heards) {
      expect(heard.filter(([type]) => type === 'count').map(([, n]) => n)).toEqual(Array.from({ length: told }, (_, n) => n + 1));
      expect(heard.filter(([type]) => type === 'yours').map(([, n]) => n)).toEqual([2, 4, 6, 8, 10, 12]);
    }
    expect(seen.filter(({ hook }) => hook === 'drop' || hook === 'leave')).toEqual([]);
    await Promise.all(rooms.map((room) => room.leave()));
    await cut.close();
    await proxy.stop();
  });

  it('[VIR11] when a relay dies its viewers come back through another one, and the room sees a drop and a reconnection', async () => {
    const [upstream, second] = [await CuttableProxy.start(port(server.http)), await startRelay(server)];
    const first = await startRelay(server, { originUrl: `http://127.0.0.1:${upstream.port}` });
    const front = await CuttableProxy.start(first.port);
    const sdk = sdkFor({ url: `ws://127.0.0.1:${front.port}` });
    const rooms = await Promise.all(Array.from({ length: 10 }, (_, i) => sdk.joinOrCreate<BoardState>('board', { name: `${i}`, group: 'death' })));
    rooms.forEach(impatient);
    await Promise.all(rooms.map((room) => next(room, 'welcome')));
    const backs = rooms.map((room) => next(room, 'back'));
    upstream.cut(); // as both sides see a relay that is killed
    front.cut();
    front.heal(second.port);
    expect(await Promise.all(backs)).toEqual(Array.from({ length: 10 }, () => true));
    expect(seen.filter(({ hook }) => hook === 'drop').map(({ detail }) => detail)).toEqual(Array.from({ length: 10 }, () => 1006));
    expect(new Set(rooms.map((room) => room.sessionId)).size).toBe(10);
    expect(await rooms[3]!.request('add', { a: 2, b: 2 })).toBe(4);
    await Promise.all(rooms.map((room) => room.leave()));
    upstream.heal();
    await first.close();
    await second.close();
    await Promise.all([front.stop(), upstream.stop()]);
  });

  it('[VIR11] viewers of a relay that stays away count as dropped after the grace, with 1006', async () => {
    const upstream = await CuttableProxy.start(port(server.http));
    const lost = await startRelay(server, { originUrl: `http://127.0.0.1:${upstream.port}` });
    const room = await sdkFor(lost).joinOrCreate('board', { name: 'gone', group: 'gone' });
    await next(room, 'welcome');
    impatient(room);
    upstream.cut();
    await until(() => seen.some(({ hook, sessionId, detail }) => hook === 'drop' && sessionId === room.sessionId && detail === 1006), 'it counts as dropped');
    const back = next(room, 'back');
    upstream.heal(); // the relay comes back to a room that has given it up, and sends its viewers through the door again
    expect(await back).toBe(true);
    await room.leave();
    await lost.close();
    await upstream.stop();
  });
});
