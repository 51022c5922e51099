import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';
import { leadersOn } from '../leaders.js';

const say = speechIn('es');

/** The words of poll in Spanish. */
export const text: GameText = {
  title: 'Votación',
  howTo: 'Toca lo que quieras; puedes cambiar de idea hasta el final.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4', 5: '5', 6: '6' },
  press: 'Vota',
  phrases: {
    ask: 'Toca para votar',
    own: 'Tu voto',
    hint: 'Toca otra opción para cambiarlo.',
  },
  players: (count) => say.form(count, { one: 'voto', other: 'votos' }),
  keys: 'Las teclas del 1 al 6 votan.',
  headline: (board) => {
    const leaders = numberOn(board, 'leaders');
    if (leaders === 0) return 'Sin votos';
    return leaders === 1 ? textOn(board, 'leading') : 'Empate';
  },
  outcome: (board) => {
    const leaders = numberOn(board, 'leaders');
    const share = say.percent(numberOn(board, 'leadingShare'));
    if (leaders === 0) return 'Esta vez no votó nadie.';
    if (leaders > 1) return `${say.list(textOn(board, 'leading'))} empatan con un ${share} cada uno.`;
    return `${share} de ${say.counted(numberOn(board, 'votes'), { one: '# voto', other: '# votos' })}.`;
  },
  score: () => 'Tu voto contó',
  live: (board) => {
    const { names, percent } = leadersOn(board);
    if (names.length === 0) return questionSaid(board).trim() || 'Espera la pregunta.';
    const named = say.list(names.join('\n'));
    return names.length > 1 ? `${named} están empatados.` : `${named} va en cabeza con un ${percent} por ciento.`;
  },
};
