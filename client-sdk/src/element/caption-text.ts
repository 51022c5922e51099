import type { Languages } from '@crowdcue/games/texts';

/** The words of the caption region in one language. */
export interface CaptionText {
  /** Which way these words are written; from left to right where it is not said. */
  readonly dir?: 'rtl';
  readonly captions: string;
  readonly language: string;
  readonly off: string;
  readonly size: string;
  /** Small, medium, large. */
  readonly sizes: readonly [string, string, string];
}

/** A handful of words each, loaded with the region: no module a language. */
export const captionTexts: Languages<CaptionText> = {
  en: { captions: 'Captions', language: 'Language of captions', off: 'Off', size: 'Size of captions', sizes: ['Small', 'Medium', 'Large'] },
  es: { captions: 'Subtítulos', language: 'Idioma de los subtítulos', off: 'No', size: 'Tamaño de los subtítulos', sizes: ['Pequeño', 'Mediano', 'Grande'] },
  de: { captions: 'Untertitel', language: 'Sprache der Untertitel', off: 'Aus', size: 'Größe der Untertitel', sizes: ['Klein', 'Mittel', 'Groß'] },
  ja: { captions: '字幕', language: '字幕の言語', off: 'オフ', size: '字幕の大きさ', sizes: ['小', '中', '大'] },
  'pt-br': { captions: 'Legendas', language: 'Idioma das legendas', off: 'Não', size: 'Tamanho das legendas', sizes: ['Pequeno', 'Médio', 'Grande'] },
  ar: { dir: 'rtl', captions: 'الترجمة', language: 'لغة الترجمة', off: 'إيقاف', size: 'حجم الترجمة', sizes: ['صغير', 'متوسط', 'كبير'] },
};
