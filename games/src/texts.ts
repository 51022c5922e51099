/** The words of every game, for those who know them all: the origin and the console. A page that plays takes them from a game's view module. */
import { bossTexts } from './boss/text.js';
import { pollTexts } from './poll/text.js';
import { predictTexts } from './predict/text.js';
import { quickdrawTexts } from './quickdraw/text.js';
import type { GameText, GameTexts } from './text.js';
import { triviaTexts } from './trivia/text.js';
import { tugTexts } from './tug/text.js';

/** The words of every game, by id. */
export const gameTexts: ReadonlyMap<string, GameTexts> = new Map([
  ['tug', tugTexts], ['quickdraw', quickdrawTexts], ['boss', bossTexts], ['trivia', triviaTexts], ['poll', pollTexts], ['predict', predictTexts],
]);

/** A game's words in English, or `undefined` where there is no such game. */
export const gameText = (id: string): GameText | undefined => gameTexts.get(id)?.en;

export { fallbackTexts, fallbackWords } from './fallback-text.js';
export { loaderOf, loadText, numbersWith, numberText, speechIn, textIn, type BoardSight, type GameText, type GameTexts, type Languages, type Texts } from './text.js';
