import { definePlugins, Room, type Client } from '@colyseus/core';
import { schema, t } from '@colyseus/schema';
import { Client as StockClient } from '@colyseus/sdk';
import { CLOSE, LINK_VERSION } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTHING, RelayPlugin } from '../../src/rooms/relay-plugin/relay-plugin.js';
import { EmissionQueue } from '../../src/rooms/relay-plugin/emission-queue.js';
import { startColyseus, type TestServer } from '../support/colyseus-server.js';
import { HandLink } from '../support/hand-link.js';

const Plain = schema({ n: t.uint32().default(0), note: t.string().optional() }, 'Plain');
const Seen = schema({ open: t.uint32().default(0), secret: t.uint32().default(0).view() }, 'Seen');

const relayPlugin = (log: string[] = []) => new RelayPlugin({
  admits: ({ proof }) => proof === 'good',
  epoch: () => 3,
  eventTime: () => 1_000,
  tickMs: 50,
  relayUp: (relayId, incarnation) => {
    log.push(`up ${relayId} ${incarnation}`);
    return 0;
  },
  relayDown: (relayId) => { log.push(`down ${relayId}`); },
  batch: (_relayId, _incarnation, bytes) => { log.push(`batch ${bytes.length}`); },
  failed: () => undefined,
});

/** Somebody's room, with every hook, for one client at most. */
class HookedRoom extends Room {
  override maxClients = 1;
  override patchRate = null;
  declare state: InstanceType<typeof Plain>;
  readonly log: string[] = [];
  override plugins = definePlugins([relayPlugin(this.log)]);
  override onCreate() { this.state = new Plain(); }
  override onAuth() { this.log.push('onAuth'); return true; }
  override onJoin(client: Client) { this.log.push(`onJoin ${client.sessionId.length}`); }
  override onLeave() { this.log.push('onLeave'); }
}

class ViewRoom extends Room {
  override plugins = definePlugins([relayPlugin()]);
  override onCreate() { this.state = new Seen(); }
}

describe('relay plugin', () => {
  let server: TestServer;
  beforeAll(async () => { server = await startColyseus({ hooked: HookedRoom, viewed: ViewRoom }); });
  afterAll(() => server.close());
  const claim = { relayId: 'r1', incarnation: 5, proof: 'good' };

  it('[PLG1] closes a link without a good proof and says why', async () => {
    const room = await server.create<HookedRoom>('hooked', {});
    const link = await HandLink.open(server.http, room.roomId, { ...claim, proof: 'bad' });
    await link.until(() => link.closed !== undefined);
    expect(link.closed).toEqual({ code: CLOSE.relay_forbidden, reason: 'relay_forbidden' });
    expect(link.greeting).toBeUndefined();
  });

  it('[PLG2] hides links from hooks, clients and maxClients, and leaves the room to its own clients', async () => {
    const room = await server.create<HookedRoom>('hooked', {});
    const link = await HandLink.open(server.http, room.roomId, claim);
    await link.until(() => link.greeting !== undefined);
    expect(room.clients.length).toBe(0);
    const stock = await new StockClient(server.http).joinById<{ n: number }>(room.roomId);
    expect(room.log.filter((line) => line.startsWith('on'))).toEqual(['onAuth', `onJoin ${stock.sessionId.length}`]);
    room.state.n = 4;
    room.broadcastPatch();
    await link.until(() => link.frames.length > 0);
    expect(room.clients.length).toBe(1);
    link.socket.close();
    await link.until(() => room.log.includes('down r1'));
    expect(room.log).not.toContain('onLeave');
    await stock.leave();
  });

  it('[PLG3] greets with the epoch, then a keyframe at a patch boundary, then that tick’s words; later ticks bring patches', async () => {
    const room = await server.create<HookedRoom>('hooked', {});
    const link = await HandLink.open(server.http, room.roomId, claim);
    await link.until(() => link.greeting !== undefined);
    expect(link.greeting).toMatchObject({ epoch: 3, acked: 0, tickMs: 50 });
    room.state.n = 1;
    room.broadcastPatch();
    room.state.n = 2;
    room.broadcastPatch();
    await link.until(() => link.frames.length === 3);
    expect(link.frames.map((each) => [each.kind, each.frame.tick])).toEqual([['keyframe', 1], ['tick', 1], ['tick', 2]]);
    expect(link.ticks[0]!.patch.length).toBe(0);
    expect(link.ticks[1]!.patch.length).toBeGreaterThan(0);
  });

  it('[PLG4] lets a newer run of a relay take the link and refuses an older one', async () => {
    const room = await server.create<HookedRoom>('hooked', {});
    const first = await HandLink.open(server.http, room.roomId, claim);
    await first.until(() => first.greeting !== undefined);
    const older = await HandLink.open(server.http, room.roomId, { ...claim, incarnation: 4 });
    await older.until(() => older.closed !== undefined);
    expect(older.closed!.code).toBe(CLOSE.relay_superseded);
    const newer = await HandLink.open(server.http, room.roomId, { ...claim, incarnation: 6 });
    await newer.until(() => newer.greeting !== undefined);
    await first.until(() => first.closed !== undefined);
    expect(first.closed!.code).toBe(CLOSE.relay_superseded);
  });

  it('[PLG5] closes a link that sends what is no link frame; the room and other links go on', async () => {
    const room = await server.create<HookedRoom>('hooked', {});
    const good = await HandLink.open(server.http, room.roomId, claim);
    for (const garbage of [new Uint8Array([0x99, 1, 2]), new Uint8Array(0), new Uint8Array([0x25, 1])]) {
      const link = await HandLink.open(server.http, room.roomId, { ...claim, relayId: 'r2', incarnation: 1 });
      await link.until(() => link.greeting !== undefined);
      link.socket.send(garbage);
      await link.until(() => link.closed !== undefined);
      expect(link.closed!.code).toBe(CLOSE.bad_frame);
    }
    room.state.n = 9;
    room.broadcastPatch();
    await good.until(() => good.frames.length > 0);
    expect(good.closed).toBeUndefined();
  });

  it('[PLG6] refuses a room whose state is not the same for everybody, with a stable code', async () => {
    await expect(server.create('viewed', {})).rejects.toThrow(/^room_unsupported: /);
  });

  it('[PLG8] speaks to a relay of the version before in its version, and to one of this version with the place in stream time', async () => {
    const room = await server.create<HookedRoom>('hooked', {});
    const old = await HandLink.open(server.http, room.roomId, claim);
    const present = await HandLink.open(server.http, room.roomId, { ...claim, relayId: 'r2', version: LINK_VERSION });
    const future = await HandLink.open(server.http, room.roomId, { ...claim, relayId: 'r3', version: 99 });
    const links = [old, present, future];
    for (const link of links) await link.until(() => link.greeting !== undefined);
    expect(links.map(({ greeting }) => greeting!.version)).toEqual([1, LINK_VERSION, LINK_VERSION]);
    room.broadcastPatch(); // their keyframes
    room.state.n = 5;
    const me = { slot: 3, key: 1, frame: new Uint8Array([0x0d]), timed: true };
    room.plugins.relay.stage({ tick: 7, eventTime: 1_000, mark: true, shifted: true, durable: undefined, outputFor: () => ({ ...NOTHING, privates: [me] }) });
    room.broadcastPatch();
    for (const link of links) await link.until(() => link.ticks.at(-1)?.tick === 7);
    const [v1, v2, v3] = links.map((link) => link.ticks.at(-1)!);
    expect(v1).toMatchObject({ mark: true, shifted: false, privates: [{ ...me, timed: false }] });
    expect(v2).toMatchObject({ mark: true, shifted: true, privates: [me] });
    expect(v3).toEqual(v2);
    expect(v1!.patch).toEqual(v2!.patch);
  });

  it('[PLG7] lets ticks out in order and only when durable; a failed append stops everything after it', async () => {
    const out: number[] = [];
    const failures: unknown[] = [];
    const queue = new EmissionQueue((error) => failures.push(error));
    const gates = [1, 2, 3].map((n) => {
      let open!: () => void;
      let fail!: (error: Error) => void;
      const durable = new Promise<void>((resolve, reject) => { open = resolve; fail = reject; });
      queue.push({ durable, release: () => out.push(n) });
      return { open, fail };
    });
    queue.push({ durable: undefined, release: () => out.push(4) });
    gates[1]!.open();
    await new Promise(setImmediate);
    expect(out).toEqual([]);
    gates[0]!.open();
    await new Promise(setImmediate);
    expect(out).toEqual([1, 2]);
    gates[2]!.fail(new Error('disk'));
    await new Promise(setImmediate);
    expect(out).toEqual([1, 2]);
    expect(failures).toHaveLength(1);
    queue.push({ durable: undefined, release: () => out.push(5) });
    expect(out).toEqual([1, 2]);
  });
});
