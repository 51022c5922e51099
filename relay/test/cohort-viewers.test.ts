import { encodeRefused, FRAME } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { TimedPrivates, Wakes } from '../src/timed-privates.js';
import { lastTold, me, stand } from './support/stand.js';

describe('a delay that changes', () => {
  it('[COH9] counts at once between rounds, and in a round when the viewer\'s own picture of it has ended', () => {
    const s = stand();
    const d = s.viewer(0);
    const cohort = (): number => d.viewer.lane!.cohort.delay;
    s.crank(false);
    s.feed.changeDelay(d.viewer, 1_990);
    expect(cohort()).toBe(2_000);
    for (let i = 0; i < 100; i++) s.crank(true);
    s.feed.changeDelay(d.viewer, 4_000);
    for (let i = 0; i < 20; i++) s.crank(true);
    expect(cohort()).toBe(2_000);
    for (let i = 0; i < 39; i++) s.crank(false); // the round has ended, but not for this viewer
    expect(cohort()).toBe(2_000);
    s.crank(false);
    expect(cohort()).toBe(4_000);
    for (let i = 0; i < 40; i++) s.crank(false);
    expect(d.has).toBe(s.tick);
    for (let i = 0; i < 20; i++) s.crank(true);
    s.feed.changeDelay(d.viewer, 0);
    s.feed.changeDelay(d.viewer, 4_000); // taken back
    for (let i = 0; i < 100; i++) s.crank(false);
    expect(cohort()).toBe(4_000);
    expect(d.frames.slice(1).flatMap((frame) => frame.ticks)).toEqual(Array.from({ length: s.tick }, (_, i) => i + 1));
  });

  it('[COH9] sends the joined log at once when it shrinks, and holds back when it grows', () => {
    const s = stand();
    const shrinks = s.viewer(12_000);
    const grows = s.viewer(2_000);
    const round = (): void => { for (let i = 0; i < 100; i++) s.crank(true); };
    round(); // 1 to 100
    for (let i = 0; i < 6; i++) s.crank(false); // 101 to 106
    round(); // 107 to 206, seen by the first from 5 s + 12 s on
    expect(grows.has).toBe(166);
    while (shrinks.has! < 106) s.crank(true); // it stands between the rounds
    const before = shrinks.frames.length;
    s.feed.changeDelay(shrinks.viewer, 2_000);
    expect(shrinks.frames.length).toBe(before + 1);
    expect(shrinks.frames.at(-1)!.ticks[0]).toBe(107);
    expect(shrinks.has).toBe(grows.has);
    for (let i = 0; i < 41; i++) s.crank(false);
    expect(grows.has).toBe(s.tick);
    s.feed.changeDelay(grows.viewer, 8_000);
    const [has, from] = [grows.has, s.now];
    for (let i = 0; i < 60; i++) s.crank(true);
    expect(grows.has).toBe(has);
    for (let i = 0; i < 200; i++) s.crank(true);
    expect(grows.frames.find((frame) => frame.ticks[0] === has! + 1)!.at).toBe(from + 50 + 8_000);
    for (const d of [shrinks, grows]) {
      const ticks = d.frames.slice(1).flatMap((frame) => frame.ticks);
      expect(ticks).toEqual(Array.from({ length: ticks.length }, (_, i) => i + 1));
    }
  });
});

describe('private state of a late viewer', () => {
  it('[COH10] comes with its tick when it is timed, and at once when it is not; confirmations and refusals are for now', () => {
    const s = stand();
    const late = s.viewer(2_000);
    const prompt = s.viewer(0);
    s.crank(true, { privates: [{ viewer: late.viewer, value: 1 }, { viewer: prompt.viewer, value: 1 }] });
    const saidAt = s.now;
    s.crank(true, { privates: [{ viewer: late.viewer, value: 70, key: 2, timed: false }] });
    s.feed.confirm(late.viewer, 5);
    s.feed.refuse(late.viewer, encodeRefused(4, 'round_over'));
    s.crank(true);
    s.crank(true);
    expect(prompt.told.map(({ at }) => at)).toEqual([saidAt]);
    expect(late.told.map(({ frame }) => frame[0])).toEqual([FRAME.refused, FRAME.confirm, FRAME.roomData]);
    expect(late.told[2]).toEqual({ at: saidAt + 100, frame: me(70) });
    for (let i = 0; i < 50; i++) s.crank(true);
    expect(late.told.at(-1)).toEqual({ at: saidAt + 2_000, frame: me(1) });
    expect(late.frames.find((frame) => frame.ticks[0] === 1)!.at).toBe(saidAt + 2_000);
  });

  it('[COH10] is the latest of its key up to the tick that is shown, also at another tier', () => {
    const s = stand();
    const late = s.viewer(2_000, 3);
    for (let i = 1; i <= 100; i++) s.crank(true, { privates: [{ viewer: late.viewer, value: i % 128 }] });
    s.wait(2_000);
    expect(late.told.length).toBeLessThanOrEqual(8); // one a write
    for (const { at, frame } of late.told) expect(1_000 + frame.at(-1)! * 50 + 2_000).toBeLessThanOrEqual(at);
    s.wait(1_050);
    expect(lastTold(late.told)).toBe(100);
  });

  it('[COH10] does not spoil at a resync, and is told again as far as the viewer had it', () => {
    const s = stand();
    const late = s.viewer(8_000);
    for (let i = 1; i <= 100; i++) s.crank(true, { privates: [{ viewer: late.viewer, value: i }] });
    s.wait(4_000); // up to tick 20
    expect(lastTold(late.told)).toBe(20);
    s.feed.fallBehind(late.viewer);
    s.feed.lost(late.viewer);
    s.wait(1_000);
    s.feed.recover(late.viewer);
    expect(late.has).toBe(40);
    expect(lastTold(late.told)).toBe(40);
    s.wait(3_000);
    expect(lastTold(late.told)).toBe(100);
    s.feed.leave(late.viewer);
    expect(late.viewer.timed).toBeUndefined();
  });

  it('[COH10] that is for now takes the place of what waits', () => {
    const s = stand();
    const late = s.viewer(2_000);
    s.crank(true, { privates: [{ viewer: late.viewer, value: 1 }] });
    s.crank(true, { privates: [{ viewer: late.viewer, value: 2, timed: false }] });
    s.wait(3_000);
    expect(late.told.map(({ frame }) => frame.at(-1))).toEqual([2]);
  });

  it('[COH11] is bounded a viewer, and keeps the newest of every key', () => {
    const timed = new TimedPrivates();
    for (let seq = 1; seq <= 10_000; seq++) timed.add(seq, seq % 600 === 0 ? 7 : 1, me(seq % 100), seq);
    timed.add(10_001, 9, me(1), 10_001);
    expect(timed.positions.length).toBeLessThanOrEqual(128);
    expect(timed.positions).toEqual([...timed.positions].sort((a, b) => a - b));
    const taken = timed.take(Number.POSITIVE_INFINITY);
    expect([1, 7, 9].map((key) => taken.findLast((one) => one.key === key)!.seq)).toEqual([9_999 + 1, 9_600, 10_001]);
    expect(timed.empty).toBe(true);
  });

  it('[COH11] wakes whoever has something at a position that was reached, nobody for a later one', () => {
    const wakes = new Wakes<string>(4);
    const woken = (seq: number): string[] => { const all: string[] = []; wakes.reach(seq, (one) => all.push(one)); return all; };
    expect(wakes.add(5, 'a')).toBe(5);
    expect(wakes.add(7, 'b')).toBe(5); // 5 to 8 are written in one go
    expect(wakes.add(9, 'c')).toBe(9);
    expect(wakes.add(2, 'd')).toBe(2); // from another lane
    expect(woken(1)).toEqual([]);
    expect(woken(6)).toEqual(expect.arrayContaining(['a', 'd']));
    expect(woken(8)).toEqual(expect.arrayContaining(['a', 'b']));
    expect(woken(8)).toEqual([]);
    expect(woken(12)).toEqual(['c']);
  });
});

describe('the fair window of a late viewer', () => {
  it('[COH12] opens when its lane was written the mark', () => {
    const s = stand();
    const [prompt, late, slow] = [s.viewer(0), s.viewer(2_000), s.viewer(2_000, 3)];
    for (let i = 0; i < 10; i++) s.crank(true);
    s.crank(true, { mark: true });
    const marked = s.now;
    expect(s.feed.markWritten(prompt.viewer)).toBe(marked);
    expect(s.feed.markWritten(late.viewer)).toBeUndefined();
    for (let i = 0; i < 100; i++) s.crank(true);
    expect(s.feed.markWritten(late.viewer)).toBe(marked + 2_000);
    expect(s.feed.markWritten(slow.viewer)).toBe(slow.frames.find((frame) => frame.ticks.includes(11))!.at);
    s.feed.changeTier(late.viewer, 3);
    expect(s.feed.markWritten(late.viewer)).toBe(marked + 2_000);
  });

  it('[COH12] stays open for whoever comes back later or earlier than before', () => {
    const s = stand();
    const prompt = s.viewer(0, 0, 77);
    s.viewer(8_000);
    for (let i = 0; i < 10; i++) s.crank(true);
    s.crank(true, { mark: true });
    const marked = s.now;
    s.feed.leave(prompt.viewer);
    s.app.sockets.delete(prompt.socket);
    s.crank(true);
    const again = s.viewer(8_000, 0, 77); // as if its picture were late
    for (let i = 0; i < 200; i++) s.crank(true);
    expect(s.feed.markWritten(again.viewer)).toBe(marked);
    s.feed.leave(again.viewer);
    s.app.sockets.delete(again.socket);
    expect(s.feed.markWritten(s.viewer(0, 0, 77).viewer)).toBe(marked);
  });

  it('[COH12] is unknown while a later mark is on its way, and after ticks were missed', () => {
    const s = stand();
    const late = s.viewer(2_000);
    s.crank(true, { mark: true });
    for (let i = 0; i < 60; i++) s.crank(true);
    expect(s.feed.markWritten(late.viewer)).toBeDefined();
    s.crank(true, { mark: true });
    expect(s.feed.markWritten(late.viewer)).toBeUndefined(); // to count from an older one would flatter whoever acts blindly
    s.greet(s.tick + 10, true);
    s.wait(3_000);
    expect(s.feed.markWritten(late.viewer)).toBeUndefined();
  });
});

describe('slow viewers of a late cohort', () => {
  it('[COH13] leave the fan-out, come back at the time of their cohort, and are evicted past the mark', () => {
    const s = stand();
    const [slow, other] = [s.viewer(2_000), s.viewer(2_000)];
    for (let i = 0; i < 60; i++) s.crank(true);
    s.feed.fallBehind(slow.viewer);
    for (let i = 0; i < 60; i++) s.crank(true);
    expect(slow.has).toBe(20);
    s.feed.recover(slow.viewer);
    expect(slow.frames.at(-1)!.ticks).toEqual(Array.from({ length: 60 }, (_, i) => 21 + i));
    expect(slow.has).toBe(other.has);
    s.feed.fallBehind(slow.viewer);
    for (let i = 0; i < 400; i++) { s.crank(true); if (s.tick % 100 === 0) s.keyframe(); }
    s.feed.recover(slow.viewer); // the log does not reach back any more
    expect(slow.frames.at(-2)!.keyframe).toBe(true);
    expect(slow.has).toBe(other.has);
    expect(slow.has).toBe(s.tick - 40);
    slow.socket.stalled = true;
    slow.socket.waiting.push(new Uint8Array(600 * 1024));
    s.feed.direct(slow.viewer, [me(1)]);
    expect(slow.socket.ended).toBeDefined();
    expect(other.socket.ended).toBeUndefined();
  });

  it('[COH13] that lost bytes and then moved to a longer delay wait for it: their picture does not go back', () => {
    const s = stand();
    s.viewer(8_000);
    const d = s.viewer(0);
    for (let i = 0; i < 100; i++) s.crank(true);
    s.crank(false);
    s.feed.lost(d.viewer);
    s.feed.fallBehind(d.viewer);
    s.feed.changeDelay(d.viewer, 8_000);
    s.feed.recover(d.viewer);
    expect(d.viewer.state).toMatchObject({ kind: 'moving' });
    const frames = d.frames.length;
    for (let i = 0; i < 100; i++) s.crank(true);
    expect(d.frames.length).toBe(frames);
    for (let i = 0; i < 100; i++) s.crank(true);
    expect(d.frames[frames]!.keyframe).toBe(true);
    expect(d.has).toBe(s.tick - 160);
  });
});
