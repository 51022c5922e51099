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

/** How long people read and think before they choose, ms. */
const THINKING = { fastest: 900, spread: 6_000 };
/** Most hit what is weak; the others hit where they are. */
const AIM = 0.7;
const STAKES = [10, 10, 25, 50, 100];

const optionsOf = (state: SeenState): number => {
  let options = 0;
  while ((state.texts.get(`option${options + 1}`) ?? '') !== '') options++;
  return options;
};

/** Chooses once among what the host has named; the first options are liked a little more. */
const choose = (state: SeenState, random: () => number, value: number): Move | undefined => {
  const options = optionsOf(state);
  if (options === 0) return undefined;
  return { choice: Math.floor(Math.min(random(), random() + 0.3) * options), value, delayMs: THINKING.fastest + random() * THINKING.spread, againInMs: Infinity };
};

/** By game id; a game that stands not here is only watched. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  /** Half the crowd pulls each way, so that a round lasts; some tap twice between two sends. */
  tug: (_state, { index, rate, random }) => ({
    choice: index % 2, value: random() < 0.2 ? 2 : 1, delayMs: 0, againInMs: (1000 / rate) * (0.8 + 0.4 * random()),
  }),
  quickdraw: (state, { random }) =>
    state.texts.get('signal') === 'go' ? { choice: 0, value: 0, delayMs: reaction(random), againInMs: Infinity } : undefined,
  boss: (state, { index, rate, random }) => ({
    choice: random() < AIM ? (state.numbers.get('weak') ?? 0) : index % 3, value: random() < 0.2 ? 2 : 1, delayMs: reaction(random) / 2,
    againInMs: (1000 / rate) * (0.8 + 0.4 * random()),
  }),
  trivia: (state, { random }) => choose(state, random, 0),
  poll: (state, { random }) => choose(state, random, 0),
  predict: (state, { random }) => choose(state, random, STAKES[Math.floor(random() * STAKES.length)]!),
};
