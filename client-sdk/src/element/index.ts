/**
 * The web component. Importing this module makes `<crowdcue-game>` known; a page that wants another moment imports
 * `defineCrowdcueGame` from a bundle of its own.
 */
import { CrowdcueGame } from './crowdcue-game.js';

/** Makes `<crowdcue-game>` known, once. */
export const defineCrowdcueGame = (): void => {
  if (customElements.get('crowdcue-game') === undefined) customElements.define('crowdcue-game', CrowdcueGame);
};

defineCrowdcueGame();

export { CrowdcueGame };
export type { GameSession, OpenSession } from './session-port.js';
