import { games } from '@crowdcue/games';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeConfirm, encodeRefused, FRAME, joinPatches } from '@crowdcue/protocol';
import { FakeRelay, fakeToken, roomData, until, type FakeViewer } from '../../client-sdk/test/fake-relay.js';
import { BEHAVIOURS } from '../src/swarm/behaviour.js';
import { Crew } from '../src/swarm/crew.js';
import type { CrewOptions, GroupStamps } from '../src/swarm/messages.js';
import { lateness, patchAge } from '../src/swarm/patch-age.js';
import { compareStates, countViewers } from '../src/swarm/report.js';
import { summary } from '../src/swarm/statistics.js';
import { FrameHash } from '../src/wire/viewer-frames.js';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A relay whose room applies each action once, tells so, and confirms. */
const start = async (): Promise<{ relay: FakeRelay; applied: Map<string, number> }> => {
  const relay = await FakeRelay.start();
  const applied = new Map<string, number>();
  const session = (viewer: FakeViewer): string => viewer.protocols[2]!;
  relay.onAction = (viewer, { n }) => {
    const last = applied.get(session(viewer)) ?? 0;
    applied.set(session(viewer), Math.max(last, n));
    viewer.send(encodeConfirm(n));
    viewer.send(roomData('__me', { appliedTotal: applied.get(session(viewer)) }));
  };
  stops.push(() => relay.crash());
  return { relay, applied };
};

const groupOf = (pairs: Float64Array): GroupStamps[] => [{ tier: 1, delay: 0, viewers: 1, pairs }];

const crewOf = (relay: FakeRelay, count: number, options: Partial<CrewOptions> = {}): Crew => {
  const tokens = Array.from({ length: count }, (_, i) => fakeToken(i + 1));
  const crew = new Crew({
    event: 'show', relays: [relay.url], tokens, firstIndex: 0, rate: 20, tiers: [1], delays: [0], decodeEvery: 1, stamp: true, dialling: 8, ...options,
  });
  stops.push(() => crew.stop());
  crew.start();
  return crew;
};

describe('a crew', () => {
  it('[SWM3] plays, settles and counts: confirmed is what the room says it applied', async () => {
    const { relay, applied } = await start();
    const crew = crewOf(relay, 20);
    await until('200 confirmed', () => crew.progress().confirmed >= 200);
    crew.rest();
    await until('settled', () => crew.progress().pending === 0);
    relay.patch((state) => void (state.phase = 'over'));
    await until('everybody knows', () => crew.report().states.every(({ json }) => json.includes('"over"')));
    const counts = countViewers([crew.report()]);
    expect(counts.applied).toBe([...applied.values()].reduce((sum, n) => sum + n, 0));
    expect(counts).toMatchObject({ sent: counts.applied, confirmed: counts.applied, refused: 0, unsettled: 0, confirmedNotApplied: 0, appliedNotConfirmed: 0 });
    expect(counts.bytesPerViewer).toBeGreaterThan(100);
  });

  it('[SWM4] finds confirmations that the room has not applied, and refusals by code', async () => {
    const { relay } = await start();
    relay.onAction = (viewer, { n }) => viewer.send(n % 2 === 0 ? encodeRefused(n, 'round_over') : encodeConfirm(n));
    const crew = crewOf(relay, 2);
    await until('some', () => crew.progress().refused >= 4);
    crew.rest();
    await until('settled', () => crew.progress().pending === 0);
    const counts = countViewers([crew.report()]);
    expect(counts.confirmedNotApplied).toBe(counts.confirmed);
    expect(counts.refusedBy).toEqual({ round_over: counts.refused });
  });

  it('[SWM5] finds a viewer whose decoded state differs from the reference', async () => {
    const { relay } = await start();
    const crew = crewOf(relay, 5);
    await until('all in', () => crew.progress().live === 5);
    relay.patch((state) => state.numbers.set('rope', 1));
    relay.state.numbers.set('rope', 2);
    const body = relay.encoder.encode().slice();
    relay.encoder.discardChanges();
    for (const viewer of relay.viewers.slice(1)) viewer.send(joinPatches([body]));
    relay.patch((state) => void (state.round = 7));
    await until('round 7 everywhere', () => crew.report().states.every(({ json }) => json.includes('"round":7')));
    const reference = crewOf(relay, 1);
    const json = await until('reference', () => reference.report().states[0]?.json);
    expect(compareStates(json, [crew.report()], true)).toEqual({ quiet: true, compared: 5, mismatches: 1 });
  });

  it('[SWM6] comes back after a relay died and offers again what was not settled', async () => {
    const { relay, applied } = await start();
    const confirm = relay.onAction;
    relay.onAction = () => {};
    const crew = crewOf(relay, 3);
    await until('offers', () => crew.progress().pending >= 6);
    await relay.crash();
    await until('all out', () => crew.progress().live === 0);
    relay.onAction = confirm;
    await relay.listen();
    await until('all back', () => crew.progress().live === 3);
    crew.rest();
    await until('settled', () => crew.progress().pending === 0);
    const counts = countViewers([crew.report()]);
    expect(counts).toMatchObject({ reconnects: 3, confirmed: counts.sent, applied: counts.sent });
    expect(applied.size).toBe(3);
  });

  it('[SWM7] stays out after a final code', async () => {
    const { relay } = await start();
    relay.admit = () => ({ code: 4102, reason: 'viewer_banned' });
    const crew = crewOf(relay, 2);
    await until('shut out', () => crew.progress().failed === 2);
    expect(crew.report().closedBy).toEqual({ viewer_banned: 2 });
  });
});

describe('figures', () => {
  it('[SWM8] tells the age of each patch in each frame, joined or not, from the making of its tick', () => {
    const patch = (byte: number): Uint8Array => Uint8Array.of(byte, byte, byte);
    const births = [1, 2, 3, 4].map((tick) => ({ tick, at: tick * 50, patch: patch(tick), shifted: false }));
    const stampOf = (first: number, last: number): number =>
      new FrameHash().add(joinPatches(births.slice(first - 1, last).map((birth) => birth.patch))).value();
    const stamps = Float64Array.of(stampOf(1, 2), 110, stampOf(3, 3), 170, stampOf(2, 4), 230, 12345, 300);
    const age = patchAge(births, groupOf(stamps), 0);
    // ticks 1 and 2 at 110: 60 and 10; tick 3 at 170: 20; ticks 2, 3, 4 at 230: 130, 80, 30
    expect(age).toEqual({ count: 6, p50: 30, p95: 130, p99: 130, max: 130, unmatched: 1 });
  });

  it('[SWM8] counts the patches of a frame that joins what a relay held back while the machine stood still for seconds', () => {
    const births = Array.from({ length: 200 }, (_, i) => ({ tick: i + 1, at: (i + 1) * 50, patch: Uint8Array.of(i, i >> 4, 7), shifted: false }));
    const whole = new FrameHash().add(joinPatches(births.map(({ patch }) => patch))).value();
    expect(patchAge(births, groupOf(Float64Array.of(whole, 10_000)), 0)).toMatchObject({ count: 200, max: 9_950, unmatched: 0 });
  });

  it('[SWM9] takes the latest making of equal patches that was before the receipt', () => {
    const patch = Uint8Array.of(9);
    const births = [100, 200, 300].map((at, i) => ({ tick: i + 1, at, patch, shifted: false }));
    const stamp = new FrameHash().add(Uint8Array.of(FRAME.roomStatePatch, 9)).value();
    expect(patchAge(births, groupOf(Float64Array.of(stamp, 210)), 0).max).toBe(10);
  });

  it('[SWM12] holds each group against its own time: late for its delay, early only in a round in stream time', () => {
    const births = [1, 2, 3, 4].map((tick) => ({ tick, at: tick * 50, patch: Uint8Array.of(tick), shifted: tick < 3 }));
    const stampOf = (first: number, last: number): number => new FrameHash().add(joinPatches(births.slice(first - 1, last).map(({ patch }) => patch))).value();
    // due for a delay of 1 s: 1050, 1100, and ticks 3 and 4, which are for everybody, right after tick 2
    const good = { tier: 1 as const, delay: 1_000, viewers: 1, pairs: Float64Array.of(stampOf(1, 1), 1_060, stampOf(2, 4), 1_130) };
    expect(lateness(births, [good], 0)).toEqual([{ tier: 1, delay: 1_000, viewers: 1, early: 0, count: 4, p50: 30, p95: 30, p99: 30, max: 30 }]);
    const spoiled = { ...good, viewers: 2, pairs: Float64Array.of(stampOf(1, 1), 90) };
    expect(lateness(births, [good, spoiled], 0)).toMatchObject([{ viewers: 3, early: 1 }]);
    expect([957, 958, 959].map((errorMs) => lateness(births, [spoiled], errorMs)[0]!.early)).toEqual([1, 0, 0]); // 960 ms early, of which threads may be 2 off
    expect(lateness(births, [{ ...good, delay: 0, pairs: Float64Array.of(stampOf(1, 2), 110) }], 0)).toMatchObject([{ delay: 0, early: 0, max: 60 }]);
  });

  it('[SWM13] reads the machine’s clock alike in every process, also in one that was interrupted as it began', async () => {
    const real = process.hrtime.bigint;
    let interrupted = false;
    const spy = vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => {
      const at = real();
      if (!interrupted) while (real() - at < 200_000_000n) interrupted = true;
      return at;
    });
    try {
      vi.resetModules();
      const { now } = await import('../src/clock.js');
      expect(interrupted).toBe(true);
      const off = Array.from({ length: 100 }, () => Math.abs(now() - Number(real()) / 1e6));
      expect(Math.min(...off)).toBeLessThan(100);
    } finally {
      spy.mockRestore();
    }
  });

  it('[SWM10] gives nearest-rank percentiles', () => {
    expect(summary(Array.from({ length: 100 }, (_, i) => i + 1))).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
    expect(summary([])).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
  });

  it('[SWM11] answers a light as people do: only after it, once a round, not below 160 ms', () => {
    const texts = new Map([['signal', 'wait']]);
    const state = { phase: 'live', round: 1, game: 'quickdraw', texts, numbers: new Map<string, number>() };
    const temper = { index: 0, rate: 1, random: Math.random };
    expect(BEHAVIOURS['quickdraw']!(state, temper)).toBeUndefined();
    texts.set('signal', 'go');
    const moves = Array.from({ length: 200 }, () => BEHAVIOURS['quickdraw']!(state, temper)!);
    for (const move of moves) expect(move).toMatchObject({ choice: 0, value: 0, againInMs: Infinity });
    expect(Math.min(...moves.map(({ delayMs }) => delayMs))).toBeGreaterThanOrEqual(160);
  });

  it('[SWM16] plays every game that there is, by choices that its round has', () => {
    const texts = new Map([['signal', 'go'], ['option1', 'A'], ['option2', 'B'], ['option3', ''], ['option4', '']]);
    const state = { phase: 'live', round: 1, game: '', texts, numbers: new Map([['weak', 2]]) };
    expect(Object.keys(BEHAVIOURS)).toEqual([...games.keys()]);
    for (const [id, game] of games) {
      const asks = texts.has('option1') && 'question' in game.board;
      for (let index = 0; index < 300; index++) {
        const move = BEHAVIOURS[id]!(state, { index, rate: 3, random: Math.random })!;
        expect(move.choice).toBeLessThan(asks ? 2 : game.action.choices.length);
        expect(move.value).toBeLessThanOrEqual(game.action.maxValue);
      }
    }
    expect(BEHAVIOURS['poll']!({ ...state, texts: new Map() }, { index: 0, rate: 1, random: Math.random })).toBeUndefined();
  });
});
