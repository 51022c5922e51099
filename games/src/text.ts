/**
 * The words of the games. Each game has one `GameText` a language; English is the one that always exists, comes with the game and is taken for
 * whatever is missing; each other language is a module of its own that is loaded for those who read it. Sentences are functions,
 * because word order and plurals differ between languages.
 */
import type { MeView } from '@crowdcue/protocol';

/** The board of a round as its texts and views read it. */
export interface BoardSight {
  readonly numbers: ReadonlyMap<string, number>;
  readonly texts: ReadonlyMap<string, string>;
}

/** The words of one game in one language. */
export interface GameText {
  /** Which way these words are written; from left to right where it is not said. */
  readonly dir?: 'rtl';
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

/** Which of `tags` speaks a language best: the tag itself, its first part, or another of the same first part; else English. */
const bestTag = (tags: readonly string[], language: string): string => {
  const tag = language.toLowerCase();
  const first = tag.split('-')[0]!;
  return [tag, first].find((each) => tags.includes(each)) ?? tags.find((each) => each.split('-')[0] === first) ?? 'en';
};

/** Words of few lines, all here: one text a language (a BCP 47 tag in lower case), English at least. */
export type Languages<T> = Readonly<Record<string, T>> & { readonly en: T };

/** The text for a language: the tag itself, else its first part, else another of the same first part, else English. */
export const textIn = <T>(languages: Languages<T>, language: string): T => languages[bestTag(Object.keys(languages), language)]!;

/** Words by language (a BCP 47 tag in lower case, "en" or "pt-br"): English is here, any other language is loaded. */
export interface Texts<T> {
  readonly en: T;
  readonly others: Readonly<Record<string, () => Promise<{ readonly text: T }>>>;
}

/** A game's words. */
export type GameTexts = Texts<GameText>;

/** How to load the words of a language: of the tag itself, else its first part, else another of the same first part; `undefined` where English is what there is. */
export const loaderOf = <T>({ others }: Texts<T>, language: string): Texts<T>['others'][string] | undefined =>
  others[bestTag(['en', ...Object.keys(others)], language)];

/** Words in a language; English where there are none in it, or where they do not load. */
export const loadText = async <T>(texts: Texts<T>, language: string): Promise<T> => {
  const { en } = texts;
  const load = loaderOf(texts, language);
  try {
    return load === undefined ? en : (await load()).text;
  } catch {
    return en;
  }
};

/** The format of a language; what is no tag counts as English. */
const formatOf = (language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat => {
  try {
    return new Intl.NumberFormat(language, options);
  } catch {
    return new Intl.NumberFormat('en', options);
  }
};

/** Writes numbers in one way, in any language. A format is made once a language: to make one costs as much as to use it hundreds of times. */
export const numbersWith = (options: Intl.NumberFormatOptions): ((value: number, language: string) => string) => {
  const formats = new Map<string, Intl.NumberFormat>();
  return (value, language) => {
    let format = formats.get(language);
    if (format === undefined) formats.set(language, (format = formatOf(language, options)));
    return format.format(value);
  };
};

const whole = numbersWith({ maximumFractionDigits: 0 });
const share = numbersWith({ style: 'percent' });

/** A whole number with the language's separators; unknown tags count as English. */
export const numberText = (value: number, language: string): string => whole(Math.round(value), language);

/** A share in percent, the way the language writes it. */
export const percentText = (percent: number, language: string): string => share(percent / 100, language);

/** Words for a number; `other` is for all that has none of its own. */
export type Plurals = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/** How one language says what the texts of several games say. */
export interface Speech {
  /** A whole number. */
  number(value: number): string;
  percent(value: number): string;
  /** The form that goes with a number, without the number. */
  form(count: number, forms: Plurals): string;
  /** The form that goes with a number, its `#` replaced by the number. */
  counted(count: number, forms: Plurals): string;
  /** "A, B and C" of names that stand in a line each. */
  list(lines: string): string;
}

export const speechIn = (language: string): Speech => {
  const rules = new Intl.PluralRules(language);
  const lists = new Intl.ListFormat(language, { type: 'conjunction' });
  const number = (value: number): string => numberText(value, language);
  const form = (count: number, forms: Plurals): string => forms[rules.select(count)] ?? forms.other;
  return {
    number, form,
    percent: (value) => percentText(value, language),
    counted: (count, forms) => form(count, forms).replace('#', number(count)),
    list: (lines) => lists.format(lines.split('\n')),
  };
};

/** A number of the board; 0 where it has none. */
export const numberOn = (board: BoardSight, key: string): number => board.numbers.get(key) ?? 0;

/** A text of the board; empty where it has none. */
export const textOn = (board: BoardSight, key: string): string => board.texts.get(key) ?? '';

/** The names of a round's choices, in order. */
export const optionsOn = (board: BoardSight): string[] => {
  const names: string[] = [];
  for (let n = 1; textOn(board, `option${n}`) !== ''; n++) names.push(textOn(board, `option${n}`));
  return names;
};

/** Question and choices in one go, for who hears them. */
export const questionSaid = (board: BoardSight): string =>
  [textOn(board, 'question'), ...optionsOn(board).map((name, i) => `${i + 1}: ${name}.`)].join(' ');
