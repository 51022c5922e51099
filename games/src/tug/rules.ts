/**
 * Tug: two teams pull a rope. The first tap of a round picks the team, every further one pulls.
 *
 * **Taps.** An action carries the taps since the viewer's last one; those that a human can have made count (tap-allowance.ts).
 *
 * **Rope.** It runs with the difference of the two pulls *relative to their sum*, so it moves alike for 2 and for 20,000 viewers.
 * A pull is what its team tapped lately (a memory of about a second), which makes it smooth where taps are few. Alone a team wins in 5 to
 * 7 s; a team with 60 % of the taps in about 25 s. Plain arithmetic only, so that every engine replays it to the same bits.
 */
import { defineGame, type GameActions, type RefusalCode, type RoundContext, type RoundResult } from '../define-game.js';
import { countedTaps, MAX_TAPS } from '../tap-allowance.js';

/** Where the rope ends, either side. */
const ROPE_END = 100;
/** Rope a second when only one team pulls. */
const ROPE_SPEED = 20;
/** ms of the pulls' memory. */
const PULL_MEMORY_MS = 1000;
/** Taps that are added to the sum of the pulls: a lone tap moves the rope a little, not all the way. */
const PULL_SLACK = 2;
/** ms of one tick that count at most, so that a pause of the origin does not throw the rope. */
const LONGEST_TICK_MS = 250;
/** Steps of the rope on the board, a quarter: it then fits a 32-bit float exactly, which is 4 bytes less than otherwise. */
const ROPE_STEPS = 4;

const LEFT = 1;
const RIGHT = 2;

const columns = { team: 'u32', taps: 'u32' } as const;
type Context = RoundContext<typeof columns>;

const remembered = (ctx: Context, key: string): number => {
  const value = ctx.memory[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
};

/** Never -0, which is another number in bytes than in JSON: results are compared whole. */
const shownRope = (rope: number): number => (Math.round(rope * ROPE_STEPS) || 0) / ROPE_STEPS;

const onActions = (ctx: Context, actions: GameActions, refuse: (i: number, code: RefusalCode) => void): void => {
  const { viewer, choice, value, at, length } = actions;
  const { team, taps } = ctx.columns;
  const startedAt = ctx.startedAt;
  const longest = ctx.endsAt - startedAt;
  const members = [0, remembered(ctx, 'left'), remembered(ctx, 'right')];
  let tapsLeft = 0;
  let tapsRight = 0;
  for (let i = 0; i < length; i++) {
    const row = viewer[i]!;
    const wanted = choice[i]! + 1;
    const sent = value[i]!;
    if (wanted > RIGHT || row >= team.length) { refuse(i, 'action_bad_choice'); continue; }
    if (sent < 1 || sent > MAX_TAPS) { refuse(i, 'action_bad_value'); continue; }
    const present = team[row]!;
    if (present !== wanted) {
      if (present !== 0) { refuse(i, 'action_bad_choice'); continue; }
      team[row] = wanted;
      members[wanted]!++;
      ctx.plays(row);
    }
    const before = taps[row]!;
    const counted = countedTaps(sent, before, at[i]! - startedAt, longest);
    if (counted === 0) continue;
    taps[row] = before + counted;
    if (wanted === LEFT) tapsLeft += counted; else tapsRight += counted;
    ctx.score(row, before + counted);
  }
  ctx.memory['left'] = members[LEFT]!;
  ctx.memory['right'] = members[RIGHT]!;
  ctx.memory['newLeft'] = remembered(ctx, 'newLeft') + tapsLeft;
  ctx.memory['newRight'] = remembered(ctx, 'newRight') + tapsRight;
};

/** Moves the rope by one tick; gives back where it is. */
const pullRope = (ctx: Context): number => {
  const ms = Math.min(Math.max(ctx.now - remembered(ctx, 'lastTick'), 0), LONGEST_TICK_MS);
  const fade = PULL_MEMORY_MS / (PULL_MEMORY_MS + ms);
  const left = remembered(ctx, 'left1s') * fade + remembered(ctx, 'newLeft');
  const right = remembered(ctx, 'right1s') * fade + remembered(ctx, 'newRight');
  const relative = (right - left) / (right + left + PULL_SLACK);
  const rope = Math.min(Math.max(remembered(ctx, 'rope') + relative * ROPE_SPEED * ms / 1000, -ROPE_END), ROPE_END);
  ctx.memory['lastTick'] = ctx.now;
  ctx.memory['left1s'] = left;
  ctx.memory['right1s'] = right;
  ctx.memory['rope'] = rope;
  return rope;
};

const onTick = (ctx: Context): void => {
  const rope = pullRope(ctx);
  const pullLeft = remembered(ctx, 'pullLeft') + remembered(ctx, 'newLeft');
  const pullRight = remembered(ctx, 'pullRight') + remembered(ctx, 'newRight');
  ctx.memory['pullLeft'] = pullLeft;
  ctx.memory['pullRight'] = pullRight;
  ctx.memory['newLeft'] = 0;
  ctx.memory['newRight'] = 0;
  ctx.board.set('left', remembered(ctx, 'left'));
  ctx.board.set('right', remembered(ctx, 'right'));
  ctx.board.set('pullLeft', pullLeft);
  ctx.board.set('pullRight', pullRight);
  ctx.board.set('rope', shownRope(rope));
  const goal = Number(ctx.params['goal']);
  if (remembered(ctx, 'goalReached') === 0 && pullLeft + pullRight >= goal) {
    ctx.memory['goalReached'] = 1;
    ctx.crowdGoal('taps', goal);
  }
  if (Math.abs(rope) >= ROPE_END) ctx.end();
};

const onRoundEnd = (ctx: Context): RoundResult => {
  const rope = shownRope(remembered(ctx, 'rope'));
  const { team } = ctx.columns;
  const won = rope < 0 ? LEFT : rope > 0 ? RIGHT : 0;
  const winners: number[] = [];
  for (let row = 0; won !== 0 && row < ctx.viewers; row++) if (team[row] === won) winners.push(row);
  return {
    winners,
    outcome: {
      winner: won === LEFT ? 'left' : won === RIGHT ? 'right' : 'none', rope,
      left: remembered(ctx, 'left'), right: remembered(ctx, 'right'), pullLeft: remembered(ctx, 'pullLeft'), pullRight: remembered(ctx, 'pullRight'),
    },
  };
};

/** The rules of tug. A draw (the rope back in the middle) has no winners. */
export const tug = defineGame({
  id: 'tug',
  sync: 'live',
  scarce: true,
  action: { choices: ['left', 'right'], maxValue: MAX_TAPS, perSecond: 10 },
  board: { rope: 0, left: 0, right: 0, pullLeft: 0, pullRight: 0, goal: 0, winner: '' },
  columns,
  params: { goal: { kind: 'number', min: 1, max: 10_000_000, fallback: 500 } },
  durationMs: 30_000,
  achievements: ['round-won', 'played-three', 'crowd-goal'],
  onRoundStart: (ctx) => {
    ctx.memory['lastTick'] = ctx.now;
    ctx.board.set('goal', Number(ctx.params['goal']));
    ctx.openWindow();
  },
  onActions,
  onTick,
  onRoundEnd,
});
