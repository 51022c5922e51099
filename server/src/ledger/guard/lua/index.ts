/** The steps of the seal in Redis, one script each. */
export { LOOK } from './look.js';
export { RESTORE } from './restore.js';
export { FREEZE, THAW } from './thaw.js';
export { VERDICT } from './verdict.js';
