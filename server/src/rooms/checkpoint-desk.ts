/**
 * When to take a checkpoint, and the order that makes it safe: what changed since the one before is copied at a tick, and written only
 * when that tick is durable and all facts up to it are ledgered. A checkpoint that ran ahead would hide facts from the replay that has to
 * state them again. The first of a life is whole.
 */
import type { Logger } from 'pino';
import type { JournalStore } from '../journal/index.js';
import type { RoomImage } from './checkpoint-parts.js';
import { CheckpointShadow, type Capture } from './checkpoint-shadow.js';
import type { Step } from './crowd-core.js';

/** What a checkpoint will say, from its tick until it is written or given up. */
interface Pending {
  readonly tick: number;
  readonly time: number;
  readonly capture: Capture;
}

/** Event time between checkpoints, ms. */
const EVERY_MS = 10_000;

export class CheckpointDesk {
  #lastAt = -Infinity;
  #dirty = true;
  #pending: Pending | undefined;
  readonly #shadow = new CheckpointShadow();
  /** Whether all facts so far are ledgered; `false` for good once some were not. */
  #ledgered: Promise<boolean> = Promise.resolve(true);
  #writing = false;
  #written: Promise<void> = Promise.resolve();

  constructor(
    readonly journal: JournalStore,
    readonly room: string,
    readonly epoch: number,
    readonly logger: Logger,
    readonly failed: (error: unknown) => void,
  ) {}

  /** After each step. */
  consider(step: Step, image: () => RoomImage): void {
    this.#dirty ||= step.recorded;
    const roundEnded = step.facts.some((fact) => fact.type === 'RoundEnded');
    if (!this.#dirty || this.#pending !== undefined || this.#writing || (step.time - this.#lastAt < EVERY_MS && !roundEnded)) return;
    this.#dirty = false;
    this.#lastAt = step.time;
    this.#pending = { tick: step.tick, time: step.time, capture: this.#shadow.capture(image()) };
    this.#write(step.tick);
  }

  /** The tick is durable; `ledgered` settles when its facts are. */
  released(tick: number, ledgered: Promise<void> | undefined): void {
    if (ledgered !== undefined) {
      const before = this.#ledgered;
      this.#ledgered = ledgered.then(() => before, () => false);
    }
    this.#releasedTick = tick;
    this.#write(this.#pending?.tick ?? Infinity);
  }
  #releasedTick = -1;
  #storedTick = -1;

  #write(tick: number): void {
    const pending = this.#pending;
    if (pending === undefined || tick > this.#releasedTick) return;
    this.#pending = undefined;
    this.#writing = true;
    this.#written = this.#store(pending).catch((error: unknown) => this.failed(error)).finally(() => { this.#writing = false; });
  }

  /** Resolves when what is being written is, or was given up. */
  settled(): Promise<void> {
    return this.#written;
  }

  /** The last one of this life, of a tick that has left: whoever goes on need not replay. Resolves when it is written, or cannot be. */
  async last(step: Pick<Step, 'tick' | 'time'>, image: () => RoomImage): Promise<void> {
    await this.#written;
    if (this.#pending !== undefined) this.#shadow.dropped(this.#pending.capture);
    this.#pending = undefined;
    if (step.tick > this.#storedTick) await this.#store({ tick: step.tick, time: step.time, capture: this.#shadow.capture(image()) });
  }

  async #store({ tick, time, capture }: Pending): Promise<void> {
    if (!(await this.#ledgered)) return this.#shadow.dropped(capture); // a replay has to state those facts again
    const change = await this.#shadow.packed(capture);
    await this.journal.checkpoint(this.room, this.epoch, { tick, time, ...change });
    this.#shadow.stored(capture);
    this.#storedTick = tick;
    this.logger.debug({ event: this.room, tick, whole: change.whole, parts: change.parts.size, drop: change.drop.length }, 'checkpoint');
  }
}
