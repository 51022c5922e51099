import { type Action, BatchBuilder, type BatchDelay, type BatchJoin, type BatchLeave, DELAYS_SINCE, LIMITS, type VirtualJoin, withDelays } from '@crowdcue/protocol';
import type { Metrics } from './metrics.js';

/** Bytes that may be on their way past the last acknowledgement: a link that comes back must not drown its origin. */
const WINDOW_BYTES = 1024 * 1024;
/** A batch is closed early at this size, so that it stays well below what a link frame may be. */
const BATCH_BYTES = 512 * 1024;
/** What the rows of a batch take at most, for the cap; the codec is smaller. */
const ACTION_BYTES = 16;
const LEAVE_BYTES = 16;
const JOIN_BYTES = 64;
const DELAY_BYTES = 6;

interface Kept {
  readonly n: number;
  readonly bytes: Uint8Array;
  /** How many of them an origin takes that knows no delays. */
  readonly plain: number;
}

/**
 * What a channel's viewers did, on its way to the room: the batch that is being built and the ones that are not acknowledged.
 * Invariants: batch numbers rise by one in a run; a batch goes out under its number and with its bytes however often (an older origin
 * gets them without the delays at their end); nothing that was accepted is dropped before the origin has acknowledged it.
 */
export class Upstream {
  readonly #builder = new BatchBuilder();
  #building = 0;
  #delays: BatchDelay[] = [];
  /** Version of the present link. */
  #version = 1;
  #kept: Kept[] = [];
  #keptBytes = 0;
  /** Of `#kept`, how many are on their way on the present link, and their bytes. */
  #sent = 0;
  #sentBytes = 0;
  #next = 1;
  #acked = 0;

  /** `send` answers whether the link took the bytes; `eventNow` is event time, ms. */
  constructor(private readonly send: (bytes: Uint8Array) => boolean, private readonly eventNow: () => number, private readonly metrics: Metrics) {}

  get unackedBytes(): number {
    return this.#keptBytes;
  }

  get unackedBatches(): number {
    return this.#kept.length;
  }

  /** Whether everything that was accepted is acknowledged. */
  get settled(): boolean {
    return this.#kept.length === 0 && this.#builder.size === 0 && this.#delays.length === 0;
  }

  /** Whether a new action or message is refused until the origin confirms. */
  get full(): boolean {
    return this.#keptBytes + this.#building > LIMITS.channelUnackedBytes;
  }

  /** The last batch that the origin has journalled. */
  get acked(): number {
    return this.#acked;
  }

  /** The number that the batch being built will have. */
  get batch(): number {
    return this.#next;
  }

  join(join: BatchJoin): void {
    this.#builder.join(join);
    this.#grow(JOIN_BYTES + join.sessionId.length + join.name.length + join.mac.length + join.tier.length);
  }

  virtualJoin(join: VirtualJoin): void {
    this.#builder.virtualJoin(join);
    this.#grow(join.headers.reduce((bytes, [name, value]) => bytes + name.length + value.length, JOIN_BYTES + join.sessionId.length + join.token.length));
  }

  leave(leave: BatchLeave): void {
    this.#builder.leave(leave);
    this.#grow(LEAVE_BYTES);
  }

  /** The viewer is in the cohort of this delay (ms) from now on. */
  delay(slot: number, delay: number): void {
    this.#delays.push({ slot, delay });
    this.#grow(DELAY_BYTES);
  }

  message(slot: number, frame: Uint8Array): void {
    this.#builder.message(slot, frame);
    this.#grow(frame.length + LEAVE_BYTES);
  }

  action(slot: number, action: Action, arrival: number, elapsed: number): void {
    this.#builder.action(slot, action, arrival, elapsed);
    this.#grow(ACTION_BYTES);
    if (this.#builder.actionCount >= LIMITS.batchActions) this.flush();
  }

  /** Closes the batch that is being built, if it has something, and sends what the window lets through. */
  flush(): void {
    if (this.#builder.size + this.#delays.length > 0) {
      const plain = this.#builder.encode(this.#next, this.eventNow());
      const bytes = this.#delays.length === 0 ? plain : withDelays(plain, this.#delays);
      this.#delays = [];
      this.#kept.push({ n: this.#next++, bytes, plain: plain.length });
      this.#keptBytes += bytes.length;
      this.#building = 0;
    }
    this.#pump();
  }

  /** A link of this version is up whose origin has journalled up to `acked`: what is left goes out again, in order, under its old numbers. */
  greeted(acked: number, version = 1): void {
    this.#version = version;
    this.#sent = 0;
    this.#sentBytes = 0;
    this.acknowledge(acked);
    // A channel that was closed and opened again in one run goes on where its numbers stood.
    if (this.#kept.length === 0) this.#next = Math.max(this.#next, acked + 1);
    this.#pump();
  }

  /** The origin has journalled every batch up to `n`. */
  acknowledge(n: number): void {
    this.#acked = Math.max(this.#acked, n);
    let done = 0;
    while (done < this.#kept.length && this.#kept[done]!.n <= n) {
      const size = this.#kept[done++]!.bytes.length;
      this.#keptBytes -= size;
      if (done <= this.#sent) this.#sentBytes -= size;
    }
    if (done === 0) return;
    this.#kept.splice(0, done);
    this.#sent = Math.max(0, this.#sent - done);
    this.#pump();
  }

  #grow(bytes: number): void {
    this.#building += bytes;
    if (this.#building > BATCH_BYTES) this.flush();
  }

  #pump(): void {
    while (this.#sent < this.#kept.length) {
      const { bytes, plain } = this.#kept[this.#sent]!;
      if (this.#sentBytes > 0 && this.#sentBytes + bytes.length > WINDOW_BYTES) return;
      if (!this.send(this.#version < DELAYS_SINCE ? bytes.subarray(0, plain) : bytes)) return;
      this.#sent++;
      this.#sentBytes += bytes.length;
      this.metrics.batches.inc();
      this.metrics.batchBytes.inc(bytes.length);
    }
  }
}
