import { describe, expect, it } from 'vitest';
import { games, gameText, gameTexts, textIn } from '@crowdcue/games';

describe('registry', () => {
  it('[GAM16] has rules, English words for every choice, and texts that hold for an empty board, for every game', () => {
    expect([...games.keys()]).toEqual(['tug', 'quickdraw']);
    expect([...gameTexts.keys()]).toEqual([...games.keys()]);
    for (const [id, game] of games) {
      const text = gameText(id, 'en')!;
      expect(text.title.length * text.howTo.length * text.keys.length).toBeGreaterThan(0);
      for (const choice of game.action.choices) expect(text.choices[choice]).toBeTruthy();
      const empty = { numbers: new Map<string, number>(), texts: new Map<string, string>() };
      for (const say of [text.headline, text.outcome, text.live]) expect(say(empty)).toMatch(/\S/);
    }
  });

  it('[GAM17] falls back from a language to its first part and to English', () => {
    const words = { en: 'en', pt: 'pt', 'pt-br': 'pt-br' };
    expect(['pt-BR', 'pt-PT', 'de', '', 'constructor'].map((tag) => textIn(words, tag))).toEqual(['pt-br', 'pt', 'en', 'en', 'en']);
    expect(gameText('nothing', 'en')).toBeUndefined();
  });
});
