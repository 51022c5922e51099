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
} as const;

export const FLAG = { online: 1, banned: 2, direct: 4, spectator: 8 } as const;

type ColumnName = keyof typeof NUMBER_COLUMNS;
type ColumnArrays = { [K in ColumnName]: InstanceType<(typeof NUMBER_COLUMNS)[K]> };

/** A copy of the table, ready to be packed. */
export interface ViewerTableImage {
  length: number;
  columns: Record<string, Uint8Array>;
  names: string[];
  tiers: string[];
  sessions: string[];
  refusals: [row: number, refusals: Refusal[]][];
  past: [row: number, sessions: PastSession[]][];
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
  readonly #past = new Map<number, PastSession[]>();
  readonly #rows = new Map<number, number>();
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
    this.#rows.set(viewer, row);
    return row;
  }

  refuse(row: number, n: number, code: ErrorCode): void {
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
    lastN[row] = known?.[1] ?? 0;
    this.#refusals.delete(row);
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
    this.onGrow(capacity);
  }

  image(): ViewerTableImage {
    const columns: Record<string, Uint8Array> = {};
    for (const name of Object.keys(this.columns) as ColumnName[]) {
      const used = this.columns[name].slice(0, this.length);
      columns[name] = new Uint8Array(used.buffer, used.byteOffset, used.byteLength);
    }
    return {
      length: this.length, columns, names: this.names.slice(), tiers: this.tiers.slice(), sessions: this.sessions.slice(),
      refusals: [...this.#refusals].map(([row, refusals]) => [row, refusals.slice()]), past: [...this.#past],
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
    this.names.push(...image.names);
    this.tiers.push(...image.tiers);
    this.sessions.push(...image.sessions);
    for (const [row, refusals] of image.refusals) this.#refusals.set(row, refusals);
    for (const [row, sessions] of image.past) this.#past.set(row, sessions);
    for (let row = 0; row < image.length; row++) this.#rows.set(this.columns.viewer[row]!, row);
    this.onGrow(this.capacity);
  }
}

const makeColumns = (capacity: number): ColumnArrays => {
  const columns: Partial<Record<ColumnName, unknown>> = {};
  for (const name of Object.keys(NUMBER_COLUMNS) as ColumnName[]) columns[name] = new NUMBER_COLUMNS[name](capacity);
  return columns as ColumnArrays;
};
