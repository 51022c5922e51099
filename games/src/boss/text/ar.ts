import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { bossSaid } from '../boss-said.js';

const say = speechIn('ar');

/** The words of boss in Arabic. */
export const text: GameText = {
  dir: 'rtl',
  title: 'الزعيم',
  howTo: 'انقر نقطة الضعف لتُسقطوا الزعيم معًا.',
  choices: { left: 'اليسار', middle: 'الوسط', right: 'اليمين' },
  press: 'اضرب',
  phrases: {
    weak: 'نقطة الضعف',
    health: 'الزعيم',
    damage: 'ضررك',
    toWin: '# أخرى لتشارك في الفوز',
    enough: 'أنت شريك في الفوز',
  },
  players: (count) => say.form(count, { zero: 'لاعب', one: 'لاعب', two: 'لاعبان', few: 'لاعبين', many: 'لاعبًا', other: 'لاعب' }),
  keys: 'المفاتيح 1 و2 و3 تضرب موضعًا، ومفتاح المسافة يضرب الأخير مجددًا.',
  headline: (board) => (textOn(board, 'winner') === 'crowd' ? 'سقط الزعيم' : 'صمد الزعيم'),
  outcome: (board) => {
    const count = numberOn(board, 'hits');
    const hits = say.counted(count, { zero: 'لا ضربات', one: 'ضربة واحدة', two: 'ضربتان', few: '# ضربات', many: '# ضربة', other: '# ضربة' });
    if (count === 0) return 'لم يضربه أحد هذه المرة.';
    if (textOn(board, 'winner') === 'crowd') return `سقط بعد ${hits}.`;
    return `بقي ${say.percent(numberOn(board, 'health'))} من طاقته بعد ${hits}.`;
  },
  score: (me) => say.counted(me.score, { other: 'الضرر #' }),
  live: (board) => {
    const { weak, percent } = bossSaid(board);
    return `نقطة الضعف: ${['اليسار', 'الوسط', 'اليمين'][weak]}. الطاقة ${percent} بالمئة.`;
  },
};
