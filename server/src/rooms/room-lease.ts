/**
 * A room's right to speak. Taken before the room exists, kept by renewals and by every append, given back by `release`.
 *
 * Invariant: `live` is false before another process can have taken the room. It is counted from the moment a request was *sent* that the
 * store then took, on a clock that goes on while the process is stopped; so a process that sleeps past its lease wakes up to `live`
 * being false, before it has asked anybody.
 */
import type { Clock } from '../clock.js';
import { FencedError, type Checkpoint, type JournalRecord, type JournalStore } from '../journal/index.js';

/** Part of a lease after which nothing is said any more: what is left is for clocks of different speed and for frames under way. */
const USED = 0.9;
/** Renewals a lease: two may be lost. */
const RENEWALS = 3;

export interface LeaseDeps {
  readonly journal: JournalStore;
  readonly clock: Clock;
}

export class RoomLease {
  readonly epoch: number;
  #checkpoint: Checkpoint | undefined;
  #goodSince: number;
  #ended = false;
  #renewing = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(private readonly deps: LeaseDeps, readonly room: string, taken: { epoch: number; checkpoint: Checkpoint | undefined }, since: number) {
    this.epoch = taken.epoch;
    this.#checkpoint = taken.checkpoint;
    this.#goodSince = since;
    const { leaseMs } = deps.journal;
    if (Number.isFinite(leaseMs)) this.#timer = setInterval(() => void this.renew(), leaseMs / RENEWALS).unref();
  }

  /** @throws JournalError `journal_held`, StoreError. */
  static async take(deps: LeaseDeps, room: string): Promise<RoomLease> {
    const since = deps.clock.monotonic();
    return new RoomLease(deps, room, await deps.journal.open(room), since);
  }

  /** What the room begins with; told once, because it is large and its room lives long. */
  takeCheckpoint(): Checkpoint | undefined {
    const checkpoint = this.#checkpoint;
    this.#checkpoint = undefined;
    return checkpoint;
  }

  /** Whether the room may say and do anything. */
  get live(): boolean {
    return !this.#ended && this.deps.clock.monotonic() - this.#goodSince < this.deps.journal.leaseMs * USED;
  }

  /** Appends a tick; a tick that was taken renews the lease. Issued before it returns, so that ticks keep their order. */
  append(record: JournalRecord): Promise<void> {
    return this.#good(() => this.deps.journal.append(this.room, this.epoch, record));
  }

  /** Asks for more time. A store that does not answer is asked again by the next beat; the lease runs out by itself meanwhile. */
  async renew(): Promise<void> {
    if (this.#ended || this.#renewing) return;
    this.#renewing = true;
    try {
      await this.#good(() => this.deps.journal.renew(this.room, this.epoch));
    } catch (error) {
      if (error instanceof FencedError) this.end();
    } finally {
      this.#renewing = false;
    }
  }

  async #good(ask: () => Promise<void>): Promise<void> {
    const since = this.deps.clock.monotonic();
    await ask();
    this.#goodSince = Math.max(this.#goodSince, since);
  }

  /** It is over for this room; the store is not told. */
  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }

  /** Gives the room back, so that another process need not wait. */
  async release(): Promise<void> {
    this.end();
    await this.deps.journal.release(this.room, this.epoch);
  }
}
