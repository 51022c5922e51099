import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { games } from '@crowdcue/games';
import { runRound, type TestAction } from './run-round.js';

const game = games.get('predict')!;
const params = { question: 'Who wins?', outcome1: 'Red', outcome2: 'Blue', outcome3: 'Nobody' };
const bet = (row: number, choice: number, value = 0): TestAction => ({ row, choice, value, at: 1_000_000, elapsed: 0 });
const idle = (count: number): TestAction[][] => Array.from({ length: count }, () => []);
const play = (actions: TestAction[], choice?: number, tick = 70) =>
  runRound({ game, viewers: 20, params, durationMs: 3000, ticks: [actions, ...idle(79)], ...(choice === undefined ? {} : { settle: { tick, choice } }) });

describe('predict', () => {
  it('[GAM36] takes one bet a viewer, of 10 points where it names none, and refuses another', () => {
    const report = play([bet(0, 0), bet(0, 1, 50), bet(1, 2, 100), bet(2, 3)]);
    expect(report.refusals.map(({ row, code }) => [row, code])).toEqual([[0, 'round_over'], [2, 'action_bad_choice']]);
    expect(report.columns['stake']!.slice(0, 3)).toEqual([10, 100, 0]);
  });

  it('[GAM37] closes bets with the round and waits for the host, who ends it by naming the outcome', () => {
    const report = play([bet(0, 0), bet(1, 1)], 1);
    expect(report.boards.findIndex((board) => board['bets'] === 'closed')).toBe(61);
    expect(report.endedAtTick).toBe(70);
    expect(report.result).toMatchObject({ winners: [1], outcome: { settled: 2, outcome: 'Blue', pool: 20, right: 1, share1: 50, share2: 50 } });
    expect(play([]).endedAtTick).toBeUndefined();
  });

  it('[GAM38] has as many outcomes to settle as the host has named', () => {
    expect([params, { ...params, outcome3: ' ' }, { ...params, outcome4: 'Both' }].map((each) => game.settlement!.outcomes(each))).toEqual([3, 2, 4]);
  });

  it('[GAM39] shares all stakes among those who were right: no point is made, and fewer are lost than there are winners', () => {
    const bets = fc.array(fc.record({ row: fc.nat(19), choice: fc.nat(2), value: fc.nat(100) }), { maxLength: 40 });
    fc.assert(fc.property(bets, fc.nat(2), (all, choice) => {
      const report = play(all.map((each) => bet(each.row, each.choice, each.value)), choice);
      const own = report.columns['bet']!;
      const stake = report.columns['stake']!;
      const right = [...own.keys()].filter((row) => own[row] === choice + 1);
      expect(report.result.winners).toEqual(right);
      if (right.length === 0) return void expect(report.scores.size).toBe(0);
      const pool = stake.reduce((a, b) => a + b, 0);
      const paid = right.reduce((sum, row) => sum + report.scores.get(row)!, 0);
      expect(paid).toBeLessThanOrEqual(pool);
      expect(paid).toBeGreaterThan(pool - right.length);
      for (const [row, score] of report.scores) {
        if (right.includes(row)) expect(score).toBeGreaterThanOrEqual(stake[row]!);
        else expect(score).toBe(-stake[row]!);
      }
      return undefined;
    }));
  });

  it('[GAM40] is void when the host stops it or nobody was right: no winner, no score', () => {
    for (const report of [play([bet(0, 0, 50), bet(1, 1)]), play([bet(0, 0, 50)], 2)]) {
      expect(report.result.winners).toEqual([]);
      expect(report.scores.size).toBe(0);
    }
  });

  it('[GAM41] shows nothing of any bet until the round ends', () => {
    const still = play([], 1).boards;
    const busy = play(Array.from({ length: 20 }, (_, row) => bet(row, row % 3, row + 1)), 1);
    expect(busy.boards).toEqual(still);
    expect(busy.result.outcome['pool']).toBe(210);
  });
});
