import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { ropeSaid } from '../rope-said.js';

const say = speechIn('de');

/** The words of tug in German. */
export const text: GameText = {
  title: 'Tauziehen',
  howTo: 'Wähle eine Seite und tippe: Das Team, das stärker zieht, gewinnt.',
  choices: { left: 'Links', right: 'Rechts' },
  press: 'Ziehen',
  phrases: {},
  players: () => 'Spieler',
  keys: 'Pfeiltasten oder A und D wählen die Seite, die Leertaste zieht.',
  headline: (board) => {
    switch (textOn(board, 'winner')) {
      case 'left': return 'Links gewinnt';
      case 'right': return 'Rechts gewinnt';
      default: return 'Unentschieden';
    }
  },
  outcome: (board) => {
    const [left, right] = [numberOn(board, 'pullLeft'), numberOn(board, 'pullRight')];
    return left + right === 0 ? 'Diesmal hat niemand gezogen.' : `${say.number(left)} zu ${say.number(right)} Tipps.`;
  },
  score: (me) => say.counted(me.score, { one: '# Tipp', other: '# Tipps' }),
  live: (board) => {
    const { side, percent } = ropeSaid(board);
    if (side === 'none') return 'Das Seil ist in der Mitte.';
    return side === 'left' ? `Links führt, ${percent} Prozent des Wegs.` : `Rechts führt, ${percent} Prozent des Wegs.`;
  },
};
