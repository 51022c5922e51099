import { numberOn, questionSaid, speechIn, textOn, type GameText, type Plurals } from '../../text.js';

const say = speechIn('es');
const POINTS: Plurals = { one: '# punto', other: '# puntos' };

/** The words of predict in Spanish. */
export const text: GameText = {
  title: 'Pronóstico',
  howTo: 'Toca cómo crees que acabará.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'Apuesta',
  phrases: {
    ask: 'Toca tu apuesta',
    own: 'Tu apuesta',
    hint: 'Vale hasta que se conozca el resultado.',
    stake: 'Apuesta',
    closed: 'Apuestas cerradas',
    closedHint: 'Ahora se dirá cómo acabó.',
    right: 'Así acabó',
  },
  players: (count) => say.form(count, { one: 'jugador', other: 'jugadores' }),
  keys: 'Las teclas del 1 al 4 apuestan.',
  headline: (board) => textOn(board, 'outcome') || 'Anulado',
  outcome: (board) => {
    const right = numberOn(board, 'right');
    if (numberOn(board, 'settled') === 0) return 'Se ha anulado; nadie pierde puntos.';
    if (right === 0) return 'No acertó nadie; se devuelven las apuestas.';
    const [winners, points] = [say.counted(right, { one: '# persona', other: '# personas' }), say.counted(numberOn(board, 'pool'), { one: '# punto', other: '# puntos' })];
    return `${winners} se reparten ${points}.`;
  },
  score: (me) => {
    if (me.score === 0) return 'Apuesta devuelta';
    const sign = me.score > 0 ? '+' : '−';
    return `${sign}${say.counted(Math.abs(me.score), POINTS)}`;
  },
  live: (board) => (textOn(board, 'bets') === 'closed' ? 'Apuestas cerradas.' : questionSaid(board).trim() || 'Espera la pregunta.'),
};
