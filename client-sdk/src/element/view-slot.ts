import { views, type GameView, type RoundSight } from '@crowdcue/games/views';

/** Holds the view of the game that is played, loaded when the round is armed: it is there before the first tap. */
export class ViewSlot {
  #game = '';
  /** The view, once loaded. */
  view: GameView | undefined;
  /** The page knows no such game, or could not load its view. */
  broken = false;

  constructor(readonly changed: () => void) {}

  want(game: string): void {
    if (game === this.#game) return;
    this.#game = game;
    this.view = undefined;
    const load = views.get(game);
    this.broken = load === undefined;
    load?.().then((module) => {
      module.define();
      if (this.#game !== game) return;
      this.view = document.createElement(module.tag) as GameView;
      this.view.setAttribute('exportparts', 'pad, team, arena');
      this.changed();
    }, () => {
      if (this.#game !== game) return;
      this.#game = ''; // the next change tries again
      this.broken = true;
      this.changed();
    });
  }

  show(sight: RoundSight): void {
    if (this.view !== undefined) this.view.sight = sight;
  }
}
