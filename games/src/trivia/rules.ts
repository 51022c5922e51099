/**
 * Trivia: one question, 2 to 4 answers, one of them right. A viewer answers once; whoever is right wins, and scores by speed.
 *
 * **Time** counts from the relay's write of the question to that viewer (`elapsed`), so a late picture costs nothing. At once it scores 1,000, at
 * the end of the round 500; below 100 ms counts as 100. Where the relay knows no such write, a right answer has the 500.
 *
 * **Nothing is told before the end:** the board holds question and answers only, which one is right stands nowhere outside of the
 * rules, and no score is given while others may still answer. A viewer's own score would tell a second viewer on the same sofa.
 */
import { LIMITS } from '@crowdcue/protocol';
import { defineGame, type GameActions, type RefusalCode, type RoundContext, type RoundResult } from '../define-game.js';
import { choiceIds, countIn, namesIn, questionBoard, questionParams, shareValues, showQuestion } from '../named-choices.js';

const MOST_ANSWERS = 4;
const BEST_SCORE = 1000;
const FLOOR_SCORE = 500;

/** `answer` is the choice and 1, 0 before; `known` is 1 where `ms` is. */
const columns = { answer: 'u32', known: 'u32', ms: 'u32' } as const;
type Context = RoundContext<typeof columns>;

const onActions = (ctx: Context, actions: GameActions, refuse: (i: number, code: RefusalCode) => void): void => {
  const { viewer, choice, value, elapsed, length } = actions;
  const { answer, known, ms } = ctx.columns;
  const answers = countIn(ctx.memory, 'answers');
  const longest = ctx.endsAt - ctx.startedAt;
  for (let i = 0; i < length; i++) {
    const row = viewer[i]!;
    if (choice[i]! >= answers || row >= answer.length) { refuse(i, 'action_bad_choice'); continue; }
    if (value[i] !== 0) { refuse(i, 'action_bad_value'); continue; }
    if (answer[row] !== 0) { refuse(i, 'round_over'); continue; }
    answer[row] = choice[i]! + 1;
    ctx.plays(row);
    if (!(elapsed[i]! >= 0)) continue;
    known[row] = 1;
    ms[row] = Math.round(Math.min(longest, Math.max(LIMITS.reactionFloorMs, elapsed[i]!)));
  }
};

/** Score of a right answer after `ms` of a round of `longest`. */
const scoreOf = (ms: number, longest: number): number => {
  const late = Math.min(1, Math.max(0, (ms - LIMITS.reactionFloorMs) / (longest - LIMITS.reactionFloorMs)));
  return Math.round(BEST_SCORE - (BEST_SCORE - FLOOR_SCORE) * late);
};

const onRoundEnd = (ctx: Context): RoundResult => {
  const { answer, known, ms } = ctx.columns;
  const right = Number(ctx.params['right']);
  const given = Array.from({ length: countIn(ctx.memory, 'answers') }, () => 0);
  const winners: number[] = [];
  let best = Infinity;
  for (let row = 0; row < Math.min(ctx.viewers, answer.length); row++) {
    const own = answer[row]!;
    if (own < 1 || own > given.length) continue;
    given[own - 1]!++;
    if (own !== right) continue;
    winners.push(row);
    ctx.score(row, known[row] === 1 ? scoreOf(ms[row]!, ctx.endsAt - ctx.startedAt) : FLOOR_SCORE);
    if (known[row] === 1 && ms[row]! < best) best = ms[row]!;
  }
  return {
    winners,
    fastest: winners.filter((row) => known[row] === 1 && ms[row] === best),
    outcome: {
      ...shareValues(given), right, answered: given.reduce((sum, count) => sum + count, 0), knew: winners.length,
      rightAnswer: String(ctx.board.get(`option${right}`) ?? ''),
    },
  };
};

/** The rules of trivia. */
export const trivia = defineGame({
  id: 'trivia',
  sync: 'stream',
  scarce: false,
  action: { choices: choiceIds(MOST_ANSWERS), maxValue: 0, perSecond: 2 },
  board: { ...questionBoard(MOST_ANSWERS), right: 0, answered: 0, knew: 0, rightAnswer: '' },
  columns,
  params: { ...questionParams('answer', MOST_ANSWERS), right: { kind: 'number', min: 1, max: MOST_ANSWERS, picks: 'answer', fallback: 1 } },
  durationMs: 15_000,
  wrongParams: (params) => {
    const answers = namesIn(params, 'answer', MOST_ANSWERS).length;
    const right = Number(params['right']);
    return Number.isInteger(right) && right <= answers ? undefined : `right must be the number of one of the ${answers} answers.`;
  },
  achievements: ['round-won', 'played-three', 'fastest'],
  onRoundStart: (ctx) => {
    ctx.memory['answers'] = showQuestion(ctx, 'answer', MOST_ANSWERS);
    ctx.openWindow();
  },
  onActions,
  onRoundEnd,
});
