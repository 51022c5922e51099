export { type DeadLetter, lmdbOutbox, type MessageId, type Outbox, type OutboxMessage, type OutboxOptions } from './outbox.js';
export { OutboxWorker, type WorkerOptions } from './worker.js';
