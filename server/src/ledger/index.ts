export type { DropState, DropTerms, Entry, EntryType, EventState, FactId, Holding, Scalar, VariantState } from './entry.js';
export { LedgerError } from './errors.js';
export { gatesOf } from './gate.js';
export { UNLOCK_CHUNK } from './ingest.js';
export type * from './ledger.js';
export { lmdbLedger } from './lmdb-ledger.js';
export { redisLedger } from './redis-ledger.js';
export { decodeEntry, type StreamEntry } from './redis/entry-codec.js';
export type { OutboxRecord } from './outbox-record.js';
