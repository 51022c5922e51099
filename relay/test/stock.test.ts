import { Client } from '@colyseus/sdk';
import { CLOSE, encodeRoomData, encodeRoomResponse, FRAME } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { canonical } from './support/churn.js';
import { atEnd, stage, type Stage, until } from './support/harness.js';
import type { RawSocket, StockRoom } from './support/shapes.js';

const join = async ({ relay, room }: Stage, sub = 1, how: 'joinById' | 'join' | 'joinOrCreate' = 'joinById'): Promise<StockRoom> => {
  const client = new Client(relay.url);
  const joined = (await client[how](how === 'joinById' ? 'show' : 'crowd', { token: room.token(sub) })) as unknown as StockRoom;
  joined.reconnection.minUptime = 0;
  atEnd(() => { joined.reconnection.enabled = false; });
  return joined;
};
const stateOf = (joined: StockRoom): string => canonical(JSON.stringify(joined.state.toJSON()));

describe('the stock door', () => {
  it('[REL5] lets a stock SDK join by id, see the state and its patches, and leave', async () => {
    const s = await stage();
    const joined = await join(s);
    await until(() => s.room.joins.length === 1, 'the join is in a batch');
    expect(s.room.joins[0]).toMatchObject({ viewer: 1, direct: false, sessionId: joined.sessionId });
    await until(() => joined.state?.phase !== undefined, 'the state is there');
    expect(stateOf(joined)).toBe(canonical(s.room.churn.json()));
    const seen: unknown[] = [];
    joined.onMessage('__me', (m: unknown) => seen.push(m));
    s.room.crank({ privates: [{ slot: 0, key: 1, frame: encodeRoomData('__me', new Uint8Array([42])), timed: false }], confirms: [{ slot: 0, n: 1 }] });
    s.room.crank();
    await until(() => joined.state.tick === 2, 'the patches came');
    expect(stateOf(joined)).toBe(canonical(s.room.churn.json()));
    await until(() => seen.length === 1, 'private state came');
    expect(seen).toEqual([42]);
    expect(await joined.leave()).toBe(CLOSE.consented);
    await until(() => s.room.leaves.length === 1, 'the leave is in a batch');
  });

  it('[REL5] takes the event from the token for join and joinOrCreate on "crowd"', async () => {
    const s = await stage();
    for (const how of ['join', 'joinOrCreate'] as const) {
      const joined = await join(s, 5, how);
      expect(joined.roomId).toBe('room-show');
    }
  });

  it('[REL6] forwards messages and requests as they are, and hands back responses and broadcasts', async () => {
    const s = await stage();
    const joined = await join(s);
    await until(() => s.room.joins.length === 1, 'joined');
    const heard: unknown[] = [];
    joined.onMessage('news', (m: unknown) => heard.push(m));
    joined.send('hello', { a: 1 });
    joined.sendBytes('raw', new Uint8Array([1, 2, 3]));
    await until(() => s.room.messages.length === 2, 'both messages are in batches');
    expect(s.room.messages.map((m) => m.frame[0])).toEqual([FRAME.roomData, FRAME.roomDataBytes]);
    const answer = joined.request('claim', { drop: 'd' });
    await until(() => s.room.messages.length === 3, 'the request is in a batch');
    const id = s.room.messages[2]!.frame[1]!;
    s.room.crank({ directs: [{ slot: 0, frame: encodeRoomResponse(id, 0, new Uint8Array([7])) }], broadcasts: [encodeRoomData('news', new Uint8Array([9]))] });
    expect(await answer).toBe(7);
    await until(() => heard.length === 1, 'the broadcast came');
    expect(heard).toEqual([9]);
  });

  it('[REL7] lets a session that dropped come back by itself, its decoder and callbacks kept', async () => {
    const s = await stage();
    const joined = await join(s);
    await until(() => joined.state?.phase !== undefined, 'the state is there');
    const before = joined.serializer.decoder;
    let back = 0;
    joined.onReconnect(() => back++);
    joined.connection.transport.ws.terminate();
    s.room.crank();
    await until(() => back === 1, 'the SDK is back');
    await until(() => s.room.joins.length === 2, 'a second join is in a batch');
    expect(s.room.joins[1]!.sessionId).toBe(s.room.joins[0]!.sessionId);
    expect(s.room.joins[1]!.connection).toBeGreaterThan(s.room.joins[0]!.connection);
    for (let i = 0; i < 3; i++) s.room.crank();
    await until(() => joined.state.tick === s.room.churn.tick, 'it is up to date');
    expect(stateOf(joined)).toBe(canonical(s.room.churn.json()));
    expect(joined.serializer.decoder).toBe(before);
  });

  it('[REL7] takes a session up again by reconnect(), once, and refuses a token that is not one', async () => {
    const s = await stage();
    const joined = await join(s);
    const token = joined.reconnectionToken;
    expect(token).toMatch(/^room-show:[A-Za-z0-9_-]+$/);
    joined.reconnection.enabled = false;
    joined.connection.transport.ws.terminate();
    const again = (await new Client(s.relay.url).reconnect(token)) as unknown as StockRoom;
    await until(() => again.state?.phase !== undefined, 'the state is there');
    expect(again.sessionId).toBe(joined.sessionId);
    expect(again.reconnectionToken).not.toBe(token);
    await expect(new Client(s.relay.url).reconnect(token)).rejects.toMatchObject({ code: 524 });
    await again.leave();
    await expect(new Client(s.relay.url).reconnect(again.reconnectionToken)).rejects.toMatchObject({ code: 524 });
  });

  it('[REL8] refuses create, unknown events and bad tokens with the codes of Colyseus', async () => {
    const { relay, room, origin } = await stage();
    const client = new Client(relay.url);
    await expect(client.create('crowd', { token: room.token(1) })).rejects.toMatchObject({ code: 520 });
    await expect(client.joinById('nowhere', { token: room.token(1, { evt: 'nowhere' }) })).rejects.toMatchObject({ code: 522, message: expect.stringContaining('event_unknown:') });
    await expect(client.joinById('show', {})).rejects.toMatchObject({ code: 525, message: expect.stringContaining('token_missing:') });
    await expect(client.joinById('show', { token: room.token(1, { exp: 10 }) })).rejects.toMatchObject({ code: 525, message: expect.stringContaining('token_expired:') });
    await expect(client.joinById('show', { token: room.token(1, { evt: 'other' }) })).rejects.toMatchObject({ code: 525, message: expect.stringContaining('token_other_event:') });
    await expect(client.joinById('show', { token: `${room.token(1).slice(0, -3)}AAA` })).rejects.toMatchObject({ code: 525, message: expect.stringContaining('token_forged:') });
    expect(origin.rooms.get('show')!.linked()).toBe(false);
    const post = async (path: string, body: string): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(`${relay.url.replace('ws', 'http')}${path}`, { method: 'POST', body });
      return { status: response.status, body: await response.json() };
    };
    expect(await post('/matchmake/joinById/show', '{not json')).toMatchObject({ status: 400, body: { code: 400, error: expect.stringContaining('bad_json') } });
    expect(await post('/matchmake/joinById/show', '[1]')).toMatchObject({ status: 400, body: { code: 400, error: expect.stringContaining('bad_request') } });
    expect(await post('/matchmake/joinById/show', `{"a":"${'x'.repeat(70_000)}"}`)).toMatchObject({ status: 413, body: { code: 413 } });
    expect(await post('/matchmake/steal/show', '{}')).toMatchObject({ status: 520, body: { code: 520 } });
    const preflight = await fetch(`${relay.url.replace('ws', 'http')}/matchmake/joinById/show`, { method: 'OPTIONS', headers: { origin: 'https://a.example' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://a.example');
  });

  it('[REL8] closes a connection without a good seat with 4002, a bad reconnection with 4003', async () => {
    const { relay } = await stage();
    const { WebSocket } = await import('ws');
    const codeOf = (path: string): Promise<number> => new Promise((resolve) => (new WebSocket(relay.url + path) as unknown as RawSocket).on('close', resolve));
    expect(await codeOf('/r1/room-show?sessionId=made-up-session-id')).toBe(CLOSE.with_error);
    expect(await codeOf('/r1/room-show?sessionId=made-up-session-id&reconnectionToken=nope&skipHandshake=true')).toBe(CLOSE.reconnection_refused);
  });

  it('[REL9] sends a kicked stock viewer away with the final code, or with the one that its SDK retries on', async () => {
    const s = await stage();
    const [a, b] = [await join(s, 1), await join(s, 2)];
    await until(() => s.room.joins.length === 2, 'both joined');
    const codes: number[] = [];
    a.onLeave((code: number) => codes.push(code));
    b.reconnection.enabled = false;
    b.onDrop((code: number) => codes.push(code));
    const of = (sub: number): { slot: number; connection: number } => s.room.joins.find((j) => j.viewer === sub)!;
    s.room.crank({ kicks: [{ slot: of(1).slot, connection: of(1).connection, reason: 'viewer_banned' }, { slot: of(2).slot, connection: of(2).connection + 7, reason: 'viewer_banned' }] });
    await until(() => codes.length === 1, 'the first is away');
    s.room.crank({ kicks: [{ slot: of(2).slot, connection: of(2).connection, reason: 'unavailable' }] });
    await until(() => codes.length === 2, 'the second is away');
    expect(codes).toEqual([CLOSE.banned, CLOSE.try_reconnect]);
  });

  it('[REL10] answers the latency probe of the stock SDK', async () => {
    const { relay } = await stage();
    expect(await new Client(relay.url).getLatency({ pingCount: 3 })).toBeLessThan(1_000);
  });
});
