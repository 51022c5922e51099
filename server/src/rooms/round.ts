/** One round at run time: the context that a game's rules see, and what they did with it. Deterministic: its whole memory is its image. */
import type { BoardContext, BoardValue, ColumnKind, Columns, GameDefinition, RoundContext } from '@crowdcue/games';
import { CLOSE_GRACE_MS, type FairWindow, type FairWindowImage } from './fair-window.js';
import { nextRandom, seedOf } from './random.js';
import type { CrowdState } from './state.js';
import { bytesOf, type ViewerTable } from './viewer-table.js';

/** The round in a checkpoint. Columns and players are its own memory, good until the next step. */
export interface RoundImage {
  game: string;
  round: number;
  startedAt: number;
  endsAt: number;
  params: Record<string, number | string>;
  seed: number;
  memory: Record<string, number | string>;
  players: readonly number[];
  actions: number;
  columns: Record<string, Uint8Array>;
  /** Of a round in stream time; images of an earlier version lack it. */
  window?: FairWindowImage | undefined;
  unscored?: number;
  closesAt?: number;
}

const COLUMN = { u32: Uint32Array, f64: Float64Array } as const;

export class Round implements RoundContext {
  now = 0;
  readonly memory: Record<string, number | string> = {};
  columns: Columns<Record<string, ColumnKind>>;
  /** Rows that play, in the order in which they began. */
  readonly players: number[] = [];
  /** Actions applied. */
  actions = 0;
  /** Set by the rules within a tick, taken by the room after it. */
  windowOpened = false;
  ended = false;
  /** Players who are not scored. */
  unscored = 0;
  readonly goals: { goal: string; value: number }[] = [];
  readonly board: BoardContext;
  /** The last arrival that may count, and when the room is done with the round; event time, ms. Fields, for each action asks. */
  readonly lastAt: number;
  closesAt: number;
  #seed: number;
  readonly #table: ViewerTable;
  readonly #onScore: (row: number) => void;

  constructor(
    readonly game: GameDefinition,
    readonly round: number,
    readonly startedAt: number,
    readonly endsAt: number,
    readonly params: Readonly<Record<string, number | string>>,
    event: string,
    state: CrowdState,
    table: ViewerTable,
    onScore: (row: number) => void,
    /** Of a round in stream time. */
    readonly window?: FairWindow,
  ) {
    this.#table = table;
    this.#onScore = onScore;
    this.lastAt = window?.closesAt ?? endsAt;
    this.closesAt = window?.closesAt ?? endsAt + CLOSE_GRACE_MS;
    this.#seed = seedOf(`${event}|${round}`);
    this.columns = makeColumns(game.columns, table.capacity);
    this.board = boardOf(state);
    table.onGrow = (capacity) => this.#grow(capacity);
  }

  get viewers(): number {
    return this.#table.length;
  }

  random(): number {
    const { seed, value } = nextRandom(this.#seed);
    this.#seed = seed;
    return value;
  }

  openWindow(): void {
    this.windowOpened = true;
    if (this.window !== undefined) this.window.markAt = this.now;
  }

  plays(row: number): void {
    const { playedRound } = this.#table.columns;
    if (playedRound[row] === this.round) return;
    playedRound[row] = this.round;
    this.players.push(row);
  }

  score(row: number, score: number): void {
    this.#table.columns.score[row] = score;
    this.#onScore(row);
  }

  crowdGoal(goal: string, value: number): void {
    this.goals.push({ goal, value });
  }

  end(): void {
    this.ended = true;
  }

  #grow(capacity: number): void {
    const grown = makeColumns(this.game.columns, capacity);
    for (const name of Object.keys(grown)) grown[name]!.set(this.columns[name] as never);
    this.columns = grown;
  }

  image(): RoundImage {
    const columns: Record<string, Uint8Array> = {};
    for (const [name, column] of Object.entries(this.columns)) columns[name] = bytesOf(column, this.#table.length);
    return {
      game: this.game.id, round: this.round, startedAt: this.startedAt, endsAt: this.endsAt, params: { ...this.params }, seed: this.#seed,
      memory: { ...this.memory }, players: this.players, actions: this.actions, columns, unscored: this.unscored, closesAt: this.closesAt, ...(this.window && { window: this.window.image() }),
    };
  }

  load(image: RoundImage): void {
    this.#seed = image.seed;
    Object.assign(this.memory, image.memory);
    for (const row of image.players) this.players.push(row); // not spread: a crowd is more arguments than a call takes
    this.actions = image.actions;
    this.unscored = image.unscored ?? 0;
    this.closesAt = image.closesAt ?? this.closesAt;
    if (this.window !== undefined && image.window !== undefined) this.window.markAt = image.window.markAt;
    for (const [name, kind] of Object.entries(this.game.columns)) {
      const bytes = image.columns[name];
      if (bytes !== undefined) this.columns[name]!.set(new COLUMN[kind](Uint8Array.from(bytes).buffer) as never);
    }
  }
}

const makeColumns = (kinds: Record<string, ColumnKind>, capacity: number): Columns<Record<string, ColumnKind>> => {
  const columns: Record<string, Uint32Array | Float64Array> = {};
  for (const [name, kind] of Object.entries(kinds)) columns[name] = new COLUMN[kind](capacity);
  return columns as Columns<Record<string, ColumnKind>>;
};

const boardOf = (state: CrowdState): BoardContext => ({
  get: (key) => state.numbers.get(key) ?? state.texts.get(key),
  set: (key, value) => setBoard(state, key, value),
});

/** Sets a board value; one equal to the present sends nothing. */
export const setBoard = (state: CrowdState, key: string, value: BoardValue): void => {
  if (typeof value === 'number') {
    if (state.numbers.get(key) !== value) state.numbers.set(key, value);
  } else if (state.texts.get(key) !== value) state.texts.set(key, value);
};

export const clearBoard = (state: CrowdState): void => {
  for (const key of [...state.numbers.keys()]) state.numbers.delete(key);
  for (const key of [...state.texts.keys()]) state.texts.delete(key);
};
