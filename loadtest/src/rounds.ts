import type { EventOverview } from '@crowdcue/protocol';
import { now, sleep } from './clock.js';
import type { HostApi } from './system.js';

export interface RoundsOptions {
  readonly event: string;
  /** Consoles of all origins; any may be away. */
  readonly hosts: () => readonly HostApi[];
  /** What some origin says of the event. */
  readonly overview: () => Promise<EventOverview>;
  readonly roundMs: number;
}

const NEXT_MS = 500;
/** ms in which the running round must end once it was told to. */
const END_MS = 30_000;

/** Keeps a round running until it is told to end. */
export class Rounds {
  #ending = false;
  readonly #done: Promise<void>;

  constructor(private readonly options: RoundsOptions) {
    this.#done = this.#keep();
  }

  /** Stops the running round and waits until it is over. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#done;
    for (const end = now() + END_MS; now() < end; await sleep(NEXT_MS)) {
      const { phase } = await this.options.overview();
      if (phase !== 'live' && phase !== 'armed') return;
      await this.#tryAll('stop', {});
    }
    throw new Error('the round did not end');
  }

  async #keep(): Promise<void> {
    while (!this.#ending) {
      // A round that runs refuses another; an origin that is away does not answer. Either way: later again.
      await this.#tryAll('cue', { game: 'tug', inMs: NEXT_MS, durationMs: this.options.roundMs, params: { goal: 1_000_000 } });
      await sleep(NEXT_MS);
    }
  }

  async #tryAll(command: string, body: unknown): Promise<void> {
    for (const host of this.options.hosts()) {
      const done = await host.post(`/api/events/${this.options.event}/${command}`, body).then(() => true, () => false);
      if (done) return;
    }
  }
}
