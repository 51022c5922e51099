/** Viewers that left after they had seen the mark, remembered until the next one; beyond it the oldest is forgotten. */
const REMEMBERED = 65_536;

/** What one viewer or tier knows of a mark: which one, and the relay clock at its write, ms. */
export interface MarkSeen {
  markId: number;
  markAt: number;
}

/**
 * The last tick that opened a window, and when it was written to whom. A tier knows the write of its topic; a viewer that got the
 * tick in another way (it joined, moved tier, was resynced) knows its own. Leaving and coming back does not open the window again:
 * the first write to a viewer number counts.
 */
export class MarkBook {
  #id = 0;
  #tick = 0;
  readonly #first = new Map<number, number>();

  /** 0 while no mark is known. */
  get id(): number {
    return this.#id;
  }

  get tick(): number {
    return this.#tick;
  }

  open(tick: number): void {
    this.#id++;
    this.#tick = tick;
    this.#first.clear();
  }

  /** Ticks were missed, so the last mark may be one that nobody here has seen. */
  forget(): void {
    this.open(Number.POSITIVE_INFINITY);
  }

  /** When the present mark was written to a viewer of this state in this tier; undefined when it was not. */
  writtenTo(viewer: MarkSeen, tier: MarkSeen | undefined): number | undefined {
    if (this.#tick === Number.POSITIVE_INFINITY || this.#id === 0) return undefined;
    if (viewer.markId === this.#id) return viewer.markAt;
    return tier?.markId === this.#id ? tier.markAt : undefined;
  }

  /**
   * The viewer numbered `sub` was just brought up to `tick`, at `now`; `before` is what an open connection of the same viewer knows.
   * Whoever has seen the mark has seen it, also when this connection is not that far yet.
   */
  brought(viewer: MarkSeen, sub: number, tick: number, now: number, before?: number): void {
    if (this.#id === 0 || viewer.markId === this.#id) return;
    const earlier = before ?? this.#first.get(sub);
    if (earlier === undefined && tick < this.#tick) return;
    viewer.markId = this.#id;
    viewer.markAt = earlier ?? now;
  }

  /** The viewer leaves its tier or the channel: what it has seen stays true. */
  pin(viewer: MarkSeen, sub: number, tier: MarkSeen | undefined): void {
    const at = this.writtenTo(viewer, tier);
    if (at === undefined) return;
    viewer.markId = this.#id;
    viewer.markAt = at;
    if (this.#first.has(sub)) return;
    if (this.#first.size >= REMEMBERED) this.#first.delete(this.#first.keys().next().value!);
    this.#first.set(sub, at);
  }
}
