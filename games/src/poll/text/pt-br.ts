import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';
import { leadersOn } from '../leaders.js';

const say = speechIn('pt-BR');

/** The words of poll in Brazilian Portuguese. */
export const text: GameText = {
  title: 'Votação',
  howTo: 'Toque no que quiser; dá para mudar até o fim.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4', 5: '5', 6: '6' },
  press: 'Vote',
  phrases: {
    ask: 'Toque para votar',
    own: 'Seu voto',
    hint: 'Toque em outra para trocar.',
  },
  players: (count) => say.form(count, { one: 'voto', other: 'votos' }),
  keys: 'As teclas de 1 a 6 votam.',
  headline: (board) => {
    const leaders = numberOn(board, 'leaders');
    if (leaders === 0) return 'Nenhum voto';
    return leaders === 1 ? textOn(board, 'leading') : 'Empate';
  },
  outcome: (board) => {
    const leaders = numberOn(board, 'leaders');
    const share = say.percent(numberOn(board, 'leadingShare'));
    if (leaders === 0) return 'Desta vez ninguém votou.';
    if (leaders > 1) return `${say.list(textOn(board, 'leading'))} empatam com ${share} cada.`;
    return `${share} de ${say.counted(numberOn(board, 'votes'), { one: '# voto', other: '# votos' })}.`;
  },
  score: () => 'Seu voto contou',
  live: (board) => {
    const { names, percent } = leadersOn(board);
    if (names.length === 0) return questionSaid(board).trim() || 'Espere a pergunta.';
    const named = say.list(names.join('\n'));
    return names.length > 1 ? `${named} estão empatados.` : `${named} lidera com ${percent} por cento.`;
  },
};
