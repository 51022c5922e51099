import { LIMITS } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { seeded } from './support/churn.js';
import { me, stand } from './support/stand.js';

describe('what a cohort sees', () => {
  it('[COH2] holds a round back by the delay, and lets what follows it flow at once behind it', () => {
    const s = stand();
    const late = s.viewer(2_000);
    const prompt = s.viewer(0);
    for (let i = 0; i < 4; i++) s.crank(false); // ticks 1 to 4, not held back
    expect(late.has).toBe(4);
    for (let i = 0; i < 60; i++) s.crank(true); // 5 to 64: 3 s of a round
    expect(prompt.has).toBe(64);
    expect(late.has).toBe(4 + 60 - 40);
    for (let i = 0; i < 39; i++) s.crank(false); // 65 to 103
    expect(late.has).toBe(63);
    s.crank(false); // 104; the round's last tick is due, and everything after it comes in the same frame
    expect(late.frames.at(-1)).toEqual({ at: s.now, keyframe: false, ticks: Array.from({ length: 41 }, (_, i) => 64 + i) });
    s.crank(false);
    expect(late.has).toBe(105);
    const ticks = late.frames.slice(1).flatMap((frame) => frame.ticks);
    expect(ticks).toEqual(Array.from({ length: 105 }, (_, i) => i + 1));
    for (const { at, ticks: [tick] } of late.frames.slice(5, -2)) expect(at).toBe(1_000 + tick! * 50 + 2_000);
  });

  it('[COH3] costs one publish a lane and write, and no write a viewer, whatever its size', () => {
    const s = stand();
    const crowd = Array.from({ length: 2_000 }, (_, i) => s.viewer(i < 1_000 ? 2_000 : 8_000));
    for (let i = 0; i < 200; i++) s.crank(true);
    const before = s.app.publishes;
    for (let i = 0; i < 20; i++) s.crank(true);
    expect(s.app.publishes - before).toBe(2 * 20); // two lanes, twenty ticks; what is for one viewer alone would count here too
    expect(new Set(crowd.map((d) => d.frames.length)).size).toBe(2);
    expect(s.feed.cohorts.late.get(2_000)!.lanes.size).toBe(1);
  });

  it('[COH4] makes lanes for whom they serve, and an empty one costs nothing', () => {
    const s = stand();
    expect([...s.feed.cohorts].flatMap((cohort) => [...cohort.lanes.values()])).toHaveLength(4);
    const a = s.viewer(1_900, 0);
    const b = s.viewer(2_000, 1);
    expect([...s.feed.cohorts.late.keys()]).toEqual([2_000]); // 1,900 is rounded up
    expect([...s.feed.cohorts.late.get(2_000)!.lanes.keys()]).toEqual([0, 1]);
    for (let i = 0; i < 100; i++) s.crank(true);
    s.feed.changeTier(a.viewer, 1);
    expect([...s.feed.cohorts.late.get(2_000)!.lanes.keys()]).toEqual([1]);
    const bytes = s.feed.log.bytes;
    for (const d of [a, b]) { s.feed.leave(d.viewer); s.app.sockets.delete(d.socket); }
    expect(s.feed.cohorts.late.get(2_000)!.lanes.size).toBe(0);
    const publishes = s.app.publishes;
    for (let i = 0; i < 700; i++) { s.crank(true); if (s.tick % 100 === 0) s.keyframe(); s.feed.beat(s.now); }
    expect(s.app.publishes).toBe(publishes);
    expect(s.feed.cohorts.late.size).toBe(0);
    expect(s.feed.log.window).toBe(0);
    expect(s.feed.log.bytes).toBeLessThan(4 * 150 + bytes);
  });

  it('[COH5] takes no more cohorts than the limit: beyond it the next later one, or the latest', () => {
    const s = stand();
    for (let i = 1; i <= LIMITS.cohorts; i++) s.viewer(i * 2 * LIMITS.cohortBucketMs / 2);
    expect(s.feed.cohorts.late.size).toBe(LIMITS.cohorts);
    const latest = LIMITS.cohorts * LIMITS.cohortBucketMs;
    expect(s.viewer(latest - 100).viewer.lane!.cohort.delay).toBe(latest);
    expect(s.viewer(29_000).viewer.lane!.cohort.delay).toBe(latest);
    const t = stand();
    for (let i = 1; i <= LIMITS.cohorts; i++) t.viewer(i < 10 ? i * LIMITS.cohortBucketMs : (i + 10) * LIMITS.cohortBucketMs);
    expect(t.viewer(10 * LIMITS.cohortBucketMs).viewer.lane!.cohort.delay).toBe(20 * LIMITS.cohortBucketMs);
    for (const odd of [Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]) expect(t.viewer(odd).viewer.lane!.cohort.delay).toBeLessThanOrEqual(LIMITS.delayMs);
    expect(t.viewer(-5).viewer.lane!.cohort.delay).toBe(0);
  });
});

describe('what costs nothing', () => {
  it('[COH3] a late lane is written as seldom as an undelayed one, also when ticks come unevenly and beats between them', () => {
    const random = seeded(3);
    const s = stand();
    const late = ([0, 1, 2, 3] as const).map((tier) => s.viewer(2_000, tier));
    for (let i = 0; i < 2_000; i++) {
      const early = Math.floor(random() * 30);
      s.pass(early);
      s.feed.beat(s.now);
      s.pass(30 - early); // 30 to 69 ms from tick to tick, the beat anywhere before
      s.pass(Math.floor(random() * 40));
      s.crank(true, { in: 0 });
    }
    const writes = late.map(({ frames }) => frames.length);
    expect(writes[0]).toBeLessThanOrEqual(2_000);
    expect(writes[1]).toBeLessThan(1.15 * 1_000);
    expect(writes[2]).toBeLessThan(1.15 * 500);
    expect(writes[3]).toBeLessThan(1.15 * 100);
  });

  it('[COH3] undelayed viewers are written as if there were no cohorts: at their ticks, at once, whatever is shifted', () => {
    const s = stand();
    const tiers = ([0, 1, 2, 3] as const).map((tier) => s.viewer(0, tier));
    const before = s.app.publishes;
    for (let i = 0; i < 40; i++) { s.crank(i % 7 < 4); s.feed.beat(s.now); }
    expect(s.app.publishes - before).toBe(40 + 20 + 10 + 2);
    tiers.forEach(({ frames }, tier) => {
      const every = [1, 2, 4, 20][tier]!;
      for (const { at, ticks } of frames.slice(1)) {
        expect(ticks.at(-1)! % every).toBe(0);
        expect(at).toBe(1_000 + ticks.at(-1)! * 50);
      }
    });
    expect(s.feed.log.window).toBe(0);
  });
});

describe('a late cohort and the link', () => {
  it('[COH6] goes on while the link is down, and gets a new start at its own time', () => {
    const s = stand();
    const late = s.viewer(8_000);
    const prompt = s.viewer(0);
    for (let i = 0; i < 100; i++) s.crank(true); // 1 to 100, 5 s
    const lostAt = s.now;
    s.wait(4_000);
    expect(late.has).toBe(Math.floor((s.now - 1_000 - 8_000) / 50));
    s.greet(130, true); // the room went on
    expect(prompt.frames.at(-1)).toEqual({ at: s.now, keyframe: true, ticks: [130] });
    expect(late.has).toBe(20);
    const greetedAt = s.now;
    for (let i = 0; i < 10; i++) s.crank(true);
    s.wait(7_450);
    expect(late.has).toBe(100);
    expect(late.frames.at(-1)!.at).toBe(lostAt + 8_000);
    s.wait(50);
    expect(late.frames.at(-1)).toEqual({ at: greetedAt + 8_000, keyframe: true, ticks: [130] });
    s.wait(500);
    expect(late.has).toBe(140);
    expect(late.frames.filter((frame) => frame.keyframe).map((frame) => frame.ticks)).toEqual([[0], [130]]);
  });

  it('[WIN14] keeps what it knows of a window when the room says that it is still the same, for prompt and late alike', () => {
    const s = stand();
    const prompt = s.viewer(0);
    const late = s.viewer(8_000);
    const crankMarked = s.crank(true, { mark: true });
    const opened = s.now;
    for (let i = 0; i < 20; i++) s.crank(true);
    let head = s.tick;
    const again = (markTick: number | undefined): void => {
      s.pass(700); // the link was away, and the room went on
      s.feed.awaitKeyframe(markTick);
      s.feed.keyframe({ epoch: 1, tick: head += 5, eventTime: s.now, body: new Uint8Array(4) });
    };
    const written = () => [prompt, late].map(({ viewer }) => s.feed.markWritten(viewer));
    again(crankMarked);
    expect(written()[0]).toBe(opened);
    s.wait(8_000);
    expect(written()[1]).toBe(opened + 8_000);
    again(crankMarked);
    expect(written().every((at) => at !== undefined)).toBe(true);
    again(crankMarked + 30); // a mark that nobody here was shown
    expect(written()).toEqual([undefined, undefined]);
    const other = stand();
    const viewer = other.viewer(0);
    other.crank(true, { mark: true });
    other.crank(true);
    other.feed.awaitKeyframe(1);
    other.feed.tick(9, new Uint8Array(0), true, true); // a newer mark, in a tick that means nothing before its keyframe
    other.feed.keyframe({ epoch: 1, tick: 9, eventTime: other.now, body: new Uint8Array(4) });
    expect(other.feed.markWritten(viewer.viewer)).toBeUndefined();
  });

  it('[COH6] holds back a keyframe of which it is not known yet whether it shows a round', () => {
    const s = stand();
    const late = s.viewer(8_000);
    for (let i = 0; i < 10; i++) s.crank(false);
    s.feed.awaitKeyframe();
    s.keyframe();
    s.wait(200);
    expect(late.frames.filter((frame) => frame.keyframe)).toHaveLength(1);
    s.feed.tick(s.tick, new Uint8Array(0), false, false); // its tick says that it does not
    expect(late.frames.at(-1)).toMatchObject({ at: s.now, keyframe: true });
  });

  it('[COH7] lets a viewer in with the newest keyframe that its cohort may see, and the log up to the cohort, in one go', () => {
    const s = stand();
    s.viewer(12_000); // so that the log is kept
    for (let i = 0; i < 600; i++) { s.crank(true); if (s.tick % 100 === 0) s.keyframe(); }
    const joiner = s.viewer(12_000);
    const reached = 600 - 240;
    expect(joiner.frames).toEqual([
      { at: s.now, keyframe: true, ticks: [300] },
      { at: s.now, keyframe: false, ticks: Array.from({ length: reached - 300 }, (_, i) => 301 + i) },
    ]);
    s.crank(true);
    expect(joiner.has).toBe(reached + 1);
  });

  it('[COH7] lets one wait for the state whose time no keyframe has reached, and shows it nothing before', () => {
    const s = stand();
    s.greet(500, true);
    const first = s.viewer(3_000);
    expect(first.frames).toEqual([]);
    expect(first.viewer.state.kind).toBe('moving');
    s.feed.direct(first.viewer, [me(1)]);
    s.feed.broadcast(me(2));
    expect(first.told).toHaveLength(2);
    for (let i = 0; i < 59; i++) s.crank(true);
    expect(first.frames).toEqual([]);
    s.crank(true);
    expect(first.frames).toEqual([{ at: s.now, keyframe: true, ticks: [500] }]);
    s.crank(true);
    expect(first.has).toBe(501);
  });

  it('[COH7] shows nobody the end of a round before its time, also when the round itself is not in the log any more', () => {
    const s = stand();
    for (let i = 0; i < 100; i++) s.crank(true);
    const ended = s.now;
    for (let i = 0; i < 120; i++) { s.crank(false); if (i === 10) s.keyframe(); }
    expect(s.feed.log.floor).toBeGreaterThan(100);
    const late = s.viewer(12_000);
    s.wait(ended + 12_000 - s.now - 50);
    expect(late.frames).toEqual([]);
    s.wait(50);
    expect(late.has).toBe(s.tick);
  });

  it('[COH8] keeps of the log what the latest cohort has not had, and no more', () => {
    const s = stand();
    const run = (): void => { for (let i = 0; i < 2_000; i++) { s.crank(i % 400 < 300); if (s.tick % 100 === 0) s.keyframe(); s.feed.beat(s.now); } };
    run();
    expect(s.feed.log.bytes).toBeLessThanOrEqual(4 * (100 + LIMITS.logSlackMs / 50));
    const d = s.viewer(12_000);
    run();
    expect(s.feed.log.bytes).toBeLessThanOrEqual(4 * (100 + (12_000 + LIMITS.logSlackMs) / 50));
    expect(s.feed.log.bytes).toBeGreaterThan(4 * 240);
    expect(s.feed.log.wish(s.now)).toBe('nothing');
    s.feed.leave(d.viewer);
    run();
    expect(s.feed.log.bytes).toBeLessThanOrEqual(4 * (100 + LIMITS.logSlackMs / 50));
  });

  it('[COH8] is bounded when patches are huge: who is too late for it gets a later keyframe, at that one\'s time', () => {
    const s = stand();
    const late = s.viewer(30_000);
    const prompt = s.viewer(0);
    const arrived = new Map<number, number>([[0, 1_000]]);
    let largest = 0;
    for (let i = 0; i < 1_300; i++) {
      arrived.set(s.crank(true, { size: 100_000 }), s.now);
      if (s.tick % 20 === 0) s.keyframe();
      largest = Math.max(largest, s.feed.log.bytes);
    }
    expect(largest).toBeLessThan(33 * 1024 * 1024);
    expect(prompt.frames.every((frame, i) => frame.ticks[0] === i)).toBe(true);
    const keyframes = late.frames.filter((frame) => frame.keyframe).length;
    expect(keyframes).toBeGreaterThan(5); // the log does not reach from one to the next
    late.frames.slice(1).forEach(({ at, ticks: [tick] }, i) => {
      expect(tick).toBeGreaterThan(late.frames[i]!.ticks[0]!);
      expect(at).toBeGreaterThanOrEqual(arrived.get(tick!)! + 30_000);
      expect(at).toBeLessThanOrEqual(arrived.get(tick!)! + 30_050);
    });
    expect(late.viewer.state.kind).toBe('live');
  });
});
