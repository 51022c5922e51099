/** Views of the games, loaded one by one: a page loads what it plays. */
import type { GameTexts } from './text.js';
import type { GameView } from './view.js';

/** A view's module: `define()` makes the element `tag` known, which is a {@link GameView}. The game's words come with it. */
export interface ViewModule {
  readonly tag: string;
  readonly texts: GameTexts;
  define(): void;
}

/** How to load the view of each game, by id. */
export const views: ReadonlyMap<string, () => Promise<ViewModule>> = new Map([
  ['tug', (): Promise<ViewModule> => import('./tug/view.js')],
  ['quickdraw', (): Promise<ViewModule> => import('./quickdraw/view.js')],
  ['boss', (): Promise<ViewModule> => import('./boss/view.js')],
  ['trivia', (): Promise<ViewModule> => import('./trivia/view.js')],
  ['poll', (): Promise<ViewModule> => import('./poll/view.js')],
  ['predict', (): Promise<ViewModule> => import('./predict/view.js')],
]);

export { defineRollingNumber } from './rolling-number.js';
export { loadText, type GameText } from './text.js';
export { TapEvent, type RoundSight } from './view.js';
export type { GameView };
