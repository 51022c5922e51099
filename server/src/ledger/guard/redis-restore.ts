import type { RedisClient } from '../../store/index.js';
import type { DropState, Entry, Holding } from '../entry.js';
import { RESTORE } from './lua/index.js';
import type { RestoredState, RestoreWriter } from './restore.js';

const textOf = (value: unknown): string => (value === true ? '1' : typeof value === 'string' ? value : JSON.stringify(value));

/** An entry as the scripts of the ledger write it: its number is its id, its event its key's. */
const fieldsOf = ({ seq: _, event: __, ...entry }: Entry): string[] => Object.entries(entry).flatMap(([field, value]) => (value === undefined ? [] : [field, textOf(value)]));

const flat = <T>(record: Readonly<Record<string, T>>, text: (value: T) => string): string[] => Object.entries(record).flatMap(([name, value]) => [name, text(value)]);

/** What moves of a drop. */
const stockOf = (drops: Readonly<Record<string, DropState>>): string[] =>
  Object.entries(drops).flatMap(([id, { serial, variants }]) => [
    `${id} serial`, String(serial),
    ...Object.entries(variants).flatMap(([variant, { supply: _, ...counts }]) => flat(counts, String).map((text, at) => (at % 2 === 0 ? `${id} ${text} ${variant}` : text))),
  ]);

const holdingText = ({ state, seq, tail }: Holding): string => `${state} ${seq} ${tail}`;

/** Restores into Redis. */
export const redisRestorer = (client: RedisClient): RestoreWriter => ({
  async append(event: string, after: number, entries: readonly Entry[], state: RestoredState) {
    const of = client.keys.ledger(event);
    const last = entries.at(-1);
    if (last === undefined) return true;
    const hashes: [key: string, fields: string[]][] = [
      [of.stock, stockOf(state.drops)],
      [of.unlocks, flat(state.unlocks, String)],
      [of.gates, flat(state.gates, String)],
      [of.holdings, flat(state.holdings, holdingText)],
      [of.claims, flat(state.keys, ({ seq, viewer, drop }) => `${seq} ${viewer} ${drop}`)],
    ];
    const counted = (fields: readonly string[]): string[] => [String(fields.length), ...fields];
    const answer = await client.run(RESTORE, [of.head, of.entries, ...hashes.map(([key]) => key)], [
      String(after), String(entries.length), ...entries.flatMap((entry) => counted(fieldsOf(entry))), ...hashes.flatMap(([, fields]) => counted(fields)), last.seq, last.at,
    ]);
    return answer === 1;
  },
});
