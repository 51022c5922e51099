/**
 * Views of games that are no part of this package. The origin serves each as a module of its own; such a module imports nothing of ours and
 * gets what a view is made of handed in, so that a page has one copy of it and a package needs no build.
 */
import { css, html, nothing, svg } from 'lit';
import { numberOn, textOn } from './text.js';
import type { GameTexts } from './text.js';
import { GameView, padStyles, ripple, type ViewModule } from './view.js';

/** What a view is made of. */
export const viewKit = { GameView, padStyles, ripple, css, html, svg, nothing, numberOn, textOn } as const;
export type ViewKit = typeof viewKit;

/** What the view's module of a package exports. */
export interface OutsideViewModule {
  /** Makes the view: a class of an element that extends the kit's `GameView`. */
  readonly view: (kit: ViewKit) => CustomElementConstructor;
  readonly texts: GameTexts;
}

/** The view of game `id` as the origin lists it. Rejects when the origin has no such game, or its module is none. */
export const outsideView = async (origin: string, id: string): Promise<ViewModule> => {
  const base = origin.replace(/\/*$/, '/');
  const listed = (await (await fetch(`${base}api/games`)).json()) as { readonly games: readonly { readonly id: string; readonly view?: string }[] };
  const path = listed.games.find((game) => game.id === id)?.view;
  if (path === undefined) throw new TypeError(`the origin has no view of ${id}`);
  const { view, texts } = (await import(/* @vite-ignore */ new URL(path, base).href)) as OutsideViewModule;
  const tag = `crowdcue-outside-${id}`;
  return {
    tag, texts,
    define: () => {
      if (customElements.get(tag) === undefined) customElements.define(tag, view(viewKit));
    },
  };
};
