/** The steps of the journal in Redis, one script each. */
export { APPEND } from './append.js';
export { CHECKPOINT } from './checkpoint.js';
export { OPEN } from './open.js';
export { PURGE } from './purge.js';
export { RELEASE } from './release.js';
export { RENEW } from './renew.js';
export { REPLY } from './replies.js';
export { STAGE } from './stage.js';
