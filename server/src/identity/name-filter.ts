/**
 * What a name that a viewer chose must be before a host is asked about it. It takes away what no host should have to read or could see:
 * markup, controls, letters that look like others, insults in plain sight. It is not a judge: nobody's name is shown without a host's yes.
 * `skeleton` follows UTS 39 (confusables, highly restrictive level) as far as the letters go that people are fooled with.
 */
import { CrowdcueError } from '@crowdcue/protocol';
import { BARE_WORDS, OFFICES } from './name-words.js';
import { ADJECTIVES, ANIMALS } from './words.js';

/** As it comes, before anything looks at it: a name and some spaces. */
const RAW_LETTERS = 80;
/** Letters as people count them. */
const SHORTEST = 2;
const LONGEST = 20;
/** Marks on one letter: Vietnamese and Thai need two, Hebrew three; more is a tower. */
const MARKS = /\p{M}{4,}/u;
const ALLOWED = /^[\p{L}\p{M}\p{Nd} ._'’·-]+$/u;
/** Not to be seen: fillers, joiners, selectors; some of them are letters to Unicode. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u;
const BEGINS = /^[\p{L}\p{Nd}]/u;

/** Scripts that are written together; a name keeps to one of these. */
const TOGETHER: readonly (readonly string[])[] = [['Latin', 'Han', 'Hiragana', 'Katakana'], ['Latin', 'Han', 'Hangul'], ['Latin', 'Han', 'Bopomofo']];
const SCRIPTS = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Hebrew', 'Arabic', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Georgian', 'Ethiopic', 'Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'] as const;
const scriptOf = new Map(SCRIPTS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')] as const));

/** Letters and digits that pass for a Latin letter, in any case. */
const LOOKS: Readonly<Record<string, string>> = Object.fromEntries(([
  ['a', '4@аαɑ'], ['b', '8ьвβ'], ['c', 'сϲ('], ['d', 'ԁ'], ['e', '3еεєҽ'], ['g', '9ɡ'], ['h', 'һнη'], ['i', '1!іıιӏl|'], ['j', 'ј'], ['k', 'кκ'],
  ['m', 'мμ'], ['n', 'пոν'], ['o', '0оοօσ'], ['p', 'рρ'], ['q', 'ԛ'], ['r', 'гɾ'], ['s', '5$ѕ'], ['t', '7тτ'], ['u', 'υսц'], ['w', 'ԝωш'], ['x', 'хχ'], ['y', 'уγү'], ['z', '2ż'],
] as const).flatMap(([latin, others]) => [...others].map((each) => [each, latin])));

/** Two names of one skeleton are read alike: case, accents, look-alikes and what stands between are gone. */
export const skeleton = (name: string): string =>
  [...name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()].map((letter) => LOOKS[letter] ?? letter).join('')
    .replace(/[^\p{L}\p{Nd}]/gu, '');

const OFFICE = new Set(OFFICES.map(skeleton));
const BARE = BARE_WORDS.map(({ word, inside }) => ({ word: skeleton(word), inside }));
const WORD_NAMES = new Set(ADJECTIVES.flatMap((adjective) => ANIMALS.map((animal) => skeleton(`${adjective}${animal}`))));

const refused = (why: string): CrowdcueError => new CrowdcueError('name_forbidden', why);

/** Letters of living scripts, all that may stand together. */
const oneScript = (name: string): boolean => {
  if ([...name].some((letter) => /\p{L}/u.test(letter) && !/[\p{Script=Common}\p{Script=Inherited}]/u.test(letter) && !SCRIPTS.some((script) => scriptOf.get(script)!.test(letter)))) return false;
  const used = SCRIPTS.filter((script) => scriptOf.get(script)!.test(name));
  return used.length <= 1 || TOGETHER.some((together) => used.every((script) => together.includes(script)));
};

/** Digits of one kind: 8 and ৪ are four apart. */
const oneKindOfDigits = (name: string): boolean =>
  new Set([...name].filter((letter) => /\p{Nd}/u.test(letter)).map((digit) => (/[0-9]/.test(digit) ? 'ascii' : (digit.codePointAt(0)! >> 7)))).size <= 1;

const isBare = (name: string): boolean => {
  const forms = (text: string): string[] => ['$1', '$1$1'].map((run) => skeleton(text).replace(/(.)\1{2,}/gu, run)); // who draws a letter out means one, or two
  const whole = forms(name);
  const words = new Set([...whole, ...name.split(/[ ._'’·-]+/u).flatMap(forms)]);
  return BARE.some(({ word, inside }) => (inside ? whole.some((form) => form.includes(word)) : words.has(word)));
};

/** The name as it would be shown. Throws `name_forbidden`, which says why, and `name_taken` of names that pass for the event's own. */
export const checkName = (raw: string): string => {
  if (raw.length > RAW_LETTERS) throw refused(`It has ${LONGEST} letters at most.`);
  const name = raw.normalize('NFKC').replace(/\p{Zs}+/gu, ' ').replace(/^ | $/g, '');
  const letters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(name)].length;
  if (letters < SHORTEST || letters > LONGEST || [...name].length > 2 * LONGEST) throw refused(`It has ${SHORTEST} to ${LONGEST} letters.`);
  if (!ALLOWED.test(name) || UNSEEN.test(raw)) throw refused("Letters, digits, spaces and . _ - ' only.");
  if (!BEGINS.test(name) || MARKS.test(name)) throw refused('It begins with a letter or digit, and has few marks on each.');
  if (!oneScript(name) || !oneKindOfDigits(name)) throw refused('It mixes letters that look alike.');
  if (isBare(name)) throw refused('Not this word.');
  const whole = skeleton(name);
  if (OFFICE.has(whole) || WORD_NAMES.has(whole) || WORD_NAMES.has(skeleton(name.replace(/[\p{Nd} ._-]+$/u, '')))) throw new CrowdcueError('name_taken');
  return name;
};
