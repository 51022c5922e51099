/** What stands in the place of the game when something fails live, in every language: the component, the overlay and the console show the same. */
import type { FallbackPreset, FallbackView } from '@crowdcue/protocol';
import { textIn, type Languages } from './text.js';

interface PresetText {
  readonly title: string;
  readonly body: string;
}

export const fallbackTexts: Readonly<Record<Exclude<FallbackPreset, 'own'>, Languages<PresetText>>> = {
  soon: {
    en: { title: 'Back in a moment', body: 'Enjoy the show. The game goes on right after.' },
    de: { title: 'Gleich wieder da', body: 'Genieß die Show. Das Spiel geht gleich weiter.' },
    es: { title: 'Volvemos enseguida', body: 'Disfruta del programa. El juego sigue en un momento.' },
    ja: { title: 'まもなく再開します', body: '番組をお楽しみください。ゲームはすぐに続きます。' },
    'pt-br': { title: 'Já voltamos', body: 'Aproveite o programa. O jogo continua em instantes.' },
    ar: { title: 'سنعود بعد لحظات', body: 'استمتع بالعرض. تستمر اللعبة بعد قليل.' },
  },
  trouble: {
    en: { title: 'A small hiccup', body: 'We are on it. The stream goes on meanwhile.' },
    de: { title: 'Es hakt gerade', body: 'Wir sind dran. Der Stream läuft weiter.' },
    es: { title: 'Un pequeño fallo', body: 'Estamos en ello. El directo sigue.' },
    ja: { title: 'ただいま調整中です', body: '対応しています。配信はこのまま続きます。' },
    'pt-br': { title: 'Um probleminha', body: 'Estamos resolvendo. A live continua.' },
    ar: { title: 'عطل بسيط', body: 'نعمل على إصلاحه. البث مستمر.' },
  },
  pause: {
    en: { title: 'A short break', body: 'Stay close. The next round comes after it.' },
    de: { title: 'Kurze Pause', body: 'Bleib dran. Danach kommt die nächste Runde.' },
    es: { title: 'Una pausa corta', body: 'No te vayas. La próxima ronda llega después.' },
    ja: { title: '少し休憩します', body: 'このままお待ちください。次のラウンドは休憩のあとです。' },
    'pt-br': { title: 'Uma pausa rápida', body: 'Fique por aqui. A próxima rodada vem depois.' },
    ar: { title: 'استراحة قصيرة', body: 'ابقَ معنا. الجولة التالية بعدها.' },
  },
  thanks: {
    en: { title: 'Thanks for playing', body: 'That was the game for today.' },
    de: { title: 'Danke fürs Mitspielen', body: 'Das war das Spiel für heute.' },
    es: { title: 'Gracias por jugar', body: 'Hasta aquí el juego de hoy.' },
    ja: { title: 'ご参加ありがとうございました', body: '本日のゲームは以上です。' },
    'pt-br': { title: 'Obrigado por jogar', body: 'Por hoje o jogo é só isso.' },
    ar: { title: 'شكرًا على اللعب', body: 'كانت هذه لعبة اليوم.' },
  },
};

/** Title and body of a fallback: the host's words come in the place of a preset's body, or stand alone. */
export const fallbackWords = ({ preset, text }: Pick<FallbackView, 'preset' | 'text'>, language: string): PresetText => {
  if (preset === 'own' || !Object.hasOwn(fallbackTexts, preset)) return { title: text, body: '' };
  const words = textIn(fallbackTexts[preset], language);
  return { title: words.title, body: text === '' ? words.body : text };
};
