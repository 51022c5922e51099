import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLOSE, encodeBatch, encodeClientMessage, FRAME, LINK, newActionColumns, VIRTUAL } from '@crowdcue/protocol';
import type { Relay } from '@crowdcue/relay';
import { WebSocket } from 'ws';
import { HandLink } from './hand-link.js';
import { seen, SomeonesRoom } from './someones-room.js';
import { next, sdkFor, startRelay, startServer, until, type SomeonesServer } from './someones-server.js';

interface Seat {
  readonly processId: string;
  readonly roomId: string;
  readonly sessionId: string;
}

let server: SomeonesServer;
let relay: Relay;
beforeAll(async () => {
  server = await startServer({ board: { room: SomeonesRoom, filterBy: ['group'] } });
  relay = await startRelay(server);
});
afterAll(async () => {
  await relay.close();
  await server.close();
});
beforeEach(() => void seen.splice(0));

const seatAt = async (base: string, group: string, name = 'a'): Promise<Seat> => {
  const response = await fetch(`${base.replace('ws', 'http')}/matchmake/joinOrCreate/board`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, group }),
  });
  return await response.json() as Seat;
};

/** What comes of a socket with this session id: its frames, and how it was closed. */
const knock = async (seat: Seat, session = seat.sessionId, send: readonly Uint8Array[] = []): Promise<{ frames: Uint8Array[]; code: number }> => {
  const socket = new WebSocket(`${relay.url}/${seat.processId}/${seat.roomId}?sessionId=${encodeURIComponent(session)}`);
  const frames: Uint8Array[] = [];
  socket.on('message', (data: Buffer) => void frames.push(new Uint8Array(data)));
  socket.on('open', () => send.forEach((frame) => socket.send(frame)));
  const code = await new Promise<number>((resolve) => socket.on('close', resolve));
  return { frames, code };
};
const ACK = new Uint8Array([FRAME.joinRoom]);

describe('who would be a relay', () => {
  it('[VIR12] a link needs the secret, for this room, now; and a newer run wins', async () => {
    const seat = await seatAt(server.http, 'links');
    const bad = [
      new HandLink(server.http, seat, { secret: 'another secret of more than thirty-two' }),
      new HandLink(server.http, seat, { exp: Math.floor(Date.now() / 1000) - 1 }),
      new HandLink(server.http, seat, { exp: Math.floor(Date.now() / 1000) + 3_600 }),
    ];
    for (const link of bad) {
      await until(() => link.closed !== undefined, 'it is closed');
      expect(link.closed).toBe(CLOSE.relay_forbidden);
      expect(link.frames).toEqual([]);
    }
    const first = new HandLink(server.http, seat, { incarnation: 5 });
    await until(() => first.greeted, 'the link is greeted');
    const older = new HandLink(server.http, seat, { incarnation: 4 });
    const unknown = new HandLink(server.http, seat, { relayId: 'another', from: 3 });
    await until(() => older.closed !== undefined && unknown.closed !== undefined, 'both are refused');
    expect([older.closed, unknown.closed]).toEqual([CLOSE.relay_superseded, CLOSE.relay_superseded]);
    const newer = new HandLink(server.http, seat, { incarnation: 6 });
    await until(() => newer.greeted && first.closed !== undefined, 'the newer run has it');
    expect(first.closed).toBe(CLOSE.relay_superseded);
    expect(server.room<SomeonesRoom>(seat.roomId).clients.length).toBe(0); // nobody saw a client
    expect(seen).toEqual([]);
    newer.terminate();
  });

  it('[VIR12] a viewer is no link: neither by its session id, nor by join options, nor by what it sends', async () => {
    const seat = await seatAt(relay.url, 'no links');
    expect((await knock(seat, `crowdcue-link~r1~1~0~${'x'.repeat(43)}.9999999999`)).code).toBe(CLOSE.with_error);
    const room = await sdkFor(relay).joinOrCreate('board', { name: 'm', group: 'no links', crowdcueLink: { relayId: 'r1', incarnation: 1, proof: 'x' } });
    await next(room, 'welcome');
    const batch = encodeBatch({ n: 1, time: 0, joins: [], actions: newActionColumns(1), messages: [], leaves: [{ slot: 0, connection: 1, code: 4_000 }] });
    for (const frame of [batch, new Uint8Array([LINK.keyframeRequest]), new Uint8Array([VIRTUAL.outAck, 5]), new Uint8Array([VIRTUAL.part, 1, 0x20])]) {
      room.connection.send(frame);
    }
    expect(await room.request('add', { a: 1, b: 1 })).toBe(2);
    expect(server.room<SomeonesRoom>(room.roomId).clients.length).toBe(1);
    await room.leave();
  });
});

describe('who would be somebody else', () => {
  it('[VIR13] a seat is the room\'s to give: unreserved, used or tampered with, it is refused as Colyseus refuses it', async () => {
    const seat = await seatAt(relay.url, 'seats');
    const told = ({ frames, code }: { frames: Uint8Array[]; code: number }): unknown => [frames.map((frame) => frame[0]), code];
    expect(told(await knock(seat, 'neverreserved'))).toEqual([[FRAME.error], CLOSE.with_error]);
    const other = await seatAt(relay.url, 'another room');
    const mixed = { ...seat, processId: other.processId };
    expect(told(await knock(mixed))).toEqual([[FRAME.error], CLOSE.with_error]);
    const elsewhere = Buffer.from(JSON.stringify(['p', '127.0.0.1:1'])).toString('base64url');
    expect(told(await knock({ ...seat, processId: `${elsewhere}-${'A'.repeat(22)}` }))).toEqual([[FRAME.error], CLOSE.with_error]);
    expect(told(await knock({ ...seat, processId: 'x' }))).toEqual([[FRAME.error], CLOSE.with_error]);
    const taken = new WebSocket(`${relay.url}/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`);
    await new Promise((resolve) => taken.once('message', resolve));
    expect(told(await knock(seat))).toEqual([[FRAME.error], CLOSE.with_error]); // the seat is used
    taken.terminate();
    const back = `${seat.sessionId}&reconnectionToken=guessed`;
    const socket = new WebSocket(`${relay.url}/${seat.processId}/${seat.roomId}?sessionId=${back}`);
    expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(CLOSE.reconnection_refused);
  });

  it('[VIR13] a relay speaks for its own viewers only: slots of others, stale connections and repeated batches do nothing', async () => {
    const [one, two] = [await seatAt(server.http, 'slots', 'one'), await seatAt(server.http, 'slots', 'two')];
    const [a, b] = [new HandLink(server.http, one, { relayId: 'a' }), new HandLink(server.http, one, { relayId: 'b' })];
    await until(() => a.greeted && b.greeted, 'both links are greeted');
    a.batch({ joins: [{ sessionId: one.sessionId }] });
    b.batch({ joins: [{ sessionId: two.sessionId, slot: 7 }] });
    await until(() => a.of(0).length > 0 && b.of(7).length > 0, 'both are in');
    await a.applied(a.batch({ messages: [{ slot: 0, frame: ACK }] }));
    const move = encodeClientMessage({ kind: 'data', requestId: 0, type: 'move', payload: new Uint8Array([1]) });
    const hosted = server.room<SomeonesRoom>(one.roomId);
    const n = b.batch({ messages: [{ slot: 0, frame: move }, { slot: 9, frame: move }], leaves: [{ slot: 0, connection: 1, code: 4_000 }, { slot: 7, connection: 99, code: 4_000 }] });
    await b.applied(n);
    expect([hosted.clients.length, hosted.state.moves]).toEqual([2, 0]);
    const once = a.batch({ messages: [{ slot: 0, frame: move }] });
    await a.applied(once);
    a.batch({ n: once, messages: [{ slot: 0, frame: move }] });
    await a.applied(a.batch({}));
    expect(hosted.state.moves).toBe(1);
    a.batch({ n: 99 }); // a gap is no batch of a relay of ours
    await until(() => a.closed !== undefined, 'the link is closed');
    expect(a.closed).toBe(CLOSE.bad_frame);
    b.terminate();
  });
});

describe('what goes wrong in the room', () => {
  it('[VIR18] what a handler throws reaches the process as from a transport, and nobody else misses a message', async () => {
    const [one, two] = [await seatAt(server.http, 'throws', 'one'), await seatAt(server.http, 'throws', 'two')];
    const link = new HandLink(server.http, one);
    await until(() => link.greeted, 'the link is greeted');
    link.batch({ joins: [{ sessionId: one.sessionId }, { sessionId: two.sessionId }] });
    await until(() => link.of(0).length > 0 && link.of(1).length > 0, 'both are in');
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const thrown = new Promise<Error>((resolve) => process.once('uncaughtException', resolve));
    const say = (type: string): Uint8Array => encodeClientMessage({ kind: 'data', requestId: 0, type, payload: new Uint8Array([1]) });
    await link.applied(link.batch({ messages: [{ slot: 0, frame: ACK }, { slot: 1, frame: ACK }, { slot: 0, frame: say('fail') }, { slot: 1, frame: say('move') }] }));
    expect((await thrown).message).toBe('no such luck');
    for (const listener of listeners) process.on('uncaughtException', listener);
    expect(server.room<SomeonesRoom>(one.roomId).state.moves).toBe(1);
    link.terminate();
  });
});

describe('who does not read', () => {
  it('[VIR19] a viewer that reads too slowly is closed before it misses a message, and the others miss nothing', async () => {
    const seat = await seatAt(relay.url, 'slow', 'slow');
    const socket = new WebSocket(`${relay.url}/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`);
    const got: number[] = [];
    socket.on('message', (data: Buffer) => {
      if (data[0] === FRAME.joinRoom) socket.send(ACK);
      if (data[0] === FRAME.roomDataBytes) got.push(data.readUInt16LE(7)); // behind code, "large" and its length
    });
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    const fast = await sdkFor(relay).joinById(seat.roomId, { name: 'fast' });
    const heard: number[] = [];
    fast.onMessage('large', (bytes: Uint8Array) => void heard.push(bytes[0]! | (bytes[1]! << 8)));
    const hosted = server.room<SomeonesRoom>(seat.roomId);
    await until(() => hosted.clients.length === 2 && hosted.clients.every(({ state }) => state === 1), 'both are in');
    socket.pause();
    const dropped = (): boolean => seen.some(({ hook, sessionId }) => hook === 'drop' && sessionId === seat.sessionId);
    for (let i = 0; i < 400 && !dropped(); i++) {
      const body = new Uint8Array(60_000);
      body.set([i & 0xff, i >> 8]);
      hosted.broadcastBytes('large', body, {});
      await until(() => heard.length === i + 1, `the fast one has ${i}`);
    }
    await until(dropped, 'the slow one is dropped');
    socket.resume();
    expect([CLOSE.try_reconnect, 1006]).toContain(await closed);
    expect(got).toEqual(got.map((_, i) => i)); // a beginning of what was said, without a hole
    expect(heard).toEqual(heard.map((_, i) => i));
    await fast.leave();
  });
});

describe('a relay that does not follow', () => {
  it('[VIR21] a relay that acknowledges nothing is given up at 16 MiB, and its viewers drop', async () => {
    const seat = await seatAt(server.http, 'drowned', 'd');
    const link = new HandLink(server.http, seat);
    link.acknowledges = false;
    await until(() => link.greeted, 'the link is greeted');
    link.batch({ joins: [{ sessionId: seat.sessionId }] });
    await until(() => link.of(0).length > 0, 'it is in');
    await link.applied(link.batch({ messages: [{ slot: 0, frame: ACK }] }));
    await until(() => link.of(0).some(({ kind }) => kind === 'enter'), 'it has entered');
    const hosted = server.room<SomeonesRoom>(seat.roomId);
    for (let i = 1; i <= 17; i++) {
      hosted.broadcastBytes('large', new Uint8Array(1024 * 1024), {});
      const { lists } = link;
      if (i < 16) await until(() => link.lists > lists || link.closed !== undefined, `list ${i} has come`);
    }
    await until(() => link.closed !== undefined, 'the link is closed');
    expect(link.closed).toBe(CLOSE.relay_superseded);
    await until(() => seen.some(({ hook, sessionId, detail }) => hook === 'drop' && sessionId === seat.sessionId && detail === 1006), 'the viewer has dropped');
  });
});

describe('what it costs', () => {
  it('[VIR14] a broadcast is one operation a relay, a patch one frame, whatever the number of viewers', async () => {
    const seats = await Promise.all(Array.from({ length: 60 }, () => seatAt(server.http, 'cost')));
    const link = new HandLink(server.http, seats[0]!);
    await until(() => link.greeted, 'the link is greeted');
    link.batch({ joins: seats.map(({ sessionId }) => ({ sessionId })) });
    await until(() => seats.every((_, slot) => link.of(slot).some((op) => op.kind === 'direct' && op.frame[0] === FRAME.joinRoom)), 'all are greeted');
    link.batch({ messages: seats.map((_, slot) => ({ slot, frame: ACK })) });
    await until(() => seats.every((_, slot) => link.of(slot).some(({ kind }) => kind === 'enter')), 'all have entered');
    const hosted = server.room<SomeonesRoom>(seats[0]!.roomId);
    const [ops, frames] = [link.ops.length, link.frames.length];
    hosted.broadcast('news', 'x');
    hosted.broadcast('news', 'y', { except: [hosted.clients[3]!, hosted.clients[4]!], afterNextPatch: true });
    hosted.state.moves = 5;
    hosted.broadcastPatch();
    await until(() => link.ops.length >= ops + 2, 'both are said');
    expect(link.ops.slice(ops).map((op) => [op.kind, op.kind === 'broadcast' && op.except.length])).toEqual([['broadcast', 0], ['broadcast', 2]]);
    expect(link.frames.slice(frames).map((frame) => frame[0])).toEqual([VIRTUAL.out, LINK.tick, VIRTUAL.out]);
    link.terminate();
  });
});
