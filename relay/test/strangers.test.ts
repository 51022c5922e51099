import { connect as connectTcp, Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { CLOSE, FRAME } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { addressGroup, ClientAddresses } from '../src/client-address.js';
import { Strangers } from '../src/strangers.js';
import { atEnd, stage, type Stage, until } from './support/harness.js';
import type { RawSocket } from './support/shapes.js';

const PROXY = ['127.0.0.1'];

/** A try at the direct door from an address that a trusted proxy names; resolves with 0 when it is in, with the close code, or the HTTP status that refused it. */
const knock = ({ relay }: Stage, from: string, token: string | undefined): Promise<number> =>
  new Promise((resolve) => {
    const protocols = ['crowdcue.v1', 'session.session-of-a-stranger', ...(token === undefined ? [] : [`token.${token}`])];
    const Ctor = WebSocket as unknown as new (url: string, protocols: string[], options: object) => RawSocket;
    const socket = new Ctor(`${relay.url}/live/show`, protocols, { headers: { 'x-forwarded-for': from } });
    atEnd(() => socket.terminate());
    (socket as unknown as { on(event: 'unexpected-response', listener: (request: unknown, response: { statusCode: number }) => void): void })
      .on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
    socket.on('close', (code) => resolve(code));
    socket.on('message', (data) => { if (data[0] === FRAME.welcome) resolve(0); });
    socket.on('error', () => undefined);
  });

describe('strangers', () => {
  it('[LIN13] puts off what an address sends that has sent too much, and works it off in its share of the time', () => {
    let now = 0;
    const strangers = new Strangers({ now: () => now, wall: () => 0, random: () => 0 }, []);
    for (let i = 0; i < 100; i++) {
      expect(strangers.wary('a')).toBe(false);
      strangers.charge('a');
    }
    expect([strangers.wary('a'), strangers.wary('b')]).toEqual([true, false]);
    let checked = 0;
    const check = (address: string): void => strangers.check(address, () => { now += 0.5; checked++; }); // half a millisecond each
    check('b');
    expect(checked).toBe(1);
    for (let i = 0; i < 1_000; i++) check('a');
    expect(checked).toBe(1);
    check('b');
    expect(checked).toBe(2); // not behind those
    const began = now;
    for (let beat = 0; beat < 400; beat++) {
      strangers.beat();
      now += 50;
    }
    expect((checked - 2) * 0.5).toBeLessThan((now - began) * 0.06);
    expect(checked).toBeGreaterThan(1_000);
    expect(strangers.wary('a')).toBe(false); // it has its tries back by now
  });

  it('[LIN2] checks in a bounded part of the time what thousands send at once, in the order of coming, and counts no time of others', () => {
    let now = 0;
    let other = 0;
    const strangers = new Strangers({ now: () => now, wall: () => 0, random: () => 0 }, [], () => other);
    const checked: number[] = [];
    for (let i = 0; i < 500; i++) {
      strangers.check('a', () => {
        now += 3;
        other += 2; // a millisecond of the three is the check's own
        checked.push(i);
      });
    }
    expect(checked.length).toBeLessThan(30);
    const began = now;
    const already = checked.length;
    while (checked.length < 500) {
      strangers.beat();
      now += 50;
    }
    expect(checked).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(500 - already).toBeLessThan((now - began) * 0.25);
    expect(500 - already).toBeGreaterThan((now - began) * 0.1);
  });

  it('[LIN13] remembers a bounded number of addresses', () => {
    const strangers = new Strangers({ now: () => 0, wall: () => 0, random: () => 0 }, []);
    for (let i = 0; i < 100; i++) strangers.charge('first');
    for (let i = 0; i < 16_384; i++) strangers.charge(`other ${i}`);
    expect(strangers.wary('first')).toBe(false);
  });

  it('[LIN13] lets a good token in from an address that sends nothing but bad ones, by either door', async () => {
    const s = await stage({ trustedProxies: PROXY });
    const forged = s.room.token(1, {}, randomBytes(32));
    const venue = '203.0.113.9';
    const told = await Promise.all(Array.from({ length: 250 }, () => knock(s, venue, forged)));
    expect(new Set(told)).toEqual(new Set([CLOSE.token_rejected]));
    const asking = Promise.all(Array.from({ length: 100 }, () => knock(s, venue, forged)));
    expect(await Promise.all([2, 3, 4].map((sub) => knock(s, venue, s.room.token(sub))))).toEqual([0, 0, 0]);
    const seat = await fetch(`${s.relay.url.replace('ws', 'http')}/matchmake/joinById/show`, { method: 'POST', headers: { 'x-forwarded-for': venue }, body: JSON.stringify({ token: s.room.token(5) }) });
    expect(seat.status).toBe(200);
    expect(new Set(await asking)).toEqual(new Set([CLOSE.token_rejected]));
    await until(() => s.room.joins.length === 3, 'they are in');
  });

  it('[LIN14] answers what carries no token with 429 once an address has sent too much of it, and others as before', async () => {
    const s = await stage({ trustedProxies: PROXY });
    const told = await Promise.all(Array.from({ length: 250 }, () => knock(s, '203.0.113.9', undefined)));
    expect(told.filter((code) => code === CLOSE.token_rejected).length).toBeGreaterThanOrEqual(100);
    told.push(...await Promise.all(Array.from({ length: 20 }, () => knock(s, '203.0.113.9', undefined))));
    expect(new Set(told.slice(250))).toEqual(new Set([429]));
    expect(await knock(s, '203.0.113.9', 'no-token')).toBe(429);
    expect(await knock(s, '203.0.113.10', undefined)).toBe(CLOSE.token_rejected);
    expect(await s.metric('crowdcue_relay_refused_total', { code: 'too_many_requests' })).toBe(told.filter((code) => code === 429).length + 1);
    const post = (from: string): Promise<Response> => fetch(`${s.relay.url.replace('ws', 'http')}/matchmake/joinById/show`, { method: 'POST', headers: { 'x-forwarded-for': from }, body: '{}' });
    expect([(await post('203.0.113.9')).status, (await post('203.0.113.10')).status]).toEqual([429, 525]);
    const seatless = (from: string): Promise<number> => fetch(`${s.relay.url.replace('ws', 'http')}/r1/room-show?sessionId=x`, {
      headers: { 'x-forwarded-for': from, upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'sec-websocket-version': '13' },
    }).then(({ status }) => status, () => 0);
    expect(await seatless('203.0.113.10')).not.toBe(429);
  });

  it('[LIN15] believes forwarded addresses from trusted proxies alone, and takes a household for one', async () => {
    const addresses = new ClientAddresses(['10.0.0.0/8', '::1']);
    expect(addresses.of('10.1.2.3', '1.1.1.1, 203.0.113.9, 10.9.9.9')).toBe('203.0.113.9');
    expect(addresses.of('198.51.100.7', '203.0.113.9')).toBe('198.51.100.7');
    expect(addresses.of('0000:0000:0000:0000:0000:ffff:0a00:0001', '203.0.113.9')).toBe('203.0.113.9');
    expect(addressGroup('2001:db8:1:2:aaaa::1')).toBe(addressGroup('2001:db8:1:2:bbbb::2'));
    const s = await stage(); // trusts nobody: all of these are this machine
    await Promise.all(Array.from({ length: 250 }, (_, i) => knock(s, `203.0.113.${i}`, undefined)));
    expect(await knock(s, '203.0.113.200', undefined)).toBe(429);
  });
});

describe('requests that take their time', () => {
  it('[LIN16] are cut off, whichever part of them is missing; viewers and requests in line do not notice', async () => {
    const HOLD_MS = 13_000; // longer than uWebSockets.js waits for a request
    const s = await stage({ maxViewers: 1, seatHoldMs: HOLD_MS });
    const { port } = new URL(s.relay.url);
    const slow = (text: string): Promise<number> =>
      new Promise((resolve) => {
        const began = performance.now();
        const socket: Socket = connectTcp(Number(port), '127.0.0.1', () => socket.write(text));
        atEnd(() => void socket.destroy());
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(performance.now() - began));
      });
    const lasted = Promise.all([
      slow(''), slow('GET /live/show HTTP/1.1\r\nHost: x\r\n'), slow('POST /matchmake/joinById/show HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"token":'),
    ]);
    const client = await s.direct();
    await until(() => client.states.length > 0, 'a viewer is in');
    const inLine = new Socket().connect(Number(port), '127.0.0.1');
    atEnd(() => void inLine.destroy());
    let head = '';
    const body = JSON.stringify({ token: s.room.token(77) });
    inLine.write(`POST /matchmake/joinById/show HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    inLine.on('data', (chunk) => { head += String(chunk); });
    for (const ms of await lasted) expect(ms).toBeLessThan(20_000);
    await until(() => head !== '', 'the request in line is answered', HOLD_MS);
    expect(head).toMatch(/^HTTP\/1\.1 503 /);
    expect(client.closed).toBeUndefined();
  }, 40_000);
});
