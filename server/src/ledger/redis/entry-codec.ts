import type { Entry } from '../entry.js';

/** An entry of a stream as Redis gives it: `<seq>-0` and `[field, value, field, value, …]`. */
export type StreamEntry = readonly [id: Buffer, fields: readonly Buffer[]];

/** What a script does not add to an entry itself. */
export type EntryDraft = Partial<{ [Field in Exclude<keyof Entry, 'seq' | 'event' | 'at'>]: Entry[Field] | undefined }>;

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** As fields and values. */
export const entryFields = (draft: EntryDraft): string[] =>
  Object.entries(draft).flatMap(([field, value]) => (value === undefined ? [] : [field, asText(value)]));

const NUMBERS: ReadonlySet<string> = new Set(['at', 'viewer', 'serial', 'expiresAt', 'of', 'unit', 'subject', 'until', 'amount', 'count']);
const JSONS: ReadonlySet<string> = new Set(['fact', 'terms', 'data']);

const decodeValue = (field: string, value: string): unknown => {
  if (NUMBERS.has(field)) return Number(value);
  if (JSONS.has(field)) return JSON.parse(value);
  return field === 'test' ? value === '1' : value;
};

export const seqOf = (id: Buffer): number => Number.parseInt(String(id), 10);

export const decodeEntry = (event: string, [id, fields]: StreamEntry): Entry => {
  const entry: Record<string, unknown> = { seq: seqOf(id), event };
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const field = String(fields[at]);
    entry[field] = decodeValue(field, String(fields[at + 1]));
  }
  return entry as unknown as Entry;
};
