// @ts-check
/**
 * Odd one out: everybody chooses one of three, and whoever chose what the fewest chose wins. Nobody sees the counts before the end, so each
 * viewer may play on the time of their own picture.
 */

const CHOICES = /** @type {const} */ (['sun', 'moon', 'star']);
const POINTS = 100;

/** @typedef {import('@crowdcue/games').RoundContext<{ pick: 'u32' }>} Context */

/** How many chose each. @param {Context} ctx */
const countsOf = (ctx) => {
  const counts = CHOICES.map(() => 0);
  const { pick } = ctx.columns; // the choice and 1; 0 before
  for (let row = 0; row < Math.min(ctx.viewers, pick.length); row++) {
    const chosen = pick[row] ?? 0;
    if (chosen >= 1 && chosen <= CHOICES.length) counts[chosen - 1] = (counts[chosen - 1] ?? 0) + 1;
  }
  return counts;
};

/** @type {import('@crowdcue/games').GameDefinition<{ pick: 'u32' }>} */
export const game = {
  id: 'odd-one-out',
  sync: 'stream',
  action: { choices: CHOICES, maxValue: 0, perSecond: 4 },
  board: { sun: 0, moon: 0, star: 0, rarest: '' },
  columns: { pick: 'u32' },
  params: {},
  durationMs: 15_000,
  achievements: ['round-won', 'played-three'],
  onRoundStart: (ctx) => ctx.openWindow(),
  onActions: (ctx, { length, viewer, choice, value }, refuse) => {
    for (let i = 0; i < length; i++) {
      const row = viewer[i] ?? 0;
      const wanted = choice[i] ?? 0;
      if (wanted >= CHOICES.length || row >= ctx.columns.pick.length) refuse(i, 'action_bad_choice');
      else if (value[i] !== 0) refuse(i, 'action_bad_value');
      else if (ctx.columns.pick[row] === 0) { // the first choice counts
        ctx.columns.pick[row] = wanted + 1;
        ctx.plays(row);
      }
    }
  },
  onRoundEnd: (ctx) => {
    const counts = countsOf(ctx);
    const fewest = Math.min(...counts.filter((count) => count > 0));
    const winners = [];
    for (let row = 0; row < Math.min(ctx.viewers, ctx.columns.pick.length); row++) {
      if (counts[(ctx.columns.pick[row] ?? 0) - 1] !== fewest) continue;
      ctx.score(row, POINTS);
      winners.push(row);
    }
    const [sun = 0, moon = 0, star = 0] = counts;
    return { winners, outcome: { sun, moon, star, rarest: CHOICES.filter((_, i) => counts[i] === fewest).join(' ') } };
  },
};

export { texts } from './view/text.js';
