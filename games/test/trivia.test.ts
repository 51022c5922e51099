import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { games } from '@crowdcue/games';
import { runRound, type TestAction } from './run-round.js';

const game = games.get('trivia')!;
const params = { question: 'Capital of Norway?', answer1: 'Bergen', answer2: 'Oslo', answer4: 'Tromsø', right: 2 };
const answer = (row: number, choice: number, elapsed: number, at = 1_000_000 + Math.max(0, elapsed)): TestAction => ({ row, choice, value: 0, at, elapsed });
const play = (...actions: TestAction[]) => runRound({ game, viewers: 20, params, ticks: [actions] });

describe('trivia', () => {
  it('[GAM31] takes one answer a viewer and refuses another', () => {
    const report = play(answer(0, 0, 500), answer(0, 1, 900), answer(1, 3, 500));
    expect(report.refusals.map(({ row, code }) => [row, code])).toEqual([[0, 'round_over'], [1, 'action_bad_choice']]);
    expect(report.result).toMatchObject({ winners: [], outcome: { answered: 1, knew: 0, share1: 100 } });
  });

  it('[GAM32] makes winners of all who were right, scores them by the speed since their own picture, and names the fastest', () => {
    const report = play(answer(0, 1, 0), answer(1, 1, 100), answer(2, 1, 7550), answer(3, 1, 15_000), answer(4, 1, 99_999), answer(5, 0, 100));
    expect(report.result).toMatchObject({ winners: [0, 1, 2, 3, 4], fastest: [0, 1], outcome: { right: 2, rightAnswer: 'Oslo', answered: 6, knew: 5, share1: 17, share2: 83 } });
    expect([...report.scores]).toEqual([[0, 1000], [1, 1000], [2, 750], [3, 500], [4, 500]]);
  });

  it('[GAM33] counts a right answer of unknown time, with the lowest score and never as the fastest', () => {
    const report = play(answer(0, 1, -1), answer(1, 1, 12_000));
    expect(report.scores.get(0)).toBe(500);
    expect(report.result).toMatchObject({ winners: [0, 1], fastest: [1] });
    expect(play(answer(0, 1, -1)).result).toMatchObject({ winners: [0], fastest: [] });
  });

  it('[GAM34] tells nothing before the end: the board is the same whoever answers what and whichever is right, and nobody has a score', () => {
    const answers = fc.array(fc.record({ row: fc.nat(19), choice: fc.nat(4), value: fc.nat(1), at: fc.integer({ min: 1_000_000, max: 1_015_000 }), elapsed: fc.integer({ min: -1, max: 15_000 }) }), { maxLength: 30 });
    const still = JSON.stringify(runRound({ game, viewers: 20, params, ticks: [[], [], []] }).boards);
    const scoreless: typeof game = { ...game, onActions: (ctx, ...rest) => game.onActions({ ...ctx, score: () => expect.fail('a score was told') }, ...rest) };
    fc.assert(fc.property(answers, fc.constantFrom(1, 2, 3), fc.nat(), (actions, right, seed) => {
      const played = runRound({ game: scoreless, viewers: 20, params: { ...params, right }, seed, ticks: [actions, [], actions] });
      expect(JSON.stringify(played.boards)).toBe(still);
    }));
    expect(JSON.parse(still)).toMatchObject([{ question: 'Capital of Norway?', option1: 'Bergen', option2: 'Oslo', option3: 'Tromsø', right: 0, rightAnswer: '', answered: 0 }, {}, {}]);
  });

  it('[GAM35] says what is wrong with a right answer that is none of those given', () => {
    expect(game.wrongParams!(params)).toBeUndefined();
    expect(game.wrongParams!({ ...params, right: 3 })).toBeUndefined();
    for (const right of [4, 1.5]) expect(game.wrongParams!({ ...params, right })).toContain('one of the 3 answers');
  });
});
