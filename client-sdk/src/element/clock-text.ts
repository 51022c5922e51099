/** The words of the card that asks for taps. */
export interface ClockText {
  readonly dir: 'ltr' | 'rtl';
  readonly title: string;
  readonly how: string;
  readonly tap: string;
  readonly taps: (count: number) => string;
  readonly more: string;
  readonly later: string;
  readonly thanks: string;
  readonly late: (seconds: number) => string;
}

const secondsIn = (language: string) => (seconds: number): string =>
  new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'long', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(seconds);
const countIn = (language: string) => (count: number): string => new Intl.NumberFormat(language).format(count);

const says = (language: string) => ({ s: secondsIn(language), n: countIn(language) });
const [en, de, es, ja, pt, ar] = [says('en'), says('de'), says('es'), says('ja'), says('pt-BR'), says('ar')] as const;

const TEXTS: Readonly<Record<string, ClockText>> = {
  en: {
    dir: 'ltr', title: 'Tap with the flashes', how: 'Watch the stream. Tap each time the picture flashes: so your game runs with your picture.', tap: 'Tap',
    taps: (count) => (count === 1 ? '1 tap' : `${en.n(count)} taps`), more: 'A few more: only when it flashes.', later: 'Not now', thanks: 'Got it',
    late: (seconds) => `Your picture is ${en.s(seconds)} late. The game waits for it.`,
  },
  de: {
    dir: 'ltr', title: 'Tippe mit den Blitzen', how: 'Schau auf den Stream. Tippe jedes Mal, wenn das Bild blitzt: So läuft dein Spiel mit deinem Bild.', tap: 'Tipp',
    taps: (count) => (count === 1 ? '1 Tipp' : `${de.n(count)} Tipps`), more: 'Noch ein paar: nur, wenn es blitzt.', later: 'Jetzt nicht', thanks: 'Passt',
    late: (seconds) => `Dein Bild kommt ${de.s(seconds)} später. Das Spiel wartet darauf.`,
  },
  es: {
    dir: 'ltr', title: 'Toca con los destellos', how: 'Mira la emisión. Toca cada vez que la imagen destelle: así el juego va con tu imagen.', tap: 'Toca',
    taps: (count) => (count === 1 ? '1 toque' : `${es.n(count)} toques`), more: 'Unos más: solo cuando destelle.', later: 'Ahora no', thanks: 'Listo',
    late: (seconds) => `Tu imagen llega ${es.s(seconds)} tarde. El juego la espera.`,
  },
  ja: {
    dir: 'ltr', title: '光に合わせてタップ', how: '配信を見て、画面が光るたびにタップしてください。ゲームがあなたの映像に合います。', tap: 'タップ',
    taps: (count) => `${ja.n(count)}回`, more: 'あと数回、光ったときだけタップしてください。', later: 'あとで', thanks: '合いました',
    late: (seconds) => `映像は${ja.s(seconds)}遅れています。ゲームも合わせて進みます。`,
  },
  pt: {
    dir: 'ltr', title: 'Toque com os flashes', how: 'Veja a transmissão. Toque sempre que a imagem piscar: assim o jogo segue a sua imagem.', tap: 'Toque',
    taps: (count) => (count === 1 ? '1 toque' : `${pt.n(count)} toques`), more: 'Mais alguns: só quando piscar.', later: 'Agora não', thanks: 'Pronto',
    late: (seconds) => `Sua imagem está ${pt.s(seconds)} atrasada. O jogo espera por ela.`,
  },
  ar: {
    dir: 'rtl', title: 'انقر مع الومضات', how: 'شاهد البث. انقر كلما ومضت الصورة، فتسير لعبتك مع صورتك.', tap: 'انقر',
    taps: (count) => `عدد النقرات: ${ar.n(count)}`, more: 'بضع نقرات أخرى: عند الوميض فقط.', later: 'ليس الآن', thanks: 'تم',
    late: (seconds) => `صورتك متأخرة ${ar.s(seconds)}. اللعبة تنتظرها.`,
  },
};

/** In the viewer's language, or in English. */
export const clockText = (language: string): ClockText => TEXTS[language.toLowerCase().split('-')[0]!] ?? TEXTS['en']!;
