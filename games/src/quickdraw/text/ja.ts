import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { FALSE_START_SCORE, reactionOfScore } from '../score.js';

const say = speechIn('ja');

/** The words of quickdraw in Japanese. */
export const text: GameText = {
  title: '早撃ち',
  howTo: '画面が変わったらタップ。早すぎると失格です。',
  choices: { draw: '撃つ' },
  press: '撃つ',
  phrases: {
    wait: '待って',
    waitHint: '画面が変わったらタップ',
    go: '今だ！',
    early: '早すぎました',
    earlyHint: '次のラウンドで復帰できます。',
    drew: '反応しました',
    drewHint: '結果はラウンド終了時に出ます。',
  },
  players: () => '人',
  keys: 'スペースキーかEnterキーで撃ちます。',
  headline: (board) => {
    const fastest = numberOn(board, 'fastestMs');
    return fastest > 0 ? `${say.number(fastest)}ミリ秒` : '誰も反応せず';
  },
  outcome: (board) => {
    const drew = numberOn(board, 'drew');
    if (drew === 0) return '今回は有効な反応がありませんでした。';
    if (drew === 1) return '1人中の最速です。';
    return `${say.number(drew)}人中の最速です。半数は${say.number(numberOn(board, 'medianMs'))}ミリ秒以内でした。`;
  },
  score: (me) => {
    if (me.score === FALSE_START_SCORE) return '早すぎました';
    return me.score > 0 ? `${say.number(reactionOfScore(me.score))}ミリ秒` : '記録なし';
  },
  live: (board) => (textOn(board, 'signal') === 'go' ? '今です！' : 'まだ待って。'),
};
