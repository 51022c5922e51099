import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { games, gameText, gameTexts, loadText, loaderOf, type GameText, type Texts } from '@crowdcue/games';
import { numbersWith, numberText } from '@crowdcue/games/texts';
import { views } from '@crowdcue/games/views';

const LANGUAGES = ['ar', 'de', 'es', 'ja', 'pt-br'];
const folders = readdirSync(fileURLToPath(new URL('../src/', import.meta.url)), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

const sight = (values: Record<string, number | string>) => ({
  numbers: new Map(Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number')),
  texts: new Map(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
});
const question = { question: 'Q?', option1: 'Caves', option2: 'Sea' };
/** Boards of every kind of end and of a running round. */
const boards = [
  {}, { winner: 'left', pullLeft: 3, pullRight: 1, rope: -40 }, { winner: 'right', rope: 55, pullRight: 1 }, { winner: 'crowd', hits: 1, weak: 1, health: 0 }, { winner: 'boss', hits: 12, health: 40.25, weak: 2 },
  { drew: 1, fastestMs: 231, medianMs: 231 }, { drew: 3, fastestMs: 1231, medianMs: 1400, signal: 'go' }, question,
  { ...question, votes: 11, share1: 45, share2: 55, leaders: 1, leading: 'Sea', leadingShare: 55 }, { ...question, votes: 2, share1: 50, share2: 50, leaders: 2, leading: 'Caves\nSea', leadingShare: 50 },
  { ...question, right: 2, rightAnswer: 'Sea', answered: 5, knew: 3 }, { ...question, right: 2, rightAnswer: 'Sea', answered: 5, knew: 0 },
  { ...question, bets: 'closed', settled: 1, outcome: 'Caves', right: 2, pool: 100 }, { ...question, settled: 1, outcome: 'Caves', right: 0, pool: 100 },
].map(sight);

const COUNTS = [0, 1, 2, 3, 11, 100, 1284];

/** Everything that a text can say. */
const said = (text: GameText): string[] => [
  text.title, text.howTo, text.press, text.keys, ...Object.values(text.choices), ...Object.values(text.phrases), ...COUNTS.map((count) => text.players(count)),
  ...boards.flatMap((board) => [text.headline(board), text.outcome(board), text.live(board)]), ...[-100, -1, ...COUNTS].map((score) => text.score({ score })),
];

describe('registry', () => {
  it('[GAM16] has rules, a view and English words for every choice of every game, and words that hold for an empty board', async () => {
    expect([...games.keys()]).toEqual(['tug', 'quickdraw', 'boss', 'trivia', 'poll', 'predict']);
    expect([...gameTexts.keys()]).toEqual([...games.keys()]);
    expect([...views.keys()]).toEqual([...games.keys()]);
    expect(folders.toSorted()).toEqual([...games.keys()].toSorted());
    for (const [id, game] of games) {
      const text = gameText(id)!;
      for (const choice of game.action.choices) expect(text.choices[choice]).toBeTruthy();
      expect(existsSync(fileURLToPath(new URL(`../src/${id}/view.ts`, import.meta.url)))).toBe(true);
    }
    expect(gameText('nothing')).toBeUndefined();
  });

  it.each([...gameTexts])('[GAM42] says in every language all that %s says in English, each in words of its own', async (_id, texts) => {
    expect(Object.keys(texts.others).toSorted()).toEqual(LANGUAGES);
    for (const language of LANGUAGES) {
      const text = await loadText(texts, language);
      const { dir, ...words } = text;
      expect(dir).toBe(language === 'ar' ? 'rtl' : undefined);
      expect(Object.keys(words)).toEqual(Object.keys(texts.en));
      expect(Object.keys(text.choices)).toEqual(Object.keys(texts.en.choices));
      expect(Object.keys(text.phrases)).toEqual(Object.keys(texts.en.phrases));
      expect([text.howTo, text.keys, text.outcome(boards[0]!)]).not.toContain(texts.en.howTo);
      expect(text.howTo).not.toBe(texts.en.howTo);
      expect(text.outcome(boards[0]!)).not.toBe(texts.en.outcome(boards[0]!));
    }
    for (const text of [texts.en, ...(await Promise.all(LANGUAGES.map((language) => loadText(texts, language))))]) {
      for (const words of said(text)) {
        expect(words).toMatch(/\S/);
        expect(words).not.toMatch(/undefined|NaN|\$\{/);
      }
      expect(said(text).filter((words) => words.includes('#'))).toEqual(Object.values(text.phrases).filter((words) => words.includes('#')));
    }
  });

  it('[GAM43] speaks of one and of many in each language as it should', async () => {
    const score = async (id: string, language: string) => {
      const text = await loadText(gameTexts.get(id)!, language);
      return [1, 2, 3, 11].map((each) => text.score({ score: each }));
    };
    expect(await score('tug', 'en')).toEqual(['1 tap', '2 taps', '3 taps', '11 taps']);
    expect(await score('tug', 'de')).toEqual(['1 Tipp', '2 Tipps', '3 Tipps', '11 Tipps']);
    expect(await score('tug', 'ja')).toEqual(['1タップ', '2タップ', '3タップ', '11タップ']);
    const arabic = await score('tug', 'ar');
    expect(new Set(arabic.map((words) => words.replace(/[\d٠-٩]+ ?/, ''))).size).toBe(4); // one, two, few, many
  });

  it('[GAM58] makes a format once a language, however often a number is drawn, and takes what is no tag for English', () => {
    const { NumberFormat } = Intl;
    const made = vi.spyOn(Intl, 'NumberFormat').mockImplementation(function format(...args) {
      return new NumberFormat(...args);
    });
    const tenths = numbersWith({ minimumFractionDigits: 1 });
    for (let n = 0; n < 100; n++) for (const tag of ['de', 'en', 'no tag']) tenths(n, tag);
    const tags = made.mock.calls.map(([tag]) => tag);
    made.mockRestore();
    expect(tags).toEqual(['de', 'en', 'no tag', 'en']);
    expect([tenths(1_204.5, 'de'), tenths(1_204.5, 'no tag'), tenths(3, 'ar-EG')]).toEqual(['1.204,5', '1,204.5', '٣٫٠']);
    expect([numberText(1_204.5, 'de'), numberText(-2.5, 'en'), numberText(7, '')]).toEqual(['1.205', '-2', '7']);
  });

  it('[GAM17] falls back from a language to its first part, to another of the same first part, and to English', async () => {
    const words: Texts<string> = { en: 'en', others: Object.fromEntries(['pt', 'pt-br', 'zh-tw'].map((tag) => [tag, () => Promise.resolve({ text: tag })])) };
    expect(await Promise.all(['pt-BR', 'pt-PT', 'zh-HK', 'de', '', 'constructor'].map((tag) => loadText(words, tag)))).toEqual(['pt-br', 'pt', 'zh-tw', 'en', 'en', 'en']);
    expect(['en', 'de', 'constructor'].map((tag) => loaderOf(words, tag))).toEqual([undefined, undefined, undefined]);
    const tug = gameTexts.get('tug')!;
    expect((await loadText(tug, 'pt')).title).toBe((await loadText(tug, 'pt-BR')).title);
    expect(await loadText(tug, 'fr-CA')).toBe(tug.en);
    expect(await loadText({ ...tug, others: { fr: () => Promise.reject(new TypeError('offline')) } }, 'fr')).toBe(tug.en);
  });
});
