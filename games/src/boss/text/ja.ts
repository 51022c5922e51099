import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { bossSaid } from '../boss-said.js';

const say = speechIn('ja');

/** The words of boss in Japanese. */
export const text: GameText = {
  title: 'ボス',
  howTo: '弱点をタップして、みんなでボスを倒しましょう。',
  choices: { left: '左', middle: '中央', right: '右' },
  press: '攻撃',
  phrases: {
    weak: '弱点',
    health: 'ボス',
    damage: '与えたダメージ',
    toWin: '勝利に加わるまであと#',
    enough: '勝利に貢献中',
  },
  players: () => '人',
  keys: '1・2・3キーでその場所を、スペースキーで同じ場所をもう一度攻撃します。',
  headline: (board) => (textOn(board, 'winner') === 'crowd' ? 'ボス撃破！' : 'ボスは健在'),
  outcome: (board) => {
    const count = numberOn(board, 'hits');
    const hits = say.counted(count, { other: '#発' });
    if (count === 0) return '今回は誰も攻撃しませんでした。';
    if (textOn(board, 'winner') === 'crowd') return `${hits}で倒しました。`;
    return `${hits}当てて、体力は残り${say.percent(numberOn(board, 'health'))}でした。`;
  },
  score: (me) => say.counted(me.score, { other: '#ダメージ' }),
  live: (board) => {
    const { weak, percent } = bossSaid(board);
    return `弱点は${['左', '中央', '右'][weak]}。体力は${percent}パーセント。`;
  },
};
