import type { Languages } from '@crowdcue/games/texts';

/** The overlay's own words; a game's come with its board. */
export interface OverlayText {
  /** BCP 47 tag of these words. */
  readonly lang: string;
  /** Which way these words are written; from left to right where it is not said. */
  readonly dir?: 'rtl';
  readonly play: string;
  /** Before an address. */
  readonly at: string;
  readonly next: string;
  readonly here: (viewers: string) => string;
  /** How many unlocked what. */
  readonly unlocked: (viewers: string, count: number) => string;
  readonly left: (left: string, supply: string) => string;
  readonly sponsor: string;
  readonly top: string;
  readonly revealIn: (seconds: string) => string;
  readonly reveal: string;
  readonly nothingHeld: string;
  readonly still: string;
}

const en: OverlayText = {
  lang: 'en', play: 'Play along', at: 'at', next: 'Next up', here: (n) => `${n} playing along`, unlocked: (n, count) => (count === 1 ? '1 viewer unlocked' : `${n} viewers unlocked`),
  left: (left, supply) => `${left} of ${supply} left`, sponsor: 'Presented by', top: 'Top of the round',
  revealIn: (s) => `Safe to reveal in ${s} s`, reveal: 'Safe to reveal', nothingHeld: 'Nothing to hold back', still: 'No connection: the overlay stands still',
};

/** A few words each: no module a language. */
export const overlayTexts: Languages<OverlayText> = {
  en,
  es: { ...en, lang: 'es', play: 'Juega con nosotros', at: 'en', next: 'A continuación', here: (n) => `${n} jugando`, unlocked: (n, count) => (count === 1 ? '1 espectador desbloqueó' : `${n} espectadores desbloquearon`), left: (l, s) => `quedan ${l} de ${s}`, sponsor: 'Presentado por', top: 'Lo mejor de la ronda', revealIn: (s) => `Puedes revelarlo en ${s} s`, reveal: 'Ya puedes revelarlo', nothingHeld: 'Nada que guardar', still: 'Sin conexión: la imagen se queda quieta' },
  de: { ...en, lang: 'de', play: 'Spiel mit', at: 'auf', next: 'Gleich', here: (n) => `${n} spielen mit`, unlocked: (n, count) => (count === 1 ? '1 Person hat freigeschaltet' : `${n} haben freigeschaltet`), left: (l, s) => `noch ${l} von ${s}`, sponsor: 'Präsentiert von', top: 'Die Besten der Runde', revealIn: (s) => `Verraten in ${s} s`, reveal: 'Darf verraten werden', nothingHeld: 'Nichts zurückzuhalten', still: 'Keine Verbindung: das Bild steht' },
  ja: { ...en, lang: 'ja', play: 'いっしょに遊ぼう', at: '', next: '次のゲーム', here: (n) => `${n}人が参加中`, unlocked: (n) => `${n}人が獲得`, left: (l, s) => `残り ${l} / ${s}`, sponsor: '提供', top: 'このラウンドの上位', revealIn: (s) => `発表まで ${s} 秒`, reveal: '発表できます', nothingHeld: '伏せるものはありません', still: '接続がありません' },
  'pt-br': { ...en, lang: 'pt-BR', play: 'Jogue junto', at: 'em', next: 'A seguir', here: (n) => `${n} jogando`, unlocked: (n, count) => (count === 1 ? '1 pessoa desbloqueou' : `${n} pessoas desbloquearam`), left: (l, s) => `restam ${l} de ${s}`, sponsor: 'Apresentado por', top: 'Melhores da rodada', revealIn: (s) => `Pode revelar em ${s} s`, reveal: 'Pode revelar', nothingHeld: 'Nada a segurar', still: 'Sem conexão: a imagem fica parada' },
  ar: { ...en, lang: 'ar', dir: 'rtl', play: 'العب معنا', at: 'على', next: 'التالي', here: (n) => `${n} يلعبون معنا`, unlocked: (n) => `فتح ${n} من المشاهدين`, left: (l, s) => `بقي ${l} من ${s}`, sponsor: 'برعاية', top: 'أفضل اللاعبين', revealIn: (s) => `يمكن الكشف بعد ${s} ث`, reveal: 'يمكن الكشف الآن', nothingHeld: 'لا شيء للإخفاء', still: 'لا يوجد اتصال' },
};
