/**
 * Poll: the host asks, the crowd decides together. A viewer has one vote and may move it until the end: the last one counts. The shares run along
 * on the board. A poll has no winners and no ranks; what leads at the end is the outcome, and what ties for the lead leads together.
 */
import { defineGame, type GameActions, type RefusalCode, type RoundContext, type RoundResult } from '../define-game.js';
import { choiceIds, countIn, questionBoard, questionParams, shareValues, showQuestion } from '../named-choices.js';

const MOST_OPTIONS = 6;

/** `vote` is the choice and 1; 0 before. */
const columns = { vote: 'u32' } as const;
type Context = RoundContext<typeof columns>;

const tallyOf = (ctx: Context): number[] =>
  Array.from({ length: countIn(ctx.memory, 'options') }, (_, i) => countIn(ctx.memory, `votes${i + 1}`));

const onActions = (ctx: Context, actions: GameActions, refuse: (i: number, code: RefusalCode) => void): void => {
  const { viewer, choice, value, length } = actions;
  const { vote } = ctx.columns;
  const tally = tallyOf(ctx);
  for (let i = 0; i < length; i++) {
    const row = viewer[i]!;
    const wanted = choice[i]!;
    if (wanted >= tally.length || row >= vote.length) { refuse(i, 'action_bad_choice'); continue; }
    if (value[i] !== 0) { refuse(i, 'action_bad_value'); continue; }
    const before = vote[row]! - 1;
    if (before === wanted) continue;
    if (before >= 0 && before < tally.length && tally[before]! > 0) tally[before]!--;
    vote[row] = wanted + 1;
    tally[wanted]!++;
    ctx.plays(row);
  }
  tally.forEach((votes, i) => (ctx.memory[`votes${i + 1}`] = votes));
};

const onTick = (ctx: Context): void => {
  const tally = tallyOf(ctx);
  for (const [key, share] of Object.entries(shareValues(tally))) ctx.board.set(key, share);
  ctx.board.set('votes', tally.reduce((sum, votes) => sum + votes, 0));
};

const onRoundEnd = (ctx: Context): RoundResult => {
  const tally = tallyOf(ctx);
  const votes = tally.reduce((sum, count) => sum + count, 0);
  const most = Math.max(0, ...tally);
  const leading = tally.flatMap((count, i) => (votes > 0 && count === most ? [i + 1] : []));
  const shares = shareValues(tally);
  return {
    winners: [],
    outcome: {
      ...shares, votes, leaders: leading.length, leadingShare: leading.length === 0 ? 0 : shares[`share${leading[0]!}`]!,
      leading: leading.map((n) => String(ctx.board.get(`option${n}`) ?? n)).join('\n'),
    },
  };
};

/** The rules of poll. */
export const poll = defineGame({
  id: 'poll',
  sync: 'live',
  scarce: true,
  action: { choices: choiceIds(MOST_OPTIONS), maxValue: 0, perSecond: 4 },
  board: { ...questionBoard(MOST_OPTIONS), votes: 0, leaders: 0, leadingShare: 0, leading: '' },
  columns,
  params: questionParams('option', MOST_OPTIONS),
  durationMs: 30_000,
  achievements: ['played-three'],
  onRoundStart: (ctx) => {
    ctx.memory['options'] = showQuestion(ctx, 'option', MOST_OPTIONS);
    ctx.openWindow();
  },
  onActions,
  onTick,
  onRoundEnd,
});
