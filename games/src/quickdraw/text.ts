import { numberOn, speechIn, textOn, type GameText, type GameTexts } from '../text.js';
import { FALSE_START_SCORE, reactionOfScore } from './score.js';

const say = speechIn('en');

const en: GameText = {
  title: 'Quickdraw',
  howTo: 'Wait for the turn, then tap; too soon and you are out.',
  choices: { draw: 'Draw' },
  press: 'Draw',
  phrases: {
    wait: 'Wait', waitHint: 'Tap when this turns', go: 'DRAW!', early: 'Too soon', earlyHint: 'You are back in the next round.',
    drew: 'Drawn', drewHint: 'Results come when the round ends.',
  },
  players: (count) => (count === 1 ? 'player' : 'players'),
  keys: 'The space bar or Enter draws.',
  headline: (board) => {
    const fastest = numberOn(board, 'fastestMs');
    return fastest > 0 ? `${say.number(fastest)} ms` : 'Nobody drew';
  },
  outcome: (board) => {
    const drew = numberOn(board, 'drew');
    if (drew === 0) return 'No draw counted this time.';
    if (drew === 1) return 'The fastest of one draw.';
    return `The fastest of ${say.number(drew)} draws; half were under ${say.number(numberOn(board, 'medianMs'))} ms.`;
  },
  score: (me) => {
    if (me.score === FALSE_START_SCORE) return 'Too soon';
    return me.score > 0 ? `${say.number(reactionOfScore(me.score))} ms` : 'Not scored';
  },
  live: (board) => (textOn(board, 'signal') === 'go' ? 'Draw now!' : 'Wait for it.'),
};

/** The words of quickdraw. */
export const quickdrawTexts: GameTexts = {
  en,
  others: {
    ar: () => import('./text/ar.js'),
    de: () => import('./text/de.js'),
    es: () => import('./text/es.js'),
    ja: () => import('./text/ja.js'),
    'pt-br': () => import('./text/pt-br.js'),
  },
};
