import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { ropeSaid } from '../rope-said.js';

const say = speechIn('pt-BR');

/** The words of tug in Brazilian Portuguese. */
export const text: GameText = {
  title: 'Cabo de guerra',
  howTo: 'Escolha um lado e toque: vence o time que puxar mais forte.',
  choices: { left: 'Esquerda', right: 'Direita' },
  press: 'Puxe',
  phrases: {},
  players: (count) => say.form(count, { one: 'jogador', other: 'jogadores' }),
  keys: 'As setas ou A e D escolhem o lado; a barra de espaço puxa.',
  headline: (board) => {
    switch (textOn(board, 'winner')) {
      case 'left': return 'A esquerda vence';
      case 'right': return 'A direita vence';
      default: return 'Empate';
    }
  },
  outcome: (board) => {
    const [left, right] = [numberOn(board, 'pullLeft'), numberOn(board, 'pullRight')];
    return left + right === 0 ? 'Desta vez ninguém puxou.' : `${say.number(left)} a ${say.number(right)} toques.`;
  },
  score: (me) => say.counted(me.score, { one: '# toque', other: '# toques' }),
  live: (board) => {
    const { side, percent } = ropeSaid(board);
    if (side === 'none') return 'A corda está no meio.';
    return side === 'left' ? `A esquerda lidera, com ${percent} por cento do caminho.` : `A direita lidera, com ${percent} por cento do caminho.`;
  },
};
