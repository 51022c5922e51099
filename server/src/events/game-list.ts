import { decidesScarce, gameText, type GameDefinition, type GameTexts } from '@crowdcue/games';
import type { GameView } from '@crowdcue/protocol';

/** Words and view of a game that is not ours. */
export interface OutsideGame {
  readonly game: Pick<GameDefinition, 'id'>;
  readonly texts: GameTexts;
  readonly view: { readonly path: string };
}

/** The games as the console lists them. */
export const gameViews = (games: ReadonlyMap<string, GameDefinition>, outside: readonly OutsideGame[] = []): GameView[] =>
  [...games.values()].map((game) => {
    const from = outside.find((each) => each.game.id === game.id);
    const text = from?.texts.en ?? gameText(game.id);
    return {
      ...(from === undefined ? {} : { view: from.view.path }),
      id: game.id, title: text?.title ?? game.id, howTo: text?.howTo ?? '', durationMs: game.durationMs,
      choices: game.action.choices, params: game.params, scarce: decidesScarce(game),
    };
  });
