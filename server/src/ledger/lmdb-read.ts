import { keys, LAST, type Reader } from '../store/index.js';
import { Audit } from './audit.js';
import type { EventHead } from './book.js';
import type { ClaimKeyState, DropState, Entry, EventState, Holding } from './entry.js';
import { LedgerError } from './errors.js';
import { bare } from './fold.js';
import { gateCount } from './gate.js';

/** Turns `<id>/<number>` of a key's tail into the id and number it was made of. */
const parts = (key: string, prefix: string): string[] => key.slice(prefix.length).split('/').map(decodeURIComponent);

const collect = <T>(read: Reader, prefix: string, name: (parts: string[]) => string): Record<string, T> =>
  bare([...read.range<T>(prefix, prefix + LAST)].map(({ key, value }) => [name(parts(key, prefix)), value] as const));

const gatesOf = (unlocks: Record<string, number>): Set<string> =>
  new Set(Object.keys(unlocks).map((name) => name.slice(0, name.lastIndexOf('/'))));

export function readState(read: Reader, event: string): EventState {
  const head = read.get<EventHead>(keys.event(event));
  if (!head) throw LedgerError.eventUnknown(event);
  const first = ([id = '']: string[]): string => id;
  const unlocks = collect<number>(read, keys.unlocks(event), ([gate, viewer]) => `${gate}/${Number(viewer)}`);
  return {
    event,
    seq: head.seq,
    at: head.at,
    drops: collect<DropState>(read, keys.drops(event), first),
    unlocks,
    gates: bare([...gatesOf(unlocks)].map((gate) => [gate, gateCount(read, event, gate)] as const)),
    holdings: collect<Holding>(read, keys.holdings(event), ([viewer, drop]) => `${Number(viewer)}/${drop}`),
    keys: collect<ClaimKeyState>(read, keys.claimKeys(event), first),
  };
}

export function* readEntries(read: Reader, event: string, fromSeq = 1, limit?: number): Generator<Entry> {
  for (const { value } of read.range<Entry>(keys.entry(event, fromSeq), keys.entries(event) + LAST, limit)) yield value;
}

export function auditEvent(read: Reader, event: string): Audit {
  if (!read.get(keys.event(event))) throw LedgerError.eventUnknown(event);
  const audit = new Audit(event);
  for (const entry of readEntries(read, event)) audit.add(entry);
  return audit;
}
