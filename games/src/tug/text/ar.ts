import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { ropeSaid } from '../rope-said.js';

const say = speechIn('ar');

/** The words of tug in Arabic. */
export const text: GameText = {
  dir: 'rtl',
  title: 'شدّ الحبل',
  howTo: 'اختر جانبًا وانقر: الفريق الذي يشدّ أقوى يفوز.',
  choices: { left: 'اليسار', right: 'اليمين' },
  press: 'شُدّ',
  phrases: {},
  players: (count) => say.form(count, { zero: 'لاعب', one: 'لاعب', two: 'لاعبان', few: 'لاعبين', many: 'لاعبًا', other: 'لاعب' }),
  keys: 'مفاتيح الأسهم أو A وD تختار الجانب، ومفتاح المسافة يشدّ.',
  headline: (board) => {
    switch (textOn(board, 'winner')) {
      case 'left': return 'فاز اليسار';
      case 'right': return 'فاز اليمين';
      default: return 'تعادل';
    }
  },
  outcome: (board) => {
    const [left, right] = [numberOn(board, 'pullLeft'), numberOn(board, 'pullRight')];
    return left + right === 0 ? 'لم يشدّ أحد هذه المرة.' : `${say.number(left)} مقابل ${say.number(right)} نقرة.`;
  },
  score: (me) => say.counted(me.score, { zero: 'لا نقرات', one: 'نقرة واحدة', two: 'نقرتان', few: '# نقرات', many: '# نقرة', other: '# نقرة' }),
  live: (board) => {
    const { side, percent } = ropeSaid(board);
    if (side === 'none') return 'الحبل في الوسط.';
    return side === 'left' ? `اليسار يتقدم، ${percent} بالمئة من الطريق.` : `اليمين يتقدم، ${percent} بالمئة من الطريق.`;
  },
};
