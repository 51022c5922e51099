import { numberText, type BoardSight, type GameText, type Languages } from '../text.js';

const number = (board: BoardSight, key: string): number => board.numbers.get(key) ?? 0;
const taps = (count: number): string => (count === 1 ? '1 tap' : `${numberText(count, 'en')} taps`);

const en: GameText = {
  title: 'Tug',
  howTo: 'Pick a side and tap. The team that pulls harder wins.',
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
    const all = number(board, 'pullLeft') + number(board, 'pullRight');
    return all === 0 ? 'Nobody pulled this time.' : `${numberText(number(board, 'pullLeft'), 'en')} to ${numberText(number(board, 'pullRight'), 'en')} taps.`;
  },
  score: (me) => taps(me.score),
  live: (board) => {
    const rope = number(board, 'rope');
    const tens = Math.round(Math.abs(rope) / 10) * 10; // in tens, or it would be said anew with every tick
    return tens === 0 ? 'The rope is in the middle.' : `${rope < 0 ? 'Left' : 'Right'} leads, ${tens} percent of the way.`;
  },
};

/** The words of tug. */
export const tugTexts: Languages<GameText> = { en };
