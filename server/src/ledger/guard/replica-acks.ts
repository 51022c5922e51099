import { StoreError, type RedisClient } from '../../store/index.js';

export interface ReplicaAcksOptions {
  /** A connection of its own: `WAIT` holds up everything behind it. */
  readonly client: RedisClient;
  /** replicas that must have a step before it is answered */
  required(): number;
  /** whether they can say that they synced it */
  synced(): boolean;
  /** ms that they may take; by default 1,000 */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 1_000;

/**
 * Knows when replicas have what the primary acknowledged. One question is under way at a time and speaks for everybody who came before it:
 * replication is one ordered stream, so a replica that has a later write has all before it, whichever connection wrote them.
 */
export class ReplicaAcks {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(private readonly options: ReplicaAcksOptions) {}

  /** @throws StoreError `store_unavailable` when too few have said so in time: what was just written may be lost */
  confirm(): Promise<void> {
    if (this.options.required() === 0) return Promise.resolve();
    if (this.#running === undefined) return this.#begin();
    // The one that runs may have been asked before the caller's write.
    this.#next ??= this.#running.catch(() => undefined).then(() => {
      this.#next = undefined;
      return this.#begin();
    });
    return this.#next;
  }

  #begin(): Promise<void> {
    const running = this.#ask().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #ask(): Promise<void> {
    const { client, timeoutMs = TIMEOUT_MS } = this.options;
    const required = this.options.required();
    // WAIT speaks of its own connection's last write, so there has to be one, after everybody else's.
    const [, answer] = await Promise.all([
      client.call('INCR', client.keys.seal.acks),
      this.options.synced() ? client.call('WAITAOF', 1, required, timeoutMs) : client.call('WAIT', required, timeoutMs),
    ]);
    const heard = Number(Array.isArray(answer) ? answer[1] : answer);
    if (heard < required) throw StoreError.unavailable(`Redis: ${heard} of ${required} replicas have what was written`);
  }
}
