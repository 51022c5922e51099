import { overlays, loadText, type GameText, type OverlaySight, type OverlayView } from '@crowdcue/games/overlays';

/** ms before a board that did not load is tried again. */
const AGAIN_MS = 2_000;

/** The board of the present game: loaded when it is first wanted, kept until another game's is. */
export class BoardSlot {
  view: OverlayView | undefined;
  text: GameText | undefined;
  #wanted = '';

  constructor(private readonly changed: () => void) {}

  want(game: string, language: string): void {
    if (game === this.#wanted) return;
    this.#wanted = game;
    void this.#load(game, language);
  }

  show(sight: OverlaySight): void {
    if (this.view !== undefined) this.view.sight = sight;
  }

  /** The board of before stays until this one is there. A game that has none shows its title and its clock. */
  async #load(game: string, language: string): Promise<void> {
    try {
      const module = await overlays.get(game)?.();
      const text = module === undefined ? undefined : await loadText(module.texts, language);
      if (game !== this.#wanted) return;
      module?.define();
      this.view = module === undefined ? undefined : (document.createElement(module.tag) as OverlayView);
      this.text = text;
      this.changed();
    } catch {
      setTimeout(() => {
        if (game === this.#wanted) void this.#load(game, language);
      }, AGAIN_MS);
    }
  }
}
