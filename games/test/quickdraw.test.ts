import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { games, gameText } from '@crowdcue/games';
import { bytesOf, runRound, unorderedOf, type RoundScript, type TestAction } from './run-round.js';

const game = games.get('quickdraw')!;
const START = 1_000_000;
const TICKS = 241;
const draw = (row: number, at: number, elapsed: number): TestAction => ({ row, choice: 0, value: 0, at: START + at, elapsed });
const none = (): TestAction[][] => Array.from({ length: TICKS }, () => []);

/** Tick and ms of the turn for a seed. */
const turnOf = (seed: number): { tick: number; ms: number } => {
  const tick = runRound({ game, viewers: 1, seed, ticks: none() }).windows[0]!;
  return { tick, ms: tick * 50 };
};
const play = (seed: number, viewers: number, actions: (turn: { tick: number; ms: number }) => [tick: number, TestAction][], more: Partial<RoundScript> = {}) => {
  const ticks = none();
  for (const [tick, action] of actions(turnOf(seed))) ticks[tick]!.push(action);
  return runRound({ game, viewers, seed, ticks, ...more });
};

describe('quickdraw', () => {
  it('[GAM10] turns 2 to 6 s after the start, opens a window then, and shows nothing of others before the end', () => {
    const seen = new Set<number>();
    for (let seed = 1; seed <= 200; seed++) {
      const report = runRound({ game, viewers: 1, seed, ticks: none() });
      expect(report.windows).toHaveLength(1);
      const ms = report.windows[0]! * 50;
      expect(ms).toBeGreaterThanOrEqual(2000);
      expect(ms).toBeLessThanOrEqual(6050);
      expect(report.boards[report.windows[0]! - 1]!['signal']).toBe('wait');
      expect(report.boards[report.windows[0]!]!['signal']).toBe('go');
      seen.add(ms);
    }
    expect(seen.size).toBeGreaterThan(40);
    const busy = play(1, 3, ({ tick, ms }) => [0, 1, 2].map((row) => [tick + 5, draw(row, ms + 240, 200 + row)]));
    for (const board of busy.boards) expect(board).toMatchObject({ drew: 0, fastestMs: 0, medianMs: 0 });
    expect(busy.result.outcome).toMatchObject({ drew: 3, fastestMs: 200, medianMs: 201 });
  });

  it('[GAM11] counts the first draw of a viewer, by the time since their own turn, and refuses another', () => {
    const report = play(3, 1, ({ tick, ms }) => [[tick + 6, draw(0, ms + 300, 250)], [tick + 7, draw(0, ms + 350, 300)]]);
    expect(report.scores.get(0)).toBe(4000);
    expect(report.refusals).toEqual([{ tick: expect.any(Number) as number, row: 0, code: 'round_over' }]);
  });

  it('[GAM12] counts a reaction below 100 ms as 100', () => {
    const report = play(3, 2, ({ tick, ms }) => [[tick + 1, draw(0, ms + 30, 0)], [tick + 2, draw(1, ms + 100, 100)]]);
    expect(report.scores.get(0)).toBe(report.scores.get(1));
    expect(report.result.fastest).toEqual([0, 1]);
  });

  it('[GAM13] puts a false start out of the round and tells it by a score of -1', () => {
    const report = play(5, 4, ({ tick, ms }) => [
      [tick - 10, draw(0, ms - 500, ms - 500)], // before the room turned
      [tick + 1, draw(1, ms - 20, -1)], // arrived before the turn, applied after it
      [tick + 3, draw(2, ms + 150, ms + 100)], // the room has turned, the viewer's picture has not: counted from the round's start
      [tick + 4, draw(3, ms + 200, 150)],
      [tick + 6, draw(0, ms + 300, 250)],
    ]);
    expect([0, 1, 2].map((row) => report.scores.get(row))).toEqual([-1, -1, -1]);
    expect(report.players.size).toBe(4);
    expect(report.result).toMatchObject({ winners: [3], fastest: [3], outcome: { drew: 1 } });
    expect(gameText('quickdraw')!.score({ score: -1 })).toBe('Too soon');
  });

  it('[GAM14] lets a viewer whose turn nobody timed play, unscored', () => {
    const report = play(5, 2, ({ tick, ms }) => [[tick + 3, draw(0, ms + 120, -1)], [tick + 9, draw(1, ms + 450, 400)]]);
    expect(report.scores.get(0)).toBe(0);
    expect(report.players.has(0)).toBe(true);
    expect(report.result).toMatchObject({ winners: [1], fastest: [1], outcome: { drew: 1, fastestMs: 400 } });
  });

  it('[GAM15] makes the fastest tenth winners, at least one, ties of the last place included', () => {
    const times = Array.from({ length: 30 }, (_, row) => 200 + (row === 3 ? 20 : row * 10));
    const report = play(7, 30, ({ tick, ms }) => times.map((t, row) => [tick + 15, draw(row, ms + 600, t)]));
    expect(report.result.winners).toEqual([0, 1, 2, 3]);
    expect(report.result.fastest).toEqual([0]);
    const all = play(7, 30, ({ tick, ms }) => times.map((t, row) => [tick + 15, draw(row, ms + 600, t)]), { params: { winnersPercent: 100 } });
    expect(all.result.winners).toHaveLength(30);
    expect(runRound({ game, viewers: 3, ticks: none() }).result).toMatchObject({ winners: [], fastest: [], outcome: { drew: 0 } });
  });

  const anyTicks = fc.array(fc.record({
    tick: fc.nat(TICKS - 1), row: fc.nat(11), choice: fc.nat(1), value: fc.nat(1), atMs: fc.integer({ min: -2000, max: 20_000 }), elapsed: fc.integer({ min: -1, max: 12_000 }),
  }), { maxLength: 60 }).map((list) => {
    const ticks = none();
    for (const a of list) ticks[a.tick]!.push({ row: a.row, choice: a.choice, value: a.value, at: START + a.atMs, elapsed: a.elapsed });
    return ticks;
  });

  it('[GAM7] gives the same bytes for the same inputs, memory and columns included', () => {
    fc.assert(fc.property(anyTicks, fc.nat(), (ticks, seed) => {
      expect(bytesOf(runRound({ game, viewers: 10, seed, ticks }))).toBe(bytesOf(runRound({ game, viewers: 10, seed, ticks })));
    }), { numRuns: 60 });
  });

  it('[GAM8] has no result that depends on the order of viewers within a tick', () => {
    fc.assert(fc.property(anyTicks, fc.nat(), (ticks, seed) => {
      const turned = ticks.map((actions) => [...actions].sort((a, b) => b.row - a.row));
      expect(unorderedOf(runRound({ game, viewers: 12, seed, ticks: turned }))).toBe(unorderedOf(runRound({ game, viewers: 12, seed, ticks })));
    }), { numRuns: 60 });
  });

  it('[GAM9] keeps its bounds and never throws, whatever stands in actions and columns', () => {
    const odd = fc.array(fc.oneof(fc.nat(4), fc.constant(0xffff_ffff)), { minLength: 8, maxLength: 8 });
    fc.assert(fc.property(anyTicks, odd, odd, fc.constantFrom(NaN, Infinity, -Infinity), fc.constantFrom(3000, 12_000, 90_000), (ticks, state, reaction, time, durationMs) => {
      const spoilt = ticks.map((actions) => actions.map((a, i) => (i % 3 === 2 ? { ...a, at: time, elapsed: time } : a)));
      const report = runRound({ game, viewers: 8, durationMs, ticks: spoilt, prepare: (c) => { c['state']!.set(state); c['reaction']!.set(reaction); } });
      for (const score of report.scores.values()) {
        expect(score).toBeGreaterThanOrEqual(-1);
        expect(score).toBeLessThanOrEqual(10_000);
      }
      for (const row of report.result.winners) expect(row).toBeLessThan(8);
    }), { numRuns: 60 });
  });
});
