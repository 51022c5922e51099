import type { Clock } from '../clock.js';
import type { Outbox, OutboxMessage } from './outbox.js';

export interface WorkerOptions {
  /** Resolves when the receiver has it; a rejection is a failed attempt. */
  deliver(message: OutboxMessage): Promise<void>;
  /** ms to wait after the nth failed attempt (1, 2, ...) */
  backoff(attempts: number): number;
  batch: number;
}

/** Delivers what is due. The owner calls `runOnce` on its own timer; one run at a time. */
export class OutboxWorker {
  constructor(private readonly outbox: Outbox, private readonly clock: Clock, private readonly options: WorkerOptions) {}

  /** @returns how many messages were tried. @throws StoreError; what was taken is due again when its lease ends. */
  async runOnce(): Promise<number> {
    const messages = await this.outbox.take(this.options.batch, this.clock.now());
    await Promise.all(messages.map((message) => this.attempt(message)));
    return messages.length;
  }

  private async attempt(message: OutboxMessage): Promise<void> {
    try {
      await this.options.deliver(message);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      await this.outbox.failed(message.id, why, this.clock.now() + this.options.backoff(message.attempts + 1));
      return;
    }
    await this.outbox.delivered(message.id, this.clock.now());
  }
}
