/**
 * The wire contract that relay, origin, SDK and load tests share. It imports nothing of ours and no Node built-in: it runs in
 * browsers and in k6. Each encoder stands beside its decoder.
 */
export { ByteReader, ByteWriter } from './bytes.js';
export {
  BatchBuilder, decodeBatch, encodeBatch, newActionColumns,
  type ActionColumns, type Batch, type BatchJoin, type BatchLeave, type BatchMessage,
} from './batch.js';
export { DELAYS_SINCE, withDelays, type BatchDelay } from './delays.js';
export { adviceOf, CLOSE, closeForError, type CloseAdvice, type CloseCode, type CloseName } from './close-codes.js';
export type { DropReport, LotReport, Restock, StatementRow, VariantCount } from './drop-report.js';
export { CrowdcueError, ERRORS, errorOfWire, type ErrorCode, type ErrorSpec } from './errors.js';
export { decodeDelayErrors, encodeDelayErrors, errorStep, type DelayErrors } from './delay-errors.js';
export { flashAt, FLASH_MS, FLASH_SERIES_MS, flashTimes, type Flash } from './flashes.js';
export {
  DATA_TYPE, DEFAULT_TIER, decodeAction, decodeClientMessage, decodeClock, decodeConfirm, decodeDelay, decodeError, decodeJoinRoom, decodeQueue, decodeRefused,
  decodeRoomResponse, decodeTier, decodeWelcome, encodeAction, encodeClientMessage, encodeClock, encodeConfirm, encodeDelay, encodeError, encodeJoinRoom, encodeQueue,
  encodeRefused, encodeRoomData, encodeRoomResponse, encodeRoomState, encodeTier, encodeWelcome, FRAME, joinPatches, ROOT_SWITCH, SUBPROTOCOL, TIER_PERIODS,
  type Action, type ClientMessage, type ClockExchange, type JoinRoom, type QueuePlace, type RoomResponse, type StreamDelay, type Tier, type Welcome,
} from './frames.js';
export { LIMITS } from './limits.js';
export { checkLot, drawLot, lotList, lotWinners, redrawLot, type LotFault, type LotProof, type LotTicket, type Sha256 } from './lot.js';
export {
  decodeGreeting, decodeKeyframe, decodeTick, encodeGreeting, encodeKeyframe, encodeKeyframeRequest, encodeTick, LINK, LINK_VERSION,
  type Greeting, type Keyframe, type LinkOptions, type PrivateFrame, type TickFrame,
} from './link.js';
export { innerMacText, isSpectator, mintToken, readToken, spectatorTier, spectatorVersion, verifyToken, type FromBase64Url, type Hmac, type TokenClaims } from './token.js';
export { CAPTION_LIMITS, MOST_OVERLAYS, SPONSOR_SHOWING_MS, type CaptionLine, type CaptionOverview, type CaptionReport, type SponsorOverview } from './broadcast.js';
export type {
  AskedName, AskedNamesView, AskedNameState, AuditView, ClaimRates, DropStanding, EventOverview, EventView, GameView, HostPermission, HostPersonView, HostRole, HostViewer, MemberView, NamesDecided,
  PlannedCueState, PlanView, RehearsalRunView, RelayOverview, TemplateView, TierLink, WorkspaceView,
} from './host-views.js';
export type {
  ClaimWords, CrowdView, DropBoard, DropTermsView, EventCardView, FallbackPreset, FallbackView, JoinAnswer, MeView, NameView, NewsView, OverlayAnswer, PersonReceipt, Phase, QuestProgress, QuestStepReceipt, QuestView, ReceiptView, RelayView,
  SponsorView, UnlockView, ViewerDrop,
} from './views.js';
export { FALLBACK_PRESETS } from './views.js';
export {
  decodeLinkSession, decodeVirtualOut, decodeVirtualOutAck, encodeLinkSession, encodeParts, encodeVirtualOut, encodeVirtualOutAck, PartJoiner, VIRTUAL,
  VirtualOutBuilder, type LinkSession, type VirtualJoin, type VirtualOp, type VirtualOut,
} from './virtual.js';
