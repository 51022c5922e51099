import { LAST } from '../keys.js';
import type { RecordStore, RecordTable } from '../records.js';
import type { Store } from '../store.js';

const prefixOf = (table: string): string => `r/${encodeURIComponent(table)}/`;

/** Record tables in the store that journal and ledger use too. One process has it, so there is nobody to watch. */
export const lmdbRecords = (store: Store): RecordStore => ({
  shared: false,
  table: <T>(name: string): RecordTable<T> => {
    const prefix = prefixOf(name);
    const keyOf = (key: string): string => prefix + encodeURIComponent(key);
    return {
      *entries() {
        for (const { key, value } of store.read.range<T>(prefix, prefix + LAST)) yield [decodeURIComponent(key.slice(prefix.length)), value] as const;
      },
      put: (key, value) => store.transact((tx) => tx.put(keyOf(key), value)),
      add: (key, value) => store.transact((tx) => {
        if (tx.get(keyOf(key)) !== undefined) return false;
        tx.put(keyOf(key), value);
        return true;
      }),
      change: (key, make) => store.transact((tx) => {
        const before = tx.get<T>(keyOf(key));
        if (before === undefined) return undefined;
        const after = make(before);
        tx.put(keyOf(key), after);
        return after;
      }),
      remove: (key) => store.transact((tx) => tx.remove(keyOf(key))),
      watch: () => undefined,
    };
  },
});
