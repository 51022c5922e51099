import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';

const say = speechIn('es');

/** The words of trivia in Spanish. */
export const text: GameText = {
  title: 'Trivial',
  howTo: 'Toca la respuesta correcta, cuanto antes mejor.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'Responde',
  phrases: {
    ask: 'Toca tu respuesta',
    own: 'Tu respuesta',
    hint: 'Queda fijada; la correcta llega al final de la ronda.',
    right: 'Respuesta correcta',
  },
  players: (count) => say.form(count, { one: 'jugador', other: 'jugadores' }),
  keys: 'Las teclas del 1 al 4 responden.',
  headline: (board) => textOn(board, 'rightAnswer') || 'Sin respuesta',
  outcome: (board) => {
    const [answered, knew] = [numberOn(board, 'answered'), numberOn(board, 'knew')];
    if (answered === 0) return 'Esta vez no respondió nadie.';
    return knew === 0 ? 'No lo sabía nadie.' : `Lo sabían ${say.number(knew)} de ${say.number(answered)}.`;
  },
  score: (me) => (me.score > 0 ? say.counted(me.score, { one: '# punto', other: '# puntos' }) : 'Esta vez no'),
  live: (board) => questionSaid(board).trim() || 'Espera la pregunta.',
};
