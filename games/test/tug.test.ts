import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { games } from '@crowdcue/games';
import { bytesOf, runRound, unorderedOf, type TestAction } from './run-round.js';

const game = games.get('tug')!;
const START = 1_000_000;
const at = (tick: number): number => START + tick * 50;
const tap = (row: number, choice: number, value: number, tick: number): TestAction => ({ row, choice, value, at: at(tick), elapsed: tick * 50 });
const idle = (count: number): TestAction[][] => Array.from({ length: count }, () => []);

const anyAction = (tick: number): fc.Arbitrary<TestAction> => fc.record({
  row: fc.nat(11), choice: fc.nat(3), value: fc.nat(25),
  at: fc.oneof(fc.constant(at(tick)), fc.integer({ min: START - 5000, max: START + 95_000 })), elapsed: fc.integer({ min: -1, max: 40_000 }),
});
const anyTicks = fc.integer({ min: 1, max: 60 }).chain((count) =>
  fc.tuple(...Array.from({ length: count }, (_, tick) => fc.array(anyAction(tick), { maxLength: 12 }))));

describe('tug', () => {
  it('[GAM1] lets the first tap of a round pick the team and refuses the other side afterwards', () => {
    const report = runRound({ game, viewers: 2, ticks: [[tap(0, 0, 1, 0), tap(1, 1, 2, 0)], [tap(0, 1, 3, 1), tap(0, 0, 4, 1)]] });
    expect(report.refusals).toEqual([{ tick: 1, row: 0, code: 'action_bad_choice' }]);
    expect([...report.scores]).toEqual([[0, 5], [1, 2]]);
    expect([...report.players]).toEqual([0, 1]);
    expect(report.boards.at(-1)).toMatchObject({ left: 1, right: 1, pullLeft: 5, pullRight: 2 });
  });

  it('[GAM2] refuses a value of 0 and above 20 and a choice that is none, and these pick no team', () => {
    const report = runRound({ game, viewers: 1, ticks: [[tap(0, 0, 0, 0), tap(0, 0, 21, 0), tap(0, 2, 1, 0), tap(0, 1, 1, 0)]] });
    expect(report.refusals.map((r) => r.code)).toEqual(['action_bad_value', 'action_bad_value', 'action_bad_choice']);
    expect(report.boards.at(-1)).toMatchObject({ left: 0, right: 1 });
  });

  it('[GAM3] counts 14 taps a second and viewer since the start and 14 at once, and no more', () => {
    const flood = Array.from({ length: 200 }, (_, tick) => [tap(0, 0, 20, tick), tap(0, 0, 20, tick), tap(1, 1, 1, tick)]);
    const report = runRound({ game, viewers: 2, ticks: flood });
    const seconds = (report.boards.length - 1) * 0.05;
    expect(report.scores.get(0)).toBe(Math.floor(14 * seconds) + 14);
    expect(report.scores.get(1)).toBe(Math.min(report.boards.length, Math.floor(14 * seconds) + 14));
    expect(report.refusals).toEqual([]);
  });

  it('[GAM3] loses none of the taps of a viewer whose network held them back', () => {
    const held = runRound({ game, viewers: 1, ticks: [...idle(40), [20, 20, 2].map((n) => tap(0, 0, n, 40)), ...idle(10)] });
    expect(held.scores.get(0)).toBe(42);
  });

  it('[GAM4] ends the round when the rope reaches an end, in 4 to 7.5 s where only one team pulls, with 2 players as with 20,000', () => {
    for (const viewers of [1, 20_000]) {
      const ticks = Array.from({ length: 200 }, (_, tick) => (tick % 4 === 0 ? Array.from({ length: viewers }, (_x, row) => tap(row, 1, 1, tick)) : []));
      const report = runRound({ game, viewers, ticks });
      const seconds = report.endedAtTick! * 0.05;
      expect(seconds).toBeGreaterThan(4);
      expect(seconds).toBeLessThan(7.5);
      expect(report.result.outcome).toMatchObject({ winner: 'right', rope: 100 });
      expect(report.result.winners).toHaveLength(viewers);
    }
  });

  it('[GAM5] a rope that stops a hair left of the middle is in the middle, and 0 as JSON has it too', () => {
    const crowd = Array.from({ length: 400 }, (_, row) => tap(row + 2, row % 2, 1, 0));
    const { result: { outcome } } = runRound({ game, viewers: 402, ticks: [[...crowd, tap(0, 0, 1, 0)], []] });
    expect(outcome).toMatchObject({ winner: 'none', rope: 0 });
    expect(outcome).toEqual(JSON.parse(JSON.stringify(outcome)));
  });

  it('[GAM5] makes every player of the winning team a winner and none of a draw', () => {
    const ticks = Array.from({ length: 60 }, (_, tick) => [tap(0, 0, 1, tick), tap(1, 1, 1, tick)]);
    expect(runRound({ game, viewers: 2, ticks }).result).toMatchObject({ winners: [], outcome: { winner: 'none' } });
    const won = runRound({ game, viewers: 3, ticks: ticks.map((t, tick) => [...t, tap(2, 0, 1, tick)]) });
    expect(won.result).toMatchObject({ winners: [0, 2], outcome: { winner: 'left' } });
    expect(runRound({ game, viewers: 3, ticks: idle(20) }).result).toMatchObject({ winners: [], outcome: { winner: 'none', rope: 0 } });
  });

  it('[GAM6] tells the crowd goal once, in the tick that reaches it', () => {
    const ticks = Array.from({ length: 10 }, (_, tick) => [tap(0, 0, 1, tick), tap(1, 1, 1, tick)]);
    expect(runRound({ game, viewers: 2, params: { goal: 7 }, ticks }).goals).toEqual([{ goal: 'taps', value: 7, tick: 3 }]);
    expect(runRound({ game, viewers: 2, params: { goal: 21 }, ticks }).goals).toEqual([]);
  });

  it('[GAM7] gives the same bytes for the same inputs, memory and columns included', () => {
    fc.assert(fc.property(anyTicks, (ticks) => {
      expect(bytesOf(runRound({ game, viewers: 10, ticks }))).toBe(bytesOf(runRound({ game, viewers: 10, ticks })));
    }), { numRuns: 100 });
  });

  it('[GAM8] has no result that depends on the order of viewers within a tick', () => {
    fc.assert(fc.property(anyTicks, (ticks) => {
      // Actions of one viewer keep their order: they are numbered.
      const turned = ticks.map((actions) => [...actions].sort((a, b) => b.row - a.row));
      expect(unorderedOf(runRound({ game, viewers: 12, ticks: turned }))).toBe(unorderedOf(runRound({ game, viewers: 12, ticks })));
    }), { numRuns: 100 });
  });

  it('[GAM9] keeps its bounds and never throws, whatever stands in actions and columns', () => {
    const odd = fc.array(fc.oneof(fc.nat(3), fc.constant(0xffff_ffff)), { minLength: 8, maxLength: 8 });
    fc.assert(fc.property(anyTicks, odd, odd, fc.constantFrom(NaN, Infinity, -Infinity, 0), (ticks, team, taps, time) => {
      const spoilt = ticks.map((actions) => actions.map((a, i) => (i % 5 === 4 ? { ...a, at: time } : a)));
      const report = runRound({ game, viewers: 8, ticks: spoilt, prepare: (c) => { c['team']!.set(team); c['taps']!.set(taps); } });
      for (const board of report.boards) {
        expect(Math.abs(board['rope'] as number)).toBeLessThanOrEqual(100);
        for (const key of ['left', 'right', 'pullLeft', 'pullRight']) expect(Number.isSafeInteger(board[key])).toBe(true);
      }
      for (const row of report.result.winners) expect(row).toBeLessThan(8);
    }), { numRuns: 100 });
  });
});
