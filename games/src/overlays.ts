/** Boards of the games on the stream, loaded one by one. */
import type { OverlayView } from './overlay-view.js';
import type { GameTexts } from './text.js';

/** A board's module: `define()` makes the element `tag` known, which is an {@link OverlayView}. The game's words come with it. */
export interface OverlayModule {
  readonly tag: string;
  readonly texts: GameTexts;
  define(): void;
}

/** How to load the board of each game, by id. */
export const overlays: ReadonlyMap<string, () => Promise<OverlayModule>> = new Map([
  ['tug', (): Promise<OverlayModule> => import('./tug/overlay.js')],
  ['quickdraw', (): Promise<OverlayModule> => import('./quickdraw/overlay.js')],
  ['boss', (): Promise<OverlayModule> => import('./boss/overlay.js')],
  ['trivia', (): Promise<OverlayModule> => import('./trivia/overlay.js')],
  ['poll', (): Promise<OverlayModule> => import('./poll/overlay.js')],
  ['predict', (): Promise<OverlayModule> => import('./predict/overlay.js')],
]);

export type { OverlaySight } from './overlay-view.js';
export { loadText, type GameText } from './text.js';
export type { OverlayView };
