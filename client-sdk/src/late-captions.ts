import type { CaptionSession } from './caption-feed.js';
import type { Emitter } from './emitter.js';
import type { SessionEvents } from './session-events.js';

/** Captions of a session while somebody listens: read from the first listener on, ended with the last. The part for it is loaded with the first. */
export class LateCaptions {
  #stop: (() => void) | undefined;
  #loading = false;

  constructor(private readonly session: CaptionSession, private readonly emitter: Emitter<SessionEvents>, private readonly random: () => number) {}

  /** A listener came or went. */
  wanted(): void {
    if (!this.emitter.has('caption')) {
      this.#stop?.();
      this.#stop = undefined;
    } else if (this.#stop === undefined && !this.#loading) {
      this.#loading = true;
      void this.#read();
    }
  }

  /** Where the part did not load the next listener tries again. */
  async #read(): Promise<void> {
    try {
      const { readCaptions } = await import('./caption-feed.js');
      // Who listened may be gone by now.
      if (this.emitter.has('caption')) this.#stop = readCaptions(this.session, (caption) => this.emitter.emit('caption', caption), this.random);
    } catch {
      // the stream goes on without
    } finally {
      this.#loading = false;
    }
  }
}
