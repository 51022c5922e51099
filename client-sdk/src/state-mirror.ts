import { Reflection, type Decoder } from '@colyseus/schema';
import { CrowdcueError, type CrowdView } from '@crowdcue/protocol';

/** The room's state as the frames build it up. What does not decode is thrown as `frame_malformed`, and the mirror begins anew. */
export class StateMirror {
  #decoder: Decoder | undefined;
  #synced = false;

  /** Live object: the same one until a relay sends another schema. */
  get state(): CrowdView | undefined {
    return this.#synced ? (this.#decoder?.state as unknown as CrowdView) : undefined;
  }

  /** Whether a connection may leave the reflection out. */
  get resumable(): boolean {
    return this.#decoder !== undefined;
  }

  reset(): void {
    this.#decoder = undefined;
    this.#synced = false;
  }

  /** Takes JOIN_ROOM's reflection; an empty one keeps the decoder. */
  handshake(reflection: Uint8Array): void {
    if (reflection.length === 0) return;
    this.reset();
    this.#guard(() => (this.#decoder = Reflection.decode(reflection)));
  }

  /** A keyframe. Over a state that exists it also removes what it does not name. */
  keyframe(frame: Uint8Array, offset: number): void {
    this.#guard((decoder) => {
      if (this.#synced) decoder.decodeResync(frame, { offset });
      else decoder.decode(frame, { offset });
    });
    this.#synced = true;
  }

  patch(frame: Uint8Array, offset: number): void {
    if (!this.#synced) throw new CrowdcueError('frame_malformed', 'A patch came before its keyframe.');
    this.#guard((decoder) => decoder.decode(frame, { offset }));
  }

  #guard(work: (decoder: Decoder) => void): void {
    try {
      work(this.#decoder as Decoder);
    } catch (cause) {
      this.reset();
      throw new CrowdcueError('frame_malformed', undefined, { cause });
    }
  }
}
