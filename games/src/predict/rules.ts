/**
 * Predict: how will it go? A viewer bets once on one of 2 to 4 outcomes, while the round runs; the host says afterwards which one it was.
 *
 * **Stake.** The action's value, 1 to 100 points; 0 is a bet of 10, so one tap is enough. A bet stands.
 *
 * **Settlement.** What all have staked is shared among those who were right, by their stakes, rounded down: no point is made, and no
 * more are lost than there are winners. Who was right scores the share, at least the own stake; who was wrong scores minus the stake. A round that the host
 * stops, or that nobody had right, is void: nobody wins, nobody loses, everybody played.
 *
 * The board tells nothing of other bets until the round has ended, so the round can be sent later to late pictures.
 */
import { defineGame, type GameActions, type RefusalCode, type RoundContext, type RoundResult } from '../define-game.js';
import { choiceIds, countIn, namesIn, questionBoard, questionParams, shareValues, showQuestion } from '../named-choices.js';
import { DEFAULT_STAKE, MAX_STAKE } from './stakes.js';

const MOST_OUTCOMES = 4;

/** `bet` is the choice and 1; 0 before. */
const columns = { bet: 'u32', stake: 'u32' } as const;
type Context = RoundContext<typeof columns>;

const onActions = (ctx: Context, actions: GameActions, refuse: (i: number, code: RefusalCode) => void): void => {
  const { viewer, choice, value, length } = actions;
  const { bet, stake } = ctx.columns;
  const outcomes = countIn(ctx.memory, 'outcomes');
  for (let i = 0; i < length; i++) {
    const row = viewer[i]!;
    if (choice[i]! >= outcomes || row >= bet.length) { refuse(i, 'action_bad_choice'); continue; }
    if (value[i]! > MAX_STAKE) { refuse(i, 'action_bad_value'); continue; }
    if (bet[row] !== 0) { refuse(i, 'round_over'); continue; }
    bet[row] = choice[i]! + 1;
    stake[row] = value[i] === 0 ? DEFAULT_STAKE : value[i]!;
    ctx.plays(row);
  }
};

const onSettle = (ctx: Context, outcome: number): void => {
  ctx.memory['settled'] = outcome + 1;
  ctx.end();
};

/** Points that are staked on each outcome. */
const stakedOn = (ctx: Context): number[] => {
  const { bet, stake } = ctx.columns;
  const staked = Array.from({ length: countIn(ctx.memory, 'outcomes') }, () => 0);
  for (let row = 0; row < Math.min(ctx.viewers, bet.length); row++) {
    const own = bet[row]!;
    if (own >= 1 && own <= staked.length) staked[own - 1]! += stake[row]!;
  }
  return staked;
};

/** Gives the scores; the rows that were right. */
const payOut = (ctx: Context, settled: number, pool: number, onRight: number): number[] => {
  const { bet, stake } = ctx.columns;
  const right: number[] = [];
  for (let row = 0; row < Math.min(ctx.viewers, bet.length); row++) {
    if (bet[row] === settled) {
      right.push(row);
      ctx.score(row, Math.floor((stake[row]! * pool) / onRight));
    } else if (bet[row] !== 0) {
      ctx.score(row, -stake[row]!);
    }
  }
  return right;
};

const onRoundEnd = (ctx: Context): RoundResult => {
  const settled = countIn(ctx.memory, 'settled');
  const staked = stakedOn(ctx);
  const pool = staked.reduce((sum, points) => sum + points, 0);
  const onRight = settled === 0 ? 0 : staked[settled - 1]!;
  const winners = onRight === 0 ? [] : payOut(ctx, settled, pool, onRight);
  return {
    winners,
    outcome: { ...shareValues(staked), settled, pool, right: winners.length, outcome: settled === 0 ? '' : String(ctx.board.get(`option${settled}`) ?? '') },
  };
};

/** The rules of predict. */
export const predict = defineGame({
  id: 'predict',
  sync: 'stream',
  scarce: false,
  action: { choices: choiceIds(MOST_OUTCOMES), maxValue: MAX_STAKE, perSecond: 2 },
  board: { ...questionBoard(MOST_OUTCOMES), bets: 'open', settled: 0, pool: 0, right: 0, outcome: '' },
  columns,
  params: questionParams('outcome', MOST_OUTCOMES),
  durationMs: 30_000,
  achievements: ['round-won', 'played-three'],
  onRoundStart: (ctx) => {
    ctx.memory['outcomes'] = showQuestion(ctx, 'outcome', MOST_OUTCOMES);
    ctx.openWindow();
  },
  onActions,
  onTick: (ctx) => {
    if (ctx.now > ctx.endsAt) ctx.board.set('bets', 'closed');
  },
  settlement: { outcomes: (params) => namesIn(params, 'outcome', MOST_OUTCOMES).length, onSettle },
  onRoundEnd,
});
