import { VirtualOutBuilder, type VirtualOp } from '@crowdcue/protocol';
import type { RelayLink } from '../relay-plugin/relay-link.js';
import type { VirtualSocket } from './virtual-client.js';

/** Bytes of operations that a relay has not acknowledged, past which it is given up: it reads slower than its viewers are told. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** What a run asks of the plugin. */
export interface RunEvents {
  /** There is something to flush at the end of this turn. */
  dirty(run: RelayRunLine): void;
  /** The socket waits for a boundary. */
  entering(socket: VirtualSocket): void;
}

/**
 * One run of one relay at a room: its viewers by slot, the batches that were applied, and the operations on their way down.
 * Invariants: a batch is applied once and in order; lists of operations leave in order, and again after a break from the first that
 * the relay has not had.
 */
export class RelayRunLine {
  /** Number of the last batch applied. */
  applied = 0;
  link: RelayLink | undefined;
  /** Runs while the link is down. */
  grace: NodeJS.Timeout | undefined;
  readonly viewers = new Map<number, VirtualSocket>();
  readonly #building = new VirtualOutBuilder();
  #next = 1;
  #kept: { readonly n: number; readonly frame: Uint8Array }[] = [];
  #keptBytes = 0;
  #ackDue = false;

  constructor(readonly relayId: string, readonly incarnation: number, private readonly events: RunEvents) {}

  /** Whether the relay has fallen hopelessly behind. */
  get drowned(): boolean {
    return this.#keptBytes > KEPT_BYTES;
  }

  emit(op: VirtualOp): void {
    this.#building.add(op);
    this.events.dirty(this);
  }

  entering(socket: VirtualSocket): void {
    this.events.entering(socket);
  }

  /** Batch `n` is applied. */
  took(n: number): void {
    this.applied = n;
    this.#ackDue = true;
    this.events.dirty(this);
  }

  /** Sends what was said since the last call. While the link is not live it is kept. */
  flush(): void {
    if (this.#building.size > 0) {
      const n = this.#next++;
      const frame = this.#building.take(n, this.applied);
      this.#kept.push({ n, frame });
      this.#keptBytes += frame.length;
      if (this.link?.phase === 'live') this.link.send(frame);
    } else if (this.#ackDue && this.link !== undefined) {
      this.link.send(this.#building.take(0, this.applied));
    }
    this.#ackDue = false;
  }

  /** The link is live again: what the relay has not had, in order. */
  resume(): void {
    for (const { frame } of this.#kept) this.link!.send(frame);
  }

  /** The relay has had every list up to `n`. */
  acknowledge(n: number): void {
    let done = 0;
    while (done < this.#kept.length && this.#kept[done]!.n <= n) this.#keptBytes -= this.#kept[done++]!.frame.length;
    if (done > 0) this.#kept.splice(0, done);
  }
}
