import { CLOSE, LIMITS } from '@crowdcue/protocol';
import type { Clock } from './clock.js';
import type { Outlet } from './outlet.js';
import type { Viewer } from './viewers.js';

/** Slices of a sweep; with one slice a beat of 50 ms every viewer is looked at once a second. */
const SLICES = 20;
/** Ms that somebody may take to get in, from the socket's opening. */
const JOIN_MS = 10_000;
/** Ms between pings of a viewer that does nothing: below the idle time-outs of common proxies (60 s). */
const IDLE_PING_MS = 25_000;
/** Ms without a word, three pings included, after which a connection is half-open. */
const SILENT_MS = 80_000;
/** A viewer that was behind comes back when no more than this waits for it. */
const DRAINED_BYTES = LIMITS.viewerLowMarkBytes / 4;

/**
 * Looks after every connection without a timer or a loop over all of them at once: who reads slowly leaves the fan-out, who has drained
 * comes back, who takes too long to get in or is gone without a word is closed, and round trips are measured.
 */
export class Pulse {
  readonly #viewers: Viewer[] = [];
  #cursor = 0;

  constructor(private readonly clock: Clock, private readonly outlet: Outlet) {}

  get size(): number {
    return this.#viewers.length;
  }

  [Symbol.iterator](): IterableIterator<Viewer> {
    return this.#viewers.values();
  }

  add(viewer: Viewer): void {
    viewer.index = this.#viewers.push(viewer) - 1;
    this.ping(viewer, this.clock.now());
  }

  remove(viewer: Viewer): void {
    const last = this.#viewers.pop()!;
    if (last !== viewer) {
      this.#viewers[viewer.index] = last;
      last.index = viewer.index;
    }
    viewer.index = -1;
  }

  /** Measures the round trip, unless a ping is on its way. */
  ping(viewer: Viewer, now: number): void {
    viewer.lastPingAt = now;
    if (viewer.pingSentAt !== 0 || viewer.socket === undefined) return;
    viewer.pingSentAt = now;
    viewer.socket.ping();
  }

  pong(viewer: Viewer): void {
    const now = this.clock.now();
    viewer.lastHeardAt = now;
    if (viewer.pingSentAt === 0) return;
    viewer.rtt = Math.min(viewer.rtt, now - viewer.pingSentAt);
    viewer.pingSentAt = 0;
  }

  /** The socket has written something of what waited. */
  drained(viewer: Viewer): void {
    if (viewer.state.kind === 'behind' && this.outlet.waiting(viewer) <= DRAINED_BYTES) viewer.channel!.feed.recover(viewer);
  }

  /** Called every 50 ms: one slice of the sweep. */
  beat(now: number): void {
    for (let left = Math.ceil(this.#viewers.length / SLICES); left > 0; left--) {
      if (this.#cursor >= this.#viewers.length) this.#cursor = 0;
      const viewer = this.#viewers[this.#cursor++];
      if (viewer !== undefined) this.#look(viewer, now);
    }
  }

  #look(viewer: Viewer, now: number): void {
    const { state } = viewer;
    switch (state.kind) {
      case 'closed':
        return;
      case 'waiting':
      case 'joining':
        if (now - state.since > JOIN_MS) this.outlet.close(viewer, CLOSE.join_timeout);
        return;
      case 'queued':
        if (now - viewer.lastHeardAt > SILENT_MS) viewer.channel!.feed.evict(viewer, 'silent');
        else if (now - viewer.lastPingAt > IDLE_PING_MS) this.#pingIdle(viewer, now);
        return;
      case 'live':
      case 'moving':
      case 'behind':
        if (!this.#keepsUp(viewer, now)) viewer.channel!.feed.evict(viewer, 'too_slow');
        else if (now - viewer.lastHeardAt > SILENT_MS) viewer.channel!.feed.evict(viewer, 'silent');
        else if (now - viewer.lastPingAt > IDLE_PING_MS) this.#pingIdle(viewer, now);
    }
  }

  /** Whether the viewer may stay; moves it out of the fan-out or back into it. */
  #keepsUp(viewer: Viewer, now: number): boolean {
    const waiting = this.outlet.waiting(viewer);
    if (waiting > LIMITS.viewerHighMarkBytes) return false;
    if (viewer.state.kind !== 'behind') {
      if (waiting > LIMITS.viewerLowMarkBytes) viewer.channel!.feed.fallBehind(viewer);
      return true;
    }
    if (now - viewer.state.since > LIMITS.viewerBehindMs) return false;
    if (waiting <= DRAINED_BYTES) viewer.channel!.feed.recover(viewer);
    return true;
  }

  /** A pong that never came must not stop the measuring for good. */
  #pingIdle(viewer: Viewer, now: number): void {
    viewer.pingSentAt = 0;
    this.ping(viewer, now);
  }
}
