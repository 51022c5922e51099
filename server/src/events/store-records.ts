import { LAST, type Store } from '../store/index.js';
import type { RecordStore, RecordTable } from './record-table.js';

const prefixOf = (table: string): string => `r/${encodeURIComponent(table)}/`;

/** Record tables in the store that journal and ledger use too. */
export const storeRecords = (store: Store): RecordStore => ({
  table: <T>(name: string): RecordTable<T> => {
    const prefix = prefixOf(name);
    const keyOf = (key: string): string => prefix + encodeURIComponent(key);
    return {
      *entries() {
        for (const { key, value } of store.read.range<T>(prefix, prefix + LAST)) yield [decodeURIComponent(key.slice(prefix.length)), value] as const;
      },
      put: (key, value) => store.transact((tx) => tx.put(keyOf(key), value)),
      remove: (key) => store.transact((tx) => tx.remove(keyOf(key))),
    };
  },
});
