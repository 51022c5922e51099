import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { Client } from '@colyseus/sdk';
import { CLOSE, decodeJoinRoom, FRAME } from '@crowdcue/protocol';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../src/index.js';
import { eventIn, openSeat, openSession, randomId, sealSeat, sealSession, Spent } from '../src/seats.js';
import { claimPort } from '../src/workers-port.js';
import { canonical } from './support/churn.js';
import { atEnd, stage, type Stage, until } from './support/harness.js';
import type { RawSocket, StockRoom } from './support/shapes.js';

const KEY = randomBytes(32);
const claims = { evt: 'show', sub: 2 ** 52 - 1, tier: 'public', name: 'Calm Heron', exp: 2_000_000_000, mac: randomBytes(32).toString('base64url') };
const NOW = 1_900_000_000;

interface SeatAnswer { readonly sessionId: string; readonly roomId: string; readonly processId: string }
const http = (url: string): string => url.replace('ws', 'http');
const seatOf = async (url: string, token: string): Promise<SeatAnswer> =>
  (await fetch(`${http(url)}/matchmake/joinById/show`, { method: 'POST', body: JSON.stringify({ token }) })).json() as Promise<SeatAnswer>;
const pathOf = ({ processId, roomId, sessionId }: SeatAnswer, more = ''): string => `/${processId}/${roomId}?sessionId=${sessionId}${more}`;

/** A socket of the stock door, up to its handshake or its end. */
const knock = (url: string): Promise<{ socket: RawSocket; token: string } | { code: number }> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url) as unknown as RawSocket;
    atEnd(() => socket.terminate());
    socket.on('message', (data) => {
      if (data[0] === FRAME.joinRoom) resolve({ socket, token: decodeJoinRoom(new Uint8Array(data)).reconnectionToken });
    });
    socket.on('close', (code) => resolve({ code }));
    socket.on('error', () => undefined);
  });

describe('sealed seats', () => {
  it('[SEA3] say what was sealed, to the same event, for as long as was said', () => {
    const seat = { claims, sessionId: randomId(), delay: 8_000 };
    const sealed = sealSeat(KEY, seat, NOW + 15);
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(eventIn(sealed)).toBe('show');
    expect(openSeat(KEY, sealed, NOW)).toEqual(seat);
    expect(openSeat(KEY, sealed, NOW + 15)).toBeUndefined();
    expect(openSeat(randomBytes(32), sealed, NOW)).toBeUndefined();
    expect(openSession(KEY, sealed, NOW)).toBeUndefined();
    const odd = { ...seat, claims: { ...claims, mac: 'not what we make', name: 'ö'.repeat(40) } };
    expect(openSeat(KEY, sealSeat(KEY, odd, NOW + 15), NOW)).toEqual(odd);
    expect(openSeat(KEY, sealSeat(KEY, { ...seat, claims: { ...claims, exp: NOW } }, NOW + 15), NOW)).toBeUndefined();
  });

  it('[SEA4] a session fits the field that Colyseus has for it, is another text each time, and ends with its viewer’s token', () => {
    const session = { claims: { ...claims, evt: 'e'.repeat(64) }, sessionId: randomId(), delay: 8_000, schema: 0xffff_ffff };
    const sealed = sealSession(KEY, session);
    expect(sealed.length).toBeGreaterThan(0);
    expect(sealed.length).toBeLessThanOrEqual(255);
    expect(openSession(KEY, sealed, NOW)).toEqual(session);
    expect(openSession(KEY, sealed, claims.exp)).toBeUndefined();
    expect(openSeat(KEY, sealed, NOW)).toBeUndefined();
    expect(sealSession(KEY, session)).not.toBe(sealed);
    expect(sealSession(KEY, { ...session, claims: { ...session.claims, name: 'n'.repeat(200) } })).toBe('');
  });

  it('[SEA3] altered in any bit, cut anywhere, or spelt another way, are none', () => {
    for (const [sealed, open] of [[sealSeat(KEY, { claims, sessionId: randomId(), delay: 8_000 }, NOW + 15), openSeat], [sealSession(KEY, { claims, sessionId: randomId(), delay: 8_000, schema: 7 }), openSession]] as const) {
      expect(open(KEY, sealed, NOW)).toBeDefined();
      const bytes = Buffer.from(sealed, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(open(KEY, flipped.toString('base64url'), NOW), `bit ${bit}`).toBeUndefined();
      }
      for (let length = 0; length < sealed.length; length++) expect(open(KEY, sealed.slice(0, length), NOW), `length ${length}`).toBeUndefined();
      for (const spelt of [`${sealed}=`, `${sealed}A`, ` ${sealed}`, sealed + sealed, `${sealed}${'A'.repeat(10_000)}`]) expect(open(KEY, spelt, NOW)).toBeUndefined();
    }
    const garbage = [0, 1, 15, 16, 17, 40, 600].map((length) => randomBytes(length).toString('base64url'));
    for (const text of [...garbage, 'ü', '%00']) for (const open of [openSeat, openSession]) expect(open(KEY, text, NOW)).toBeUndefined();
  });

  it('[REL29] that were used are remembered up to a bound', () => {
    const spent = new Spent(2);
    const [a, b, c] = Array.from({ length: 3 }, () => sealSeat(KEY, { claims, sessionId: randomId(), delay: 8_000 }, NOW)) as [string, string, string];
    expect([spent.add(a), spent.add(a), spent.add(b), spent.has(a), spent.add(c), spent.has(a), spent.has(b)]).toEqual([true, false, true, true, true, false, true]);
  });
});

/** Two relays behind one port, as workers are; each knows the origin and neither the other. */
const twins = async (): Promise<Stage> => {
  const port = await claimPort('127.0.0.1', 0);
  const s = await stage({ port, sharedPort: true, relayId: 'r1.1' });
  const other = await s.relayWith({ port, sharedPort: true, relayId: 'r1.2' });
  await until(() => other.ready(), 'the other one is registered');
  return s;
};

describe('seats of several relays', () => {
  it('[SEA1] lets a stock SDK in through two workers, whichever answers which request', async () => {
    const s = await twins();
    const crossed = (): boolean => s.room.applied.some(({ relayId, batch }) => batch.joins.some(({ sessionId }) => issuers.get(sessionId) !== undefined && issuers.get(sessionId) !== relayId));
    const issuers = new Map<string, string>();
    for (let sub = 1; sub <= 40 && !crossed(); sub++) {
      const joined = (await new Client(s.relay.url).joinById('show', { token: s.room.token(sub) })) as unknown as StockRoom & { connection: { transport: { ws: { url: string } } } };
      joined.reconnection.enabled = false;
      issuers.set(joined.sessionId, new URL(joined.connection.transport.ws.url).pathname.slice(1).split('~')[0]!);
      await until(() => s.room.joins.some(({ sessionId }) => sessionId === joined.sessionId), 'the join is in a batch');
      await until(() => joined.state?.phase !== undefined, 'the state is there');
      expect(canonical(JSON.stringify(joined.state.toJSON()))).toBe(canonical(s.room.churn.json()));
    }
    expect(crossed()).toBe(true);
    expect(new Set(s.room.joins.map(({ viewer }) => viewer)).size).toBe(s.room.joins.length);
  });

  it('[SEA2] takes a dropped session up on the other worker, by the SDK’s own reconnection', async () => {
    const s = await twins();
    s.room.run(10);
    const joined = (await new Client(s.relay.url).joinById('show', { token: s.room.token(1) })) as unknown as StockRoom;
    joined.reconnection.minUptime = 0;
    atEnd(() => { joined.reconnection.enabled = false; });
    await until(() => joined.state?.phase !== undefined, 'the state is there');
    const { decoder } = joined.serializer;
    let back = 0;
    joined.onReconnect(() => back++);
    const relays = (): Set<string> => new Set(s.room.applied.filter(({ batch }) => batch.joins.length > 0).map(({ relayId }) => relayId));
    while (relays().size < 2 && back < 40) {
      const before = back;
      joined.connection.transport.ws.terminate();
      await until(() => back > before, 'the SDK is back');
      await until(() => s.room.joins.length === back + 1, 'its join is in a batch');
    }
    expect(relays().size).toBe(2);
    expect(new Set(s.room.joins.map(({ sessionId }) => sessionId))).toEqual(new Set([joined.sessionId]));
    const reached = s.room.churn.tick;
    await until(() => joined.state.tick! > reached, 'patches come');
    s.room.halt();
    s.room.crank();
    if (s.room.churn.tick % 2 === 1) s.room.crank(); // its tier's tick
    await until(() => joined.state.tick === s.room.churn.tick, 'it is up to date');
    expect(canonical(JSON.stringify(joined.state.toJSON()))).toBe(canonical(s.room.churn.json()));
    expect(joined.serializer.decoder).toBe(decoder);
  });

  it('[SEA2] takes a session up by reconnect() on a relay that has never seen its event', async () => {
    const s = await stage();
    const joined = (await new Client(s.relay.url).joinById('show', { token: s.room.token(1) })) as unknown as StockRoom;
    joined.reconnection.enabled = false;
    joined.connection.transport.ws.terminate();
    const other = await s.relayWith({ relayId: 'r2' });
    const again = (await new Client(other.url).reconnect(joined.reconnectionToken)) as unknown as StockRoom;
    atEnd(() => { again.reconnection.enabled = false; });
    await until(() => again.state?.phase !== undefined, 'the state is there');
    expect(again.sessionId).toBe(joined.sessionId);
    await until(() => s.room.applied.some(({ relayId, batch }) => relayId === 'r2' && batch.joins[0]?.sessionId === joined.sessionId), 'its join came by the other relay');
  });
});

describe('whoever tries seats', () => {
  it('[SEA3] gets in once with one, and not with one of another session, room or event, nor with one that is over', async () => {
    let skew = 0;
    const s = await stage({ clock: { ...systemClock, wall: () => Date.now() + skew } });
    const other = s.origin.room('other');
    const seat = await seatOf(s.relay.url, s.room.token(1));
    const forged = `r1~${sealSeat(other.doorKey, { claims: { ...claims, sub: 9 }, sessionId: seat.sessionId, delay: 0 }, 2_000_000_000)}`;
    for (const path of [
      pathOf({ ...seat, sessionId: randomId() }), pathOf({ ...seat, roomId: 'room-other' }), pathOf({ ...seat, processId: forged }), pathOf({ ...seat, processId: 'r1' }),
      pathOf({ ...seat, processId: `r1~${sealSeat(other.doorKey, { claims: { ...claims, evt: 'other' }, sessionId: seat.sessionId, delay: 0 }, 2_000_000_000)}` }),
      pathOf({ ...seat, processId: 'r1~' }), `/${seat.processId}/${seat.roomId}`,
    ]) expect(await knock(s.relay.url + path), path).toEqual({ code: CLOSE.with_error });
    expect(await knock(s.relay.url + pathOf(seat))).toHaveProperty('token');
    expect(await knock(s.relay.url + pathOf(seat))).toEqual({ code: CLOSE.with_error });
    const late = await seatOf(s.relay.url, s.room.token(2));
    skew = 16_000;
    expect(await knock(s.relay.url + pathOf(late))).toEqual({ code: CLOSE.with_error });
    expect(await s.metric('crowdcue_relay_refused_total', { code: 'seat_expired' })).toBe(9);
    expect(s.origin.lookups).toBe(2);
  });

  it('[SEA4] may use a session’s token again until its successor has arrived, not after, and not once it has left', async () => {
    const s = await stage();
    const seat = await seatOf(s.relay.url, s.room.token(1));
    const enter = async (path: string): Promise<{ socket: RawSocket; token: string }> => {
      const came = await knock(s.relay.url + path);
      if (!('socket' in came)) throw new Error(`closed with ${came.code}`);
      return came;
    };
    const backWith = (token: string): string => pathOf(seat, `&reconnectionToken=${token}&skipHandshake=true`);
    const first = await enter(pathOf(seat));
    first.socket.send(new Uint8Array([FRAME.joinRoom]));
    first.socket.terminate();
    const unheard = await enter(backWith(first.token)); // its answer is lost on the way
    unheard.socket.terminate();
    const second = await enter(backWith(first.token));
    second.socket.send(new Uint8Array([FRAME.joinRoom]));
    await until(() => s.room.joins.length === 2, 'it is in');
    expect(await knock(s.relay.url + backWith(first.token))).toEqual({ code: CLOSE.reconnection_refused });
    second.socket.send(new Uint8Array([FRAME.leaveRoom]));
    await until(() => s.room.leaves.length === 2, 'it has left');
    expect(await knock(s.relay.url + backWith(second.token))).toEqual({ code: CLOSE.reconnection_refused });
  });

  it('[SEA4] is sent to join anew when the schema is another one by now', async () => {
    const s = await stage();
    const seat = await seatOf(s.relay.url, s.room.token(1));
    const session = { claims: { ...claims, evt: 'show' }, sessionId: seat.sessionId, delay: 0, schema: 12_345 };
    const back = `&reconnectionToken=${sealSession(s.room.doorKey, session)}`;
    expect(await knock(s.relay.url + pathOf(seat, `${back}&skipHandshake=true`))).toEqual({ code: CLOSE.reconnection_refused });
    expect(await knock(s.relay.url + pathOf(seat, back))).toHaveProperty('token'); // one that reads the handshake anew can go on
  });

  it('[SEA5] finds none of it in the logs', async () => {
    let said = '';
    const sink = new Writable({ write: (chunk, _, done) => { said += String(chunk); done(); } });
    const s = await stage({ logger: pino({ level: 'trace' }, sink) });
    const token = s.room.token(1);
    const seat = await seatOf(s.relay.url, token);
    const came = await knock(s.relay.url + pathOf(seat));
    if (!('socket' in came)) throw new Error(`closed with ${came.code}`);
    came.socket.send(new Uint8Array([FRAME.joinRoom]));
    await until(() => s.room.joins.length === 1, 'it is in');
    await knock(s.relay.url + pathOf(seat));
    await seatOf(s.relay.url, `${token}x`);
    s.room.run(10);
    await s.relay.close();
    expect(said).toContain('relay stopped');
    for (const secret of [token, seat.processId.split('~')[1]!, came.token]) expect(said).not.toContain(secret.slice(0, 40));
  });
});
