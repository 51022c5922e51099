/** The steps of the ledger in Redis, one script each. */
export { ALLOT } from './allot.js';
export { CHANGES } from './changes.js';
export { CLAIM } from './claim.js';
export { CREATE_EVENT } from './create-event.js';
export { DEFINE_DROP } from './define-drop.js';
export { EXPIRE_DUE } from './expire-due.js';
export { HASHES } from './hashes.js';
export { INGEST } from './ingest.js';
export { LOT_STEP } from './lot-step.js';
export { MOVE } from './move.js';
export { RECEIPTS } from './receipts.js';
export { RECORD_HOST_ACTION } from './record-host-action.js';
export { RESTOCK } from './restock.js';
export { REVOKE } from './revoke.js';
export { SETTLE } from './settle.js';
export { SET_DROP_OPEN } from './set-drop-open.js';
export { UNLOCK } from './unlock.js';
