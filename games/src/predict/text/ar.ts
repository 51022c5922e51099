import { numberOn, questionSaid, speechIn, textOn, type GameText, type Plurals } from '../../text.js';

const say = speechIn('ar');
const POINTS: Plurals = { zero: 'لا نقاط', one: 'نقطة واحدة', two: 'نقطتان', few: '# نقاط', many: '# نقطة', other: '# نقطة' };

/** The words of predict in Arabic. */
export const text: GameText = {
  dir: 'rtl',
  title: 'توقّع',
  howTo: 'انقر كيف تتوقع أن ينتهي الأمر.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'راهن',
  phrases: {
    ask: 'انقر رهانك',
    own: 'رهانك',
    hint: 'يبقى قائمًا حتى تُعلن النتيجة.',
    stake: 'الرهان',
    closed: 'أُغلق باب الرهان',
    closedHint: 'ستُعلن النتيجة بعد قليل.',
    right: 'النتيجة',
  },
  players: (count) => say.form(count, { zero: 'لاعب', one: 'لاعب', two: 'لاعبان', few: 'لاعبين', many: 'لاعبًا', other: 'لاعب' }),
  keys: 'المفاتيح من 1 إلى 4 للرهان.',
  headline: (board) => textOn(board, 'outcome') || 'أُلغي',
  outcome: (board) => {
    const right = numberOn(board, 'right');
    if (numberOn(board, 'settled') === 0) return 'أُلغي الرهان، ولم يخسر أحد نقاطًا.';
    if (right === 0) return 'لم يُصب أحد، وتُعاد كل الرهانات.';
    const [winners, points] = [say.counted(right, { zero: 'لا أحد', one: 'مشاهد واحد', two: 'مشاهدان', few: '# مشاهدين', many: '# مشاهدًا', other: '# مشاهد' }), say.counted(numberOn(board, 'pool'), { zero: 'لا نقاط', one: 'نقطة واحدة', two: 'نقطتان', few: '# نقاط', many: '# نقطة', other: '# نقطة' })];
    return `${winners} يتقاسمون ${points}.`;
  },
  score: (me) => {
    if (me.score === 0) return 'أُعيد الرهان';
    const sign = me.score > 0 ? '+' : '−';
    return `${sign}${say.counted(Math.abs(me.score), POINTS)}`;
  },
  live: (board) => (textOn(board, 'bets') === 'closed' ? 'أُغلق باب الرهان.' : questionSaid(board).trim() || 'انتظر السؤال.'),
};
