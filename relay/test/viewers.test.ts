import { CLOSE, decodeClock, encodeClock, encodeTick, FRAME, LIMITS } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/index.js';
import { canonical } from './support/churn.js';
import { stage, until } from './support/harness.js';
import type { StockRoom } from './support/shapes.js';

/** A clock that a test can put forward. */
const skewed = () => {
  const clock = { skew: 0, now: () => systemClock.now() + clock.skew, wall: () => systemClock.wall(), random: () => 0.5 };
  return clock;
};

describe('tiers', () => {
  it('[REL3] writes at the rate of the tier: every, every second, every fourth and every twentieth tick', async () => {
    const { room, direct } = await stage();
    const clients = await Promise.all([0, 1, 2, 3].map(() => direct()));
    await until(() => room.joins.length === 4, 'all in');
    clients.forEach((c, tier) => c.tier(tier as 0 | 1 | 2 | 3));
    room.crank();
    await until(() => clients[0]!.tick === 1, 'the focus tier has the first tick');
    for (let i = 0; i < 39; i++) room.crank();
    await until(() => clients.every((c) => c.tick === 40), 'all are at tick 40');
    const patches = clients.map((c) => c.states.slice(1).map((s) => s.tick));
    expect(patches[0]).toHaveLength(40);
    expect(patches[1]!.every((tick) => tick % 2 === 0)).toBe(true);
    expect(patches[1]).toHaveLength(20);
    expect(patches[2]).toEqual([4, 8, 12, 16, 20, 24, 28, 32, 36, 40]);
    expect(patches[3]!.at(-2)).toBe(20);
    for (const c of clients) for (const { tick, json } of c.states) expect(json).toBe(canonical(room.churn.history.get(tick)!));
  });

  it('[REL4] shows the same over real sockets: random joins, tiers, cuts and leaves', async () => {
    const seed = 11;
    const { room, direct } = await stage();
    const here: Awaited<ReturnType<typeof direct>>[] = [];
    const everybody: typeof here = [];
    let dice = seed;
    const next = (n: number): number => (dice = (dice * 48_271) % 2_147_483_647) % n;
    for (let i = 0; i < 400; i++) {
      room.crank();
      if (i % 97 === 96) room.keyframe();
      if (i === 200) { room.cut(); await until(() => room.linked(), 'linked again'); }
      const what = next(10);
      if (what < 2 && here.length < 12) { const c = await direct(); here.push(c); everybody.push(c); }
      else if (what < 6 && here.length > 0) { const c = here[next(here.length)]!; if (c.socket.readyState === 1) c.tier(next(4) as 0 | 1 | 2 | 3); }
      else if (what === 6 && here.length > 4) here.splice(next(here.length), 1)[0]!.terminate();
      if (i % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => here.every((c) => c.states.length > 0), 'all in');
    for (let i = 0; i < 40; i++) room.crank();
    const end = Math.floor(room.churn.tick / 20) * 20;
    await until(() => here.every((c) => c.tick >= end), 'all are at the end');
    for (const c of everybody) for (const { tick, json } of c.states) expect(json, `seed ${seed}, tick ${tick}`).toBe(canonical(room.churn.history.get(tick)!));
  }, 60_000);
});

describe('the fair window', () => {
  it('[REL19] counts from the write of the mark to that viewer, and leaving or changing tier does not start it again', async () => {
    const clock = skewed();
    const { room, direct } = await stage({ clock });
    const focus = await direct({ sub: 1 });
    const hidden = await direct({ sub: 2 });
    await until(() => room.joins.length === 2, 'both in');
    focus.tier(0);
    hidden.tier(3);
    for (const c of [focus, hidden]) c.act(1);
    await until(() => room.actions.length === 2, 'both acted');
    expect(room.actions.map((a) => a.elapsed)).toEqual([-1, -1]); // no mark yet
    while (room.churn.tick % 20 !== 4) room.crank();
    room.crank({ mark: true });
    await until(() => focus.tick === room.churn.tick, 'the focus tier has the mark');
    clock.skew += 1_000;
    focus.act(2);
    hidden.act(2);
    await until(() => room.actions.length === 4, 'both acted again');
    const slotOf = (sub: number, nth = 0): number => room.joins.filter((j) => j.viewer === sub)[nth]!.slot;
    const elapsed = (sub: number, n: number, nth = 0): number => room.actions.find((a) => a.slot === slotOf(sub, nth) && a.n === n)!.elapsed;
    expect(elapsed(1, 2)).toBeGreaterThanOrEqual(700);
    expect(elapsed(1, 2)).toBeLessThan(1_400);
    expect(elapsed(2, 2)).toBe(-1); // the mark is not written to the hidden tier yet
    focus.tier(3);
    clock.skew += 1_000;
    focus.act(3);
    await until(() => room.actions.length === 5, 'the mover acted');
    expect(elapsed(1, 3)).toBeGreaterThanOrEqual(1_700);
    focus.terminate();
    await until(() => room.leaves.length === 1, 'the first is gone');
    clock.skew += 1_000;
    const again = await direct({ sub: 1 });
    await until(() => again.states.length > 0, 'it is back');
    again.act(4);
    await until(() => room.actions.length === 6, 'it acted');
    expect(room.actions[5]!.elapsed).toBeGreaterThanOrEqual(2_700);
    room.crank(); // the default tier gets the mark
    await until(() => again.tick === room.churn.tick, 'the default tier has it');
    const late = await direct({ sub: 9 });
    await until(() => late.states.length > 0, 'a newcomer is in');
    late.act(1);
    await until(() => room.actions.length === 7, 'it acted');
    expect(room.actions[6]!.elapsed).toBeLessThan(500); // from its own join
  });

  it('[REL19] takes the mark of a new link\'s first tick, which its keyframe holds already', async () => {
    const { room, direct } = await stage();
    const client = await direct();
    await until(() => room.joins.length === 1, 'in');
    room.crank();
    room.cut();
    for (let i = 0; i < 3; i++) room.churn.step();
    await until(() => client.tick === 4, 'the new keyframe is here');
    const link = [...room.links.values()][0]!;
    link.socket!.send(encodeTick({
      epoch: 1, tick: 4, eventTime: room.now, acked: 1, mark: true, shifted: false, patch: new Uint8Array(0), confirms: [{ slot: 0, n: 3 }], refusals: [], privates: [], directs: [], broadcasts: [], kicks: [],
    }));
    room.crank();
    room.crank();
    await until(() => client.confirmed === 3, 'what it says to viewers is said');
    client.act(4);
    await until(() => room.actions.length === 1, 'acted');
    expect(room.actions[0]!.elapsed).toBeGreaterThanOrEqual(0);
  });

  it('[REL20] stamps arrival in event time, and answers clock questions in it', async () => {
    const { room, direct } = await stage();
    const client = await direct();
    await until(() => room.joins.length === 1, 'in');
    const before = room.now;
    client.act(1);
    await until(() => room.actions.length === 1, 'acted');
    expect(room.actions[0]!.at).toBeGreaterThan(before - 50);
    expect(room.actions[0]!.at).toBeLessThan(room.now + 50);
    client.send(encodeClock({ sent: 12.5 }));
    await until(() => client.codes.includes(FRAME.clock), 'answered');
    const { sent, received, answered } = decodeClock(client.frames[client.codes.indexOf(FRAME.clock)]!);
    expect(sent).toBe(12.5);
    expect(answered!).toBeGreaterThanOrEqual(received!);
    expect(Math.abs(received! - room.now)).toBeLessThan(200);
    client.send(new Uint8Array([FRAME.ping]));
    await until(() => client.codes.includes(FRAME.ping), 'the ping is echoed');
  });
});

describe('ways in and out', () => {
  it('[REL21] lets the first viewer wait for the link, and gives up on it after ten seconds', async () => {
    const clock = skewed();
    const { room, direct, origin } = await stage({ clock });
    const connect = room.connect.bind(room);
    let held: (() => void)[] = [];
    room.connect = (...args) => void held.push(() => connect(...args));
    const a = await direct();
    await until(() => held.length === 1, 'the link waits for its greeting');
    expect(a.frames).toEqual([]);
    held[0]!();
    await until(() => a.states.length === 1, 'it is in');
    expect(origin.lookups).toBe(1);
    const other = origin.room('other');
    held = [];
    other.connect = () => undefined;
    const b = await direct({ event: 'other', token: other.token(3) });
    await until(() => b.socket.readyState === 1, 'open');
    clock.skew += 10_001;
    await until(() => b.closed, 'closed');
    expect(b.closed!.code).toBe(CLOSE.join_timeout);
    expect(a.closed).toBeUndefined();
  });

  it('[REL22] leaves the reflection out for a page that was resumed', async () => {
    const { room, direct } = await stage();
    const client = await direct({ protocols: ['crowdcue.v1', `token.${room.token(4)}`, 'session.abcdefghijklmnopqrstuv', 'resume.1'] });
    await until(() => client.codes.length >= 3 || client.codes.includes(FRAME.joinRoom), 'in');
    const full = await direct();
    await until(() => full.states.length > 0, 'in');
    expect(client.frames[1]!.length).toBeLessThan(20);
    expect(full.frames[1]!.length).toBeGreaterThan(50);
  });

  it('[REL9] closes a viewer that was taken over with its own code, and no other connection of the slot', async () => {
    const { room, direct } = await stage();
    const a = await direct({ sub: 1 });
    await until(() => room.joins.length === 1, 'in');
    const b = await direct({ sub: 1 });
    await until(() => room.joins.length === 2, 'both in');
    const [first] = room.joins;
    room.crank({ kicks: [{ slot: first!.slot, connection: first!.connection, reason: 'taken_over' }] });
    await until(() => a.closed, 'the older one is closed');
    expect(a.closed).toEqual({ code: CLOSE.taken_over, reason: 'taken_over' });
    room.crank({ kicks: [{ slot: first!.slot, connection: first!.connection, reason: 'viewer_banned' }] });
    room.crank();
    room.crank();
    await until(() => b.tick >= 2, 'the newer one goes on');
    expect(b.closed).toBeUndefined();
  });

  it('[REL23] drains: flushes what viewers did, sends them to another relay, and stops', async () => {
    const { Client } = await import('@colyseus/sdk');
    const { room, direct, relay } = await stage({ drainSpreadMs: 100 });
    const client = await direct();
    const stock = (await new Client(relay.url).joinById('show', { token: room.token(2) })) as unknown as StockRoom;
    await until(() => room.joins.length === 2, 'both in');
    stock.reconnection.enabled = false;
    const dropped = new Promise((resolve) => stock.onDrop(resolve));
    room.run(10);
    client.act(1);
    await new Promise((resolve) => setImmediate(resolve));
    await until(() => room.actions.length === 1 || client.socket.bufferedAmount === 0, 'the action is on its way');
    const closing = relay.close();
    await until(() => client.closed, 'closed');
    expect(client.closed!.code).toBe(CLOSE.relay_draining);
    expect(await dropped).toBe(CLOSE.try_reconnect);
    await closing;
    expect(room.actions).toHaveLength(1);
    expect(room.leaves).toHaveLength(2);
    await expect(fetch(`${relay.url.replace('ws', 'http')}/health`)).rejects.toThrow();
  });

  it('[REL24] takes its port for itself', async () => {
    const { relay, relayWith } = await stage();
    await expect(relayWith({ port: relay.port, relayId: 'r2' })).rejects.toThrow(/cannot listen on 127\.0\.0\.1/);
  });

  it('[REL25] keeps one viewer\'s many events apart: a channel a room', async () => {
    const { room, direct, origin, metric } = await stage();
    const other = origin.room('other', 77);
    const a = await direct();
    const b = await direct({ event: 'other', token: other.token(1) });
    await until(() => a.states.length > 0 && b.states.length > 0, 'both in');
    for (let i = 0; i < 2; i++) { room.crank(); other.crank(); other.crank(); }
    await until(() => a.tick === 2 && b.tick === 4, 'both are up to date');
    expect(a.json).toBe(canonical(room.churn.json()));
    expect(b.json).toBe(canonical(other.churn.json()));
    expect(await metric('crowdcue_relay_channels')).toBe(2);
    expect(await metric('crowdcue_relay_viewers', { door: 'direct' })).toBe(2);
  });
});

describe('slow viewers', () => {
  it('[REL26] takes a slow reader out of the fan-out, bounded, and brings it up again; others go on', async () => {
    const { room, direct, metric } = await stage();
    const slow = await direct();
    const fast = await direct();
    await until(() => room.joins.length === 2, 'both in');
    const chunk = (bytes: number): void => void room.churn.state.texts.set('filler', 'x'.repeat(bytes - 16) + Math.random().toString(36).padEnd(16, '0').slice(0, 16));
    slow.socket._socket.pause();
    for (let i = 0; i < 24; i++) { chunk(100_000); room.crank(); await until(() => fast.tick >= room.churn.tick - 1, 'the fast one follows'); }
    let behind = 0;
    const end = performance.now() + 20_000;
    while (behind === 0 && performance.now() < end) {
      for (let i = 0; i < 5; i++) { chunk(8_000); room.crank(); await new Promise((resolve) => setTimeout(resolve, 20)); }
      behind = await metric('crowdcue_relay_behind_viewers');
    }
    expect(behind).toBe(1);
    for (let i = 0; i < 100; i++) { chunk(50_000); room.crank(); }
    await until(() => fast.tick >= room.churn.tick - 1, 'the fast one is not held up');
    expect(await metric('crowdcue_relay_evictions_total')).toBe(0);
    room.keyframe();
    slow.socket._socket.resume();
    await until(() => slow.tick >= room.churn.tick - 1, 'the slow one is up to date again');
    room.crank();
    room.crank();
    await until(() => slow.tick >= room.churn.tick - 1 && fast.tick >= room.churn.tick - 1, 'both follow');
    expect(await metric('crowdcue_relay_resyncs_total')).toBeGreaterThanOrEqual(1);
    for (const { tick, json } of slow.states) expect(json).toBe(canonical(room.churn.history.get(tick)!));
    expect(slow.closed).toBeUndefined();
  }, 60_000);

  it('[REL27] evicts a reader that stands still past the high mark; others go on', async () => {
    const { room, direct, metric } = await stage();
    const stuck = await direct();
    const fast = await direct();
    await until(() => room.joins.length === 2, 'both in');
    stuck.socket._socket.pause();
    // More at once than lies between the marks: what comes little by little takes it out of the fan-out first.
    for (let i = 0; i < 20; i++) {
      for (let j = 0; j < 8; j++) {
        room.churn.state.texts.set('filler', String.fromCharCode(65 + i, 65 + j).repeat(50_000));
        room.crank();
      }
      await until(() => fast.tick >= room.churn.tick - 1, 'the fast one follows');
    }
    await until(() => room.leaves.length === 1, 'the room hears that it left', 20_000);
    expect(room.leaves[0]!.slot).toBe(0);
    expect(await metric('crowdcue_relay_evictions_total', { reason: 'too_slow' })).toBe(1);
    expect(LIMITS.viewerHighMarkBytes).toBeLessThan(1 << 20);
    stuck.socket._socket.resume();
    await until(() => stuck.closed, 'it learns of it');
    expect(fast.closed).toBeUndefined();
  }, 60_000);
});
