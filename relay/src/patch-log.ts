import { encodeRoomState, joinPatches, LIMITS, type Keyframe } from '@crowdcue/protocol';
import { Keyframes, type WrittenKeyframe } from './keyframes.js';

/** Bytes of patches since the newest keyframe past which one is asked for: joining viewers would get more log than state. */
const ASK_BYTES = 256 * 1024;
/** Milliseconds without a keyframe past which one is asked for: twice the period at which they come unasked. */
const ASK_MS = 2 * LIMITS.keyframeMs;
/** Milliseconds between two asks, so that a slow origin is not asked again at every tick. */
const ASK_AGAIN_MS = 1_000;
/** Bytes since the newest keyframe past which the origin is taken for one that sends none, and the link is dropped. */
const HARD_BYTES = 4 * 1024 * 1024;
/** Bytes of patches and keyframes past which the oldest patches go although a late cohort has not had them: it gets keyframes only, each at its time. */
const WINDOW_BYTES = 32 * 1024 * 1024;
/** Entries past which ticks without a change are forgotten one by one: at 20 a second more than anybody stays behind (30 s). */
const QUIET_ENTRIES = 1_024;

const NO_PATCH = new Uint8Array(0);

/** One tick of the log, or the keyframe with which it started again. */
interface Entry {
  readonly tick: number;
  readonly body: Uint8Array;
  /** Relay clock at arrival, ms. */
  readonly at: number;
  /** Whether it belongs to a round in stream time. */
  readonly shifted: boolean;
  /** Arrival of the last tick up to this one that did, ms. */
  readonly shiftedAt: number;
  /** How old it was at its arrival, ms. */
  readonly age: number;
}

/** What the log wants of its link. */
export type LogWish = 'nothing' | 'keyframe' | 'reset';

/** What somebody has who has nothing: before every position. */
export const NOTHING_YET = -1;

/**
 * The patches of one room, opaque and in order, with the times they came and keyframes among them. A *position* counts ticks and starts
 * without a gap, over links and lives of the room, so it only rises; a start is a position of its own, whose keyframe takes the
 * place of everything before it. Invariants: every patch after `floor` is here; a keyframe stands at `floor` and at every start;
 * within a start ticks are contiguous, so a tick that is missing is a gap that only a new start heals.
 */
export class PatchLog {
  /** Milliseconds by which the latest cohort is late: what it has not had yet is kept. */
  window = 0;
  readonly keyframes = new Keyframes();
  /** From `floor`, whose own patch is not here any more. */
  #entries: Entry[] = [];
  #floor = 0;
  /** Position of tick 0 of the present start, had there been one. */
  #offset = -1;
  #head = 0;
  #started = 0;
  #bytes = 0;
  #bytesSinceKeyframe = 0;
  /** Came before its tick did. */
  #early: Keyframe | undefined;
  /** Whether it is not known yet if the start at the head is shifted; until it is, it counts as shifted, which spoils nobody. */
  #unsettled = false;
  /** Arrival of the last shifted tick, and the same before the present start, ms. */
  #shiftedAt = Number.NEGATIVE_INFINITY;
  #shiftedBefore = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #memo: { from: number; to: number; frame: Uint8Array | undefined } | undefined;

  /** The last tick in the log. */
  get head(): number {
    return this.#head;
  }

  /** The position of the last tick; -1 before the first start. */
  get end(): number {
    return this.#offset + this.#head;
  }

  /** What lies at or before this position is gone, but for a keyframe at it. */
  get floor(): number {
    return this.#floor;
  }

  /** Bytes of patches. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Starts again from `k`: after a greeting, or after a gap. `shifted` is undefined when it is not known yet whether the keyframe
   * shows a round in stream time.
   */
  start(k: Keyframe, now: number, shifted?: boolean): void {
    const seq = this.end + 1;
    this.#head = k.tick;
    this.#offset = seq - k.tick;
    this.#started = seq;
    this.#early = this.#memo = undefined;
    this.#unsettled = shifted === undefined;
    this.#shiftedBefore = this.#shiftedAt;
    this.#push(k.tick, NO_PATCH, now, shifted ?? true);
    this.#keep({ seq, frame: encodeRoomState(k.body), at: now, starts: true });
    if (this.window === 0) this.#dropTo(seq);
    this.#trim(now);
  }

  /** The tick of the keyframe that the log has just started with came too, and says whether it is shifted. */
  settle(shifted: boolean): void {
    if (!this.#unsettled || this.end !== this.#started) return;
    this.#unsettled = false;
    if (shifted) return;
    const { tick, body, at } = this.#entries.pop()!;
    this.#shiftedAt = this.#shiftedBefore;
    this.#push(tick, body, at, false);
  }

  /** Appends the patch of a tick, which may be empty. */
  append(tick: number, body: Uint8Array, now: number, shifted = false, age = 0): 'appended' | 'repeated' | 'gap' {
    if (tick <= this.#head) return 'repeated';
    if (tick !== this.#head + 1) return 'gap';
    this.#head = tick;
    this.#memo = undefined;
    this.#push(tick, body, now, shifted, age);
    this.#bytes += body.length;
    this.#bytesSinceKeyframe += body.length;
    if (this.#early !== undefined && this.#early.tick <= tick) this.#take(this.#early, now);
    this.#trim(now);
    return 'appended';
  }

  /** A keyframe that came unasked. */
  offer(k: Keyframe, now: number): void {
    if (k.tick > this.#head) this.#early = k;
    else this.#take(k, now);
  }

  /** Whether everything after `seq` is still here. */
  reaches(seq: number): boolean {
    return seq >= this.#floor;
  }

  /** When a cohort that is `delay` ms late may see this position, by the relay's clock; never before an earlier position. */
  due(seq: number, delay: number): number {
    const { at, shiftedAt } = this.#entries[seq - this.#floor]!;
    return Math.max(at, shiftedAt + delay);
  }

  /** Whether the position belongs to a round in stream time. */
  shifted(seq: number): boolean {
    return this.#entries[seq - this.#floor]!.shifted;
  }

  /** Whether a tick after `from` up to `to` is one at which a tier of that many ticks is written, or the log starts again there. */
  turns(from: number, to: number, every: number): boolean {
    if (this.keyframes.startBetween(from, to)) return true;
    const first = this.#entries[Math.max(from + 1, this.#floor) - this.#floor]!.tick;
    const last = this.#entries[to - this.#floor]!.tick;
    return last - (last % every) >= first;
  }

  /** Whether what lies between two positions is more than patches: some are gone, or the log starts again. */
  breaks(from: number, to: number): boolean {
    return from < this.#floor || this.keyframes.startBetween(from, to);
  }

  /** What takes somebody from one position to another, as frames; undefined when that needs a keyframe that is later than `to`. */
  between(from: number, to: number): Uint8Array[] | undefined {
    const frames: Uint8Array[] = [];
    if (this.breaks(from, to)) {
      const keyframe = this.keyframes.upTo(to);
      if (keyframe === undefined) return undefined;
      frames.push(keyframe.frame);
      from = keyframe.seq;
    }
    const joined = this.#joined(from, to);
    if (joined !== undefined) frames.push(joined);
    return frames;
  }

  /** Tells the age at `now` of each change after `from` up to `to`, beyond the delay of whoever gets it now, ms. */
  ages(from: number, to: number, delay: number, now: number, told: (age: number) => void): void {
    for (let seq = Math.max(from, this.#floor) + 1; seq <= to; seq++) {
      const { body, age } = this.#entries[seq - this.#floor]!;
      if (body.length > 0) told(age + Math.max(0, now - this.due(seq, delay)));
    }
  }

  /** What should be asked of the link at `now` so that the log stays small. */
  wish(now: number): LogWish {
    if (this.#bytesSinceKeyframe > HARD_BYTES) return 'reset';
    const { newest } = this.keyframes;
    const old = newest !== undefined && now - newest.at > ASK_MS && this.#bytesSinceKeyframe > 0;
    if (this.#bytesSinceKeyframe <= ASK_BYTES && !old) return 'nothing';
    if (now - this.#askedAt < ASK_AGAIN_MS) return 'nothing';
    this.#askedAt = now;
    return 'keyframe';
  }

  /** The patches after `from` up to `to` as one frame; undefined when there are none. No break may lie between them. */
  #joined(from: number, to: number): Uint8Array | undefined {
    if (this.#memo?.from === from && this.#memo.to === to) return this.#memo.frame;
    const bodies: Uint8Array[] = [];
    for (let seq = from + 1; seq <= to; seq++) {
      const { body } = this.#entries[seq - this.#floor]!;
      if (body.length > 0) bodies.push(body);
    }
    const frame = bodies.length === 0 ? undefined : joinPatches(bodies);
    this.#memo = { from, to, frame };
    return frame;
  }

  #push(tick: number, body: Uint8Array, at: number, shifted: boolean, age = 0): void {
    if (shifted) this.#shiftedAt = at;
    this.#entries.push({ tick, body, at, shifted, shiftedAt: this.#shiftedAt, age });
  }

  #take(k: Keyframe, now: number): void {
    this.#early = undefined;
    const seq = this.#offset + k.tick;
    if (seq <= this.keyframes.newest!.seq) return;
    this.#keep({ seq, frame: encodeRoomState(k.body), at: now, starts: false });
    this.#trim(now);
  }

  #keep(keyframe: WrittenKeyframe): void {
    this.keyframes.add(keyframe);
    this.#bytesSinceKeyframe = 0;
    for (let seq = keyframe.seq + 1; seq <= this.end; seq++) this.#bytesSinceKeyframe += this.#entries[seq - this.#floor]!.body.length;
  }

  /** Drops what a keyframe covers that the latest cohort has had for the slack, and what would be too much. */
  #trim(now: number): void {
    const had = now - this.window - LIMITS.logSlackMs;
    const covers = this.keyframes.of(had);
    if (covers !== undefined) this.#dropTo(covers.seq);
    if (this.#tooMuch()) this.#thin();
    if (this.#entries.length > 2 * QUIET_ENTRIES) this.#dropQuiet(had);
  }

  /** A keyframe stands at `seq`: everything before it, and its own patch, go. */
  #dropTo(seq: number): void {
    const drop = seq - this.#floor;
    if (drop === 0 && this.#entries[0]!.body === NO_PATCH) return;
    for (let i = 0; i <= drop; i++) this.#bytes -= this.#entries[i]!.body.length;
    this.#entries.splice(0, drop);
    this.#entries[0] = { ...this.#entries[0]!, body: NO_PATCH };
    this.#floor = seq;
    this.keyframes.dropBefore(seq);
  }

  /** There is too much for the window: patches go, from the oldest keyframe on, and the next one stands for them; then every other keyframe. */
  #thin(): void {
    for (let i = 1; i < this.keyframes.size && this.#tooMuch(); i++) {
      const next = this.keyframes.at(i)!;
      for (let seq = this.keyframes.at(i - 1)!.seq + 1; seq <= next.seq; seq++) {
        const entry = this.#entries[seq - this.#floor]!;
        this.#bytes -= entry.body.length;
        this.#entries[seq - this.#floor] = { ...entry, body: NO_PATCH };
      }
      next.starts = true;
    }
    this.#memo = undefined;
    if (this.#tooMuch()) this.keyframes.halve();
  }

  #tooMuch(): boolean {
    return this.#bytes + this.keyframes.bytes > WINDOW_BYTES;
  }

  /** While nothing changes no keyframe comes: the one that is here is as good for a later position. */
  #dropQuiet(had: number): void {
    const next = this.keyframes.at(1)?.seq ?? this.end + 1;
    const enough = this.end - QUIET_ENTRIES;
    let seq = this.#floor;
    for (; seq + 1 < next && seq < enough; seq++) {
      const { body, at } = this.#entries[seq + 1 - this.#floor]!;
      if (body.length > 0 || at > had) break;
    }
    this.keyframes.at(0)!.seq = seq;
    this.#dropTo(seq);
  }
}
