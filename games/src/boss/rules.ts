/**
 * Boss: the crowd empties one health bar. Of three spots one is weak at a time; a hit there counts double.
 *
 * **Health.** Every viewer who takes part adds as much as `toughness` asks of one (hits in 30 s), less what of the round is over by then;
 * so it is as hard for 2 as for 20,000, and who comes late does not undo what was done. The bar shows the part that is left. It takes a third of
 * the round to empty at least: the first few do not bring the boss down before the others have seen it.
 *
 * **Hits.** As many as a human can make (tap-allowance.ts). A hit finds the weak spot where that was when it arrived, or up to half a
 * second before: nobody loses by a spot that moved while the tap was on its way.
 *
 * Whoever did a tenth of what is asked of one wins when the boss falls; nobody does when it stands. Sums are made a tick and not a
 * hit, so that no order within a tick matters.
 */
import { defineGame, type GameActions, type RefusalCode, type RoundContext, type RoundResult } from '../define-game.js';
import { countIn } from '../named-choices.js';
import { countedTaps, MAX_TAPS } from '../tap-allowance.js';

const SPOTS = ['left', 'middle', 'right'] as const;
/** ms between two moves of the weak spot: long enough to find it, short enough to chase it. */
const MOVE_FROM_MS = 3000;
const MOVE_TO_MS = 5000;
/** ms after a move in which a hit on the spot before still counts double: a network's way and a human's. */
const LATE_MS = 500;
/** A hit on the weak spot. */
const WEAK_HIT = 2;
/** The length of round that `toughness` is told for, ms. */
const TOUGHNESS_MS = 30_000;
/** Part of what is asked of one that makes a winner. */
const ENOUGH = 0.1;
/** Part of the round that the bar needs to empty at least. */
const SOONEST = 1 / 3;
const FULL = 100;
/** Steps of the bar on the board, a quarter of a percent: it then fits a 32-bit float exactly, which is 4 bytes less than otherwise. */
const BAR_STEPS = 4;

/** `taps` that counted against the allowance, `damage` that they did. */
const columns = { taps: 'u32', damage: 'u32' } as const;
type Context = RoundContext<typeof columns>;

/** What is asked of one viewer of the whole round. */
const askedOfOne = (ctx: Context): number => Number(ctx.params['toughness']) * (ctx.endsAt - ctx.startedAt) / TOUGHNESS_MS;

const enoughOf = (ctx: Context): number => Math.max(1, Math.ceil(askedOfOne(ctx) * ENOUGH));

const moveWeakSpot = (ctx: Context): void => {
  const before = countIn(ctx.memory, 'weak');
  ctx.memory['weakBefore'] = before;
  ctx.memory['weak'] = (before + 1 + Math.floor(ctx.random() * (SPOTS.length - 1))) % SPOTS.length;
  ctx.memory['movedAt'] = ctx.now;
  ctx.memory['movesAt'] = Math.round(ctx.now + MOVE_FROM_MS + ctx.random() * (MOVE_TO_MS - MOVE_FROM_MS));
  ctx.board.set('weak', ctx.memory['weak']);
};

const onActions = (ctx: Context, actions: GameActions, refuse: (i: number, code: RefusalCode) => void): void => {
  const { viewer, choice, value, at, length } = actions;
  const { taps, damage } = ctx.columns;
  const { startedAt, memory } = ctx;
  const longest = ctx.endsAt - startedAt;
  const [weak, weakBefore, movedAt] = [countIn(memory, 'weak'), countIn(memory, 'weakBefore'), countIn(memory, 'movedAt')];
  let joined = 0;
  let dealt = 0;
  let hits = 0;
  for (let i = 0; i < length; i++) {
    const row = viewer[i]!;
    const sent = value[i]!;
    if (choice[i]! >= SPOTS.length || row >= taps.length) { refuse(i, 'action_bad_choice'); continue; }
    if (sent < 1 || sent > MAX_TAPS) { refuse(i, 'action_bad_value'); continue; }
    const before = taps[row]!;
    if (before === 0) {
      joined++;
      ctx.plays(row);
    }
    const counted = countedTaps(sent, before, at[i]! - startedAt, longest);
    if (counted === 0) continue;
    const isWeak = choice[i] === weak || (choice[i] === weakBefore && at[i]! < movedAt + LATE_MS);
    const hurt = isWeak ? counted * WEAK_HIT : counted;
    taps[row] = before + counted;
    damage[row]! += hurt;
    hits += counted;
    dealt += hurt;
    ctx.score(row, damage[row]!);
  }
  const left = Math.min(1, Math.max(0, (ctx.endsAt - ctx.now) / longest));
  memory['health'] = countIn(memory, 'health') + joined * askedOfOne(ctx) * left;
  memory['dealt'] = countIn(memory, 'dealt') + dealt;
  memory['hits'] = countIn(memory, 'hits') + hits;
};

/** What is left of the bar, percent; 0 only when the boss has fallen. */
const barOf = (ctx: Context): number => {
  // The first viewer may come in the last second: it is never less than one is asked for.
  const health = Math.max(countIn(ctx.memory, 'health'), askedOfOne(ctx));
  const held = 1 - (ctx.now - ctx.startedAt) / ((ctx.endsAt - ctx.startedAt) * SOONEST);
  const left = Math.max(1 - countIn(ctx.memory, 'dealt') / health, held);
  return left <= 0 ? 0 : Math.min(FULL * BAR_STEPS, Math.max(1, Math.round(left * FULL * BAR_STEPS))) / BAR_STEPS;
};

const onTick = (ctx: Context): void => {
  if (ctx.now >= countIn(ctx.memory, 'movesAt')) moveWeakSpot(ctx);
  const bar = barOf(ctx);
  ctx.board.set('health', bar);
  ctx.board.set('hits', countIn(ctx.memory, 'hits'));
  if (bar > 0 || ctx.memory['fallen'] === 1) return;
  ctx.memory['fallen'] = 1;
  ctx.crowdGoal('boss-defeated', countIn(ctx.memory, 'hits'));
  ctx.end();
};

const onRoundEnd = (ctx: Context): RoundResult => {
  const fallen = ctx.memory['fallen'] === 1;
  const { damage } = ctx.columns;
  const enough = enoughOf(ctx);
  const winners: number[] = [];
  for (let row = 0; fallen && row < Math.min(ctx.viewers, damage.length); row++) if (damage[row]! >= enough) winners.push(row);
  return { winners, outcome: { winner: fallen ? 'crowd' : 'boss', health: fallen ? 0 : barOf(ctx), hits: countIn(ctx.memory, 'hits'), enough } };
};

/** The rules of boss. */
export const boss = defineGame({
  id: 'boss',
  sync: 'live',
  scarce: true,
  action: { choices: SPOTS, maxValue: MAX_TAPS, perSecond: 10 },
  board: { health: FULL, weak: 0, hits: 0, enough: 0, winner: '' },
  columns,
  params: { toughness: { kind: 'number', min: 10, max: 400, fallback: 100 } },
  durationMs: 30_000,
  achievements: ['round-won', 'played-three', 'crowd-goal'],
  onRoundStart: (ctx) => {
    ctx.memory['weak'] = Math.floor(ctx.random() * SPOTS.length);
    moveWeakSpot(ctx);
    ctx.memory['weakBefore'] = ctx.memory['weak']!;
    ctx.board.set('enough', enoughOf(ctx));
    ctx.openWindow();
  },
  onActions,
  onTick,
  onRoundEnd,
});
