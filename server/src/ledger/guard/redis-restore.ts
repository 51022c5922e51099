import type { RedisCaller } from '../../store/index.js';
import type { DropState, Entry, Holding } from '../entry.js';
import { RESTORE } from './lua/index.js';
import type { RestoredState, RestoreWriter } from './restore.js';

const textOf = (value: unknown): string => (value === true ? '1' : typeof value === 'string' ? value : JSON.stringify(value));

/** An entry as the scripts of the ledger write it: its number is its id, its event its key's. */
const fieldsOf = ({ seq: _, event: __, ...entry }: Entry): string[] => Object.entries(entry).flatMap(([field, value]) => (value === undefined ? [] : [field, textOf(value)]));

const flat = <T>(record: Readonly<Record<string, T>>, text: (value: T) => string): string[] => Object.entries(record).flatMap(([name, value]) => [name, text(value)]);

/** What moves of a drop. */
const stockOf = (drops: Readonly<Record<string, DropState>>): string[] =>
  Object.entries(drops).flatMap(([id, { serial, variants, lot }]) => [
    `${id} serial`, String(serial), ...(lot === undefined ? [] : [`${id} entered`, String(lot.entered), `${id} allotted`, String(lot.allotted)]),
    ...Object.entries(variants).flatMap(([variant, { supply: _, ...counts }]) => flat(counts, String).map((text, at) => (at % 2 === 0 ? `${id} ${text} ${variant}` : text))),
  ]);

const holdingText = ({ state, seq, tail, shown }: Holding): string => `${state} ${seq} ${tail} ${shown}`;

const member = (seq: number | string): string => String(seq).padStart(16, '0');

/** Restores into Redis. */
export const redisRestorer = (client: RedisCaller): RestoreWriter => ({
  async append(event: string, after: number, entries: readonly Entry[], state: RestoredState) {
    const of = client.keys.ledger(event);
    const last = entries.at(-1);
    if (last === undefined) return true;
    const hashes: [key: string, fields: string[]][] = [
      [of.stock, stockOf(state.drops)],
      [of.unlocks, flat(state.unlocks, String)],
      [of.gates, flat(state.gates, String)],
      [of.holdings, flat(state.holdings, holdingText)],
      [of.subjects, flat(state.subjects, String)],
      [of.claims, flat(state.keys, ({ seq, viewer, drop }) => `${seq} ${viewer} ${drop}`)],
    ];
    const counted = (fields: readonly string[]): string[] => [String(fields.length), ...fields];
    const reserved = Object.entries(state.reservations).flatMap(([seq, until]) => [String(until), member(seq)]);
    const tickets = (there: boolean): string[] => state.tickets.filter((each) => each.there === there).map(({ drop, seq, variant }) => `${drop} ${member(seq)} ${variant}`);
    const answer = await client.run(RESTORE, [of.head, of.entries, of.reservations, of.tickets, ...hashes.map(([key]) => key)], [
      String(after), String(entries.length), ...entries.flatMap((entry) => counted(fieldsOf(entry))), ...hashes.flatMap(([, fields]) => counted(fields)),
      ...counted(reserved), ...counted(tickets(true).flatMap((name) => ['0', name])),
      ...counted(Object.keys(state.overReservations).map(member)), ...counted(tickets(false)), last.seq, last.at,
    ]);
    return answer === 1;
  },
});
