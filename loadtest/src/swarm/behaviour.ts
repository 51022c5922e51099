import type { SeenState } from '../wire/viewer-frames.js';

/** What a simulated viewer does next. */
export interface Move {
  readonly choice: number;
  readonly value: number;
  /** Milliseconds until it acts again at the earliest; `Infinity` when not in this round any more. */
  readonly againInMs: number;
  /** Milliseconds from deciding to acting. */
  readonly delayMs: number;
}

export interface Temper {
  /** Number within the swarm. */
  readonly index: number;
  /** Actions a second in games of many. */
  readonly rate: number;
  readonly random: () => number;
}

/** Decides for one viewer: `undefined` while there is nothing to do yet. Asked only while a round is live. */
export type Behaviour = (state: SeenState, temper: Temper) => Move | undefined;

/** Fastest and usual answer of people to a light, ms; the long tail is who looked away. */
const REACTION = { fastest: 160, spread: 180, tail: 900, tailShare: 0.1 };

const reaction = (random: () => number): number => {
  const away = random() < REACTION.tailShare ? random() * REACTION.tail : 0;
  return REACTION.fastest + (random() + random()) * (REACTION.spread / 2) + away;
};

/** By game id; a game that stands not here is only watched. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  /** Half the crowd pulls each way, so that a round lasts; some tap twice between two sends. */
  tug: (_state, { index, rate, random }) => ({
    choice: index % 2, value: random() < 0.2 ? 2 : 1, delayMs: 0, againInMs: (1000 / rate) * (0.8 + 0.4 * random()),
  }),
  quickdraw: (state, { random }) =>
    state.texts.get('signal') === 'go' ? { choice: 0, value: 0, delayMs: reaction(random), againInMs: Infinity } : undefined,
};
