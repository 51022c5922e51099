/** Views of the games, loaded one by one: a page loads what it plays. */
import type { GameView } from './view.js';

/** A view's module: `define()` makes the element `tag` known, which is a {@link GameView}. */
export interface ViewModule {
  readonly tag: string;
  define(): void;
}

/** How to load the view of each game, by id. */
export const views: ReadonlyMap<string, () => Promise<ViewModule>> = new Map([
  ['tug', (): Promise<ViewModule> => import('./tug/view.js')],
  ['quickdraw', (): Promise<ViewModule> => import('./quickdraw/view.js')],
]);

export { defineRollingNumber } from './rolling-number.js';
export { TapEvent, type RoundSight } from './view.js';
export type { GameView };
