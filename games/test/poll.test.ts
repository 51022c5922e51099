import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { games } from '@crowdcue/games';
import { runRound, type TestAction } from './run-round.js';
import { sharesOf } from '../src/named-choices.js';

const game = games.get('poll')!;
const params = { question: ' Where to? ', option1: 'Caves', option2: '', option3: ' Sea ', option5: 'Sky' };
const vote = (row: number, choice: number): TestAction => ({ row, choice, value: 0, at: 1_000_000, elapsed: 0 });
const play = (...ticks: TestAction[][]) => runRound({ game, viewers: 20, params, ticks });

describe('poll', () => {
  it('[GAM27] shows the question and the options that the host gave, empty ones left out, and takes votes for these', () => {
    const report = play([vote(0, 2), vote(1, 3)]);
    expect(report.boards[0]).toMatchObject({ question: 'Where to?', option1: 'Caves', option2: 'Sea', option3: 'Sky', option4: '' });
    expect(report.refusals.map(({ row, code }) => [row, code])).toEqual([[1, 'action_bad_choice']]);
  });

  it('[GAM28] counts one vote a viewer, the last one, and shows the shares as they run', () => {
    const report = play([vote(0, 0), vote(1, 0), vote(2, 1)], [vote(0, 1), vote(0, 2), vote(1, 0)], [vote(0, 1)]);
    expect(report.boards.map((board) => [board['votes'], board['share1'], board['share2'], board['share3']])).toEqual([[3, 67, 33, 0], [3, 34, 33, 33], [3, 33, 67, 0]]);
    expect(report.result).toMatchObject({ winners: [], outcome: { leading: 'Sea', leaders: 1, leadingShare: 67, votes: 3 } });
    expect(report.scores.size).toBe(0);
  });

  it('[GAM29] names what ties for the lead together, and nothing when nobody voted', () => {
    expect(play([vote(0, 0), vote(1, 2)]).result.outcome).toMatchObject({ leading: 'Caves\nSky', leaders: 2, leadingShare: 50 });
    expect(play([]).result.outcome).toMatchObject({ leading: '', leaders: 0, votes: 0, leadingShare: 0 });
  });

  it('[GAM30] has shares whose sum is 100, each within one of its part, and equal ones for equal counts but for the rounding', () => {
    fc.assert(fc.property(fc.array(fc.nat(100_000), { minLength: 2, maxLength: 6 }), (counts) => {
      const all = counts.reduce((a, b) => a + b, 0);
      const shares = sharesOf(counts);
      expect(shares.reduce((a, b) => a + b, 0)).toBe(all === 0 ? 0 : 100);
      counts.forEach((count, i) => expect(Math.abs(shares[i]! - (all === 0 ? 0 : (count * 100) / all))).toBeLessThan(1));
    }));
  });
});
