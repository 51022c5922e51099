import { createHash } from 'node:crypto';
import { matchMaker, Server } from '@colyseus/core';
import { uWebSocketsTransport } from '@colyseus/uwebsockets-transport';
import { Callbacks, Client as StockClient, type Room as StockRoom } from '@colyseus/sdk';
import { innerMacText, mintToken, type Tier } from '@crowdcue/protocol';
import { createRelay, type Relay } from '@crowdcue/relay';
import { createHmac } from 'node:crypto';
import type { Socket } from 'node:net';
import uWS from 'uWebSockets.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonical, ChurnRoom, churnRooms, randomOf } from '../support/churn-room.js';

const DOOR = Buffer.from('the door key of every event here');
const SECRET = 'the credential of the relays here';
const TICKS = 2_000;
/** Ticks during which three viewers read nothing while every tick is large. */
const HEAVY = { from: 800, to: 1_400 };
/** Together more than Linux keeps between two sockets (4 MiB to send and 6 MiB to receive), so that they are held back for sure. */
const BALLAST = 32 * 1024;
const VIEWERS = 12;
const SEEDS = (process.env['CROWDCUE_SEED'] ?? '11,12345,987654').split(',').map(Number);

const tokenFor = (event: string, sub: number): string => {
  const about = { evt: event, sub, tier: 'viewer', name: `Viewer ${sub}` };
  return mintToken({ ...about, iat: 0, exp: 4_000_000_000, mac: innerMacText(about) }, (text) => createHmac('sha256', DOOR).update(text).digest('base64url'));
};

/** A viewer's own copy, kept by callbacks alone. */
class Mirror {
  readonly items = new Map<string, { hp: number; name: string | undefined; tags: Map<string, string> }>();
  readonly numbers = new Map<string, number>();
  title: string | undefined;

  constructor(room: StockRoom) {
    const callbacks = Callbacks.get(room as never) as never as {
      onAdd(field: string, each: (item: never, key: string) => void): void;
      onAdd(of: unknown, field: string, each: (item: never, key: string) => void): void;
      onRemove(field: string, each: (item: never, key: string) => void): void;
      onRemove(of: unknown, field: string, each: (item: never, key: string) => void): void;
      onChange(field: string, each: (key: string, value: never) => void): void;
      onChange(of: unknown, field: string, each: (key: string, value: never) => void): void;
      listen(field: string, each: (value: never) => void): void;
      listen(of: unknown, field: string, each: (value: never) => void): void;
    };
    callbacks.listen('title', (value: string | undefined) => { this.title = value; });
    callbacks.onAdd('numbers', (value: number, key) => this.numbers.set(key, value));
    callbacks.onChange('numbers', (key, value: number) => { if (value !== undefined) this.numbers.set(key, value); });
    callbacks.onRemove('numbers', (_value, key) => this.numbers.delete(key));
    callbacks.onAdd('items', (item: { hp: number; name?: string }, key) => {
      const mine = { hp: item.hp, name: item.name, tags: new Map<string, string>() };
      this.items.set(key, mine);
      callbacks.listen(item, 'hp', (value: number) => { mine.hp = value; });
      callbacks.listen(item, 'name', (value: string | undefined) => { mine.name = value; });
      callbacks.onAdd(item, 'tags', (value: string, tag) => mine.tags.set(tag, value));
      callbacks.onChange(item, 'tags', (tag, value: string) => { if (value !== undefined) mine.tags.set(tag, value); });
      callbacks.onRemove(item, 'tags', (_value, tag) => mine.tags.delete(tag));
    });
    callbacks.onRemove('items', (_item, key) => this.items.delete(key));
  }

  /** What differs from the state, if anything does. */
  difference(state: { title?: string; numbers: Map<string, number>; items: Map<string, { hp: number; name?: string; tags: Map<string, string> }> }): string | undefined {
    const of = (value: unknown) => canonical(JSON.parse(JSON.stringify(value, (_key, part: unknown) => (part instanceof Map ? Object.fromEntries(part) : part))));
    const theirs: Record<string, unknown> = {};
    state.items.forEach((item, key) => {
      const tags: Record<string, string> = {};
      item.tags.forEach((value, tag) => { tags[tag] = value; });
      theirs[key] = { hp: item.hp, name: item.name, tags };
    });
    const numbers: Record<string, number> = {};
    state.numbers.forEach((value, key) => { numbers[key] = value; });
    const wanted = of({ title: state.title, numbers, items: theirs });
    const had = of({ title: this.title, numbers: this.numbers, items: this.items });
    return wanted === had ? undefined : `callbacks: ${had}\nstate: ${wanted}`;
  }
}

interface Watched {
  readonly room: StockRoom;
  readonly mirror: Mirror;
  compared: number;
  lastTick: number;
  readonly mismatches: string[];
}

/** How often viewers were held back so far: brought up again by log or keyframe, or evicted and let in again. */
const heldBack = async (relays: readonly Relay[]): Promise<number> => {
  let sum = 0;
  for (const { metrics } of relays) {
    for (const name of ['crowdcue_relay_resyncs_total', 'crowdcue_relay_evictions_total']) {
      const metric = await metrics.getSingleMetric(name)!.get();
      for (const { value } of metric.values) sum += value;
    }
  }
  return sum;
};

const socketOf = (room: StockRoom): Socket => (room.connection.transport as unknown as { ws: { _socket: Socket } }).ws._socket;

describe('a stock Colyseus SDK through the relay', { timeout: 240_000 }, () => {
  let server: Server;
  let origin: string;
  const relays: Relay[] = [];
  beforeAll(async () => {
    globalThis.WebSocket ??= { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as never;
    const transport = new uWebSocketsTransport({ maxPayloadLength: 8 * 1024 * 1024 });
    server = new Server({ transport, greet: false, gracefullyShutdown: false });
    server.define('churn', ChurnRoom);
    const json = (res: uWS.HttpResponse, body: unknown) => res.cork(() => { res.writeHeader('content-type', 'application/json').end(JSON.stringify(body)); });
    transport.app.post('/api/relays', (res) => {
      res.onAborted(() => undefined);
      res.onData((_chunk, last) => { if (last) json(res, {}); });
    });
    transport.app.get('/api/relays/events/:id', (res, req) => {
      const id = req.getParameter(0)!;
      json(res, { event: id, roomId: id, doorKey: DOOR.toString('base64url'), origin });
    });
    await server.listen(0);
    origin = `http://127.0.0.1:${uWS.us_socket_local_port((transport as unknown as { _listeningSocket: never })._listeningSocket)}`;
    // One relay a write rate: its viewers get 1, 2, 4 or 20 ticks in one frame, and any number when they come back from behind.
    for (const [i, defaultTier] of ([0, 1, 2, 3] as Tier[]).entries()) {
      relays.push(await createRelay({ host: '127.0.0.1', port: 0, originUrl: origin, relayId: `r${i}`, secret: SECRET, incarnation: 1, defaultTier }));
    }
  });
  afterAll(async () => {
    await Promise.all(relays.map((relay) => relay.close()));
    await server.gracefullyShutdown(false);
  });

  const watch = async (id: string, room: ChurnRoom, sub: number): Promise<Watched> => {
    const client = new StockClient(relays[sub % relays.length]!.url.replace('ws', 'http'));
    client.auth.token = tokenFor(id, sub);
    const joined = await client.joinById(id) as StockRoom;
    joined.reconnection.minUptime = 0; // these rooms live for seconds; the SDK would not come back to one younger than five
    const mirror = new Mirror(joined);
    const watched: Watched = { room: joined, mirror, compared: 0, lastTick: 0, mismatches: [] };
    joined.onStateChange((state: { tick: number; toJSON(): unknown }) => {
      const wanted = room.history.get(state.tick);
      if (wanted === undefined) return; // before the first crank
      watched.compared++;
      watched.lastTick = state.tick;
      const had = createHash('sha1').update(canonical(state.toJSON())).digest('base64');
      if (had !== wanted) watched.mismatches.push(`tick ${state.tick}: the state differs`);
      const difference = mirror.difference(state as never);
      if (difference !== undefined) watched.mismatches.push(`tick ${state.tick}: ${difference}`);
    });
    return watched;
  };

  it.each(SEEDS)('[STK1] has the origin’s state at every compared tick, and its callbacks mirror it: joins at random, 1 to 20 ticks joined, held back and resynced; seed %i', async (seed) => {
    const id = `churn-${seed}`;
    await matchMaker.createRoom('churn', { id, seed });
    const room = churnRooms.get(id)!;
    const random = randomOf(seed ^ 0x5eed);
    const watched: Watched[] = [];
    const entering: Promise<void>[] = [];
    let resets = 0;
    const heldBefore = await heldBack(relays);
    for (let tick = 0; tick < TICKS; tick++) {
      room.crank();
      if (entering.length < VIEWERS && random(Math.floor(TICKS / VIEWERS / 2)) === 0) entering.push(watch(id, room, entering.length + 1).then((each) => { watched.push(each); }));
      // Held back: the link of all relays is cut now and then, and what they missed comes as a resync.
      if (random(500) === 0) {
        resets++;
        room.cutLinks();
      }
      if (tick === HEAVY.from) {
        while (entering.length < 3) entering.push(watch(id, room, entering.length + 1).then((each) => { watched.push(each); }));
        await expect.poll(() => {
          room.crankEmpty(); // a link that was cut comes back at a patch boundary
          return watched.length;
        }, { timeout: 10_000, interval: 20 }).toBeGreaterThanOrEqual(3);
        room.ballast = BALLAST;
        for (const each of watched.slice(0, 3)) socketOf(each.room).pause();
      }
      if (tick === HEAVY.to) {
        room.ballast = 0;
        for (const each of watched.slice(0, 3)) socketOf(each.room).resume();
      }
      if (tick % 2 === 0) await new Promise((resolve) => { setTimeout(resolve, 2); });
    }
    while (entering.length < VIEWERS) entering.push(watch(id, room, entering.length + 1).then((each) => { watched.push(each); }));
    await expect.poll(() => {
      room.crankEmpty();
      return watched.length;
    }, { timeout: 20_000, interval: 20 }).toBe(VIEWERS);
    const last = room.state.tick;
    await expect.poll(() => {
      room.crankEmpty();
      return watched.every((each) => each.lastTick === last);
    }, { timeout: 20_000, interval: 50 }).toBe(true);
    const compared = watched.reduce((sum, each) => sum + each.compared, 0);
    const mismatches = watched.flatMap((each) => each.mismatches);
    expect(mismatches.slice(0, 3), `seed ${seed}`).toEqual([]);
    expect(watched.length).toBe(VIEWERS);
    expect(resets).toBeGreaterThan(0);
    expect(await heldBack(relays), 'who did not read was held back').toBeGreaterThan(heldBefore);
    console.log(`seed ${seed}: ${watched.length} viewers, ${compared} states compared, ${resets} cuts, 0 mismatches`);
    await Promise.all(watched.map((each) => each.room.leave()));
  });
});
