import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CrewOptions, CrewProgress, CrewReport, FromCrew, ToCrew } from './messages.js';

/** Threads run built code: from the sources (tests) that is the last build. */
const script = (): URL => {
  const beside = new URL('./worker.js', import.meta.url);
  const built = new URL('../../dist/swarm/worker.js', import.meta.url);
  return existsSync(fileURLToPath(beside)) ? beside : built;
};

const NOTHING: CrewProgress = { live: 0, failed: 0, sent: 0, confirmed: 0, refused: 0, pending: 0, patches: 0, reconnects: 0, round: 0, phase: '' };

/** A crew in a thread of its own. */
export class CrewThread {
  readonly #worker = new Worker(script());
  #onReport: ((report: CrewReport) => void) | undefined;
  readonly #ended: Promise<void>;
  progress: CrewProgress = NOTHING;

  constructor(options: CrewOptions, onError: (error: Error) => void) {
    this.#worker.on('message', (message: FromCrew) => {
      if (message.kind === 'progress') this.progress = message.progress;
      else if (message.kind === 'report') this.#onReport?.(message.report);
    });
    this.#worker.on('error', onError);
    this.#ended = new Promise((ended) => void this.#worker.once('exit', () => ended()));
    this.#tell({ kind: 'start', options });
  }

  rest(): void {
    this.#tell({ kind: 'rest' });
  }

  report(): Promise<CrewReport> {
    return new Promise((resolve) => {
      this.#onReport = resolve;
      this.#tell({ kind: 'report' });
    });
  }

  /** Leaves and ends the thread. */
  async stop(): Promise<void> {
    this.#tell({ kind: 'stop' });
    await this.#ended;
  }

  #tell(message: ToCrew): void {
    this.#worker.postMessage(message);
  }
}
