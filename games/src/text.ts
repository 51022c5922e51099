/**
 * The words of the games. Each game has one `GameText` a language; English is the one that always exists and that is taken for
 * whatever is missing. Sentences are functions, because word order and plurals differ between languages.
 */
import type { MeView } from '@crowdcue/protocol';

/** The board of a round as its texts and views read it. */
export interface BoardSight {
  readonly numbers: ReadonlyMap<string, number>;
  readonly texts: ReadonlyMap<string, string>;
}

/** The words of one game in one language. */
export interface GameText {
  readonly title: string;
  /** One sentence: what to do. */
  readonly howTo: string;
  /** Labels of the choices, by their ids. */
  readonly choices: Readonly<Record<string, string>>;
  /** What to do on the pad, in a word. */
  readonly press: string;
  /** Further words of the game's view, by its own keys. */
  readonly phrases: Readonly<Record<string, string>>;
  /** How the keyboard plays it. */
  readonly keys: string;
  /** The noun after a number of players. */
  players(count: number): string;
  /** The outcome for everybody, in a few words. */
  headline(board: BoardSight): string;
  /** The outcome's figures, in one sentence. */
  outcome(board: BoardSight): string;
  /** What the viewer's own score says, with its unit. */
  score(me: Pick<MeView, 'score'>): string;
  /** What a screen reader says of a running round. */
  live(board: BoardSight): string;
}

/** One text a language (a BCP 47 tag in lower case, "en" or "pt-br"), English at least. */
export type Languages<T> = Readonly<Record<string, T>> & { readonly en: T };

/** The text for a language: the tag itself, else its first part, else English. */
export const textIn = <T>(languages: Languages<T>, language: string): T => {
  const tag = language.toLowerCase();
  const own = (key: string): T | undefined => (Object.hasOwn(languages, key) ? languages[key] : undefined);
  return own(tag) ?? own(tag.split('-')[0]!) ?? languages.en;
};

/** A whole number with the language's separators; unknown tags count as English. */
export const numberText = (value: number, language: string): string => {
  try {
    return Math.round(value).toLocaleString(language);
  } catch {
    return Math.round(value).toLocaleString('en');
  }
};
