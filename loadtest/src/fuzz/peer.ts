import { WireSocket } from '@crowdcue/relay/wire-socket';
import { now } from '../clock.js';
import { type Ending, toldIn } from './books.js';

/** ms in which whatever must happen to a connection happens, on a machine that is busy. */
const PATIENCE_MS = 20_000;

/** One connection of the fuzzer: what came last of each frame code, and how it ended. */
export class Peer {
  readonly socket: WireSocket;
  readonly frames = new Map<number, Uint8Array>();
  ending: Ending | undefined;
  #told: string | undefined;
  #open = false;
  #wake: () => void = () => undefined;

  constructor(url: string, protocols: readonly string[], localAddress?: string) {
    this.socket = new WireSocket(new URL(url), {
      open: () => {
        this.#open = true;
        this.#wake();
      },
      message: (frame) => {
        this.frames.set(frame[0]!, frame.slice());
        this.#told = toldIn(frame) ?? this.#told;
        this.#wake();
      },
      close: (code, reason) => {
        this.ending = { code, reason, told: this.#told };
        this.#wake();
      },
    }, { protocols, ...(localAddress === undefined ? {} : { localAddress }) });
  }

  /** Resolves when `condition` holds, or it has ended, or for long neither; tells whether the condition holds. */
  until(condition: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const late = setTimeout(() => done(), PATIENCE_MS);
      const done = (): void => {
        clearTimeout(late);
        this.#wake = () => undefined;
        resolve(condition());
      };
      this.#wake = () => { if (condition() || this.ending !== undefined) done(); };
      this.#wake();
    });
  }

  opened(): Promise<boolean> {
    return this.until(() => this.#open);
  }

  came(code: number): Promise<boolean> {
    return this.until(() => this.frames.has(code));
  }

  /** How the other side ended it; undefined when it did not. */
  async end(): Promise<Ending | undefined> {
    await this.until(() => this.ending !== undefined);
    return this.ending;
  }
}

/** Retries what is refused for its frequency alone. */
export const patiently = async <T>(ask: () => Promise<T | 'busy'>): Promise<T> => {
  for (const end = now() + PATIENCE_MS; ;) {
    const answer = await ask();
    if (answer !== 'busy') return answer;
    if (now() > end) throw new Error('refused for its frequency for too long');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
