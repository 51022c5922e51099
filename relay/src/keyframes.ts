/** A keyframe as it is written to a viewer. */
export interface WrittenKeyframe {
  /** Position of the last tick that it contains. */
  seq: number;
  /** The whole ROOM_STATE frame. */
  readonly frame: Uint8Array;
  /** Relay clock at arrival, ms. */
  readonly at: number;
  /** Whether patches from before it mean nothing after it: the log started again with it, or they are gone. */
  starts: boolean;
}

/** The keyframes of a log, oldest first: a few, so that everybody searches from the newest. */
export class Keyframes {
  #list: WrittenKeyframe[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#list.length;
  }

  get newest(): WrittenKeyframe | undefined {
    return this.#list.at(-1);
  }

  at(index: number): WrittenKeyframe | undefined {
    return this.#list[index];
  }

  add(keyframe: WrittenKeyframe): void {
    this.#list.push(keyframe);
    this.#bytes += keyframe.frame.length;
  }

  /** The newest one that shows nothing after `seq`. */
  upTo(seq: number): WrittenKeyframe | undefined {
    return this.#list.findLast((keyframe) => keyframe.seq <= seq);
  }

  /** The newest one that was here at `time`. */
  of(time: number): WrittenKeyframe | undefined {
    return this.#list.findLast(({ at }) => at <= time);
  }

  /** Whether the log starts again after `from` up to `to`. */
  startBetween(from: number, to: number): boolean {
    for (let i = this.#list.length - 1; i >= 0 && this.#list[i]!.seq > from; i--) if (this.#list[i]!.starts && this.#list[i]!.seq <= to) return true;
    return false;
  }

  /** Forgets those before `seq`. */
  dropBefore(seq: number): void {
    while (this.#list.length > 0 && this.#list[0]!.seq < seq) this.#bytes -= this.#list.shift()!.frame.length;
  }

  /** Every other one goes, but never the oldest or the newest. */
  halve(): void {
    this.#list = this.#list.filter((_, i) => i % 2 === 0 || i === this.#list.length - 1);
    this.#bytes = this.#list.reduce((sum, { frame }) => sum + frame.length, 0);
  }
}
