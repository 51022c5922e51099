// @ts-check

/** @typedef {import('@crowdcue/games').GameText} GameText */

/** Names of what was chosen least. @param {import('@crowdcue/games').BoardSight} board @param {GameText['choices']} choices */
export const rarest = (board, choices) => (board.texts.get('rarest') ?? '').split(' ').filter((id) => id !== '').map((id) => choices[id] ?? id);

/** @type {GameText['choices']} */
const choices = { sun: 'Sun', moon: 'Moon', star: 'Star' };

/** @type {GameText} */
const en = {
  title: 'Odd one out',
  howTo: 'Choose what the fewest will choose.',
  choices,
  press: 'Choose',
  phrases: { chosen: 'Yours', wait: 'The counts come at the end.' },
  keys: 'The keys 1, 2 and 3 choose.',
  players: (count) => (count === 1 ? 'player' : 'players'),
  headline: (board) => {
    const names = rarest(board, choices);
    return names.length === 0 ? 'Nobody chose' : `${names.join(' and ')} ${names.length === 1 ? 'wins' : 'win'}`;
  },
  outcome: (board) => ['sun', 'moon', 'star'].map((id) => `${choices[id]}: ${board.numbers.get(id) ?? 0}`).join(', '),
  score: ({ score }) => `${score} points`,
  live: () => 'Sun, moon or star?',
};

/** @type {import('@crowdcue/games').GameTexts} */
export const texts = { en, others: { de: () => import('./text/de.js') } };
