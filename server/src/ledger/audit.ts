import { isDeepStrictEqual } from 'node:util';
import { keys, LAST, type Reader } from '../store/index.js';
import type { ClaimKeyState, DropState, Entry, EventState, Holding } from './entry.js';
import type { EventHead } from './book.js';
import { LedgerError } from './errors.js';
import { applyEntry, bare, emptyState } from './fold.js';
import type { Difference } from './ledger.js';

/** Turns `<id>/<number>` of a key's tail into the id and number it was made of. */
const parts = (key: string, prefix: string): string[] => key.slice(prefix.length).split('/').map(decodeURIComponent);

const collect = <T>(read: Reader, prefix: string, name: (parts: string[]) => string): Record<string, T> =>
  bare([...read.range<T>(prefix, prefix + LAST)].map(({ key, value }) => [name(parts(key, prefix)), value] as const));

export function readState(read: Reader, event: string): EventState {
  const head = read.get<EventHead>(keys.event(event));
  if (!head) throw LedgerError.eventUnknown(event);
  const first = ([id = '']: string[]): string => id;
  return {
    event,
    seq: head.seq,
    at: head.at,
    drops: collect<DropState>(read, keys.drops(event), first),
    unlocks: collect<number>(read, keys.unlocks(event), ([gate, viewer]) => `${gate}/${Number(viewer)}`),
    holdings: collect<Holding>(read, keys.holdings(event), ([viewer, drop]) => `${Number(viewer)}/${drop}`),
    keys: collect<ClaimKeyState>(read, keys.claimKeys(event), first),
  };
}

export function* readEntries(read: Reader, event: string, fromSeq = 1, limit?: number): Generator<Entry> {
  for (const { value } of read.range<Entry>(keys.entry(event, fromSeq), keys.entries(event) + LAST, limit)) yield value;
}

export function replayState(read: Reader, event: string): EventState {
  if (!read.get(keys.event(event))) throw LedgerError.eventUnknown(event);
  const state = emptyState(event);
  for (const entry of readEntries(read, event)) applyEntry(state, entry);
  return state;
}

const SECTIONS = ['drops', 'unlocks', 'holdings', 'keys'] as const;

const differences = (stands: EventState, replayed: EventState): Difference[] => {
  const found: Difference[] = [];
  const compare = (path: string, a: unknown, b: unknown): void => {
    if (!isDeepStrictEqual(a, b)) found.push({ path, stands: a, replayed: b });
  };
  compare('seq', stands.seq, replayed.seq);
  compare('at', stands.at, replayed.at);
  for (const section of SECTIONS) {
    const [a, b] = [stands[section], replayed[section]];
    for (const id of new Set([...Object.keys(a), ...Object.keys(b)])) compare(`${section}/${id}`, a[id], b[id]);
  }
  return found;
};

/** Invariants of the entries alone; `stands` is what was found, `replayed` what must be. */
const violations = (entries: Iterable<Entry>, replayed: EventState): Difference[] => {
  const found: Difference[] = [];
  const serials = new Set<string>();
  const opened = new Set<string>();
  let seq = 0;
  for (const entry of entries) {
    const path = `entry/${entry.seq}`;
    if (entry.seq !== ++seq) found.push({ path, stands: entry.seq, replayed: seq });
    seq = entry.seq;
    if (entry.type === 'Unlocked') opened.add(`${entry.gate}/${entry.viewer}`);
    if (entry.type !== 'Granted') continue;
    const serial = `${entry.drop}/${entry.serial}`;
    if (serials.has(serial)) found.push({ path, stands: `serial ${serial} again`, replayed: 'unique' });
    serials.add(serial);
    const achievement = replayed.drops[entry.drop ?? '']?.terms.unlockedBy;
    if (!opened.has(`a:${achievement}/${entry.viewer}`) && !opened.has(`d:${entry.drop}/${entry.viewer}`)) {
      found.push({ path, stands: 'granted without an unlock', replayed: 'unlocked before' });
    }
  }
  for (const [id, drop] of Object.entries(replayed.drops)) {
    for (const [variant, { supply, taken }] of Object.entries(drop.variants)) {
      if (supply !== null && taken > supply) found.push({ path: `drops/${id}/${variant}`, stands: taken, replayed: supply });
    }
  }
  return found;
};

export function reconcileEvent(read: Reader, event: string): Difference[] {
  const replayed = replayState(read, event);
  return [...differences(readState(read, event), replayed), ...violations(readEntries(read, event), replayed)];
}
