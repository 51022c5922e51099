import { numberText, type GameText, type Languages } from '../text.js';
import { FALSE_START_SCORE, reactionOfScore } from './score.js';

const en: GameText = {
  title: 'Quickdraw',
  howTo: 'Wait for the turn, then tap. Too soon and you are out.',
  choices: { draw: 'Draw' },
  press: 'Draw',
  phrases: {
    wait: 'Wait', waitHint: 'Tap when this turns', go: 'DRAW!', early: 'Too soon', earlyHint: 'You are back in the next round.',
    drew: 'Drawn', drewHint: 'Results come when the round ends.',
  },
  players: (count) => (count === 1 ? 'player' : 'players'),
  keys: 'The space bar or Enter draws.',
  headline: (board) => {
    const fastest = board.numbers.get('fastestMs') ?? 0;
    return fastest > 0 ? `${numberText(fastest, 'en')} ms` : 'Nobody drew';
  },
  outcome: (board) => {
    const drew = board.numbers.get('drew') ?? 0;
    if (drew === 0) return 'No draw counted this time.';
    if (drew === 1) return 'The fastest of one draw.';
    return `The fastest of ${numberText(drew, 'en')} draws; half were under ${numberText(board.numbers.get('medianMs') ?? 0, 'en')} ms.`;
  },
  score: (me) => {
    if (me.score === FALSE_START_SCORE) return 'Too soon';
    return me.score > 0 ? `${numberText(reactionOfScore(me.score), 'en')} ms` : 'Not scored';
  },
  live: (board) => (board.texts.get('signal') === 'go' ? 'Draw now!' : 'Wait for it.'),
};

/** The words of quickdraw. */
export const quickdrawTexts: Languages<GameText> = { en };
