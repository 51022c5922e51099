/** The words of every game. Apart from the rules, so that a page shows a game without carrying its rules. */
import { quickdrawTexts } from './quickdraw/text.js';
import { textIn, type GameText, type Languages } from './text.js';
import { tugTexts } from './tug/text.js';

/** The words of every game, by id. */
export const gameTexts: ReadonlyMap<string, Languages<GameText>> = new Map([['tug', tugTexts], ['quickdraw', quickdrawTexts]]);

/** A game's words in a language, or `undefined` where there is no such game. */
export const gameText = (id: string, language: string): GameText | undefined => {
  const texts = gameTexts.get(id);
  return texts === undefined ? undefined : textIn(texts, language);
};

export { textIn, type BoardSight, type GameText, type Languages } from './text.js';
