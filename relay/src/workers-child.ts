import type { FromWorker, ToWorker } from './workers-messages.js';

/** The worker's end of the channel to its supervisor. */
export class WorkerChannel {
  readonly #scrapes = new Map<number, (text: string) => void>();
  #last = 0;

  /** `own` is what this worker counts; `alone` is called when the supervisor has gone. */
  constructor(own: () => Promise<string>, alone: () => void) {
    process.on('message', (message) => this.#told(message as ToWorker, own));
    process.on('disconnect', alone);
  }

  ready(url: string): void {
    say({ kind: 'ready', url });
  }

  /** What all workers count. */
  scrape(): Promise<string> {
    return new Promise((resolve) => {
      this.#scrapes.set(++this.#last, resolve);
      say({ kind: 'scrape', ask: this.#last });
    });
  }

  #told(message: ToWorker, own: () => Promise<string>): void {
    switch (message.kind) {
      case 'metrics':
        void own().then((text) => say({ kind: 'metrics', ask: message.ask, text }));
        return;
      case 'scraped':
        this.#scrapes.get(message.ask)?.(message.text);
        this.#scrapes.delete(message.ask);
    }
  }
}

const say = (message: FromWorker): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};
