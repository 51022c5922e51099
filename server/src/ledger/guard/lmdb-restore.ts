import { keys, type Store, type Tx } from '../../store/index.js';
import type { EventHead } from '../book.js';
import type { Entry } from '../entry.js';
import type { RestoredState, RestoreWriter } from './restore.js';

/** `<first>/<rest>` of a name whose first part is a number, and of one whose last part is. */
const numberFirst = (name: string): [number, string] => [Number(name.slice(0, name.indexOf('/'))), name.slice(name.indexOf('/') + 1)];
const numberLast = (name: string): [string, number] => [name.slice(0, name.lastIndexOf('/')), Number(name.slice(name.lastIndexOf('/') + 1))];

const writeState = (tx: Tx, event: string, { drops, unlocks, gates, holdings, keys: bound, subjects, reservations }: RestoredState): void => {
  for (const [id, drop] of Object.entries(drops)) tx.put(keys.drop(event, id), drop);
  for (const [name, seq] of Object.entries(unlocks)) tx.put(keys.unlock(event, ...numberLast(name)), seq);
  for (const [gate, count] of Object.entries(gates)) tx.put(keys.gate(event, gate), count);
  for (const [name, holding] of Object.entries(holdings)) tx.put(keys.holding(event, ...numberFirst(name)), holding);
  for (const [name, viewer] of Object.entries(subjects)) tx.put(keys.subject(event, ...numberLast(name)), viewer);
  for (const [seq, until] of Object.entries(reservations)) tx.put(keys.reservation(event, until, Number(seq)), true);
  for (const [key, claim] of Object.entries(bound)) tx.put(keys.claimKey(event, key), claim);
};

/** Restores into the embedded store. */
export const lmdbRestorer = (store: Store): RestoreWriter => ({
  append: (event: string, after: number, entries: readonly Entry[], state: RestoredState) =>
    store.transact((tx) => {
      const head = tx.get<EventHead>(keys.event(event));
      const last = entries.at(-1);
      if (head?.seq !== after || last === undefined) return false;
      for (const entry of entries) tx.put(keys.entry(event, entry.seq), entry);
      for (const { drop, seq, variant, there } of state.tickets) {
        if (there) tx.put(keys.ticket(event, drop, seq), { variant });
        else tx.remove(keys.ticket(event, drop, seq));
      }
      for (const [seq, until] of Object.entries(state.overReservations)) tx.remove(keys.reservation(event, until, Number(seq)));
      writeState(tx, event, state);
      tx.put(keys.event(event), { ...head, seq: last.seq, at: last.at });
      return true;
    }),
});
