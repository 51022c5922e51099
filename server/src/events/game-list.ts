import { decidesScarce, gameText, type GameDefinition } from '@crowdcue/games';
import type { GameView } from '@crowdcue/protocol';

/** The games as the console lists them. */
export const gameViews = (games: ReadonlyMap<string, GameDefinition>): GameView[] =>
  [...games.values()].map((game) => {
    const text = gameText(game.id);
    return {
      id: game.id, title: text?.title ?? game.id, howTo: text?.howTo ?? '', durationMs: game.durationMs,
      choices: game.action.choices, params: game.params, scarce: decidesScarce(game),
    };
  });
