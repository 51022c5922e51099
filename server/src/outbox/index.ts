export { lmdbOutbox } from './lmdb-outbox.js';
export type { BookId, BookStatus, DeadLetter, Failure, Outbox, OutboxMessage, Taken, TakeRequest } from './outbox.js';
export { redisOutbox } from './redis-outbox.js';
