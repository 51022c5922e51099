import { numberOn, questionSaid, speechIn, textOn, type GameText } from '../../text.js';
import { leadersOn } from '../leaders.js';

const say = speechIn('ar');

/** The words of poll in Arabic. */
export const text: GameText = {
  dir: 'rtl',
  title: 'تصويت',
  howTo: 'انقر ما تريد، ويمكنك تغيير رأيك حتى النهاية.',
  choices: { 1: '1', 2: '2', 3: '3', 4: '4', 5: '5', 6: '6' },
  press: 'صوّت',
  phrases: {
    ask: 'انقر للتصويت',
    own: 'صوتك',
    hint: 'انقر خيارًا آخر لتغييره.',
  },
  players: (count) => say.form(count, { zero: 'صوت', one: 'صوت', two: 'صوتان', few: 'أصوات', many: 'صوتًا', other: 'صوت' }),
  keys: 'المفاتيح من 1 إلى 6 للتصويت.',
  headline: (board) => {
    const leaders = numberOn(board, 'leaders');
    if (leaders === 0) return 'لا أصوات';
    return leaders === 1 ? textOn(board, 'leading') : 'تعادل';
  },
  outcome: (board) => {
    const leaders = numberOn(board, 'leaders');
    const share = say.percent(numberOn(board, 'leadingShare'));
    if (leaders === 0) return 'لم يصوّت أحد هذه المرة.';
    if (leaders > 1) return `${say.list(textOn(board, 'leading'))} متساوون بنسبة ${share} لكل منهم.`;
    return `${share} من ${say.counted(numberOn(board, 'votes'), { zero: 'لا أصوات', one: 'صوت واحد', two: 'صوتان', few: '# أصوات', many: '# صوتًا', other: '# صوت' })}.`;
  },
  score: () => 'احتُسب صوتك',
  live: (board) => {
    const { names, percent } = leadersOn(board);
    if (names.length === 0) return questionSaid(board).trim() || 'انتظر السؤال.';
    const named = say.list(names.join('\n'));
    return names.length > 1 ? `${named} متعادلون.` : `${named} في الصدارة بنسبة ${percent} بالمئة.`;
  },
};
