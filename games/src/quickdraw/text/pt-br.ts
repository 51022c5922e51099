import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { FALSE_START_SCORE, reactionOfScore } from '../score.js';

const say = speechIn('pt-BR');

/** The words of quickdraw in Brazilian Portuguese. */
export const text: GameText = {
  title: 'Saque rápido',
  howTo: 'Espere mudar e toque; quem se adianta fica de fora.',
  choices: { draw: 'Saque' },
  press: 'Saque',
  phrases: {
    wait: 'Espere',
    waitHint: 'Toque quando isto mudar',
    go: 'JÁ!',
    early: 'Cedo demais',
    earlyHint: 'Você volta na próxima rodada.',
    drew: 'Sacou',
    drewHint: 'O resultado sai no fim da rodada.',
  },
  players: (count) => say.form(count, { one: 'jogador', other: 'jogadores' }),
  keys: 'A barra de espaço ou Enter saca.',
  headline: (board) => {
    const fastest = numberOn(board, 'fastestMs');
    return fastest > 0 ? `${say.number(fastest)} ms` : 'Ninguém sacou';
  },
  outcome: (board) => {
    const drew = numberOn(board, 'drew');
    if (drew === 0) return 'Desta vez nenhum saque valeu.';
    if (drew === 1) return 'O mais rápido de um só saque.';
    return `O mais rápido de ${say.number(drew)} saques; metade ficou abaixo de ${say.number(numberOn(board, 'medianMs'))} ms.`;
  },
  score: (me) => {
    if (me.score === FALSE_START_SCORE) return 'Cedo demais';
    return me.score > 0 ? `${say.number(reactionOfScore(me.score))} ms` : 'Sem pontuação';
  },
  live: (board) => (textOn(board, 'signal') === 'go' ? 'Saque agora!' : 'Espere.'),
};
