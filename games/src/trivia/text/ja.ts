import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';

const say = speechIn('ja');

/** The words of trivia in Japanese. */
export const text: GameText = {
  title: 'クイズ',
  howTo: '正解を、できるだけ早くタップ。',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: '答える',
  phrases: {
    ask: '答えをタップ',
    own: 'あなたの答え',
    hint: '確定しました。正解はラウンド終了時に出ます。',
    right: '正解',
  },
  players: () => '人',
  keys: '1〜4キーで答えます。',
  headline: (board) => textOn(board, 'rightAnswer') || '回答なし',
  outcome: (board) => {
    const [answered, knew] = [numberOn(board, 'answered'), numberOn(board, 'knew')];
    if (answered === 0) return '今回は誰も答えませんでした。';
    return knew === 0 ? '正解者はいませんでした。' : `${say.number(answered)}人中${say.number(knew)}人が正解しました。`;
  },
  score: (me) => (me.score > 0 ? say.counted(me.score, { other: '#ポイント' }) : '残念'),
  live: (board) => questionSaid(board).trim() || '質問をお待ちください。',
};
