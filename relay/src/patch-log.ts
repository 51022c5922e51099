import { encodeRoomState, joinPatches, LIMITS, type Keyframe } from '@crowdcue/protocol';

/** Bytes of patches past which a keyframe is asked for: joining viewers would get more log than state. */
const ASK_BYTES = 256 * 1024;
/** Milliseconds without a keyframe past which one is asked for: twice the period at which they come unasked. */
const ASK_MS = 2 * LIMITS.keyframeMs;
/** Milliseconds between two asks, so that a slow origin is not asked again at every tick. */
const ASK_AGAIN_MS = 1_000;
/** Bytes past which the origin is taken for one that sends no keyframes, and the link is dropped. */
const HARD_BYTES = 4 * 1024 * 1024;

interface Entry {
  readonly tick: number;
  readonly body: Uint8Array;
}

/** A keyframe as it is written to a viewer. */
export interface WrittenKeyframe {
  readonly tick: number;
  /** The whole ROOM_STATE frame. */
  readonly frame: Uint8Array;
  /** Relay clock at arrival, ms. */
  readonly at: number;
}

/** What the log wants of its link. */
export type LogWish = 'nothing' | 'keyframe' | 'reset';

/**
 * The patches of one room since a keyframe, opaque and in order. Invariants: every patch after `floor` is here; the keyframe's tick
 * is at most `head`; ticks are contiguous, so a tick that is missing is a gap that only a reset heals.
 */
export class PatchLog {
  #entries: Entry[] = [];
  #bytes = 0;
  #floor = 0;
  #head = 0;
  #life = 0;
  #keyframe: WrittenKeyframe | undefined;
  /** Came before its tick did. */
  #early: Keyframe | undefined;
  /** The keyframe that the next trim goes by. */
  #cover: { tick: number; at: number } | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #memo: { from: number; to: number; frame: Uint8Array | undefined } | undefined;

  /** The last tick in the log. */
  get head(): number {
    return this.#head;
  }

  /** Counts resets; what a viewer has of an earlier life says nothing about this one. */
  get life(): number {
    return this.#life;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The newest keyframe; undefined before the first. */
  get keyframe(): WrittenKeyframe | undefined {
    return this.#keyframe;
  }

  /** Starts again from `k`: after a greeting, or after a gap. */
  reset(k: Keyframe, now: number): void {
    this.#entries = [];
    this.#bytes = 0;
    this.#floor = this.#head = k.tick;
    this.#life++;
    this.#early = this.#cover = this.#memo = undefined;
    this.#take(k, now);
  }

  /** Appends the patch of a tick, which may be empty. */
  append(tick: number, body: Uint8Array, now: number): 'appended' | 'repeated' | 'gap' {
    if (tick <= this.#head) return 'repeated';
    if (tick !== this.#head + 1) return 'gap';
    this.#head = tick;
    this.#memo = undefined;
    if (body.length > 0) {
      this.#entries.push({ tick, body });
      this.#bytes += body.length;
    }
    if (this.#early !== undefined && this.#early.tick <= tick) this.#take(this.#early, now);
    this.#trim(now);
    return 'appended';
  }

  /** A keyframe that came unasked. */
  offer(k: Keyframe, now: number): void {
    if (this.#keyframe !== undefined && k.tick <= this.#keyframe.tick) return;
    if (k.tick > this.#head) this.#early = k;
    else this.#take(k, now);
  }

  /** Whether everything after `tick` of this life is still here. */
  reaches(tick: number): boolean {
    return tick >= this.#floor;
  }

  /** The patches after `from` up to `to` as one frame; undefined when there are none. */
  joined(from: number, to: number): Uint8Array | undefined {
    if (this.#memo?.from === from && this.#memo.to === to) return this.#memo.frame;
    const bodies: Uint8Array[] = [];
    for (let i = this.#entries.length - 1; i >= 0 && this.#entries[i]!.tick > from; i--) {
      if (this.#entries[i]!.tick <= to) bodies.push(this.#entries[i]!.body);
    }
    const frame = bodies.length === 0 ? undefined : joinPatches(bodies.reverse());
    this.#memo = { from, to, frame };
    return frame;
  }

  /** What should be asked of the link at `now` so that the log stays small. */
  wish(now: number): LogWish {
    if (this.#bytes > HARD_BYTES) return 'reset';
    const old = this.#keyframe !== undefined && now - this.#keyframe.at > ASK_MS && this.#keyframe.tick < this.#lastPatch();
    if (this.#bytes <= ASK_BYTES && !old) return 'nothing';
    if (this.#cover !== undefined && !old) return 'nothing'; // a keyframe is here and only waits for the slack
    if (now - this.#askedAt < ASK_AGAIN_MS) return 'nothing';
    this.#askedAt = now;
    return 'keyframe';
  }

  #lastPatch(): number {
    return this.#entries.at(-1)?.tick ?? 0;
  }

  #take(k: Keyframe, now: number): void {
    this.#keyframe = { tick: k.tick, frame: encodeRoomState(k.body), at: now };
    this.#cover ??= { tick: k.tick, at: now };
    this.#early = undefined;
    this.#trim(now);
  }

  /** Drops what a keyframe covers that every tier has been past for the slack. */
  #trim(now: number): void {
    const cover = this.#cover;
    if (cover === undefined || now - cover.at < LIMITS.logSlackMs) return;
    let drop = 0;
    while (drop < this.#entries.length && this.#entries[drop]!.tick <= cover.tick) this.#bytes -= this.#entries[drop++]!.body.length;
    this.#entries.splice(0, drop);
    this.#floor = Math.max(this.#floor, cover.tick);
    const newest = this.#keyframe!;
    this.#cover = newest.tick > cover.tick ? { tick: newest.tick, at: newest.at } : undefined;
  }
}
