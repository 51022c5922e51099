import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CrewOptions, CrewProgress, CrewReport, FromCrew, ToCrew } from './messages.js';

/** Threads and processes run built code: from the sources (tests) that is the last build. */
const script = (): URL => {
  const beside = new URL('./worker.js', import.meta.url);
  const built = new URL('../../dist/swarm/worker.js', import.meta.url);
  return existsSync(fileURLToPath(beside)) ? beside : built;
};

const NOTHING: CrewProgress = { live: 0, gone: 0, renewed: 0, failed: 0, sent: 0, confirmed: 0, refused: 0, pending: 0, patches: 0, reconnects: 0, round: 0, phase: '' };

/** Where a crew runs: a thread shares the process's open files, a process has its own. */
export type CrewPlace = 'thread' | 'process';

interface Runner {
  tell(message: ToCrew): void;
  on(heard: (message: FromCrew) => void, failed: (error: Error) => void, ended: () => void): void;
}

const thread = (): Runner => {
  const worker = new Worker(script());
  return {
    tell: (message) => worker.postMessage(message),
    on: (heard, failed, ended) => void worker.on('message', heard).on('error', failed).once('exit', ended),
  };
};

const childProcess = (): Runner => {
  const child = fork(fileURLToPath(script()), { serialization: 'advanced', execArgv: [] });
  return {
    tell: (message) => void child.send(message),
    on: (heard, failed, ended) => void child.on('message', heard).on('error', failed).once('exit', (code, signal) => {
      if (code !== 0) failed(new Error(`a crew's process ended with ${code ?? signal}`));
      ended();
    }),
  };
};

/** A crew in a thread, or a process, of its own. */
export class CrewRunner {
  readonly #runner: Runner;
  #onReport: ((report: CrewReport) => void) | undefined;
  readonly #ended: Promise<void>;
  progress: CrewProgress = NOTHING;

  constructor(options: CrewOptions, place: CrewPlace, onError: (error: Error) => void) {
    const runner = (this.#runner = place === 'thread' ? thread() : childProcess());
    this.#ended = new Promise((ended) => runner.on((message) => this.#heard(message), onError, ended));
    runner.tell({ kind: 'start', options });
  }

  /** For each token a viewer goes, and a new one comes. */
  renew(tokens: readonly string[]): void {
    this.#runner.tell({ kind: 'renew', tokens });
  }

  lose(relay: number): void {
    this.#runner.tell({ kind: 'lose', relay });
  }

  rest(): void {
    this.#runner.tell({ kind: 'rest' });
  }

  report(): Promise<CrewReport> {
    return new Promise((resolve) => {
      this.#onReport = resolve;
      this.#runner.tell({ kind: 'report' });
    });
  }

  /** Leaves and ends. */
  async stop(): Promise<void> {
    this.#runner.tell({ kind: 'stop' });
    await this.#ended;
  }

  #heard(message: FromCrew): void {
    if (message.kind === 'progress') this.progress = message.progress;
    else if (message.kind === 'report') this.#onReport?.(message.report);
  }
}
