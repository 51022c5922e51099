import { numberOn, questionSaid, speechIn, textOn, type GameText, type Plurals } from '../../text.js';

const say = speechIn('pt-BR');
const POINTS: Plurals = { one: '# ponto', other: '# pontos' };

/** The words of predict in Brazilian Portuguese. */
export const text: GameText = {
  title: 'Palpite',
  howTo: 'Toque em como você acha que vai acabar.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'Aposte',
  phrases: {
    ask: 'Toque na sua aposta',
    own: 'Sua aposta',
    hint: 'Vale até sair o resultado.',
    stake: 'Aposta',
    closed: 'Apostas encerradas',
    closedHint: 'O resultado sai já já.',
    right: 'Como acabou',
  },
  players: (count) => say.form(count, { one: 'jogador', other: 'jogadores' }),
  keys: 'As teclas de 1 a 4 apostam.',
  headline: (board) => textOn(board, 'outcome') || 'Anulado',
  outcome: (board) => {
    const right = numberOn(board, 'right');
    if (numberOn(board, 'settled') === 0) return 'Foi anulado; ninguém perde pontos.';
    if (right === 0) return 'Ninguém acertou; as apostas voltam.';
    const [winners, points] = [say.counted(right, { one: '# pessoa', other: '# pessoas' }), say.counted(numberOn(board, 'pool'), { one: '# ponto', other: '# pontos' })];
    return `${winners} dividem ${points}.`;
  },
  score: (me) => {
    if (me.score === 0) return 'Aposta devolvida';
    const sign = me.score > 0 ? '+' : '−';
    return `${sign}${say.counted(Math.abs(me.score), POINTS)}`;
  },
  live: (board) => (textOn(board, 'bets') === 'closed' ? 'Apostas encerradas.' : questionSaid(board).trim() || 'Espere a pergunta.'),
};
