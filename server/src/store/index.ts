export { CodedError, StoreError } from './errors.js';
export { keys, LAST } from './keys.js';
export { openLmdbStore, type LmdbOptions } from './lmdb/lmdb-store.js';
export type { Reader, Store, Tx } from './store.js';
