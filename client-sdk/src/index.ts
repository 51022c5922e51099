/** Browser and Node SDK of Crowdcue. Public names, by hand. */
export type { ActionHandle } from './action-queue.js';
export type { ShownCaption } from './caption-feed.js';
export type { Clock } from './clock.js';
export { connect, type ConnectOptions } from './connect.js';
export { forget, join, type JoinOptions } from './join.js';
export { askForCode, confirmCode, confirmSignIn, receiptsOf, resumeAs, SIGN_IN_CHANNEL, signInWithTwitch, type CodeAsked, type SignIn, type SignInDigits } from './proofs.js';
export { QuestQueue, type QuestQueueEvents, type QuestWord } from './quest-queue.js';
export { backoff, type BackoffOptions, type ReconnectPolicy } from './reconnect-policy.js';
export type { Session } from './session.js';
export type { SessionEnd, SessionEvents, TierName } from './session-events.js';
export { readJson, safeStorage, type StorageLike } from './storage.js';
export type { WebSocketClass, WebSocketLike } from './web-socket.js';
export {
  CrowdcueError,
  type CaptionLine, type ClaimWords, type CrowdView, type DropBoard, type DropTermsView, type ErrorCode, type JoinAnswer, type MeView, type Phase, type PersonReceipt, type QueuePlace, type QuestProgress, type QuestStepReceipt,
  type QuestView, type ReceiptView, type StreamDelay, type UnlockView, type ViewerDrop,
} from '@crowdcue/protocol';
