import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLOSE } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { createRelay, systemClock } from '../src/index.js';
import { OriginHttp } from '../src/origin-http.js';
import { FakeOrigin, SECRET } from './support/fake-origin.js';
import { atEnd, stage, until } from './support/harness.js';

const skewed = () => {
  const clock = { skew: 0, now: () => systemClock.now() + clock.skew, wall: () => systemClock.wall(), random: () => 0.5 };
  return clock;
};
const origins = async (n: number): Promise<FakeOrigin[]> => Promise.all(Array.from({ length: n }, async () => {
  const origin = await new FakeOrigin().start();
  atEnd(() => origin.stop());
  return origin;
}));

describe('a relay registers', () => {
  it('[REG12] with where it stands, what it costs and how full it is; every ten seconds, and at once when that changes much', async () => {
    const clock = skewed();
    const { origin, room, direct } = await stage({ clock, region: 'eu-west', costClass: 2, maxViewers: 20, meter: { beat: () => undefined, sample: () => ({ busy: 0.5, lagMs: 0 }) } });
    const told = origin.registrations;
    expect(told).toEqual([{ relayId: 'r1', url: expect.stringMatching(/^ws:/) as string, incarnation: 1, region: 'eu-west', costClass: 2, capacity: 20, viewers: 0, links: 0, cpu: 0, level: 0, draining: false }]);
    clock.skew += 10_000;
    await until(() => told.length >= 2, 'the second');
    await until(() => told.at(-1)!['cpu'] === 0.5, 'its load is known');
    const before = told.length;
    await direct();
    await until(() => room.joins.length === 1, 'in');
    clock.skew += 2_000;
    await new Promise((resolve) => setTimeout(resolve, 150)); // several beats
    expect(told).toHaveLength(before); // one of twenty is not much
    for (let i = 0; i < 3; i++) await direct();
    await until(() => room.joins.length === 4, 'all in');
    clock.skew += 2_000;
    await until(() => told.length === before + 1, 'told at once');
    expect(told.at(-1)).toMatchObject({ viewers: 4, links: 1 });
  });

  it('[REG13] says that it drains before its viewers are sent away', async () => {
    const { origin, relay, room, direct } = await stage();
    const client = await direct();
    await until(() => room.joins.length === 1, 'in');
    room.run(10);
    const before = origin.registrations.length;
    let toldFirst: boolean | undefined;
    client.socket.on('close', () => { toldFirst = origin.registrations.slice(before).some(({ draining }) => draining === true); });
    const closing = relay.close();
    await until(() => client.closed, 'closed');
    expect(client.closed!.code).toBe(CLOSE.relay_draining);
    expect(toldFirst).toBe(true);
    await closing;
    const last = origin.registrations.length;
    expect(origin.registrations.slice(before).every(({ draining }) => draining === true)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(origin.registrations).toHaveLength(last);
  });

  it('[REG13] drains also when no origin answers', async () => {
    const { origin, relay, room, direct } = await stage();
    const client = await direct();
    await until(() => room.joins.length === 1, 'in');
    await origin.stop();
    const closing = relay.close();
    await until(() => client.closed, 'closed');
    expect(client.closed!.code).toBe(CLOSE.relay_draining);
    await closing;
  });

  it('[REG7] at an origin of the version before, which knows three fields', async () => {
    const [origin] = await origins(1) as [FakeOrigin];
    const took: unknown[] = [];
    const old = createServer((request, response) => {
      void (async () => {
        const { relayId, url, incarnation } = await new Response(request as never).json() as Record<string, unknown>;
        took.push({ relayId, url, incarnation });
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ relayId }));
      })();
    });
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    atEnd(() => void old.close());
    const relay = await createRelay({ host: '127.0.0.1', port: 0, originUrl: `http://127.0.0.1:${(old.address() as AddressInfo).port}`, relayId: 'r1', secret: SECRET, incarnation: 1, region: 'eu' });
    atEnd(() => relay.close());
    await until(() => relay.ready(), 'ready');
    expect(took).toEqual([{ relayId: 'r1', url: relay.url, incarnation: 1 }]);
    expect(origin.registrations).toEqual([]);
  });

  it('[REG12] with as many viewers as it lets into rooms for a capacity', async () => {
    const { origin, relayWith } = await stage();
    await relayWith({ relayId: 'r2', maxViewers: 123 });
    await until(() => origin.registrations.some((each) => each.relayId === 'r2'), 'r2 is registered');
    expect(origin.registrations.find((each) => each.relayId === 'r2')).toMatchObject({ capacity: 123 });
  });
});

describe('several origins', () => {
  it('[REG14] are tried in turn when one cannot be reached or fails, and the one that answered is kept', async () => {
    const [one, two, three] = await origins(3) as [FakeOrigin, FakeOrigin, FakeOrigin];
    for (const each of [one, two, three]) each.room('show');
    const http = new OriginHttp([one.url, two.url, three.url].join(','), SECRET);
    const ask = async (): Promise<string> => (await http.ask('GET', '/api/relays/events/show')).base;
    expect(await ask()).toBe(one.url);
    await one.stop();
    expect(await ask()).toBe(two.url);
    for (const fault of [{ status: 503, body: { code: 'unavailable', error: '', retryable: true } }, { status: 502, body: '<html>' }, { status: 500, body: { code: 'internal' } }, { status: 404, body: {} }]) {
      two.broken = () => fault;
      expect(await ask()).toBe(three.url);
      three.broken = () => fault;
      two.broken = undefined;
      expect(await ask()).toBe(two.url);
      three.broken = undefined;
    }
    const before = two.lookups;
    expect(await ask()).toBe(two.url);
    expect(two.lookups).toBe(before + 1);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([two.url, two.url, two.url]);
    await two.stop();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([three.url, three.url, three.url]);
    await three.stop();
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await one.start();
    expect(await ask()).toBe(one.url);
  });

  it('[REG14] are not asked again about what one of them has refused', async () => {
    const [one, two] = await origins(2) as [FakeOrigin, FakeOrigin];
    two.room('show');
    const http = new OriginHttp(`${one.url},${two.url}`, SECRET);
    await expect(http.ask('GET', '/api/relays/events/show')).rejects.toMatchObject({ code: 'event_unknown' });
    await expect(http.ask('POST', '/matchmake/joinById/nowhere', { crowdcueLink: {} })).rejects.toMatchObject({ code: 'unavailable' }); // Colyseus's 522
    await expect(new OriginHttp(`${one.url},${two.url}`, 'wrong').ask('POST', '/api/relays', {})).rejects.toMatchObject({ code: 'relay_forbidden' });
    expect(two.lookups).toBe(0);
    expect(two.registrations).toEqual([]);
  });

  it('[REG14] keep a relay ready and its viewers served when the first goes away', async () => {
    const clock = skewed();
    const { origin, room, relay, relayWith } = await stage({ clock });
    await relay.close();
    const [dead] = await origins(1) as [FakeOrigin];
    const second = await relayWith({ clock, relayId: 'r2', originUrl: `${dead.url},${origin.url}` });
    await until(() => second.ready(), 'registered at the first'); // it has the answer: one that came after the leap would put off the next by 10 s
    expect(dead.registrations.length).toBeGreaterThan(0);
    await dead.stop();
    clock.skew += 20_000;
    await until(() => origin.registrations.some(({ relayId }) => relayId === 'r2'), 'registered at the second');
    expect(second.ready()).toBe(true);
    const { DirectClient } = await import('./support/direct-client.js');
    const client = new DirectClient({ base: second.url, event: 'show', token: room.token(5) });
    atEnd(() => client.terminate());
    await until(() => client.states.length > 0, 'in by the second');
  });
});
