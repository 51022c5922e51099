export { CodedError, StoreError } from './errors.js';
export { keys, LAST } from './keys.js';
export { lmdbRecords } from './lmdb/lmdb-records.js';
export { openLmdbStore, type LmdbOptions } from './lmdb/lmdb-store.js';
export type { RecordStore, RecordTable } from './records.js';
export type { Reader, Store, Tx } from './store.js';
