import { describe, expect, it } from 'vitest';
import { ERRORS } from '@crowdcue/protocol';
import { fallbackTexts, textIn, type Languages } from '@crowdcue/games/texts';
import { captionTexts } from '../src/element/caption-text.js';
import { clockTexts } from '../src/element/clock-text.js';
import { nameTexts } from '../src/element/name-text.js';
import { questTexts } from '../src/element/quest-text.js';
import { rewardText } from '../src/element/reward-text.js';
import { soundTexts } from '../src/element/sound.js';
import { elementTexts } from '../src/element/text.js';
import { WordSlot } from '../src/element/word-slot.js';

/** What functions are asked with: none, one, two, few, many, a lot. */
const SAMPLES = [0, 1, 2, 3, 11, 100, 60_000, 120_000, 1_234_567];

/** Every sentence by its path; functions are asked with each sample and in every place. */
const sentences = (value: unknown, path = ''): [string, string][] => {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const asked = path.endsWith('refused') ? Object.keys(ERRORS) : path.endsWith('until') ? ['24.12.2026, 18:00'] : SAMPLES;
    return asked.flatMap((sample) => sentences((value as (...args: unknown[]) => unknown)(sample, sample), `${path}(${sample})`));
  }
  return Object.entries(value as object).flatMap(([key, part]) => sentences(part, `${path}.${key}`));
};
const english = sentences({ ...elementTexts.en, tickets: rewardText });
const languages = Object.entries(elementTexts.others);

describe('words of the element', () => {
  it('[EMB7] every language says all that English says, in its own words and direction', async () => {
    expect(languages.map(([tag]) => tag).sort()).toEqual(['ar', 'de', 'es', 'ja', 'pt-br']);
    for (const [tag, load] of languages) {
      const { text } = await load();
      const said = new Map(sentences(text));
      for (const [path, sentence] of english) {
        expect(said.get(path), `${tag}${path}`).toMatch(/\S/);
        expect(said.get(path), `${tag}${path}`).not.toMatch(/undefined|NaN|#/);
        if (!['.lang', '.onAir'].includes(path) && !path.includes('serial')) expect.soft(said.get(path), `${tag}${path}`).not.toBe(sentence);
      }
      expect(text.lang.toLowerCase()).toBe(tag);
      expect(text.dir).toBe(tag === 'ar' ? 'rtl' : undefined);
    }
  });

  it('[EMB8] numbers, times and plurals are those of the language', async () => {
    const of = async (tag: string) => (await elementTexts.others[tag]!()).text;
    const [de, es, pt, ja, ar] = [await of('de'), await of('es'), await of('pt-br'), await of('ja'), await of('ar')];
    expect([elementTexts.en.place(1204, 20_000), de.place(1204, 20_000), es.place(1204, 20_000), pt.place(1204, 20_000)]).toEqual(['No. 1,204 of 20,000', 'Platz 1.204 von 20.000', 'Puesto 1204 de 20.000', '1.204º de 20.000']);
    expect([elementTexts.en.secondsLeft(1), de.secondsLeft(1), es.secondsLeft(2), pt.secondsLeft(1), ja.secondsLeft(3)]).toEqual(['1 second left', 'noch 1 Sekunde', 'Quedan 2 segundos', 'Resta 1 segundo', '残り3 秒']);
    expect([1, 2, 3, 11, 100].map(ar.rewards)).toEqual(['مكافأة واحدة', 'مكافأتان', ...[[3, 'مكافآت'], [11, 'مكافأة'], [100, 'مكافأة']].map(([n, word]) => `${Number(n).toLocaleString('ar')} ${word}`)]);
    expect([3, 11].map(ar.secondsLeft)).toEqual([3, 11].map((n) => `بقي ${new Intl.NumberFormat('ar', { style: 'unit', unit: 'second', unitDisplay: 'long' }).format(n)}`));
    expect(de.queue.wait(180_000)).toBe('Etwa 3 Minuten.');
  });

  it('[EMB9] shows English at once, another language once it is there and nothing before, and the one that was asked for last', async () => {
    let changes = 0;
    const slot = new WordSlot(() => void changes++);
    for (const tag of ['', 'en-GB', 'nl', 'constructor', '"><img src=x onerror=alert(1)>', '../../de', 'x'.repeat(10_000)]) {
      slot.want(tag);
      expect(slot.text?.lang).toBe('en');
    }
    const fresh = new WordSlot(() => void changes++);
    fresh.want('ja');
    fresh.want('de-AT');
    expect(fresh.text).toBeUndefined();
    await expect.poll(() => fresh.text?.lang).toBe('de');
    await elementTexts.others['ja']!();
    expect([fresh.text?.lang, changes]).toEqual(['de', 1]);
    fresh.want('pt');
    await expect.poll(() => fresh.text?.lang).toBe('pt-BR');
  });

  it('[EMB22] what is loaded later speaks the same languages, with their numbers and direction; what is no tag is English', () => {
    const later: Readonly<Record<string, Languages<unknown>>> = { captionTexts, clockTexts, nameTexts, questTexts, soundTexts };
    for (const [name, texts] of Object.entries(later)) {
      expect(Object.keys(texts).sort(), name).toEqual(['ar', 'de', 'en', 'es', 'ja', 'pt-br']);
      for (const [tag, text] of Object.entries(texts)) {
        const said = sentences(text);
        for (const [path, sentence] of said) expect(sentence, `${name} ${tag}${path}`).toMatch(/\S/);
        for (const [path, sentence] of said) expect(sentence, `${name} ${tag}${path}`).not.toMatch(/undefined|NaN|#/);
        expect(said.filter(([path]) => path !== '.dir').map(([path]) => path), `${name} ${tag}`).toEqual(sentences(texts.en).map(([path]) => path));
        if (typeof text !== 'string') expect((text as { dir?: string }).dir, `${name} ${tag}`).toBe(tag === 'ar' ? 'rtl' : undefined);
      }
      for (const tag of ['constructor', 'arn', 'toString', '', 'x'.repeat(99)]) expect(textIn(texts, tag), `${name} ${tag}`).toBe(texts.en);
      expect([textIn(texts, 'pt'), textIn(texts, 'pt-PT'), textIn(texts, 'ar-EG')], name).toEqual([texts['pt-br'], texts['pt-br'], texts['ar']]);
    }
    for (const [preset, texts] of Object.entries(fallbackTexts)) {
      expect(Object.keys(texts).sort(), preset).toEqual(['ar', 'de', 'en', 'es', 'ja', 'pt-br']);
      for (const [path, sentence] of sentences(texts)) expect(sentence, `${preset}${path}`).toMatch(/\S/);
    }
    expect([clockTexts.en.late(6.24), clockTexts['de']!.late(6.24), clockTexts.en.taps(1), clockTexts.en.taps(1_204), clockTexts['de']!.taps(1_204)])
      .toEqual(['Your picture is 6.2 seconds late. The game waits for it.', 'Dein Bild kommt 6,2 Sekunden später. Das Spiel wartet darauf.', '1 tap', '1,204 taps', '1.204 Tipps']);
    expect(questTexts['de']!.quests(1_204, 20_000)).toBe('Quests 1.204 von 20.000');
  });
});
