/** Views of the games, loaded one by one: a page loads what it plays. */
import type { GameView, ViewModule } from './view.js';

/** How to load the view of each game, by id. */
export const views: ReadonlyMap<string, () => Promise<ViewModule>> = new Map([
  ['tug', (): Promise<ViewModule> => import('./tug/view.js')],
  ['quickdraw', (): Promise<ViewModule> => import('./quickdraw/view.js')],
  ['boss', (): Promise<ViewModule> => import('./boss/view.js')],
  ['trivia', (): Promise<ViewModule> => import('./trivia/view.js')],
  ['poll', (): Promise<ViewModule> => import('./poll/view.js')],
  ['predict', (): Promise<ViewModule> => import('./predict/view.js')],
]);

/** The view of a game that is not of this package, from the origin that has it. */
export const outsideView = async (origin: string, id: string): Promise<ViewModule> => (await import('./outside-view.js')).outsideView(origin, id);

export type { OutsideViewModule, ViewKit } from './outside-view.js';
export { defineRollingNumber } from './rolling-number.js';
export { loadText, type GameText } from './text.js';
export { TapEvent, type RoundSight } from './view.js';
export type { GameView, ViewModule };
