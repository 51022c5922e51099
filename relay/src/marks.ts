import { LIMITS } from '@crowdcue/protocol';

/**
 * What counts of the time since the mark's write, ms: less the smallest round trip that was seen, of which no more than a satellite's is
 * credited; nobody gains more by answering pings slowly.
 */
export const elapsedSince = (written: number, now: number, rtt: number): number =>
  Math.max(0, now - written - (Number.isFinite(rtt) ? Math.min(rtt, LIMITS.rttCreditMs) : 0));

/** Viewers that left after they had seen the mark, remembered until the next one; beyond it the oldest is forgotten. */
const REMEMBERED = 65_536;

/** What one viewer or lane knows of a mark: which one, and the relay clock at its write, ms. */
export interface MarkSeen {
  markId: number;
  markAt: number;
}

/**
 * The last position that opened a window, and when it was written to whom. A lane knows the write of its topic; a viewer that got the
 * position in another way (it joined, moved lane, was resynced) knows its own. Leaving and coming back, earlier or later than before,
 * does not open the window again: the first write to a viewer number counts.
 */
export class MarkBook {
  #id = 0;
  #seq = 0;
  /** The tick of the mark, as the room numbers them. */
  #tick = -1;
  readonly #first = new Map<number, number>();

  /** 0 while no mark is known. */
  get id(): number {
    return this.#id;
  }

  open(seq: number, tick: number): void {
    this.#id++;
    this.#seq = seq;
    this.#tick = tick;
    this.#first.clear();
  }

  /** Ticks were missed, so the last mark may be one that nobody here has seen; not when the room says that it is still this one. */
  missed(present: number | undefined): void {
    if (present === undefined || present !== this.#tick) this.open(Number.POSITIVE_INFINITY, -1);
  }

  /** The lane was just written up to `seq`, at `now`. */
  written(lane: MarkSeen, seq: number, now: number): void {
    if (lane.markId === this.#id || seq < this.#seq) return;
    lane.markId = this.#id;
    lane.markAt = now;
  }

  /** When the present mark was written to a viewer of this state in this lane; undefined when it was not. */
  writtenTo(viewer: MarkSeen, lane: MarkSeen | undefined): number | undefined {
    if (this.#seq === Number.POSITIVE_INFINITY || this.#id === 0) return undefined;
    if (viewer.markId === this.#id) return viewer.markAt;
    return lane?.markId === this.#id ? lane.markAt : undefined;
  }

  /**
   * The viewer numbered `sub` was just brought up to `seq`, at `now`; `before` is what an open connection of the same viewer knows.
   * Whoever has seen the mark has seen it, also when this connection is not that far yet.
   */
  brought(viewer: MarkSeen, sub: number, seq: number, now: number, before?: number): void {
    if (this.#id === 0 || viewer.markId === this.#id) return;
    const earlier = before ?? this.#first.get(sub);
    if (earlier === undefined && seq < this.#seq) return;
    viewer.markId = this.#id;
    viewer.markAt = earlier ?? now;
  }

  /** The viewer leaves its lane or the channel: what it has seen stays true. */
  pin(viewer: MarkSeen, sub: number, lane: MarkSeen | undefined): void {
    const at = this.writtenTo(viewer, lane);
    if (at === undefined) return;
    viewer.markId = this.#id;
    viewer.markAt = at;
    if (this.#first.has(sub)) return;
    if (this.#first.size >= REMEMBERED) this.#first.delete(this.#first.keys().next().value!);
    this.#first.set(sub, at);
  }
}
