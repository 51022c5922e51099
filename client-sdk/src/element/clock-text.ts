import { numbersWith, numberText, type Languages } from '@crowdcue/games/texts';

/** The words of the card that asks for taps. */
export interface ClockText {
  /** Which way these words are written; from left to right where it is not said. */
  readonly dir?: 'rtl';
  readonly title: string;
  readonly how: string;
  readonly tap: string;
  readonly taps: (count: number) => string;
  readonly more: string;
  readonly later: string;
  readonly thanks: string;
  readonly late: (seconds: number) => string;
}

/** How late a picture is, to a tenth: "6.2 seconds". */
const late = numbersWith({ style: 'unit', unit: 'second', unitDisplay: 'long', minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A few sentences each, loaded with the card: no module a language. */
export const clockTexts: Languages<ClockText> = {
  en: {
    title: 'Tap with the flashes', how: 'Watch the stream. Tap each time the picture flashes: so your game runs with your picture.', tap: 'Tap',
    taps: (count) => (count === 1 ? '1 tap' : `${numberText(count, 'en')} taps`), more: 'A few more: only when it flashes.', later: 'Not now', thanks: 'Got it',
    late: (seconds) => `Your picture is ${late(seconds, 'en')} late. The game waits for it.`,
  },
  de: {
    title: 'Tippe mit den Blitzen', how: 'Schau auf den Stream. Tippe jedes Mal, wenn das Bild blitzt: So läuft dein Spiel mit deinem Bild.', tap: 'Tipp',
    taps: (count) => (count === 1 ? '1 Tipp' : `${numberText(count, 'de')} Tipps`), more: 'Noch ein paar: nur, wenn es blitzt.', later: 'Jetzt nicht', thanks: 'Passt',
    late: (seconds) => `Dein Bild kommt ${late(seconds, 'de')} später. Das Spiel wartet darauf.`,
  },
  es: {
    title: 'Toca con los destellos', how: 'Mira la emisión. Toca cada vez que la imagen destelle: así el juego va con tu imagen.', tap: 'Toca',
    taps: (count) => (count === 1 ? '1 toque' : `${numberText(count, 'es')} toques`), more: 'Unos más: solo cuando destelle.', later: 'Ahora no', thanks: 'Listo',
    late: (seconds) => `Tu imagen llega ${late(seconds, 'es')} tarde. El juego la espera.`,
  },
  ja: {
    title: '光に合わせてタップ', how: '配信を見て、画面が光るたびにタップしてください。ゲームがあなたの映像に合います。', tap: 'タップ',
    taps: (count) => `${numberText(count, 'ja')}回`, more: 'あと数回、光ったときだけタップしてください。', later: 'あとで', thanks: '合いました',
    late: (seconds) => `映像は${late(seconds, 'ja')}遅れています。ゲームも合わせて進みます。`,
  },
  'pt-br': {
    title: 'Toque com os flashes', how: 'Veja a transmissão. Toque sempre que a imagem piscar: assim o jogo segue a sua imagem.', tap: 'Toque',
    taps: (count) => (count === 1 ? '1 toque' : `${numberText(count, 'pt-BR')} toques`), more: 'Mais alguns: só quando piscar.', later: 'Agora não', thanks: 'Pronto',
    late: (seconds) => `Sua imagem está ${late(seconds, 'pt-BR')} atrasada. O jogo espera por ela.`,
  },
  ar: {
    dir: 'rtl', title: 'انقر مع الومضات', how: 'شاهد البث. انقر كلما ومضت الصورة، فتسير لعبتك مع صورتك.', tap: 'انقر',
    taps: (count) => `عدد النقرات: ${numberText(count, 'ar')}`, more: 'بضع نقرات أخرى: عند الوميض فقط.', later: 'ليس الآن', thanks: 'تم',
    late: (seconds) => `صورتك متأخرة ${late(seconds, 'ar')}. اللعبة تنتظرها.`,
  },
};
