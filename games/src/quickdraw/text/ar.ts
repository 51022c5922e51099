import { numberOn, speechIn, textOn, type GameText } from '../../text.js';
import { FALSE_START_SCORE, reactionOfScore } from '../score.js';

const say = speechIn('ar');

/** The words of quickdraw in Arabic. */
export const text: GameText = {
  dir: 'rtl',
  title: 'الأسرع سحبًا',
  howTo: 'انتظر التغيّر ثم انقر، ومن يسبقه يخرج من الجولة.',
  choices: { draw: 'اسحب' },
  press: 'اسحب',
  phrases: {
    wait: 'انتظر',
    waitHint: 'انقر عندما يتغير هذا',
    go: 'الآن!',
    early: 'مبكر جدًا',
    earlyHint: 'تعود في الجولة التالية.',
    drew: 'تم',
    drewHint: 'تظهر النتائج عند انتهاء الجولة.',
  },
  players: (count) => say.form(count, { zero: 'لاعب', one: 'لاعب', two: 'لاعبان', few: 'لاعبين', many: 'لاعبًا', other: 'لاعب' }),
  keys: 'مفتاح المسافة أو Enter يسحب.',
  headline: (board) => {
    const fastest = numberOn(board, 'fastestMs');
    return fastest > 0 ? `${say.number(fastest)} م.ث` : 'لم يسحب أحد';
  },
  outcome: (board) => {
    const drew = numberOn(board, 'drew');
    if (drew === 0) return 'لم تُحتسب أي محاولة هذه المرة.';
    if (drew === 1) return 'الأسرع من محاولة واحدة.';
    return `الأسرع من بين ${say.number(drew)} محاولة؛ نصفها أقل من ${say.number(numberOn(board, 'medianMs'))} م.ث.`;
  },
  score: (me) => {
    if (me.score === FALSE_START_SCORE) return 'مبكر جدًا';
    return me.score > 0 ? `${say.number(reactionOfScore(me.score))} م.ث` : 'بلا احتساب';
  },
  live: (board) => (textOn(board, 'signal') === 'go' ? 'اسحب الآن!' : 'انتظر.'),
};
