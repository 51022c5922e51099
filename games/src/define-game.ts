/**
 * What a game is. Its rules are pure: no I/O, no clock, no chance but what the context hands it, so that a recorded round replays
 * to the same bytes. Rules run in the origin's tick; they must not allocate per action.
 *
 * Life of a round: `onRoundStart`, then each tick `onActions` (when there are any) and `onTick`, and once `onRoundEnd`. Where the host
 * settles the game, `onSettle` comes in a tick of its own between them.
 */

/** A value on the board that every viewer sees. */
export type BoardValue = number | string;

/** Kinds of a per-viewer column. `u32` and `f64` start at 0 in every round. */
export type ColumnKind = 'u32' | 'f64';

/** One typed array a column, indexed by the viewer's dense row. */
export type Columns<C extends Record<string, ColumnKind>> = {
  readonly [K in keyof C]: C[K] extends 'u32' ? Uint32Array : Float64Array;
};

/** Actions of one tick that passed the room's checks, as columns; row `i` of each belongs together. */
export interface GameActions {
  readonly length: number;
  /** Dense row of the viewer. */
  readonly viewer: Uint32Array;
  readonly choice: Uint8Array;
  readonly value: Uint32Array;
  /** Event time of arrival at the relay, ms. */
  readonly at: Float64Array;
  /** Credited ms from the write of the round's last mark to this viewer until the action; -1 when unknown. */
  readonly elapsed: Float64Array;
}

/** Why an action that came in time does not count. */
export type RefusalCode = 'action_bad_choice' | 'action_bad_value' | 'round_over';

/** What a round's rules may see and do. */
export interface RoundContext<C extends Record<string, ColumnKind> = Record<string, ColumnKind>> {
  /** Number of the round within the event, from 1. */
  readonly round: number;
  /** Event time of this tick, ms. */
  readonly now: number;
  readonly startedAt: number;
  readonly endsAt: number;
  /** The game's parameters for this round, checked against `params`. */
  readonly params: Readonly<Record<string, number | string>>;
  /** Shared board; setting a value equal to the present one sends nothing. */
  readonly board: BoardContext;
  /** Per-viewer columns of this round. They grow: take them from here in each call, never keep one. */
  readonly columns: Columns<C>;
  /** Rows in use: viewers that this event has seen. */
  readonly viewers: number;
  /** Deterministic, seeded by event and round: [0, 1). */
  random(): number;
  /** The game's own small memory of the round; JSON, checkpointed. */
  readonly memory: Record<string, number | string>;
  /** Marks this tick as the opening of a window: `elapsed` counts from its write to each viewer. */
  openWindow(): void;
  /** The viewer takes part in the round (idempotent). */
  plays(row: number): void;
  /** A row's score, higher is better; kept for ranking and sent to its viewer. */
  score(row: number, score: number): void;
  /** The crowd reached a goal together: a fact with everybody who plays. */
  crowdGoal(goal: string, value: number): void;
  /** Ends the round with this tick. */
  end(): void;
}

export interface BoardContext {
  get(key: string): BoardValue | undefined;
  set(key: string, value: BoardValue): void;
}

/** How a round went. */
export interface RoundResult {
  /** Rows that won. */
  readonly winners: readonly number[];
  /** Rows that were fastest (ties are all named), where speed is what the game measures. */
  readonly fastest?: readonly number[];
  /** One line of board values that tells the outcome, shown until the next round. */
  readonly outcome: Record<string, BoardValue>;
}

export interface GameParam {
  readonly kind: 'number' | 'text';
  readonly min?: number;
  readonly max?: number;
  /** The number names one of the texts called this and a number, from 1; those left empty do not count. */
  readonly picks?: string;
  /** Characters of a text at least, spaces around it not counted: a text that the host must give. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Taken where the host gives none; for a text with `minLength` that is nothing, which is refused. */
  readonly fallback: number | string;
}

/** How a host settles a round. */
export interface Settlement<C extends Record<string, ColumnKind> = Record<string, ColumnKind>> {
  /** How many outcomes a round of these parameters can have. */
  outcomes(params: RoundContext['params']): number;
  /** Takes the outcome, counted from 0, and ends the round. */
  onSettle(ctx: RoundContext<C>, outcome: number): void;
}

export interface GameDefinition<C extends Record<string, ColumnKind> = Record<string, ColumnKind>> {
  /** Lower case, digits and dashes. */
  readonly id: string;
  /** `stream`: the board shows nothing of others until the round ends, so it may be sent later to late pictures. */
  readonly sync: 'stream' | 'live';
  /** The one action and its one choice. */
  readonly action: {
    /** Ids of the choices; an action carries the index. */
    readonly choices: readonly string[];
    /** Largest `value`; 0 where the game uses none. */
    readonly maxValue: number;
    /** Actions a second and viewer that the game needs. */
    readonly perSecond: number;
  };
  /** Board keys with their first values. */
  readonly board: Readonly<Record<string, BoardValue>>;
  readonly columns: C;
  readonly params: Readonly<Record<string, GameParam>>;
  /** Length of a round, ms, at most 90,000. */
  readonly durationMs: number;
  /** What is wrong with parameters that are each allowed, as a sentence for the host; such a cue is refused before it runs. */
  wrongParams?(params: RoundContext['params']): string | undefined;
  onRoundStart(ctx: RoundContext<C>): void;
  /** `refuse(i, code)` tells row `i`'s viewer why that action does not count. */
  onActions(ctx: RoundContext<C>, actions: GameActions, refuse: (i: number, code: RefusalCode) => void): void;
  onTick?(ctx: RoundContext<C>): void;
  /** The host settles this game: after `endsAt` its round takes no more actions and stays until the host has named the outcome, or stops it. */
  readonly settlement?: Settlement<C>;
  onRoundEnd(ctx: RoundContext<C>): RoundResult;
  /**
   * Whether what is won here may unlock a drop of limited supply: only where nobody wins more by lying about time, which the simulation of
   * liars measures (docs/fairness.md). Left out it is so for a live game alone, whose rounds have one time for all.
   */
  readonly scarce?: boolean;
  /** Ids of the achievements that a round of this game can cause; for the console. */
  readonly achievements: readonly string[];
}

/** Whether what is won in a game may unlock a drop of limited supply. */
export const decidesScarce = ({ scarce, sync }: Pick<GameDefinition, 'scarce' | 'sync'>): boolean => scarce ?? sync === 'live';

/**
 * Checks a definition and gives it back. Throws a `TypeError` that names what is wrong: a game is code, so this is found at start.
 */
export const defineGame = <const C extends Record<string, ColumnKind>>(game: GameDefinition<C>): GameDefinition<C> => {
  const wrong = (what: string): never => {
    throw new TypeError(`game ${JSON.stringify(game.id)}: ${what}`);
  };
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(game.id)) wrong('its id must be 1 to 32 of a-z, 0-9 and "-"');
  if (!(game.durationMs > 0 && game.durationMs <= 90_000)) wrong('durationMs must be above 0 and at most 90000');
  if (game.action.choices.length < 1 || game.action.choices.length > 255) wrong('it needs 1 to 255 choices');
  if (!(Number.isInteger(game.action.maxValue) && game.action.maxValue >= 0)) wrong('action.maxValue must be a whole number of at least 0');
  if (!(game.action.perSecond > 0 && game.action.perSecond <= 20)) wrong('action.perSecond must be above 0 and at most 20');
  return Object.freeze(game);
};
