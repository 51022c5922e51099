/** One relay's socket at a room, after admission. */
import type { Client } from '@colyseus/core';
import { closeForError, CrowdcueError, decodeClock, encodeClock, FRAME, LIMITS, LINK, type CloseCode } from '@crowdcue/protocol';

/** What a link hands on. Frames are copies: the transport takes its buffers back. */
export interface LinkEvents {
  batch(link: RelayLink, frame: Uint8Array): void;
  keyframeWanted(link: RelayLink): void;
  closed(link: RelayLink): void;
  eventTime(): number;
  /** Whether the room may speak. */
  live(): boolean;
  /** A frame of another kind; answers whether it means something here. Not a copy. */
  other?(link: RelayLink, frame: Uint8Array): boolean;
}

export class RelayLink {
  /** `syncing` until its first keyframe is on its way; ticks before that mean nothing to it. */
  phase: 'syncing' | 'live' | 'closed' = 'syncing';

  constructor(
    readonly relayId: string,
    readonly incarnation: number,
    /** Of the link's frames: the lower one of both sides. */
    readonly version: number,
    readonly client: Client,
    readonly events: LinkEvents,
  ) {
    client.ref.on('message', (data: Uint8Array) => this.#receive(data));
    client.ref.once('close', () => this.#end());
  }

  send(frame: Uint8Array): void {
    if (this.phase !== 'closed') this.client.raw(frame);
  }

  close(code: CloseCode, reason: string): void {
    if (this.phase === 'closed') return;
    this.client.leave(code, reason);
    this.#end();
  }

  #end(): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.events.closed(this);
  }

  #receive(data: Uint8Array): void {
    if (this.phase === 'closed') return;
    try {
      if (data.length > LIMITS.linkFrameBytes) throw new CrowdcueError('frame_oversize');
      switch (data[0]) {
        case LINK.batch: return this.events.batch(this, Uint8Array.from(data));
        case LINK.keyframeRequest: return this.events.keyframeWanted(this);
        case FRAME.clock: {
          if (!this.events.live()) return; // event time is its holder's to tell
          const received = this.events.eventTime();
          return this.send(encodeClock({ sent: decodeClock(data).sent, received, answered: this.events.eventTime() }));
        }
        default:
          if (this.events.other?.(this, data) === true) return;
          throw new CrowdcueError('frame_unknown');
      }
    } catch (error) {
      const code = error instanceof CrowdcueError ? error.code : 'internal';
      this.close(closeForError(code), code);
    }
  }
}
