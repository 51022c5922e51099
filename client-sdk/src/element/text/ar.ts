import { speechIn } from '@crowdcue/games/texts';
import { minutesOf, timeText, type ElementText } from '../element-text.js';

const say = speechIn('ar');

/** The words of the element in Arabic. */
export const text: ElementText = {
  lang: 'ar',
  dir: 'rtl',
  loading: 'جارٍ إدخالك',
  here: (count) => say.form(count, { zero: 'شخص هنا', one: 'شخص هنا', two: 'شخصان هنا', few: 'أشخاص هنا', many: 'شخصًا هنا', other: 'شخص هنا' }),
  queue: {
    title: 'أنت في الطابور',
    place: (place) => (place === 1 ? 'الدور التالي لك.' : `رقمك ${say.number(place)}.`),
    wait: (waitMs) => {
      if (waitMs === 0) return 'ستدخل فور توفر مكان.';
      return minutesOf(waitMs) <= 1 ? 'دقيقة تقريبًا أو أقل.' : `حوالي ${timeText(minutesOf(waitMs), 'minute', 'ar')}.`;
    },
  },
  idle: { title: 'ابقَ قريبًا', body: 'تبدأ الجولة لحظة إشارة المضيف.' },
  next: 'تبدأ الجولة التالية عند إشارة المضيف.',
  startsIn: (seconds) => `البداية بعد ${timeText(seconds, 'second', 'ar')}`,
  go: 'انطلق',
  onAir: 'مباشر',
  secondsLeft: (seconds) => `بقي ${timeText(seconds, 'second', 'ar')}`,
  outcomeIn: (seconds) => `تصل بعض الصور بعد صورتك. تظهر النتيجة خلال ${timeText(seconds, 'second', 'ar')}.`,
  unscored: 'صورتك متأخرة جدًا فلا تُحتسب النقاط هنا. يمكنك اللعب معنا.',
  won: 'لقد فزت',
  played: 'لقد لعبت',
  watched: 'شاهدت هذه الجولة',
  fastest: 'الأسرع بين الجميع',
  place: (rank, players) => `المركز ${say.number(rank)} من ${say.number(players)}`,
  top: 'أفضل لاعبي الجولة',
  unknownGame: { title: 'هذه الجولة تحتاج صفحة أحدث', body: 'أعد تحميل الصفحة لتلعب.' },
  notices: {
    offline: 'أنت غير متصل. نقراتك محفوظة.',
    reconnecting: 'جارٍ إعادة الاتصال. نقراتك محفوظة.',
    hold: 'لحظة من فضلك…',
    rewards: 'لم تُحمَّل مكافآتك. لم يضِع شيء.',
  },
  away: { title: 'استمتع بالعرض', body: 'لا نستطيع الوصول إلى اللعبة الآن. نواصل المحاولة، وستعود تلقائيًا.' },
  offline: { title: 'أنت غير متصل', body: 'تستمر اللعبة فور عودة الاتصال.' },
  back: 'لقد عدت إلى اللعبة.',
  endings: {
    taken_over: { title: 'أنت تلعب في مكان آخر', body: 'فتحت هذا الحدث في علامة تبويب أخرى أو على جهاز آخر.' },
    banned: { title: 'لا يمكنك المشاركة', body: 'أخرجك المضيف من هذا الحدث.' },
    event_ended: { title: 'انتهى العرض', body: 'انتهى هذا الحدث. شكرًا لمشاركتك.' },
    event_off: { title: 'سنعود قريبًا', body: 'المضيف في استراحة. ستكون معنا حالما يُستأنف العرض.' },
    event_unknown: { title: 'لا يوجد حدث كهذا', body: 'تحقق من الرابط أو الأحرف الستة ثم حاول مجددًا.' },
    event_full: { title: 'الحدث ممتلئ', body: 'كل الأماكن مشغولة الآن.' },
    token: { title: 'انتهت صلاحية دخولك', body: 'انضم مجددًا للمتابعة.' },
    unavailable: { title: 'لا نستطيع الوصول إلى الحدث', body: 'تحقق من اتصالك ثم حاول مجددًا.' },
    misused: { title: 'هذه الصفحة غير مهيأة', body: 'لا تحدد حدثًا يمكن الانضمام إليه.' },
    other: { title: 'انتهى الاتصال', body: 'حدث خطأ من جهتنا.' },
  },
  retry: 'حاول مجددًا',
  playHere: 'العب هنا',
  rewards: (count) => say.counted(count, { zero: 'لا مكافآت', one: 'مكافأة واحدة', two: 'مكافأتان', few: '# مكافآت', many: '# مكافأة', other: '# مكافأة' }),
  unlocked: 'فُتحت لك',
  serial: (serial, supply) => (supply < 0 ? `رقم ${say.number(serial)}` : `رقم ${say.number(serial)} من ${say.number(supply)}`),
  yours: 'أصبحت لك',
  refused: (code) => {
    switch (code) {
      case 'round_over': return 'وصل ذلك بعد النهاية.';
      case 'action_bad_choice': return 'أنت في الجانب الآخر.';
      default: return 'لم تُحتسب هذه النقرة.';
    }
  },
  sponsor: 'برعاية',
  newTab: 'يُفتح في علامة تبويب جديدة',
  tickets: {
    claim: 'احصل عليها',
    claiming: 'جارٍ الحصول عليها',
    left: (left, supply) => `بقي ${say.number(left)} من ${say.number(supply)}`,
    unlimited: 'تكفي الجميع',
    keep: 'محفوظة على هذا الجهاز. انسخ الإيصال لتحتفظ به في مكان آخر.',
    copy: 'انسخ الإيصال',
    copied: 'تم النسخ',
    receipt: 'الإيصال',
    until: (when) => `صالحة حتى ${when}`,
    soldOut: (supply) => ({ title: 'نفدت', body: supply > 0 ? `وُزِّعت كلها، وعددها ${say.number(supply)}.` : 'وُزِّعت كلها.' }),
    notOpen: { title: 'لم تُفتح بعد', body: 'هي متاحة لك. حاول بعد لحظات.' },
    closed: { title: 'أُغلقت', body: 'انتهى وقت الحصول عليها.' },
    expired: { title: 'انتهت صلاحيتها', body: 'كانت لك ومضى وقتها.' },
    revoked: { title: 'سُحبت', body: 'سحبها المضيف.' },
    claimFailed: { title: 'لم ينجح ذلك', body: 'لم يضِع شيء. حاول مجددًا.' },
    close: 'إغلاق',
  },
};
