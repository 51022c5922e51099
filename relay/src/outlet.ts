import { adviceOf, type CloseCode, CLOSE, encodeError, type ErrorCode, LIMITS } from '@crowdcue/protocol';
import type { TemplatedApp } from 'uWebSockets.js';
import type { Metrics } from './metrics.js';
import type { Viewer } from './viewers.js';

/** Bytes at which uWebSockets.js drops silently: above our own mark, so that a viewer is evicted before it misses anything unseen. */
export const MAX_BACKPRESSURE = LIMITS.viewerHighMarkBytes + 256 * 1024;

/** What became of frames for one viewer. */
export type Offer = 'written' | 'too_slow' | 'gone';

/** Topic of exactly one viewer at a time. */
const SOLO = 'solo';

/**
 * The only place that writes to viewers. Frames for one viewer go through a topic that it is subscribed to for the length of the
 * call: uWebSockets.js then puts them behind what was published to the viewer's tier in this turn, into the same socket write
 * (a plain `send`, corked or not, makes one write of the topic's frames and one of each of its own; seen with strace on 3.0.6).
 */
export class Outlet {
  constructor(private readonly app: TemplatedApp, private readonly metrics: Metrics) {}

  /** One frame to everybody in a topic. */
  publish(topic: string, frame: Uint8Array): void {
    this.metrics.publishes.inc();
    this.metrics.publishedBytes.inc(frame.length);
    this.app.publish(topic, frame, true);
  }

  /** Frames to one viewer, in order, after what its topic was sent in this turn. */
  offer(viewer: Viewer, frames: readonly Uint8Array[]): Offer {
    const socket = viewer.socket;
    if (socket === undefined) return 'gone';
    if (frames.length === 0) return 'written';
    if (socket.getBufferedAmount() > LIMITS.viewerHighMarkBytes) return 'too_slow';
    socket.subscribe(SOLO);
    for (const frame of frames) this.app.publish(SOLO, frame, true);
    socket.unsubscribe(SOLO);
    return 'written';
  }

  /** The first frames of a viewer that is in no topic yet: together with the answer to its upgrade where that is still being written. */
  first(viewer: Viewer, frames: readonly Uint8Array[]): void {
    const { socket } = viewer;
    socket?.cork(() => {
      for (const frame of frames) socket.send(frame, true);
    });
  }

  /** Bytes that wait for a viewer. */
  waiting(viewer: Viewer): number {
    return viewer.socket?.getBufferedAmount() ?? 0;
  }

  /**
   * Closes a viewer with a code and, where an error is the cause, tells it as a frame before and as the close reason. A stock client
   * comes back by itself on one application code only, so every code that is worth another try becomes that one for it.
   */
  close(viewer: Viewer, code: CloseCode, error?: ErrorCode | 'taken_over'): void {
    const socket = viewer.socket;
    if (socket === undefined) return;
    const told = viewer.door === 'stock' && adviceOf(code) === 'retry' ? CLOSE.try_reconnect : code;
    this.metrics.closedWith(told);
    if (socket.getBufferedAmount() > MAX_BACKPRESSURE) {
      socket.close(); // a close frame would be dropped like any other
      return;
    }
    if (error !== undefined && error !== 'taken_over') this.offer(viewer, [encodeError(error)]);
    socket.end(told, error ?? '');
  }
}
