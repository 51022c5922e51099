import { loadText, outsideView, views, type GameText, type GameView, type RoundSight } from '@crowdcue/games/views';
import { Later } from './later.js';

/** A view that did not load is tried again after this long, ms, where it is wanted still: each try may cost a request. */
const AGAIN_MS = 2_000;

/** Holds the view and the words of the game that is played, loaded when the round is armed: they are there before the first tap. */
export class ViewSlot {
  #game = '';
  #language = '';
  /** The view, once loaded. */
  view: GameView | undefined;
  /** The game's words, once loaded; they come with the view. */
  text: GameText | undefined;
  /** How a round that is over is shown, once loaded. */
  readonly over = new Later(() => import('./over-panel.js'), () => this.changed());
  /** The page knows no such game, or could not load its view. */
  broken = false;

  /** `origin` has the games that are not the component's own. */
  constructor(readonly changed: () => void, readonly origin: () => string) {}

  /** Has the view of a game ready that may be wanted soon. */
  ahead(game: string): void {
    views.get(game)?.().catch(() => undefined); // who wants it asks again
  }

  want(game: string, language: string): void {
    if (game === this.#game && language === this.#language) {
      if (this.view !== undefined) this.over.want();
      return;
    }
    const other = game !== this.#game;
    this.#game = game;
    this.#language = language;
    if (other) this.view = this.text = undefined;
    const load = views.get(game) ?? ((): ReturnType<typeof outsideView> => outsideView(this.origin(), game));
    this.broken = false;
    void this.#load(load, () => this.#game === game && this.#language === language);
  }

  async #load(load: NonNullable<ReturnType<typeof views.get>>, isWanted: () => boolean): Promise<void> {
    try {
      const module = await load();
      const text = await loadText(module.texts, this.#language);
      if (!isWanted()) return;
      module.define();
      this.text = text;
      this.view ??= document.createElement(module.tag) as GameView;
      this.view.setAttribute('exportparts', 'pad, team, arena');
    } catch {
      if (!isWanted()) return;
      setTimeout(() => {
        if (!isWanted()) return;
        this.#game = '';
        this.changed(); // asks again
      }, AGAIN_MS);
      this.broken = true;
    }
    this.changed();
  }

  show(sight: RoundSight): void {
    if (this.view !== undefined) this.view.sight = sight;
  }
}
