/** Choices that the host names for a round by text parameters `option1`, `option2`, …: for games that ask something. */
import type { BoardValue, GameParam, RoundContext } from './define-game.js';

const QUESTION_LENGTH = 120; // three lines on a narrow phone
const NAME_LENGTH = 40;

const numbersTo = (most: number): number[] => Array.from({ length: most }, (_, i) => i + 1);

/** Ids of up to `most` choices: "1", "2", …, which is also the key that plays each. */
export const choiceIds = (most: number): readonly string[] => numbersTo(most).map(String);

/** Parameters of a question with 2 to `most` choices called `name`. */
export const questionParams = (name: string, most: number): Record<string, GameParam> => ({
  question: { kind: 'text', minLength: 1, maxLength: QUESTION_LENGTH, fallback: '' },
  ...Object.fromEntries(numbersTo(most).map((n) => [`${name}${n}`, { kind: 'text', minLength: n <= 2 ? 1 : 0, maxLength: NAME_LENGTH, fallback: '' } as const])),
});

/** First values of a board with question, choices and the crowd's shares of them. */
export const questionBoard = (most: number): Record<string, BoardValue> => ({
  question: '',
  ...Object.fromEntries(numbersTo(most).map((n) => [`option${n}`, ''])),
  ...Object.fromEntries(numbersTo(most).map((n) => [`share${n}`, 0])),
});

/** The names that the host gave, in order; empty ones are left out. */
export const namesIn = (params: RoundContext['params'], name: string, most: number): string[] =>
  numbersTo(most).map((n) => String(params[`${name}${n}`] ?? '').trim()).filter((text) => text !== '');

/** Puts question and choices on the board; gives back how many choices there are. */
export const showQuestion = (ctx: Pick<RoundContext, 'board' | 'params'>, name: string, most: number): number => {
  const names = namesIn(ctx.params, name, most);
  ctx.board.set('question', String(ctx.params['question'] ?? '').trim());
  names.forEach((text, i) => ctx.board.set(`option${i + 1}`, text));
  return names.length;
};

/** Shares of a whole in percent: whole numbers whose sum is 100 (largest remainder; of equal ones the first), or all 0 of nothing. */
export const sharesOf = (counts: readonly number[]): number[] => {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return counts.map(() => 0);
  const shares = counts.map((count) => Math.floor((count * 100) / all));
  const rest = counts.map((count, i) => ({ i, left: count * 100 - shares[i]! * all })).sort((a, b) => b.left - a.left || a.i - b.i);
  const missing = 100 - shares.reduce((sum, share) => sum + share, 0);
  for (let k = 0; k < missing; k++) shares[rest[k]!.i]!++;
  return shares;
};

/** Shares as values of a board. */
export const shareValues = (counts: readonly number[]): Record<string, number> =>
  Object.fromEntries(sharesOf(counts).map((share, i) => [`share${i + 1}`, share]));

/** A whole number of the round's memory, at least 0. */
export const countIn = (memory: RoundContext['memory'], key: string): number => {
  const value = memory[key];
  return typeof value === 'number' && value > 0 ? value : 0;
};
