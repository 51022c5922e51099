import { ByteWriter, CLOSE, type CloseCode, FRAME, joinPatches } from '@crowdcue/protocol';
import type { TemplatedApp } from 'uWebSockets.js';
import type { Metrics } from './metrics.js';
import { MAX_BACKPRESSURE, Outlet } from './outlet.js';
import type { Viewer } from './viewers.js';

/** Keeps a viewer's place among uWebSockets.js's subscribers, and with it the order of its frames, while it leaves its last topic. */
const KEPT = 'kept';

/** Colyseus's own code and words. */
const EXPIRED: Uint8Array = new ByteWriter(64).u8(FRAME.error).colyNumber(524).colyString('seat reservation expired.').bytes();

/** Writes to viewers as a Colyseus server would. */
export class VirtualOutlet extends Outlet {
  #memo: { frames: readonly Uint8Array[]; whole: Uint8Array } | undefined;

  constructor(app: TemplatedApp, private readonly counts: Metrics) {
    super(app, counts);
  }

  /** The state of a client that enters is one frame: its first `onStateChange` shows the room as it is, not as it was at a keyframe. */
  override first(viewer: Viewer, frames: readonly Uint8Array[]): void {
    const whole = this.#whole(frames);
    if (whole.length > 1) super.first(viewer, [whole]); // a room without state sends none
  }

  /** Closes a viewer with whatever code the room's author chose; 0 is none. */
  end(viewer: Viewer, code: number, reason: string): void {
    const { socket } = viewer;
    if (socket === undefined) return;
    this.counts.closedWith(code as CloseCode);
    if (socket.getBufferedAmount() > MAX_BACKPRESSURE || code === 0) socket.close();
    else socket.end(code, reason);
  }

  /** There is no such seat, or no such room any more: as Colyseus says it, to a newcomer and to who comes back. */
  expired(viewer: Viewer): void {
    const { request } = viewer;
    this.offer(viewer, [EXPIRED]);
    this.end(viewer, request.door === 'stock' && request.reconnection !== undefined ? CLOSE.reconnection_refused : CLOSE.with_error, '');
  }

  /** Runs `change`, which takes the viewer out of topics, without a change of what it was sent before. */
  without({ socket }: Viewer, change: () => void): void {
    socket?.subscribe(KEPT);
    change();
    socket?.unsubscribe(KEPT);
  }

  /** Many enter at once, and with the same state. */
  #whole(frames: readonly Uint8Array[]): Uint8Array {
    if (this.#memo !== undefined && this.#memo.frames.length === frames.length && frames.every((frame, i) => frame === this.#memo!.frames[i])) return this.#memo.whole;
    const whole = joinPatches(frames.map((frame) => frame.subarray(1)));
    whole[0] = frames[0]![0]!; // joined under the code of the first, a full state
    this.#memo = { frames, whole };
    return whole;
  }
}
