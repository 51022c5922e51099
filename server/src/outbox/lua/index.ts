/** The steps of the outbox in Redis, one script each. */
export { DEAD } from './dead.js';
export { DELIVERED } from './delivered.js';
export { FAILED } from './failed.js';
export { RETRY_DEAD } from './retry-dead.js';
export { TAKE } from './take.js';
