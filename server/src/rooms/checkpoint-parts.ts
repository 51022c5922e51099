/**
 * A room's whole state as the parts of a checkpoint, so that only what changed need be stored. Columns and the packed head are cut into
 * chunks (`name/0`, `name/1`, ...), texts and refusals go by groups of rows.
 */
import { Packr, Unpackr } from 'msgpackr';
import { CrowdcueError, type ErrorCode } from '@crowdcue/protocol';
import type { CoreImage } from './crowd-core.js';
import type { RoundImage } from './round.js';
import { bytesOf, type PastSession, type Refusal, type ViewerTableImage } from './viewer-table.js';

/** A room's whole state after `core.tick`. */
export interface RoomImage {
  /** `toJSON()` of the schema state. */
  state: unknown;
  /** Next id of the schema encoder. */
  refs: number;
  core: CoreImage;
}

/** Everything but columns and what is kept by row. `sizes`: bytes of each column. */
interface Head extends Omit<RoomImage, 'core'> {
  format: number;
  core: Omit<CoreImage, 'viewers' | 'runs' | 'desk'> & {
    length: number;
    runs: Omit<CoreImage['runs'][number], 'rows'>[];
    desk: Omit<CoreImage['desk'], 'round'> & { round: Omit<RoundImage, 'columns' | 'players'> | null };
  };
  sizes: Record<string, number>;
}

const FORMAT = 2;
/** Bytes of a chunk: with the heads of value and page it fills two pages of LMDB. Larger ones copy more that did not change; smaller ones are more keys. */
export const CHUNK_BYTES = 2 * 4096 - 64;
/** Rows of a group of texts, about 1.5 KB, and of refusals, 19 KB where each row has as many as it may. */
export const TEXT_ROWS = 32;
export const REFUSAL_ROWS = 16;
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });

/** `at`: index of the chunk, or first row of the group. */
export const partKey = (of: string, at: number): string => `${of}/${at}`;

/** A room's columns by name, the packed head among them: memory of the room, or of `scratch`, good until either is used again. */
export const columnsOf = (image: RoomImage, scratch: PlayerScratch): Map<string, Uint8Array> => {
  const { viewers, runs, desk, ...core } = image.core;
  const columns = new Map<string, Uint8Array>();
  for (const [name, bytes] of Object.entries(viewers.columns)) columns.set(`viewer/${name}`, bytes);
  runs.forEach(({ rows }, index) => columns.set(`run/${index}`, rows));
  if (desk.round !== null) {
    for (const [name, bytes] of Object.entries(desk.round.columns)) columns.set(`round/${name}`, bytes);
    columns.set('players', scratch.fill(desk.round.players));
  }
  const head: Head = {
    format: FORMAT, state: image.state, refs: image.refs, sizes: Object.fromEntries([...columns].map(([name, { length }]) => [name, length])),
    core: { ...core, length: viewers.length, runs: runs.map(({ rows: _, ...run }) => run), desk: { ...desk, round: desk.round === null ? null : scalarsOf(desk.round) } },
  };
  return columns.set('head', packr.pack(head));
};

const scalarsOf = ({ columns: _columns, players: _players, ...scalars }: RoundImage): Omit<RoundImage, 'columns' | 'players'> => scalars;

/** The rows that play, as a column; one memory for all checkpoints. */
export class PlayerScratch {
  #rows = new Uint32Array(1024);

  fill(players: readonly number[]): Uint8Array {
    if (players.length > this.#rows.length) this.#rows = new Uint32Array(players.length * 2);
    for (let i = 0; i < players.length; i++) this.#rows[i] = players[i]!;
    return bytesOf(this.#rows, players.length);
  }
}

/** Texts of some rows, as they were when they were taken. */
export interface TextGroup {
  readonly names: readonly string[];
  readonly tiers: readonly string[];
  readonly sessions: readonly string[];
  readonly past: readonly (readonly [row: number, sessions: readonly PastSession[]])[];
}

/** Refusals of some rows: number and index of the code in turn. */
interface RefusalGroup {
  readonly codes: readonly string[];
  readonly rows: readonly (readonly [row: number, refusals: readonly number[]])[];
}

/** The group of rows that begins with `from`. */
export const textGroup = ({ length, names, tiers, sessions, past }: ViewerTableImage, from: number): TextGroup => {
  const to = Math.min(from + TEXT_ROWS, length);
  const lasts: [number, readonly PastSession[]][] = [];
  for (let row = from; row < to; row++) {
    const sessionsOf = past.get(row);
    if (sessionsOf !== undefined) lasts.push([row, sessionsOf]);
  }
  return { names: names.slice(from, to), tiers: tiers.slice(from, to), sessions: sessions.slice(from, to), past: lasts };
};

export const packTexts = (group: TextGroup): Uint8Array => packr.pack(group);

/** Of the group of rows that begins with `from`; `undefined` when none of them has any. */
export const packRefusals = (all: ReadonlyMap<number, readonly Refusal[]>, from: number): Uint8Array | undefined => {
  const codes: string[] = [];
  const rows: (readonly [number, number[]])[] = [];
  for (let row = from; row < from + REFUSAL_ROWS; row++) {
    const refusals = all.get(row);
    if (refusals === undefined) continue;
    const flat: number[] = [];
    for (const [n, code] of refusals) {
      if (!codes.includes(code)) codes.push(code);
      flat.push(n, codes.indexOf(code));
    }
    rows.push([row, flat]);
  }
  return rows.length === 0 ? undefined : packr.pack({ codes, rows } satisfies RefusalGroup);
};

/** What these parts were made of. @throws CrowdcueError `internal` when some are missing or of another format. */
export const imageOf = (parts: ReadonlyMap<string, Uint8Array>): RoomImage => {
  const { format, state, refs, core, sizes } = unpackr.unpack(joined(parts, 'head')) as Head;
  if (format !== FORMAT) throw new CrowdcueError('internal', `The checkpoint is of format ${format}.`);
  const column = (name: string): Uint8Array => {
    const bytes = joined(parts, name);
    if (bytes.length !== sizes[name]) throw new CrowdcueError('internal', `The checkpoint has ${bytes.length} bytes of ${name}, not ${sizes[name]}.`);
    return bytes;
  };
  const under = (prefix: string): Record<string, Uint8Array> => Object.fromEntries(
    Object.keys(sizes).flatMap((name) => (name.startsWith(prefix) ? [[name.slice(prefix.length), column(name)]] : [])));
  const { length, runs, desk, ...rest } = core;
  const round = desk.round === null ? null : { ...desk.round, columns: under('round/'), players: [...new Uint32Array(Uint8Array.from(column('players')).buffer)] };
  return {
    state, refs,
    core: {
      ...rest, runs: runs.map((run, index) => ({ ...run, rows: column(`run/${index}`) })), desk: { ...desk, round },
      viewers: { length, columns: under('viewer/'), ...textsOf(parts, length), refusals: refusalsOf(parts), revisions: { texts: new Uint32Array(length), refusals: new Uint32Array(length) } },
    },
  };
};

const joined = (parts: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array => {
  const chunks: Uint8Array[] = [];
  for (let chunk = parts.get(partKey(name, 0)); chunk !== undefined; chunk = parts.get(partKey(name, chunks.length))) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const textsOf = (parts: ReadonlyMap<string, Uint8Array>, length: number): Omit<TextGroup, 'past'> & { past: Map<number, readonly PastSession[]> } => {
  const all = { names: [] as string[], tiers: [] as string[], sessions: [] as string[], past: new Map<number, readonly PastSession[]>() };
  for (let from = 0; from < length; from += TEXT_ROWS) {
    const bytes = parts.get(partKey('texts', from));
    if (bytes === undefined) throw new CrowdcueError('internal', `The checkpoint has no texts of the rows from ${from}.`);
    const { names, tiers, sessions, past } = unpackr.unpack(bytes) as TextGroup;
    all.names.push(...names);
    all.tiers.push(...tiers);
    all.sessions.push(...sessions);
    for (const [row, lasts] of past) all.past.set(row, lasts);
  }
  return all;
};

const refusalsOf = (parts: ReadonlyMap<string, Uint8Array>): Map<number, readonly Refusal[]> => {
  const all = new Map<number, readonly Refusal[]>();
  for (const [key, bytes] of parts) {
    if (!key.startsWith('refusals/')) continue;
    const { codes, rows } = unpackr.unpack(bytes) as RefusalGroup;
    for (const [row, flat] of rows) {
      all.set(row, Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, codes[flat[2 * i + 1]!] as ErrorCode] as const));
    }
  }
  return all;
};
