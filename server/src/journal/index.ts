export { FencedError, JournalError } from './errors.js';
export type { Checkpoint, CheckpointChange, JournalRecord, JournalStore } from './journal.js';
export { lmdbJournal } from './lmdb-journal.js';
export { redisJournal, type RedisJournalOptions } from './redis-journal.js';
