import { CLOSE, FRAME, LIMITS } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../src/metrics.js';
import { Outlet } from '../src/outlet.js';
import { Feed } from '../src/feed.js';
import { Pulse } from '../src/pulse.js';
import { systemClock } from '../src/index.js';
import type { Viewer } from '../src/viewers.js';
import { countedWorld, FakeApp, type WatchedViewer } from './support/fake-sockets.js';
import { stage, until } from './support/harness.js';

/** A feed with a pulse over sockets and a clock that are cranked by hand. */
const bench = () => {
  const app = new FakeApp();
  const metrics = new Metrics();
  const outlet = new Outlet(app as never, metrics);
  const clock = { time: 1_000, now: () => clock.time, wall: () => 0, random: () => 0.5 };
  const feed = new Feed('room', outlet, metrics, clock.now);
  const pulse = new Pulse(clock, outlet);
  const world = countedWorld();
  app.onDropped = (socket) => feed.lost(socket.viewer!);
  feed.keyframe({ epoch: 1, tick: 0, eventTime: 0, body: world.keyframe() });
  let subs = 0;
  const enter = (): WatchedViewer => {
    const watched = world.viewer(app, ++subs);
    watched.viewer.channel = { feed } as never;
    watched.viewer.lastHeardAt = clock.time;
    pulse.add(watched.viewer);
    feed.enter(watched.viewer, [], [], undefined);
    return watched;
  };
  /** Beats until `ms` have passed; `hear` says who is heard of meanwhile. */
  const pass = (ms: number, hear: readonly Viewer[] = []): void => {
    for (const end = clock.time + ms; clock.time < end;) {
      clock.time += 50;
      feed.tick(world.tick + 1, world.step(), false);
      for (const viewer of hear) pulse.pong(viewer);
      pulse.beat(clock.time);
    }
  };
  const evicted = async (reason: string): Promise<number> => (await metrics.evictions.get()).values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
  return { clock, feed, enter, pass, evicted };
};

describe('slow viewers, by the clock', () => {
  it('[BUD7] a viewer who stays behind is closed with 4202 after 30 s, not before; others and one who drains in time stay', async () => {
    const { feed, enter, pass, evicted } = bench();
    const [stuck, late, good] = [enter(), enter(), enter()];
    const everybody = [stuck, late, good].map(({ viewer }) => viewer);
    for (const { socket } of [stuck, late]) {
      socket.stalled = true;
      socket.waiting.push(new Uint8Array(LIMITS.viewerLowMarkBytes + 1));
    }
    pass(1_050, everybody);
    expect([stuck, late, good].map(({ viewer }) => viewer.state.kind)).toEqual(['behind', 'behind', 'live']);
    pass(LIMITS.viewerBehindMs - 3_000, everybody);
    expect([stuck.socket.ended, late.socket.ended]).toEqual([undefined, undefined]);
    late.socket.waiting.shift(); // the ballast
    late.socket.flow();
    pass(1_050, everybody);
    expect(late.viewer.state.kind).toBe('live');
    pass(4_000, everybody);
    expect(stuck.socket.ended).toBe(CLOSE.too_slow);
    expect([late.socket.ended, good.socket.ended]).toEqual([undefined, undefined]);
    expect([late.mismatches, good.mismatches]).toEqual([[], []]);
    expect(await evicted('too_slow')).toBeGreaterThanOrEqual(1);
    feed.leave(stuck.viewer);
  });

  it('[BUD7] more than 512 KiB waiting ends it at once', () => {
    const { enter, pass } = bench();
    const viewer = enter();
    viewer.socket.stalled = true;
    viewer.socket.waiting.push(new Uint8Array(LIMITS.viewerHighMarkBytes + 1));
    pass(1_050, [viewer.viewer]);
    expect(viewer.socket.ended).toBe(CLOSE.too_slow);
  });

  it('[BUD8] a viewer who says nothing for 80 s is closed, who answers pings stays for ever', async () => {
    const { enter, pass, evicted } = bench();
    const [silent, quiet] = [enter(), enter()];
    pass(79_000, [quiet.viewer]);
    expect(silent.socket.ended).toBeUndefined();
    pass(3_000, [quiet.viewer]);
    expect(silent.socket.ended).toBe(CLOSE.too_slow);
    expect(await evicted('silent')).toBeGreaterThanOrEqual(1);
    pass(200_000, [quiet.viewer]);
    expect(quiet.socket.ended).toBeUndefined();
  });

  it('[BUD8] over a real socket: a half-open connection goes, one whose pongs come stays', async () => {
    const clock = { skew: 0, now: () => systemClock.now() + clock.skew, wall: () => systemClock.wall(), random: () => 0.5 };
    const { room, direct, metric } = await stage({ clock });
    const [dead, alive] = [await direct(), await direct()];
    await until(() => room.joins.length === 2, 'both in');
    (dead.socket as unknown as { pong(): void }).pong = () => undefined;
    (dead.socket as unknown as { _autoPong: boolean })._autoPong = false;
    for (let s = 0; s < 9; s++) {
      clock.skew += 9_500;
      alive.send(new Uint8Array([FRAME.ping]));
      const seen = alive.codes.filter((code) => code === FRAME.ping).length;
      await until(() => alive.codes.filter((code) => code === FRAME.ping).length > seen || alive.closed, 'it is heard');
    }
    await until(() => dead.closed, 'the silent one is closed');
    expect(dead.closed!.code).toBe(CLOSE.too_slow);
    expect(alive.closed).toBeUndefined();
    expect(await metric('crowdcue_relay_evictions_total', { reason: 'silent' })).toBe(1);
  });
});
