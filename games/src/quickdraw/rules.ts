/**
 * Quickdraw: wait until the picture turns, then draw. Each viewer draws once; the fastest win.
 *
 * **Time.** A viewer's reaction counts from the relay's write of the turn to that viewer (`elapsed`), so a late picture costs nothing.
 * Below 100 ms it counts as 100. Where the relay knows no such write (its run began after the turn), the viewer played, unscored.
 *
 * **False start.** Drawing before one's own turn ends the round for that viewer: score −1. It shows in three ways: the room has not
 * turned; or the action arrived before it did; or its `elapsed` counts from an older mark, which is told by its being longer than the
 * time since the turn (the turn is never written to anybody before it happens). So nobody gains by drawing blindly while their
 * picture is still behind.
 *
 * The board tells nothing of other viewers until the round has ended, so the round can be sent later to late pictures.
 */
import { LIMITS } from '@crowdcue/protocol';
import { defineGame, type GameActions, type RefusalCode, type RoundContext, type RoundResult } from '../define-game.js';
import { FALSE_START_SCORE, scoreOfReaction } from './score.js';

/** ms from the start to the turn: long enough to become tense, short enough to bear. */
const TURN_FROM_MS = 2000;
const TURN_TO_MS = 6000;
/** Share of a short round after which the picture has turned at the latest: the rest is for drawing. */
const TURN_SHARE = 0.6;

const DREW = 1;
const FALSE_START = 2;
const UNSCORED = 3;

/** `state` is one of the three above, 0 before; `reaction` in ms. */
const columns = { state: 'u32', reaction: 'u32' } as const;
type Context = RoundContext<typeof columns>;

/** Event time of the turn, or `undefined` while it is still to come. */
const turnOf = (ctx: Context): number | undefined => {
  const turn = ctx.memory['turn'];
  return typeof turn === 'number' ? turn : undefined;
};

const onRoundStart = (ctx: Context): void => {
  const length = ctx.endsAt - ctx.startedAt;
  const to = Math.min(TURN_TO_MS, length * TURN_SHARE);
  const from = Math.min(TURN_FROM_MS, to / 2);
  ctx.memory['turnAt'] = Math.round(ctx.startedAt + from + ctx.random() * (to - from));
};

const isFalseStart = (ctx: Context, turn: number | undefined, at: number, elapsed: number): boolean => {
  if (turn === undefined) return true;
  const sinceTurn = at - turn;
  if (elapsed < 0) return sinceTurn < 0;
  // Half of the wait lies as far from both marks as it can, so no difference of clocks mistakes one for the other.
  return elapsed - sinceTurn > (turn - ctx.startedAt) / 2;
};

const onActions = (ctx: Context, actions: GameActions, refuse: (i: number, code: RefusalCode) => void): void => {
  const { viewer, choice, value, at, elapsed, length } = actions;
  const { state, reaction } = ctx.columns;
  const turn = turnOf(ctx);
  for (let i = 0; i < length; i++) {
    const row = viewer[i]!;
    if (choice[i] !== 0 || row >= state.length) { refuse(i, 'action_bad_choice'); continue; }
    if (value[i] !== 0) { refuse(i, 'action_bad_value'); continue; }
    if (state[row] !== 0) { refuse(i, 'round_over'); continue; }
    ctx.plays(row);
    if (isFalseStart(ctx, turn, at[i]!, elapsed[i]!)) {
      state[row] = FALSE_START;
      ctx.score(row, FALSE_START_SCORE);
      continue;
    }
    const known = elapsed[i]! >= 0;
    const ms = Math.max(LIMITS.reactionFloorMs, Math.round(known ? elapsed[i]! : at[i]! - turn!));
    state[row] = known ? DREW : UNSCORED;
    reaction[row] = ms;
    ctx.score(row, known ? scoreOfReaction(ms) : 0);
  }
};

const onTick = (ctx: Context): void => {
  if (turnOf(ctx) !== undefined || ctx.now < Number(ctx.memory['turnAt'])) return;
  ctx.memory['turn'] = ctx.now;
  ctx.board.set('signal', 'go');
  ctx.openWindow();
};

const scoredReactions = (ctx: Context): Uint32Array => {
  const { state, reaction } = ctx.columns;
  const rows = Math.min(ctx.viewers, state.length);
  const times = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (state[row] === DREW) times[count++] = reaction[row]!;
  return times.subarray(0, count).sort();
};

const onRoundEnd = (ctx: Context): RoundResult => {
  const times = scoredReactions(ctx);
  const drew = times.length;
  if (drew === 0) return { winners: [], fastest: [], outcome: { drew: 0, fastestMs: 0, medianMs: 0, winningMs: 0 } };
  const places = Math.max(1, Math.ceil(drew * Number(ctx.params['winnersPercent']) / 100));
  const bar = times[Math.min(places, drew) - 1]!;
  const best = times[0]!;
  const { state, reaction } = ctx.columns;
  const winners: number[] = [];
  const fastest: number[] = [];
  for (let row = 0; row < Math.min(ctx.viewers, state.length); row++) {
    if (state[row] !== DREW) continue;
    if (reaction[row]! <= bar) winners.push(row);
    if (reaction[row] === best) fastest.push(row);
  }
  const median = Math.round((times[(drew - 1) >> 1]! + times[drew >> 1]!) / 2);
  return { winners, fastest, outcome: { drew, fastestMs: best, medianMs: median, winningMs: bar } };
};

/** The rules of quickdraw. Whoever ties with the last winning place wins too. */
export const quickdraw = defineGame({
  id: 'quickdraw',
  sync: 'stream',
  scarce: false,
  action: { choices: ['draw'], maxValue: 0, perSecond: 2 },
  board: { signal: 'wait', drew: 0, fastestMs: 0, medianMs: 0, winningMs: 0 },
  columns,
  params: { winnersPercent: { kind: 'number', min: 1, max: 100, fallback: 10 } },
  durationMs: 12_000,
  achievements: ['round-won', 'played-three', 'fastest'],
  onRoundStart,
  onActions,
  onTick,
  onRoundEnd,
});
