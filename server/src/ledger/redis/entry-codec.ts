import type { DropTerms, Entry, EntryType, FactId, Scalar } from '../entry.js';

/** An entry of a stream as Redis gives it: `<seq>-0` and `[field, value, field, value, …]`. */
export type StreamEntry = readonly [id: Buffer, fields: readonly Buffer[]];

/** What a script does not add to an entry itself, as fields and values. */
export interface EntryDraft {
  type: EntryType;
  trace: string;
  drop?: string;
  reason?: string | undefined;
  gate?: string;
  fact?: FactId | undefined;
  terms?: DropTerms;
  data?: Record<string, Scalar> | undefined;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const entryFields = (draft: EntryDraft): string[] =>
  Object.entries(draft).flatMap(([field, value]) => (value === undefined ? [] : [field, asText(value)]));

const NUMBERS: ReadonlySet<string> = new Set(['at', 'viewer', 'serial', 'expiresAt']);
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
