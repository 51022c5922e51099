import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';

const say = speechIn('pt-BR');

/** The words of trivia in Brazilian Portuguese. */
export const text: GameText = {
  title: 'Quiz',
  howTo: 'Toque na resposta certa, quanto antes melhor.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'Responda',
  phrases: {
    ask: 'Toque na resposta',
    own: 'Sua resposta',
    hint: 'Está valendo; a certa sai no fim da rodada.',
    right: 'Resposta certa',
  },
  players: (count) => say.form(count, { one: 'jogador', other: 'jogadores' }),
  keys: 'As teclas de 1 a 4 respondem.',
  headline: (board) => textOn(board, 'rightAnswer') || 'Sem resposta',
  outcome: (board) => {
    const [answered, knew] = [numberOn(board, 'answered'), numberOn(board, 'knew')];
    if (answered === 0) return 'Desta vez ninguém respondeu.';
    return knew === 0 ? 'Ninguém sabia.' : `${say.number(knew)} de ${say.number(answered)} sabiam.`;
  },
  score: (me) => (me.score > 0 ? say.counted(me.score, { one: '# ponto', other: '# pontos' }) : 'Desta vez não'),
  live: (board) => questionSaid(board).trim() || 'Espere a pergunta.',
};
