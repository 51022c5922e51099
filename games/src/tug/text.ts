import { numberOn, speechIn, type GameText, type GameTexts } from '../text.js';
import { ropeSaid } from './rope-said.js';

const say = speechIn('en');

const en: GameText = {
  title: 'Tug',
  howTo: 'Pick a side and tap: the team that pulls harder wins.',
  choices: { left: 'Left', right: 'Right' },
  press: 'Pull',
  phrases: {},
  players: (count) => (count === 1 ? 'player' : 'players'),
  keys: 'Arrow keys or A and D pick a side, the space bar pulls.',
  headline: (board) => {
    switch (board.texts.get('winner')) {
      case 'left': return 'Left wins';
      case 'right': return 'Right wins';
      default: return 'A draw';
    }
  },
  outcome: (board) => {
    const [left, right] = [numberOn(board, 'pullLeft'), numberOn(board, 'pullRight')];
    return left + right === 0 ? 'Nobody pulled this time.' : `${say.number(left)} to ${say.number(right)} taps.`;
  },
  score: (me) => say.counted(me.score, { one: '# tap', other: '# taps' }),
  live: (board) => {
    const { side, percent } = ropeSaid(board);
    if (side === 'none') return 'The rope is in the middle.';
    return `${side === 'left' ? 'Left' : 'Right'} leads, ${percent} percent of the way.`;
  },
};

/** The words of tug. */
export const tugTexts: GameTexts = {
  en,
  others: {
    ar: () => import('./text/ar.js'),
    de: () => import('./text/de.js'),
    es: () => import('./text/es.js'),
    ja: () => import('./text/ja.js'),
    'pt-br': () => import('./text/pt-br.js'),
  },
};
