import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { ropeSaid } from '../rope-said.js';

const say = speechIn('es');

/** The words of tug in Spanish. */
export const text: GameText = {
  title: 'Tira y afloja',
  howTo: 'Elige un lado y toca: gana el equipo que tire más fuerte.',
  choices: { left: 'Izquierda', right: 'Derecha' },
  press: 'Tira',
  phrases: {},
  players: (count) => say.form(count, { one: 'jugador', other: 'jugadores' }),
  keys: 'Las flechas o A y D eligen lado; la barra espaciadora tira.',
  headline: (board) => {
    switch (textOn(board, 'winner')) {
      case 'left': return 'Gana la izquierda';
      case 'right': return 'Gana la derecha';
      default: return 'Empate';
    }
  },
  outcome: (board) => {
    const [left, right] = [numberOn(board, 'pullLeft'), numberOn(board, 'pullRight')];
    return left + right === 0 ? 'Esta vez no tiró nadie.' : `${say.number(left)} a ${say.number(right)} toques.`;
  },
  score: (me) => say.counted(me.score, { one: '# toque', other: '# toques' }),
  live: (board) => {
    const { side, percent } = ropeSaid(board);
    if (side === 'none') return 'La cuerda está en el centro.';
    return side === 'left' ? `Va ganando la izquierda, al ${percent} por ciento del camino.` : `Va ganando la derecha, al ${percent} por ciento del camino.`;
  },
};
