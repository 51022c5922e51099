import { keys, LAST, type Reader } from '../store/index.js';
import { Audit } from './audit.js';
import type { EventHead } from './book.js';
import type { ClaimKeyState, DropState, Entry, EventState, Holding } from './entry.js';
import { LedgerError } from './errors.js';
import { bare } from './fold.js';
import { gateCount } from './gate.js';
import { currentDrop, currentHolding } from './old-data.js';
import type { Ticket } from './tickets.js';

/** Turns `<id>/<number>` of a key's tail into the id and number it was made of. */
const parts = (key: string, prefix: string): string[] => key.slice(prefix.length).split('/').map(decodeURIComponent);

const collect = <T>(read: Reader, prefix: string, name: (parts: string[]) => string): Record<string, T> =>
  bare([...read.range<T>(prefix, prefix + LAST)].map(({ key, value }) => [name(parts(key, prefix)), value] as const));

/** Each reservation that stands, to its `until`. */
const reservationsOf = (read: Reader, event: string): Record<string, number> => {
  const prefix = keys.reservations(event);
  const all = [...read.names(prefix, prefix + LAST)].map((name) => keys.reservationParts(name));
  return bare(all.map(({ seq, until }) => [String(seq), until] as const));
};

const mapped = <T>(record: Record<string, T>, change: (value: T) => T): Record<string, T> => {
  for (const value of Object.values(record)) change(value);
  return record;
};

/** The tickets of all lots: `<drop>/<ticket>` to whether it was allotted. */
export function* readTicketIndex(read: Reader, event: string): Generator<readonly [string, boolean]> {
  const prefix = keys.allTickets(event);
  for (const { key, value } of read.range<Ticket>(prefix, prefix + LAST)) {
    const [drop = '', ticket] = parts(key, prefix);
    yield [`${drop}/${Number(ticket)}`, value.allotted === true];
  }
}

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
    drops: mapped(collect<DropState>(read, keys.drops(event), first), currentDrop),
    unlocks,
    gates: bare([...gatesOf(unlocks)].map((gate) => [gate, gateCount(read, event, gate)] as const)),
    holdings: mapped(collect<Holding>(read, keys.holdings(event), ([viewer, drop]) => `${Number(viewer)}/${drop}`), currentHolding),
    keys: collect<ClaimKeyState>(read, keys.claimKeys(event), first),
    subjects: collect<number>(read, keys.subjects(event), ([drop, subject]) => `${drop}/${Number(subject)}`),
    reservations: reservationsOf(read, event),
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
