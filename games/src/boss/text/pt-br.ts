import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { bossSaid } from '../boss-said.js';

const say = speechIn('pt-BR');

/** The words of boss in Brazilian Portuguese. */
export const text: GameText = {
  title: 'Chefe',
  howTo: 'Toque no ponto fraco para derrubar o chefe juntos.',
  choices: { left: 'Esquerda', middle: 'Meio', right: 'Direita' },
  press: 'Acerte',
  phrases: {
    weak: 'Ponto fraco',
    health: 'Chefe',
    damage: 'Seu dano',
    toWin: 'Mais # para dividir a vitória',
    enough: 'Você divide a vitória',
  },
  players: (count) => say.form(count, { one: 'jogador', other: 'jogadores' }),
  keys: 'As teclas 1, 2 e 3 acertam um ponto; a barra de espaço repete o último.',
  headline: (board) => (textOn(board, 'winner') === 'crowd' ? 'O chefe caiu' : 'O chefe resistiu'),
  outcome: (board) => {
    const count = numberOn(board, 'hits');
    const hits = say.counted(count, { one: '# golpe', other: '# golpes' });
    if (count === 0) return 'Desta vez ninguém o acertou.';
    if (textOn(board, 'winner') === 'crowd') return `Caiu com ${hits}.`;
    return `Restavam ${say.percent(numberOn(board, 'health'))} da vida após ${hits}.`;
  },
  score: (me) => say.counted(me.score, { other: '# de dano' }),
  live: (board) => {
    const { weak, percent } = bossSaid(board);
    return `Ponto fraco: ${['Esquerda', 'Meio', 'Direita'][weak]}. Vida: ${percent} por cento.`;
  },
};
