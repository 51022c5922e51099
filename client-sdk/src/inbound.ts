import {
  CrowdcueError, DATA_TYPE, decodeClientMessage, decodeClock, decodeConfirm, decodeError, decodeJoinRoom, decodeRefused, decodeRoomResponse,
  decodeQueue, decodeWelcome, errorOfWire, FRAME, type ClockExchange, type ErrorCode, type MeView, type QueuePlace, type RoomResponse, type UnlockView, type Welcome,
} from '@crowdcue/protocol';
import { decodeMsgpack } from './msgpack.js';

/** What the frames of a connection say. */
export interface Inbound {
  welcome(welcome: Welcome): void;
  handshake(reflection: Uint8Array): void;
  /** State bodies begin at `offset` of the frame. */
  keyframe(frame: Uint8Array, offset: number): void;
  patch(frame: Uint8Array, offset: number): void;
  me(me: MeView): void;
  unlock(unlock: UnlockView): void;
  hold(on: boolean): void;
  message(type: string | number, payload: unknown): void;
  response(response: RoomResponse): void;
  clock(exchange: ClockExchange): void;
  confirm(n: number): void;
  refused(n: number, code: ErrorCode): void;
  error(error: CrowdcueError): void;
  echo(frame: Uint8Array): void;
  queue(place: QueuePlace): void;
}

/** A payload of the room; none is `undefined`. Throws `frame_truncated`, `frame_malformed`. */
export const unpackPayload = (payload: Uint8Array): unknown => (payload.length === 0 ? undefined : decodeMsgpack(payload));

const receiveData = (to: Inbound, frame: Uint8Array): void => {
  const { kind, type, payload } = decodeClientMessage(frame);
  const value = kind === 'bytes' ? payload.slice() : unpackPayload(payload);
  switch (type) {
    case DATA_TYPE.me: return to.me(value as MeView);
    case DATA_TYPE.unlock: return to.unlock(value as UnlockView);
    case DATA_TYPE.hold: return to.hold(value === true);
    default: return to.message(type, value);
  }
};

/** Hands one frame on. Codes of a later version are passed over; throws when a known frame can't be read. */
export const receive = (to: Inbound, frame: Uint8Array): void => {
  switch (frame[0]) {
    case undefined: throw new CrowdcueError('frame_truncated');
    case FRAME.roomStatePatch: return to.patch(frame, 1);
    case FRAME.confirm: return to.confirm(decodeConfirm(frame));
    case FRAME.roomData:
    case FRAME.roomDataBytes: return receiveData(to, frame);
    case FRAME.refused: {
      const { n, code } = decodeRefused(frame);
      return to.refused(n, code);
    }
    case FRAME.clock: return to.clock(decodeClock(frame));
    case FRAME.roomState: return to.keyframe(frame, 1);
    case FRAME.welcome: return to.welcome(decodeWelcome(frame));
    case FRAME.joinRoom: return to.handshake(decodeJoinRoom(frame).reflection);
    case FRAME.roomResponse: return to.response(decodeRoomResponse(frame));
    case FRAME.error: return to.error(new CrowdcueError(errorOfWire(decodeError(frame).wire)));
    case FRAME.ping: return to.echo(frame);
    case FRAME.queue: return to.queue(decodeQueue(frame));
    default: return undefined;
  }
};
