import type { StorageLike } from '../storage.js';
import { CAPTION_KEY } from '../caption-key.js';


/** What a viewer has chosen: a language, or `''` for none, and how large, 0 to 2. */
export interface CaptionChoice {
  readonly lang: string;
  readonly size: 0 | 1 | 2;
}

export const readChoice = (storage: StorageLike): CaptionChoice => {
  const [lang = '', size] = (storage.getItem(CAPTION_KEY) ?? '').split(' ');
  return { lang, size: size === '0' ? 0 : size === '2' ? 2 : 1 };
};

export const keepChoice = (storage: StorageLike, { lang, size }: CaptionChoice): void => storage.setItem(CAPTION_KEY, `${lang} ${size}`);

/** Which of the languages there are is meant by what was chosen: itself, else one of the same first part; none else. */
export const languageFor = (wanted: string, present: Iterable<string>): string | undefined => {
  const first = (tag: string): string => tag.toLowerCase().split('-')[0]!;
  const all = [...present];
  return all.find((lang) => lang.toLowerCase() === wanted.toLowerCase()) ?? (wanted === '' ? undefined : all.find((lang) => first(lang) === first(wanted)));
};
