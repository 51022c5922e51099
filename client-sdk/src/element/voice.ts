import type { CrowdView, MeView } from '@crowdcue/protocol';
import type { GameText } from '@crowdcue/games/texts';
import { Announcer } from './announcer.js';
import type { ElementText } from './element-text.js';
import { speechOf } from './speech.js';
import type { Stage } from './stage.js';

const SPOKEN_BY_GAMES: ReadonlySet<Stage['kind']> = new Set(['armed', 'live', 'over']);

/** What the element says to a screen reader: each stage as it comes, and what happens besides. */
export class Voice {
  readonly #announcer: Announcer;
  /** The stage that was last said. */
  #heard: Stage['kind'] = 'loading';

  /** `region` is where words are put, once it is drawn; `words` are the element's, once loaded. */
  constructor(region: () => Element | null, private readonly words: () => ElementText | undefined) {
    this.#announcer = new Announcer((said) => {
      const live = region();
      if (live !== null) live.textContent = said;
    });
  }

  say(words: (text: ElementText) => string, urgent = false): void {
    const text = this.words();
    if (text !== undefined) this.#announcer.announce(words(text), urgent);
  }

  /** After each change: what fills the element now, and the game's words, once loaded. */
  follow(stage: Stage, state: CrowdView | undefined, me: MeView | undefined, game: GameText | undefined): void {
    const text = this.words();
    if (text === undefined) return;
    const speech = speechOf({ stage, before: this.#heard, state, me, game, text });
    if (speech !== undefined) this.#announcer.announce(speech.said, speech.urgent);
    // What a game has to say of a stage waits for its words.
    if (game !== undefined || !SPOKEN_BY_GAMES.has(stage.kind)) this.#heard = stage.kind;
  }

  stop(): void {
    this.#announcer.stop();
  }
}
