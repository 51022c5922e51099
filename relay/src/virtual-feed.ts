import { Feed } from './feed.js';
import type { Metrics } from './metrics.js';
import type { Viewer } from './viewers.js';
import type { VirtualOutlet } from './virtual-outlet.js';

/** A state can be told again, a message cannot: who cannot take one is cut off, and comes back by `allowReconnection`. */
export class LosslessFeed extends Feed {
  constructor(roomId: string, outlet: VirtualOutlet, private readonly counts: Metrics, now: () => number) {
    super(roomId, outlet, counts, now);
  }

  override lost(viewer: Viewer): void {
    setImmediate(() => this.evict(viewer, 'too_slow')); // uWebSockets.js is in the midst of its topics
  }

  /** Without a word: it would wait behind what the viewer does not read. */
  override evict(viewer: Viewer, reason: 'too_slow' | 'silent'): void {
    if (viewer.socket === undefined) return;
    this.counts.evictions.inc({ reason });
    viewer.socket.close();
  }
}
