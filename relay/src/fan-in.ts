import {
  ByteWriter, CLOSE, closeForError, CrowdcueError, decodeAction, decodeClientMessage, decodeClock, decodeDelay, decodeTier, encodeClock, encodeError,
  encodeRefused, encodeRoomResponse, ERRORS, type ErrorCode, FRAME, LIMITS,
} from '@crowdcue/protocol';
import type { Clock } from './clock.js';
import type { Metrics } from './metrics.js';
import type { Outlet } from './outlet.js';
import type { Viewer } from './viewers.js';

/** Ms between two round-trip measurements of a viewer that is playing. */
const PING_MS = 1_000;
const PONG: Uint8Array = new Uint8Array([FRAME.ping]);

/** What the fan-in is given. */
export interface FanInDeps {
  readonly clock: Clock;
  readonly outlet: Outlet;
  readonly metrics: Metrics;
  /** The stock client has acknowledged its handshake. */
  readonly acknowledged: (viewer: Viewer) => void;
  readonly ping: (viewer: Viewer, now: number) => void;
}

/**
 * What viewers send: checked for shape and rate, then into the channel's batch. Whoever sends what means nothing is told what was
 * wrong and closed; nobody else notices.
 */
export class FanIn {
  constructor(private readonly deps: FanInDeps) {}

  /** A message of a viewer; `message` is only valid during the call. */
  receive(viewer: Viewer, message: ArrayBuffer, isBinary: boolean): void {
    const now = this.deps.clock.now();
    viewer.lastHeardAt = now;
    try {
      if (!viewer.frames.take(now)) throw new CrowdcueError('flood');
      if (!isBinary) throw new CrowdcueError('frame_text');
      if (message.byteLength > LIMITS.viewerFrameBytes) throw new CrowdcueError('frame_oversize');
      if (message.byteLength === 0) throw new CrowdcueError('frame_truncated');
      this.#received(viewer, new Uint8Array(message), now);
    } catch (error) {
      if (!(error instanceof CrowdcueError)) throw error;
      this.#offend(viewer, error.code);
    }
  }

  #received(viewer: Viewer, frame: Uint8Array, now: number): void {
    switch (viewer.state.kind) {
      case 'waiting':
      case 'closed':
        return;
      case 'queued':
        return this.#inLine(viewer, frame);
      case 'joining':
        if (frame[0] === FRAME.joinRoom) this.deps.acknowledged(viewer);
        return; // as Colyseus does, what comes before the acknowledgement is not heard
      case 'live':
      case 'moving':
      case 'behind':
        this.#frame(viewer, frame, now);
    }
  }

  /** A frame of a viewer that waits for its turn: it may go, and see that it is heard; what it did is not passed on. */
  #inLine(viewer: Viewer, frame: Uint8Array): void {
    switch (frame[0]) {
      case FRAME.ping:
        return void this.deps.outlet.offer(viewer, [PONG]);
      case FRAME.leaveRoom:
        return this.deps.outlet.close(viewer, CLOSE.consented);
      case FRAME.roomRequest:
        return void this.deps.outlet.offer(viewer, [encodeRoomResponse(decodeClientMessage(frame).requestId, 2, BUSY)]);
      case FRAME.clock: {
        const { sent } = decodeClock(frame);
        const now = viewer.channel!.clock.eventNow();
        return void this.deps.outlet.offer(viewer, [encodeClock({ sent, received: now, answered: now })]);
      }
    }
  }

  /** A frame of a viewer that is in the room. Codes from 0x20 are understood at the direct door only. */
  #frame(viewer: Viewer, frame: Uint8Array, now: number): void {
    switch (frame[0]) {
      case FRAME.joinRoom:
        return;
      case FRAME.ping:
        return viewer.channel!.feed.direct(viewer, [PONG]);
      case FRAME.leaveRoom:
        return this.deps.outlet.close(viewer, CLOSE.consented);
      case FRAME.roomData:
      case FRAME.roomDataBytes:
      case FRAME.roomRequest:
        return this.#message(viewer, frame);
    }
    if (viewer.door === 'stock') throw new CrowdcueError('frame_unknown');
    switch (frame[0]) {
      case FRAME.action:
        return this.#action(viewer, frame, now);
      case FRAME.tier:
        return viewer.channel!.feed.changeTier(viewer, decodeTier(frame));
      case FRAME.delay: {
        const { delay, error } = decodeDelay(frame);
        viewer.channel!.delayError?.(viewer, error);
        return viewer.channel!.feed.changeDelay(viewer, delay);
      }
      case FRAME.clock:
        return this.#clock(viewer, frame);
      default:
        throw new CrowdcueError('frame_unknown');
    }
  }

  #action(viewer: Viewer, frame: Uint8Array, now: number): void {
    const action = decodeAction(frame);
    if (!viewer.actions.take(now)) {
      this.deps.metrics.actions.inc({ outcome: 'action_rate' });
      return viewer.channel!.feed.direct(viewer, [encodeRefused(action.n, 'action_rate')]);
    }
    if (action.n <= viewer.lastN) {
      this.deps.metrics.actions.inc({ outcome: 'action_out_of_order' });
      return viewer.channel!.feed.direct(viewer, [encodeRefused(action.n, 'action_out_of_order')]);
    }
    viewer.lastN = action.n;
    if (now - viewer.lastPingAt > PING_MS) this.deps.ping(viewer, now);
    viewer.channel!.action(viewer, action);
  }

  #clock(viewer: Viewer, frame: Uint8Array): void {
    const { sent } = decodeClock(frame);
    const { clock, feed } = viewer.channel!;
    const received = clock.eventNow();
    feed.direct(viewer, [encodeClock({ sent, received, answered: clock.eventNow() })]);
  }

  /** Passed on as it came, once its shape is known to be one. */
  #message(viewer: Viewer, frame: Uint8Array): void {
    const { kind, requestId } = decodeClientMessage(frame);
    const { upstream, feed } = viewer.channel!;
    if (upstream.full) {
      this.deps.metrics.messages.inc({ outcome: 'action_busy' });
      return feed.direct(viewer, [kind === 'request' ? encodeRoomResponse(requestId, 2, BUSY) : encodeError('action_busy')]);
    }
    this.deps.metrics.messages.inc({ outcome: 'forwarded' });
    upstream.message(viewer.slot, frame);
  }

  #offend(viewer: Viewer, code: ErrorCode): void {
    this.deps.metrics.refusedWith(code);
    this.deps.outlet.close(viewer, closeForError(code), code);
  }
}

/** `{ name, message, code }` as msgpack: what a stock SDK makes an Error of. Written by hand because the relay packs nothing else. */
const BUSY: Uint8Array = (() => {
  const w = new ByteWriter(128);
  const text = (value: string): ByteWriter => w.u8(0xd9).u8(value.length).raw(new TextEncoder().encode(value)); // str 8
  w.u8(0x83); // a map of three
  for (const [key, value] of [['name', 'action_busy'], ['message', ERRORS.action_busy.message]] as const) {
    text(key);
    text(value);
  }
  text('code');
  return w.u8(ERRORS.action_busy.wire).bytes();
})();
