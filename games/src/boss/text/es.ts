import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { bossSaid } from '../boss-said.js';

const say = speechIn('es');

/** The words of boss in Spanish. */
export const text: GameText = {
  title: 'Jefe',
  howTo: 'Toca el punto débil para derribar al jefe entre todos.',
  choices: { left: 'Izquierda', middle: 'Centro', right: 'Derecha' },
  press: 'Golpea',
  phrases: {
    weak: 'Punto débil',
    health: 'Jefe',
    damage: 'Tu daño',
    toWin: '# más para compartir la victoria',
    enough: 'Compartes la victoria',
  },
  players: (count) => say.form(count, { one: 'jugador', other: 'jugadores' }),
  keys: 'Las teclas 1, 2 y 3 golpean un punto; la barra espaciadora repite el último.',
  headline: (board) => (textOn(board, 'winner') === 'crowd' ? 'El jefe ha caído' : 'El jefe resiste'),
  outcome: (board) => {
    const count = numberOn(board, 'hits');
    const hits = say.counted(count, { one: '# golpe', other: '# golpes' });
    if (count === 0) return 'Esta vez nadie lo golpeó.';
    if (textOn(board, 'winner') === 'crowd') return `Cayó con ${hits}.`;
    return `Le quedaba un ${say.percent(numberOn(board, 'health'))} de vida tras ${hits}.`;
  },
  score: (me) => say.counted(me.score, { other: '# de daño' }),
  live: (board) => {
    const { weak, percent } = bossSaid(board);
    return `Punto débil: ${['Izquierda', 'Centro', 'Derecha'][weak]}. Vida: ${percent} por ciento.`;
  },
};
