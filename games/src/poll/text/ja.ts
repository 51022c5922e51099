import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';
import { leadersOn } from '../leaders.js';

const say = speechIn('ja');

/** The words of poll in Japanese. */
export const text: GameText = {
  title: '投票',
  howTo: '選んでタップ。終了まで変更できます。',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4', 5: '5', 6: '6' },
  press: '投票',
  phrases: {
    ask: 'タップして投票',
    own: 'あなたの票',
    hint: '別の選択肢をタップすると変更できます。',
  },
  players: () => '票',
  keys: '1〜6キーで投票します。',
  headline: (board) => {
    const leaders = numberOn(board, 'leaders');
    if (leaders === 0) return '投票なし';
    return leaders === 1 ? textOn(board, 'leading') : '同点';
  },
  outcome: (board) => {
    const leaders = numberOn(board, 'leaders');
    const share = say.percent(numberOn(board, 'leadingShare'));
    if (leaders === 0) return '今回は誰も投票しませんでした。';
    if (leaders > 1) return `${say.list(textOn(board, 'leading'))}がそれぞれ${share}で並びました。`;
    return `${say.counted(numberOn(board, 'votes'), { other: '#票' })}のうち${share}。`;
  },
  score: () => '投票しました',
  live: (board) => {
    const { names, percent } = leadersOn(board);
    if (names.length === 0) return questionSaid(board).trim() || '質問をお待ちください。';
    const named = say.list(names.join('\n'));
    return names.length > 1 ? `${named}が並んでいます。` : `${named}が${percent}パーセントでリード。`;
  },
};
