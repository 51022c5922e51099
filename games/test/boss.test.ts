import { describe, expect, it } from 'vitest';
import { games } from '@crowdcue/games';
import { runRound, type RoundScript, type TestAction } from './run-round.js';

const game = games.get('boss')!;
const START = 1_000_000;
const hit = (row: number, choice: number, value: number, tick: number): TestAction => ({ row, choice, value, at: START + tick * 50, elapsed: tick * 50 });
const idle = (count: number): TestAction[][] => Array.from({ length: count }, () => []);
/** Weak spot by tick, for a seed. */
const weakSpots = (seed = 1, count = 600): number[] => runRound({ game, viewers: 1, seed, ticks: idle(count) }).boards.map((board) => board['weak'] as number);
/** `viewers` tap `perSecond` (a divisor of 20) times at the spot that `aim` gives. */
const crowd = (viewers: number, perSecond: number, aim: (tick: number, row: number) => number): TestAction[][] =>
  Array.from({ length: 600 }, (_, tick) => (tick % (20 / perSecond) === 0 ? Array.from({ length: viewers }, (_x, row) => hit(row, aim(tick, row), 1, tick)) : []));
const play = (ticks: TestAction[][], viewers: number, more: Partial<RoundScript> = {}) => runRound({ game, viewers, ticks, ...more });

describe('boss', () => {
  it('[GAM21] has one weak spot that moves every 3 to 5 s to another of the three', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const weak = weakSpots(seed);
      const moves = weak.flatMap((spot, tick) => (tick > 0 && spot !== weak[tick - 1] ? [tick] : []));
      expect(moves.length).toBeGreaterThanOrEqual(5);
      moves.forEach((tick, i) => {
        const ticks = tick - (moves[i - 1] ?? 0);
        expect(ticks).toBeGreaterThanOrEqual(60);
        expect(ticks).toBeLessThanOrEqual(101);
      });
      for (const spot of weak) expect([0, 1, 2]).toContain(spot);
    }
  });

  it('[GAM22] counts a hit on the weak spot double, on the spot before it for half a second more, and on any other once', () => {
    const weak = weakSpots();
    const moved = weak.findIndex((spot) => spot !== weak[0]);
    const third = 3 - weak[0]! - weak[moved]!;
    const ticks = idle(moved + 20);
    ticks[5] = [hit(0, weak[0]!, 3, 5), hit(1, third, 3, 5)];
    ticks[moved + 5] = [hit(2, weak[0]!, 3, moved + 5), hit(3, weak[moved]!, 3, moved + 5), hit(4, third, 3, moved + 5)];
    ticks[moved + 15] = [hit(5, weak[0]!, 3, moved + 15)];
    expect([...play(ticks, 6).scores]).toEqual([[0, 6], [1, 3], [2, 6], [3, 6], [4, 3], [5, 3]]);
  });

  it('[GAM23] counts 14 taps a second and viewer since the start and 14 at once, wherever they hit', () => {
    const flood = Array.from({ length: 100 }, (_, tick) => [0, 1, 2].map((spot) => hit(0, spot, 20, tick)));
    const report = play(flood, 1, { params: { toughness: 400 } });
    expect(report.columns['taps']![0]).toBe(Math.floor(14 * 99 * 0.05) + 14);
    expect(report.board.get('hits')).toBe(report.columns['taps']![0]);
    const held = [...idle(40), [hit(0, 0, 20, 40), hit(0, 1, 20, 40), hit(0, 2, 2, 40)]]; // a network held them back
    expect(play(held, 1).columns['taps']![0]).toBe(42);
  });

  it.each([1, 2, 200, 20_000])('[GAM24] falls to %i who chase the weak spot by three taps a second, and stands against as many who tap once a second anywhere', (viewers) => {
    const weak = weakSpots();
    const won = play(crowd(viewers, 4, (tick) => weak[Math.max(0, tick - 10)]!).map((tick, i) => (i % 20 < 15 ? tick : [])), viewers);
    expect(won.result.outcome).toMatchObject({ winner: 'crowd', health: 0 });
    expect(won.result.winners).toHaveLength(viewers);
    expect(won.goals).toEqual([{ goal: 'boss-defeated', value: won.result.outcome['hits'], tick: won.endedAtTick }]);
    expect(won.endedAtTick! * 0.05).toBeGreaterThan(12);
    const lost = play(crowd(viewers, 1, (tick, row) => (row + tick) % 3), viewers);
    expect(lost.result).toMatchObject({ winners: [], outcome: { winner: 'boss' } });
    expect(lost.goals).toEqual([]);
    expect(lost.endedAtTick).toBeUndefined();
  }, 120_000);

  it('[GAM25] makes winners of those who did a tenth of what is asked of one, and of nobody else', () => {
    const weak = weakSpots();
    const ticks = crowd(2, 10, (tick) => weak[tick]!);
    ticks[3]!.push(hit(2, (weak[3]! + 1) % 3, 9, 3), hit(3, (weak[3]! + 1) % 3, 10, 3));
    const report = play(ticks, 5);
    expect(report.boards[0]).toMatchObject({ enough: 10 });
    expect(report.result.winners).toEqual([0, 1, 3]);
  });

  it('[GAM57] does not fall before a third of the round, however few or fast they are', () => {
    const weak = weakSpots();
    const ticks = crowd(3, 20, (tick) => weak[tick]!);
    const report = play(ticks, 3, { params: { toughness: 10 } });
    expect(report.endedAtTick).toBe(200);
    expect(report.boards.slice(0, 200).every((board) => Number(board['health']) > 0)).toBe(true);
    expect(report.boards[100]!['health']).toBe(50);
  });

  it('[GAM26] never takes back what was done when somebody comes late: the bar loses less than their share of the time left', () => {
    const weak = weakSpots();
    const ticks = crowd(10, 5, (tick) => weak[tick]!).slice(0, 300);
    const late = ticks.map((actions) => [...actions]);
    late[280]!.push(...Array.from({ length: 10 }, (_, i) => hit(10 + i, 0, 1, 280)));
    const options = { params: { toughness: 400 } };
    const [without, having] = [play(ticks, 20, options), play(late, 20, options)].map((report) => report.boards.at(-1)!['health'] as number);
    expect(having!).toBeGreaterThan(without!);
    // Twice as many, but half of the time is over: they bring half of a share.
    expect(having! - without!).toBeLessThan(20);
    for (const board of play(late, 20, options).boards) expect(board['health']).toBeLessThanOrEqual(100);
  });
});
