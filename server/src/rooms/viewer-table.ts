/**
 * Viewers of a room as rows of typed arrays. A row is given at a viewer's first join and kept for the event, so whatever a viewer
 * achieved survives reloads, relays and restarts. Rows are dense: games index their columns by them.
 */
import type { ErrorCode } from '@crowdcue/protocol';

/** Typed columns of a row; all start at 0. */
const NUMBER_COLUMNS = {
  /** Viewer number of the token. */
  viewer: Float64Array,
  /** Last action number of the present session that was settled. */
  lastN: Uint32Array,
  /** Actions applied in this round, and ever. */
  applied: Uint32Array,
  appliedTotal: Uint32Array,
  score: Float64Array,
  rank: Uint32Array,
  /** Round in which the viewer last played. */
  playedRound: Uint32Array,
  roundsPlayed: Uint32Array,
  roundsWon: Uint32Array,
  /** Round that the viewer last won, and in which they were fastest. */
  wonRound: Uint32Array,
  fastestRound: Uint32Array,
  /** Bits: see `FLAG`. */
  flags: Uint8Array,
  /** Present connection: relay index, slot, connection number. Meaningful while `FLAG.online`. */
  relay: Uint16Array,
  slot: Uint32Array,
  connection: Float64Array,
  /** How late its frames come, ms, as its relay said; 0 of a direct client. */
  delay: Uint16Array,
  /** The mark, by its event time, that an earlier connection was written, and when that was; see FairWindow. */
  seenMark: Float64Array,
  seenAt: Float64Array,
  /** Round that the viewer plays unscored. */
  unscoredRound: Uint32Array,
} as const;

export const FLAG = { online: 1, banned: 2, direct: 4, spectator: 8, held: 16 } as const;

type ColumnName = keyof typeof NUMBER_COLUMNS;
type ColumnArrays = { [K in ColumnName]: InstanceType<(typeof NUMBER_COLUMNS)[K]> };

/** The table as it stands: its own memory, not a copy, so good until the next step. */
export interface ViewerTableImage {
  length: number;
  /** The used part of each column. */
  columns: Record<string, Uint8Array>;
  names: readonly string[];
  tiers: readonly string[];
  sessions: readonly string[];
  refusals: ReadonlyMap<number, readonly Refusal[]>;
  past: ReadonlyMap<number, readonly PastSession[]>;
  revisions: RowRevisions;
}

/** By row: raised with each change of its texts and past sessions, and of its refusals. Not part of the state: who compares knows what to copy. */
export interface RowRevisions {
  texts: Uint32Array;
  refusals: Uint32Array;
}

/** An action of the present session that was settled by a no. */
export type Refusal = readonly [n: number, code: ErrorCode];
/** An earlier session of a viewer and the last number that was settled in it. */
export type PastSession = readonly [sessionId: string, lastN: number];
/** Earlier sessions kept a viewer: tabs that one person may go back to. */
const SESSIONS = 8;
/** Refusals kept a viewer: as many as an SDK has actions under way. */
const REFUSALS = 200;

export class ViewerTable {
  length = 0;
  columns: ColumnArrays = makeColumns(256);
  readonly names: string[] = [];
  readonly tiers: string[] = [];
  readonly sessions: string[] = [];
  /** Kept to be told again: a viewer that missed one would take the action for confirmed. */
  readonly #refusals = new Map<number, Refusal[]>();
  /** A tab that was taken over and reloads goes on with its numbers; from 0 its unconfirmed actions would count twice. */
  readonly #past = new Map<number, readonly PastSession[]>();
  readonly #rows = new Map<number, number>();
  #revisions: RowRevisions = { texts: new Uint32Array(256), refusals: new Uint32Array(256) };
  /** Told when rows are added, so that a game's columns grow along. */
  onGrow: (capacity: number) => void = () => undefined;

  get capacity(): number {
    return this.columns.viewer.length;
  }

  rowOf(viewer: number): number | undefined {
    return this.#rows.get(viewer);
  }

  /** The viewer's row, made when there is none. */
  admit(viewer: number, name: string, tier: string): number {
    const known = this.#rows.get(viewer);
    if (known !== undefined) return known;
    const row = this.length++;
    if (row === this.capacity) this.#grow(row * 2);
    this.columns.viewer[row] = viewer;
    this.names[row] = name;
    this.tiers[row] = tier;
    this.sessions[row] = '';
    this.#revisions.texts[row]!++;
    this.#rows.set(viewer, row);
    return row;
  }

  /** Whether it was another one. */
  rename(row: number, name: string): boolean {
    if (this.names[row] === name) return false;
    this.names[row] = name;
    this.#revisions.texts[row]!++;
    return true;
  }

  refuse(row: number, n: number, code: ErrorCode): void {
    this.#revisions.refusals[row]!++;
    const refusals = this.#refusals.get(row);
    if (refusals === undefined) this.#refusals.set(row, [[n, code]]);
    else if (refusals.push([n, code]) > REFUSALS) refusals.shift();
  }

  refusalsOf(row: number): readonly Refusal[] {
    return this.#refusals.get(row) ?? [];
  }

  /** Another session begins, or an earlier one goes on: numbers are those of the session. */
  begin(row: number, sessionId: string): void {
    const { lastN } = this.columns;
    const past = this.#past.get(row) ?? [];
    const known = past.find(([id]) => id === sessionId);
    const others = past.filter((each) => each !== known);
    if (this.sessions[row] !== '') others.push([this.sessions[row]!, lastN[row]!]);
    if (others.length > 0) this.#past.set(row, others.slice(-SESSIONS));
    this.sessions[row] = sessionId;
    this.#revisions.texts[row]!++;
    lastN[row] = known?.[1] ?? 0;
    if (this.#refusals.delete(row)) this.#revisions.refusals[row]!++;
  }

  /**
   * Settles `n`, the next number of a session. Numbers that it leaves out never came: a relay refused them, and whoever lost that word
   * with a connection must hear it again, or would take them for confirmed.
   */
  settle(row: number, n: number): void {
    const { lastN } = this.columns;
    for (let missing = Math.max(lastN[row]! + 1, n - REFUSALS); missing < n; missing++) this.refuse(row, missing, 'action_busy');
    lastN[row] = n;
  }

  is(row: number, flag: number): boolean {
    return (this.columns.flags[row]! & flag) !== 0;
  }

  set(row: number, flag: number, on: boolean): void {
    const { flags } = this.columns;
    flags[row] = on ? flags[row]! | flag : flags[row]! & ~flag;
  }

  #grow(capacity: number): void {
    const grown = makeColumns(capacity);
    for (const name of Object.keys(grown) as ColumnName[]) grown[name].set(this.columns[name] as never);
    this.columns = grown;
    for (const name of ['texts', 'refusals'] as const) {
      const revisions = new Uint32Array(capacity);
      revisions.set(this.#revisions[name]);
      this.#revisions[name] = revisions;
    }
    this.onGrow(capacity);
  }

  image(): ViewerTableImage {
    const columns: Record<string, Uint8Array> = {};
    for (const name of Object.keys(this.columns) as ColumnName[]) columns[name] = bytesOf(this.columns[name], this.length);
    return {
      length: this.length, columns, names: this.names, tiers: this.tiers, sessions: this.sessions, refusals: this.#refusals, past: this.#past,
      revisions: this.#revisions,
    };
  }

  /** Takes an image of this or an earlier version; columns that it lacks start at 0. */
  load(image: ViewerTableImage): void {
    this.length = image.length;
    this.columns = makeColumns(Math.max(256, image.length));
    for (const name of Object.keys(this.columns) as ColumnName[]) {
      const bytes = image.columns[name];
      if (bytes === undefined) continue;
      const aligned = Uint8Array.from(bytes).buffer; // what msgpack unpacked lies anywhere in a larger buffer
      this.columns[name].set(new NUMBER_COLUMNS[name](aligned) as never);
    }
    for (let row = 0; row < image.length; row++) {
      this.names[row] = image.names[row]!;
      this.tiers[row] = image.tiers[row]!;
      this.sessions[row] = image.sessions[row]!;
    }
    for (const [row, refusals] of image.refusals) this.#refusals.set(row, refusals.slice());
    for (const [row, sessions] of image.past) this.#past.set(row, sessions.slice());
    this.#revisions = { texts: new Uint32Array(this.capacity), refusals: new Uint32Array(this.capacity) };
    for (let row = 0; row < image.length; row++) this.#rows.set(this.columns.viewer[row]!, row);
    this.onGrow(this.capacity);
  }
}

const makeColumns = (capacity: number): ColumnArrays => {
  const columns: Partial<Record<ColumnName, unknown>> = {};
  for (const name of Object.keys(NUMBER_COLUMNS) as ColumnName[]) columns[name] = new NUMBER_COLUMNS[name](capacity);
  return columns as ColumnArrays;
};

/** The first elements of a column, as bytes: the same memory. */
export const bytesOf = (column: Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array, length: number): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, length * column.BYTES_PER_ELEMENT);
