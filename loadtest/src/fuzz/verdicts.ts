/** What a relay, and a room, must say to a frame: told by the protocol's own decoders, so that a mutation that is a true frame is none. */
import { createHmac } from 'node:crypto';
import {
  CrowdcueError, decodeAction, decodeBatch, decodeClientMessage, decodeClock, decodeTier, FRAME, LIMITS, LINK, verifyToken, type ErrorCode,
} from '@crowdcue/protocol';

/** An error code, or that the frame is taken, or that it is the viewer's farewell. */
export type Verdict = ErrorCode | 'taken' | 'farewell';

const codeOf = (check: () => unknown): ErrorCode | 'taken' => {
  try {
    check();
    return 'taken';
  } catch (error) {
    if (error instanceof CrowdcueError) return error.code;
    throw error;
  }
};

/** Of a binary frame of a viewer that is in a room. */
export const viewerVerdict = (frame: Uint8Array, door: 'direct' | 'stock'): Verdict => {
  if (frame.length > LIMITS.viewerFrameBytes) return 'frame_oversize';
  if (frame.length === 0) return 'frame_truncated';
  switch (frame[0]) {
    case FRAME.joinRoom: case FRAME.ping: return 'taken';
    case FRAME.leaveRoom: return 'farewell';
    case FRAME.roomData: case FRAME.roomDataBytes: case FRAME.roomRequest: return codeOf(() => decodeClientMessage(frame));
  }
  if (door === 'stock') return 'frame_unknown';
  switch (frame[0]) {
    case FRAME.action: return codeOf(() => decodeAction(frame));
    case FRAME.tier: return codeOf(() => decodeTier(frame));
    case FRAME.clock: return codeOf(() => decodeClock(frame));
    default: return 'frame_unknown';
  }
};

/** A relay's run, as its room knows it. */
export interface RunSoFar {
  /** The last batch that was applied. */
  readonly applied: number;
  readonly joins: number;
}

/** Slots that a room has places for before anybody came. */
const FIRST_SLOTS = 64;

/** Of a binary frame of a relay; `unsure` where it depends on what the room has made places for. */
export const linkVerdict = (frame: Uint8Array, run: RunSoFar): ErrorCode | 'taken' | 'unsure' => {
  switch (frame[0]) {
    case LINK.batch: return batchVerdict(frame, run);
    case LINK.keyframeRequest: return 'taken';
    case FRAME.clock: return codeOf(() => decodeClock(frame));
    default: return 'frame_unknown';
  }
};

const batchVerdict = (frame: Uint8Array, { applied, joins }: RunSoFar): ErrorCode | 'taken' | 'unsure' => {
  const code = codeOf(() => { if (decodeBatch(frame).n > applied + 1) throw new CrowdcueError('frame_malformed'); });
  if (code !== 'taken') return code;
  const batch = decodeBatch(frame);
  if (batch.n <= applied) return 'taken';
  const places = batch.joins.map(({ slot }, i) => (slot < Math.max(joins + i + 1, FIRST_SLOTS) ? 'there' : slot < 2 * Math.max(joins + i + 1, FIRST_SLOTS) ? 'maybe' : 'none'));
  return places.includes('maybe') ? 'unsure' : places.includes('none') ? 'frame_malformed' : 'taken';
};

/** What a relay reads of a door's request, as it offers its subprotocols in one header. */
export const doorVerdict = (offer: string, event: string, known: { readonly event: string; readonly doorKey: Buffer }, nowS: number): ErrorCode | 'taken' => codeOf(() => {
  const parts = offer.split(',').map((part) => part.trim());
  const after = (prefix: string): string | undefined => parts.find((part) => part.startsWith(prefix))?.slice(prefix.length);
  if (!parts.includes('crowdcue.v1')) throw new CrowdcueError('frame_unknown');
  const token = after('token.');
  if (token === undefined) throw new CrowdcueError('token_missing');
  if (!/^[A-Za-z0-9_-]{16,32}$/.test(after('session.') ?? '')) throw new CrowdcueError('frame_malformed');
  if (event !== known.event) throw new CrowdcueError('event_unknown');
  verifyToken(token, (text) => createHmac('sha256', known.doorKey).update(text).digest('base64url'), event, nowS, (a, b) => a === b);
});
