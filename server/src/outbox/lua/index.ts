/** The steps of the outbox in Redis, one script each. */
export { DEAD } from './dead.js';
export { DELIVERED } from './delivered.js';
export { DISCARD } from './discard.js';
export { FAILED } from './failed.js';
export { OPEN } from './open.js';
export { PARK_ALL } from './park-all.js';
export { REPLAY } from './replay.js';
export { STATUS } from './status.js';
export { TAKE } from './take.js';
