import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { bossSaid } from '../boss-said.js';

const say = speechIn('de');

/** The words of boss in German. */
export const text: GameText = {
  title: 'Boss',
  howTo: 'Tippe auf die Schwachstelle und besiegt den Boss gemeinsam.',
  choices: { left: 'Links', middle: 'Mitte', right: 'Rechts' },
  press: 'Treffen',
  phrases: {
    weak: 'Schwachstelle',
    health: 'Boss',
    damage: 'Dein Schaden',
    toWin: 'Noch # für den gemeinsamen Sieg',
    enough: 'Du siegst mit',
  },
  players: () => 'Spieler',
  keys: 'Die Tasten 1, 2 und 3 treffen eine Stelle, die Leertaste die letzte noch einmal.',
  headline: (board) => (textOn(board, 'winner') === 'crowd' ? 'Der Boss ist besiegt' : 'Der Boss steht noch'),
  outcome: (board) => {
    const count = numberOn(board, 'hits');
    const hits = say.counted(count, { one: '# Treffer', other: '# Treffer' });
    if (count === 0) return 'Diesmal hat ihn niemand getroffen.';
    if (textOn(board, 'winner') === 'crowd') return `${hits} haben ihn besiegt.`;
    return `Nach ${hits} blieben noch ${say.percent(numberOn(board, 'health'))} seiner Kraft.`;
  },
  score: (me) => say.counted(me.score, { other: '# Schaden' }),
  live: (board) => {
    const { weak, percent } = bossSaid(board);
    return `Schwachstelle: ${['Links', 'Mitte', 'Rechts'][weak]}. Kraft: ${percent} Prozent.`;
  },
};
