import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';

const say = speechIn('ar');

/** The words of trivia in Arabic. */
export const text: GameText = {
  dir: 'rtl',
  title: 'سؤال وجواب',
  howTo: 'انقر الإجابة الصحيحة، وكلما أسرعت كان أفضل.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4' },
  press: 'أجب',
  phrases: {
    ask: 'انقر إجابتك',
    own: 'إجابتك',
    hint: 'تم تثبيتها، وتظهر الصحيحة عند انتهاء الجولة.',
    right: 'الإجابة الصحيحة',
  },
  players: (count) => say.form(count, { zero: 'لاعب', one: 'لاعب', two: 'لاعبان', few: 'لاعبين', many: 'لاعبًا', other: 'لاعب' }),
  keys: 'المفاتيح من 1 إلى 4 للإجابة.',
  headline: (board) => textOn(board, 'rightAnswer') || 'لا إجابة',
  outcome: (board) => {
    const [answered, knew] = [numberOn(board, 'answered'), numberOn(board, 'knew')];
    if (answered === 0) return 'لم يُجب أحد هذه المرة.';
    return knew === 0 ? 'لم يعرفها أحد.' : `عرفها ${say.number(knew)} من ${say.number(answered)}.`;
  },
  score: (me) => (me.score > 0 ? say.counted(me.score, { zero: 'لا نقاط', one: 'نقطة واحدة', two: 'نقطتان', few: '# نقاط', many: '# نقطة', other: '# نقطة' }) : 'ليس هذه المرة'),
  live: (board) => questionSaid(board).trim() || 'انتظر السؤال.',
};
