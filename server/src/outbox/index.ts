export { lmdbOutbox } from './lmdb-outbox.js';
export type { DeadLetter, MessageId, Outbox, OutboxMessage, OutboxOptions } from './outbox.js';
export { redisOutbox } from './redis-outbox.js';
export { OutboxWorker, type WorkerOptions } from './worker.js';
