/**
 * Several relays behind one port: a `Supervisor` starts `N` worker processes, each a relay of its own (`<RELAY_ID>.<k>`, own links, own
 * slots), which share the port by SO_REUSEPORT, so that the kernel deals connections out among them.
 *
 * Life: the port is taken for a moment, exclusively, to make sure that it is nobody's → workers start → all listen → … → a worker that
 * dies is started anew, after a growing pause, as a later run of the same relay → `close`: each is asked to drain, and done when all are.
 *
 * Invariants: it holds no viewer and reads no frame, so that it has nothing to die of; when it does die its workers see their channel to
 * it end and drain. A worker that ends before all ever listened ends the whole: its configuration is wrong.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { Logger } from 'pino';
import { Gathering, joinMetrics } from './workers-metrics.js';
import type { FromWorker, ToWorker } from './workers-messages.js';

/** First and longest pause before a worker is started again, ms. */
const BACKOFF_MS = 200;
const BACKOFF_MAX_MS = 5_000;
/** A worker that lived this long was a good one: pauses start anew, ms. */
const HEALTHY_MS = 10_000;

/** What the supervisor is told. */
export interface SupervisorConfig {
  readonly workers: number;
  /** Main module of a worker; it gets the arguments `--worker k --port p`. */
  readonly script: string;
  readonly port: number;
  readonly log: Logger;
  /** Monotonic ms. */
  readonly now: () => number;
  readonly onReady: (url: string) => void;
  /** All workers have ended, after `close` or because one could not start; `code` is what to exit with. */
  readonly onEnd: (code: number) => void;
}

interface Worker {
  readonly k: number;
  child: ChildProcess | undefined;
  url: string | undefined;
  startedAt: number;
  failures: number;
  restarts: number;
  timer: NodeJS.Timeout | undefined;
}

/** Starts workers and keeps them running; see the head of this file. */
export class Supervisor {
  readonly #workers: Worker[];
  readonly #gathering = new Gathering();
  #ready = false;
  #closing = false;
  #code = 0;

  constructor(private readonly config: SupervisorConfig) {
    this.#workers = Array.from({ length: config.workers }, (_, i) => ({
      k: i + 1, child: undefined, url: undefined, startedAt: 0, failures: 0, restarts: 0, timer: undefined,
    }));
  }

  start(): void {
    for (const worker of this.#workers) this.#start(worker);
  }

  /** Asks every worker to drain; `onEnd` follows. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    for (const worker of this.#workers) {
      clearTimeout(worker.timer);
      worker.child?.kill('SIGTERM');
    }
    this.#endIfAlone();
  }

  #start(worker: Worker): void {
    worker.startedAt = this.config.now();
    // Not our execArgv: what a parent of ours had us load is about our own standard input.
    const child = fork(this.config.script, ['--worker', String(worker.k), '--port', String(this.config.port)], {
      execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    worker.child = child;
    child.on('message', (message) => this.#told(worker, message as FromWorker));
    child.on('error', (error) => this.config.log.error({ worker: worker.k, err: error.message }, 'worker'));
    child.once('exit', (code, signal) => this.#ended(worker, code, signal));
  }

  #told(worker: Worker, message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        worker.url = message.url;
        this.config.log.info({ worker: worker.k, pid: worker.child?.pid }, 'worker listens');
        if (this.#ready || !this.#workers.every(({ url }) => url !== undefined)) return;
        this.#ready = true;
        this.config.onReady(message.url);
        return;
      case 'scrape':
        void this.#scrape().then((text) => tell(worker, { kind: 'scraped', ask: message.ask, text }));
        return;
      case 'metrics':
        this.#gathering.got(String(worker.k), message.ask, message.text);
    }
  }

  /** What all workers count, each with its number as a label. */
  async #scrape(): Promise<string> {
    const listening = this.#workers.filter(({ url }) => url !== undefined);
    const texts = await this.#gathering.ask(listening.map(({ k }) => String(k)), (ask) => {
      for (const worker of listening) tell(worker, { kind: 'metrics', ask });
    });
    const restarts = this.#workers.reduce((sum, worker) => sum + worker.restarts, 0);
    return `${joinMetrics(texts)}\
# HELP crowdcue_relay_workers Workers that listen.
# TYPE crowdcue_relay_workers gauge
crowdcue_relay_workers ${listening.length}
# HELP crowdcue_relay_worker_restarts_total Workers that ended and were started again.
# TYPE crowdcue_relay_worker_restarts_total counter
crowdcue_relay_worker_restarts_total ${restarts}
`;
  }

  #ended(worker: Worker, code: number | null, signal: string | null): void {
    worker.child = worker.url = undefined;
    this.#gathering.gone(String(worker.k));
    if (this.#closing) {
      if (code !== 0) this.#code ||= 1;
      return this.#endIfAlone();
    }
    if (!this.#ready) {
      this.#code = code === 2 ? 2 : 1;
      return this.close();
    }
    const livedMs = this.config.now() - worker.startedAt;
    worker.failures = livedMs >= HEALTHY_MS ? 1 : worker.failures + 1;
    const pauseMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** (worker.failures - 1));
    worker.restarts++;
    this.config.log.error({ worker: worker.k, code, signal, pauseMs }, 'worker ended; starting it again');
    worker.timer = setTimeout(() => this.#start(worker), pauseMs);
    return undefined;
  }

  #endIfAlone(): void {
    if (this.#workers.every(({ child }) => child === undefined)) this.config.onEnd(this.#code);
  }
}

const tell = ({ child }: Worker, message: ToWorker): void => {
  if (child?.connected === true) child.send(message, () => undefined); // a worker that is gone says so by its exit
};
