import type { Tier } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { Feed } from '../src/feed.js';
import { Metrics } from '../src/metrics.js';
import { Outlet } from '../src/outlet.js';
import { WRITE_STEPS } from '../src/write-budget.js';
import { ChurningState, seeded } from './support/churn.js';
import { countedWorld, decodedWorld, FakeApp, type WatchedViewer, type World } from './support/fake-sockets.js';

const TICKS = 2_000;
const VIEWERS = 24;

interface Run { frames: number; keyframes: number; mismatches: string[]; apart: string[]; largestLog: number }

/** Viewers that join at random ticks, change tier, stall, lose bytes, come back and leave; now and then the link starts again. */
const run = (random: () => number, world: World): Run => {
  const app = new FakeApp();
  const metrics = new Metrics();
  const outlet = new Outlet(app as never, metrics);
  let now = 0;
  const plan = { periods: WRITE_STEPS[0]! };
  const feed = new Feed('room', outlet, metrics, () => now, plan);
  app.onDropped = (socket) => feed.lost(socket.viewer!);
  const here: WatchedViewer[] = [];
  const all: WatchedViewer[] = [];
  const keyframe = (): boolean => feed.keyframe({ epoch: 1, tick: world.tick, eventTime: now, body: world.keyframe() });
  let subs = 0;
  let largestLog = 0;
  keyframe();

  const someoneDoes = (): void => {
    const one = here[Math.floor(random() * here.length)];
    const dice = random();
    if (here.length < VIEWERS && dice < 0.2) {
      const d = world.viewer(app, ++subs);
      d.viewer.tier = Math.floor(random() * 4) as Tier;
      d.socket.limit = random() < 0.3 ? 2_000 : Number.POSITIVE_INFINITY;
      here.push(d);
      all.push(d);
      feed.enter(d.viewer, [], [], undefined);
    } else if (one === undefined) {
      return;
    } else if (dice < 0.6) {
      feed.changeTier(one.viewer, Math.floor(random() * 4) as Tier);
    } else if (dice < 0.75) {
      one.socket.stalled = true;
    } else if (dice < 0.82) {
      feed.fallBehind(one.viewer);
    } else if (dice < 0.97) {
      one.socket.flow();
      feed.recover(one.viewer);
    } else {
      feed.leave(one.viewer);
      app.sockets.delete(one.socket);
      here.splice(here.indexOf(one), 1);
    }
  };

  for (let i = 0; i < TICKS; i++) {
    now += 50;
    if (random() < 0.02) plan.periods = WRITE_STEPS[Math.floor(random() * WRITE_STEPS.length)]!;
    const patch = world.step(random() < 0.1);
    const early = random() < 0.01; // the keyframe of a tick overtakes the tick
    if (early) keyframe();
    if (random() < 0.004) { // a break: ticks are missed, the link greets anew
      for (let missed = Math.floor(random() * 30); missed > 0; missed--) world.step();
      feed.awaitKeyframe();
      if (random() < 0.5) feed.tick(world.tick + 1, new Uint8Array([1, 2, 3]), false); // means nothing before the keyframe
      keyframe();
    } else {
      feed.tick(world.tick, patch, random() < 0.02);
    }
    if (world.tick % 100 === 0) keyframe();
    for (let n = Math.floor(random() * 3); n > 0; n--) someoneDoes();
    largestLog = Math.max(largestLog, feed.log.bytes);
  }
  // Everybody reads on, and twenty quiet ticks bring every tier to the end.
  for (const d of here) { d.socket.flow(); feed.recover(d.viewer); }
  for (let i = 0; i < 20; i++) feed.tick(world.tick + i + 1, new Uint8Array(0), false);
  for (const d of here) { d.socket.flow(); feed.recover(d.viewer); }
  return {
    frames: all.reduce((sum, d) => sum + d.frames, 0),
    keyframes: all.reduce((sum, d) => sum + d.keyframes, 0),
    mismatches: all.flatMap((d) => d.mismatches),
    apart: here.filter((d) => !d.upToDate()).map((d) => `${d.viewer.state.kind} tier ${d.viewer.tier}`),
    largestLog,
  };
};

describe('the feed under random joins, tiers, stalls, losses and breaks', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`[REL4] [BUD2] shows every viewer a state of the origin at every frame, and the last one at the end (seed ${seed})`, () => {
      const random = seeded(seed);
      const { frames, mismatches, apart, largestLog, keyframes } = run(random, decodedWorld(new ChurningState(random)));
      expect(mismatches, `seed ${seed}`).toEqual([]);
      expect(apart, `seed ${seed}`).toEqual([]);
      expect(frames).toBeGreaterThan(2_000);
      expect(keyframes).toBeGreaterThan(10);
      expect(largestLog).toBeLessThan(64 * 1024);
    });
  }

  for (let first = 1; first <= 91; first += 10) {
    it(`[REL4] writes every viewer each patch once and none twice (seeds ${first} to ${first + 9})`, () => {
      for (let seed = first; seed < first + 10; seed++) {
        const { frames, mismatches, apart } = run(seeded(seed), countedWorld());
        expect(mismatches, `seed ${seed}`).toEqual([]);
        expect(apart, `seed ${seed}`).toEqual([]);
        expect(frames).toBeGreaterThan(1_000);
      }
    });
  }
});
