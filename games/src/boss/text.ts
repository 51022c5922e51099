import { numberOn, speechIn, textOn, type GameText, type GameTexts } from '../text.js';
import { bossSaid } from './boss-said.js';

const say = speechIn('en');

const en: GameText = {
  title: 'Boss',
  howTo: 'Tap the weak spot to bring the boss down together.',
  choices: { left: 'Left', middle: 'Middle', right: 'Right' },
  press: 'Hit',
  phrases: {
    weak: 'Weak spot',
    health: 'Boss',
    damage: 'Your damage',
    toWin: '# more to share the win',
    enough: 'You share the win',
  },
  players: (count) => say.form(count, { one: 'player', other: 'players' }),
  keys: 'Keys 1, 2 and 3 hit a spot, the space bar hits the last one again.',
  headline: (board) => (textOn(board, 'winner') === 'crowd' ? 'The boss is down' : 'The boss stands'),
  outcome: (board) => {
    const count = numberOn(board, 'hits');
    const hits = say.counted(count, { one: '# hit', other: '# hits' });
    if (count === 0) return 'Nobody hit it this time.';
    if (textOn(board, 'winner') === 'crowd') return `${hits} brought it down.`;
    return `${say.percent(numberOn(board, 'health'))} of its health was left after ${hits}.`;
  },
  score: (me) => say.counted(me.score, { other: '# damage' }),
  live: (board) => {
    const { weak, percent } = bossSaid(board);
    return `Weak spot: ${['Left', 'Middle', 'Right'][weak]}. Health ${percent} percent.`;
  },
};

/** The words of boss. */
export const bossTexts: GameTexts = {
  en,
  others: {
    ar: () => import('./text/ar.js'),
    de: () => import('./text/de.js'),
    es: () => import('./text/es.js'),
    ja: () => import('./text/ja.js'),
    'pt-br': () => import('./text/pt-br.js'),
  },
};
