import type { GameText } from '@crowdcue/games/texts';
import type { CrowdView, MeView } from '@crowdcue/protocol';
import type { Stage } from './stage.js';
import type { ElementText } from './element-text.js';

export interface Speech {
  readonly said: string;
  /** Said at once: a turn, an outcome. */
  readonly urgent: boolean;
}

interface Heard {
  readonly stage: Stage;
  readonly before: Stage['kind'];
  readonly state: CrowdView | undefined;
  readonly me: MeView | undefined;
  readonly game: GameText | undefined;
  readonly text: ElementText;
}

const outcome = ({ state, me, game, text }: Heard & { state: CrowdView; game: GameText }): string => {
  const own = me === undefined || me.round !== state.round || me.result === 'none' ? text.watched : `${me.result === 'won' ? text.won : text.played}. ${game.score(me)}`;
  return `${game.headline(state)}. ${game.outcome(state)} ${own}.`;
};

/** What a screen reader says of a stage; `undefined` where nothing new is to be said. */
export const speechOf = (heard: Heard): Speech | undefined => {
  const { stage, before, state, game, text } = heard;
  const entered = stage.kind !== before;
  const ending = stage.kind === 'ended' ? stage.ending : stage.kind === 'off' ? 'event_off' : undefined;
  if (ending !== undefined) return entered ? { said: `${text.endings[ending].title}. ${text.endings[ending].body}`, urgent: true } : undefined;
  if (stage.kind === 'queued') {
    const wait = text.queue.wait(stage.waitMs); // said again when it changes, which places do all the time
    return { said: entered ? `${text.queue.title}. ${text.queue.place(stage.place)} ${wait}` : wait, urgent: false };
  }
  if (stage.kind === 'idle') return entered ? { said: `${text.idle.title}. ${text.idle.body}`, urgent: false } : undefined;
  if (state === undefined || game === undefined) return undefined;
  switch (stage.kind) {
    case 'armed': return entered ? { said: `${game.title}. ${game.howTo} ${game.keys} ${text.startsIn(stage.seconds)}.`, urgent: true } : undefined;
    case 'live': return { said: game.live(state), urgent: entered || state.texts.get('signal') === 'go' };
    case 'over': return { said: outcome({ ...heard, state, game }), urgent: entered };
    default: return undefined;
  }
};
