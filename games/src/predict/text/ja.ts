import { numberOn, questionSaid, speechIn, textOn, type GameText, type Plurals } from '../../text.js';

const say = speechIn('ja');
const POINTS: Plurals = { other: '#ポイント' };

/** The words of predict in Japanese. */
export const text: GameText = {
  title: '予想',
  howTo: 'どうなるか予想してタップ。',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: '賭ける',
  phrases: {
    ask: '予想をタップ',
    own: 'あなたの予想',
    hint: '結果が決まるまで有効です。',
    stake: 'ポイント',
    closed: '受付終了',
    closedHint: 'まもなく結果が発表されます。',
    right: '結果',
  },
  players: () => '人',
  keys: '1〜4キーで予想します。',
  headline: (board) => textOn(board, 'outcome') || '無効',
  outcome: (board) => {
    const right = numberOn(board, 'right');
    if (numberOn(board, 'settled') === 0) return '無効になりました。ポイントは減りません。';
    if (right === 0) return '的中者なし。賭けたポイントはすべて戻ります。';
    const [winners, points] = [say.counted(right, { other: '#人' }), say.counted(numberOn(board, 'pool'), { other: '#ポイント' })];
    return `${winners}で${points}を分け合いました。`;
  },
  score: (me) => {
    if (me.score === 0) return '賭けは返却';
    const sign = me.score > 0 ? '+' : '−';
    return `${sign}${say.counted(Math.abs(me.score), POINTS)}`;
  },
  live: (board) => (textOn(board, 'bets') === 'closed' ? '受付を締め切りました。' : questionSaid(board).trim() || '質問をお待ちください。'),
};
