import { boss } from './boss/rules.js';
import type { GameDefinition } from './define-game.js';
import { poll } from './poll/rules.js';
import { predict } from './predict/rules.js';
import { quickdraw } from './quickdraw/rules.js';
import { trivia } from './trivia/rules.js';
import { tug } from './tug/rules.js';

// A definition reads its own columns only; the registry, and the room behind it, need not know which those are.
const shipped = [tug, quickdraw, boss, trivia, poll, predict] as unknown as readonly GameDefinition[];

/** The rules of every game, by id. */
export const games: ReadonlyMap<string, GameDefinition> = new Map(shipped.map((game) => [game.id, game]));
