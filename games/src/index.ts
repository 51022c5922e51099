/**
 * Micro-games: pure rules and their words. Views are loaded one by one from `@crowdcue/games/views`, the design tokens from
 * `@crowdcue/games/design-tokens`; neither is exported here, so a server that imports the rules loads no browser code. A page that needs
 * no rules takes the words alone from `@crowdcue/games/texts`.
 */
export {
  decidesScarce, defineGame, type BoardContext, type BoardValue, type ColumnKind, type Columns, type GameActions, type GameDefinition, type GameParam,
  type RefusalCode, type RoundContext, type RoundResult, type Settlement,
} from './define-game.js';
export { games } from './registry.js';
export { gameText, gameTexts, loadText, loaderOf, type BoardSight, type GameText, type GameTexts, type Texts } from './texts.js';
