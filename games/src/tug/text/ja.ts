import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { ropeSaid } from '../rope-said.js';

const say = speechIn('ja');

/** The words of tug in Japanese. */
export const text: GameText = {
  title: '綱引き',
  howTo: 'サイドを選んでタップ。強く引いたチームの勝ちです。',
  choices: { left: '左', right: '右' },
  press: '引く',
  phrases: {},
  players: () => '人',
  keys: '矢印キーかAとDでサイドを選び、スペースキーで引きます。',
  headline: (board) => {
    switch (textOn(board, 'winner')) {
      case 'left': return '左の勝ち';
      case 'right': return '右の勝ち';
      default: return '引き分け';
    }
  },
  outcome: (board) => {
    const [left, right] = [numberOn(board, 'pullLeft'), numberOn(board, 'pullRight')];
    return left + right === 0 ? '今回は誰も引きませんでした。' : `${say.number(left)}対${say.number(right)}タップ。`;
  },
  score: (me) => say.counted(me.score, { other: '#タップ' }),
  live: (board) => {
    const { side, percent } = ropeSaid(board);
    if (side === 'none') return 'ロープは真ん中です。';
    return side === 'left' ? `左がリード、${percent}パーセントまで来ました。` : `右がリード、${percent}パーセントまで来ました。`;
  },
};
