import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { FALSE_START_SCORE, reactionOfScore } from '../score.js';

const say = speechIn('es');

/** The words of quickdraw in Spanish. */
export const text: GameText = {
  title: 'Duelo rápido',
  howTo: 'Espera a que cambie y toca; si te adelantas, quedas fuera.',
  choices: { draw: 'Dispara' },
  press: 'Dispara',
  phrases: {
    wait: 'Espera',
    waitHint: 'Toca cuando esto cambie',
    go: '¡YA!',
    early: 'Demasiado pronto',
    earlyHint: 'Vuelves en la próxima ronda.',
    drew: 'Hecho',
    drewHint: 'El resultado llega al final de la ronda.',
  },
  players: (count) => say.form(count, { one: 'jugador', other: 'jugadores' }),
  keys: 'La barra espaciadora o Intro dispara.',
  headline: (board) => {
    const fastest = numberOn(board, 'fastestMs');
    return fastest > 0 ? `${say.number(fastest)} ms` : 'Nadie disparó';
  },
  outcome: (board) => {
    const drew = numberOn(board, 'drew');
    if (drew === 0) return 'Esta vez no contó ningún disparo.';
    if (drew === 1) return 'El más rápido de un solo disparo.';
    return `El más rápido de ${say.number(drew)} disparos; la mitad bajó de ${say.number(numberOn(board, 'medianMs'))} ms.`;
  },
  score: (me) => {
    if (me.score === FALSE_START_SCORE) return 'Demasiado pronto';
    return me.score > 0 ? `${say.number(reactionOfScore(me.score))} ms` : 'Sin puntuar';
  },
  live: (board) => (textOn(board, 'signal') === 'go' ? '¡Dispara ya!' : 'Espera.'),
};
