import { CLOSE, DATA_TYPE, encodeRoomData, FRAME } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { FakeOrigin, SECRET } from './support/fake-origin.js';
import { canonical } from './support/churn.js';
import { createRelay } from '../src/index.js';
import { atEnd, stage, until } from './support/harness.js';

const HOLD = encodeRoomData(DATA_TYPE.hold, new Uint8Array([0xc3]));
const GO_ON = encodeRoomData(DATA_TYPE.hold, new Uint8Array([0xc2]));
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe('the link to the room', () => {
  it('[REL11] keeps viewers when the link is cut, tells them to hold, and brings them to the new keyframe', async () => {
    const { room, direct } = await stage();
    const client = await direct();
    await until(() => room.joins.length === 1, 'in');
    room.crank();
    room.crank();
    room.cut();
    await until(() => client.frames.some((f) => same(f, HOLD)), 'hold is told');
    for (let i = 0; i < 7; i++) room.churn.step(); // what viewers never see as patches
    await until(() => room.linked(), 'the link is back');
    await until(() => client.frames.some((f) => same(f, GO_ON)), 'going on is told');
    expect(client.closed).toBeUndefined();
    expect(client.json).toBe(canonical(room.churn.json()));
    for (let i = 0; i < 3; i++) room.crank();
    await until(() => client.tick >= 11, 'ticks come again');
    expect(client.codes.filter((c) => c === FRAME.roomState)).toHaveLength(2);
  });

  it('[REL12] sends every batch until it is acknowledged, and each counts once over many cuts', async () => {
    const { room, direct } = await stage();
    const client = await direct();
    await until(() => room.joins.length === 1, 'in');
    room.run(10);
    const sent = 60;
    for (let n = 1; n <= sent; n++) {
      client.act(n);
      if (n % 12 === 0) {
        if (n % 24 === 0) room.acks = false; // the origin takes batches and dies before it says so
        room.cut();
        await until(() => room.linked(), 'the link is back');
        room.acks = true;
      }
      await new Promise((resolve) => setTimeout(resolve, 55)); // the rate that a viewer may keep up
    }
    await until(() => room.actions.length === sent, 'every action has come');
    expect(room.actions.map((a) => a.n)).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
    expect(room.applied.map((a) => a.n)).toEqual(Array.from({ length: room.applied.length }, (_, i) => i + 1));
  }, 60_000);

  it('[REL12] sends unacknowledged batches again to an origin that lost them, under their numbers', async () => {
    const { room, direct } = await stage();
    const client = await direct();
    room.acks = false;
    await until(() => room.joins.length === 1, 'in');
    client.act(1);
    await until(() => room.actions.length === 1, 'the action came');
    const link = [...room.links.values()][0]!;
    expect(link.acked).toBe(0);
    link.applied = 0; // a new life of the room that knows nothing of them
    room.epoch++;
    room.applied.length = 0;
    room.cut();
    await until(() => room.actions.length === 1, 'the action came again');
    expect(room.joins).toHaveLength(1);
    room.acks = true;
    room.crank();
    await until(() => link.acked === link.applied, 'acknowledged');
  });

  it('[REL13] drops a link that greets with an older epoch, and tries again', async () => {
    const { room, direct } = await stage();
    room.epoch = 5;
    const client = await direct();
    await until(() => client.states.length === 1, 'in');
    room.epoch = 4;
    room.cut();
    let greeted = 0;
    const connect = room.connect.bind(room);
    room.connect = (...args) => { greeted++; connect(...args); };
    await until(() => greeted >= 2, 'it tried twice');
    expect(client.codes.filter((c) => c === FRAME.roomState)).toHaveLength(1);
    room.epoch = 6;
    await until(() => client.codes.filter((c) => c === FRAME.roomState).length === 2, 'the higher epoch is taken');
  });

  it('[REL14] does not give a slot to another viewer before its leave is acknowledged', async () => {
    const { room, direct } = await stage();
    room.acks = false;
    const a = await direct();
    await until(() => room.joins.length === 1, 'the first is in');
    a.terminate();
    await until(() => room.leaves.length === 1, 'its leave has come');
    const b = await direct();
    await until(() => room.joins.length === 2, 'the second is in');
    expect(room.joins.map((j) => j.slot)).toEqual([0, 1]);
    // Private state that was on its way to the first reaches nobody.
    room.crank({ privates: [{ slot: 0, key: 1, frame: encodeRoomData('__me', new Uint8Array([1])), timed: false }] });
    room.acks = true;
    room.crank();
    room.crank();
    await until(() => b.tick === 2 || b.tick === 3, 'ticks came');
    expect(b.codes).not.toContain(FRAME.roomData);
    const c = await direct();
    await until(() => room.joins.length === 3, 'the third is in');
    expect(room.joins[2]!.slot).toBe(0);
    expect(c.closed).toBeUndefined();
    expect(new Set(room.joins.map((j) => j.connection)).size).toBe(3);
  });

  for (const [code, name] of [[CLOSE.relay_forbidden, 'relay_forbidden'], [CLOSE.relay_superseded, 'relay_superseded'], [CLOSE.event_ended, 'event_ended'], [CLOSE.room_unsupported, 'room_unsupported']] as const) {
    it(`[REL15] passes a final ${name} on to its viewers`, async () => {
      const { room, direct } = await stage();
      const client = await direct();
      await until(() => client.states.length > 0, 'in');
      room.end(code);
      await until(() => client.closed, 'closed');
      expect(client.closed).toEqual({ code, reason: name });
    });
  }

  it('[REL15] is closed as forbidden when the origin does not take the credential', async () => {
    const { room, direct, relayWith, origin } = await stage();
    await direct(); // the first relay is fine
    const other = await relayWith({ relayId: 'r2', secret: 'another secret than the origin has' });
    const client = await direct({ base: other.url });
    await until(() => client.closed, 'closed');
    expect(client.closed).toEqual({ code: CLOSE.relay_forbidden, reason: 'relay_forbidden' });
    expect(other.ready()).toBe(false);
    expect(room.links.size).toBeLessThanOrEqual(1);
    expect(origin.registrations.every((r) => r.relayId === 'r1')).toBe(true);
  });

  it('[REL16] starts without its origin, says that it is not ready, and is when the origin comes', async () => {
    const probe = await new FakeOrigin().start();
    const { port } = probe;
    await probe.stop();
    const relay = await createRelay({ host: '127.0.0.1', port: 0, originUrl: probe.url, relayId: 'r1', secret: SECRET, incarnation: 1 });
    atEnd(() => relay.close());
    const base = relay.url.replace('ws', 'http');
    expect((await fetch(`${base}/health`)).status).toBe(200);
    const before = await fetch(`${base}/ready`);
    expect([before.status, await before.json()]).toEqual([503, expect.objectContaining({ code: 'unavailable', retryable: true })]);
    const origin = new FakeOrigin();
    origin.port = port;
    await origin.start();
    atEnd(() => origin.stop());
    await until(() => relay.ready(), 'ready');
    expect((await fetch(`${base}/ready`)).status).toBe(200);
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('crowdcue_relay_viewers{door="direct",tier_ms="100"} 0');
  });

  it('[REL17] asks for a keyframe when a tick is missing, and shows nothing wrong meanwhile', async () => {
    const { room, direct } = await stage();
    const client = await direct();
    await until(() => room.joins.length === 1, 'in');
    room.crank();
    room.churn.step(); // never sent
    room.crank();
    await until(() => room.asked === 1 && client.tick === 3, 'the keyframe came');
    expect(client.json).toBe(canonical(room.churn.json()));
    for (const { tick, json } of client.states) expect(json).toBe(canonical(room.churn.history.get(tick)!));
  });

  it('[REL18] refuses new actions with action_busy past the cap, and loses none that it accepted', async () => {
    const { room, direct } = await stage();
    room.acks = false;
    const clients = await Promise.all(Array.from({ length: 12 }, () => direct()));
    await until(() => room.joins.length === 12, 'all in');
    const big = encodeRoomData('big', new Uint8Array(4_000));
    for (let round = 0; round < 110; round++) for (const c of clients) c.send(big);
    await until(() => clients.some((c) => c.errors.length > 0), 'messages are refused');
    for (let more = 0; more < 2; more++) clients[0]!.send(big); // a batch is smaller once it is closed: that room is taken too
    clients[0]!.act(1);
    await until(() => clients[0]!.refused.length === 1, 'the action is refused');
    expect(clients[0]!.refused[0]).toEqual({ n: 1, code: 'action_busy' });
    expect(clients.every((c) => c.closed === undefined)).toBe(true);
    room.acks = true;
    room.run(10);
    const refused = (): number => clients.reduce((sum, c) => sum + c.errors.length, 0);
    await until(() => room.messages.length + refused() === 12 * 110 + 2, 'every message was taken or refused', 15_000);
    expect(room.messages.length * 4_000).toBeGreaterThan(4_000_000);
  }, 30_000);
});
