// @ts-check
import { rarest } from '../text.js';

/** @type {import('@crowdcue/games').GameText['choices']} */
const choices = { sun: 'Sonne', moon: 'Mond', star: 'Stern' };

/** @type {import('@crowdcue/games').GameText} */
export const text = {
  title: 'Außenseiter',
  howTo: 'Wähle, was die wenigsten wählen.',
  choices,
  press: 'Wählen',
  phrases: { chosen: 'Deins', wait: 'Die Zahlen kommen am Ende.' },
  keys: 'Die Tasten 1, 2 und 3 wählen.',
  players: (count) => (count === 1 ? 'Person' : 'Personen'),
  headline: (board) => {
    const names = rarest(board, choices);
    return names.length === 0 ? 'Niemand hat gewählt' : `${names.join(' und ')} ${names.length === 1 ? 'gewinnt' : 'gewinnen'}`;
  },
  outcome: (board) => ['sun', 'moon', 'star'].map((id) => `${choices[id]}: ${board.numbers.get(id) ?? 0}`).join(', '),
  score: ({ score }) => `${score} Punkte`,
  live: () => 'Sonne, Mond oder Stern?',
};
