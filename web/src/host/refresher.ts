import type { ReactiveController, ReactiveControllerHost } from 'lit';

export interface RefresherOptions<T> {
  ask(): Promise<T>;
  took(answer: T): void;
  /** Left out, a failure is not told: somebody else tells it. */
  failed?(thrown: unknown): void;
  /** ms from an answer, or a failure, to the next question. */
  every(): number;
}

/** Asks for as long as its element is on the page, a question at a time; what an older question brings is dropped. */
export class Refresher<T> implements ReactiveController {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #on = false;

  constructor(host: ReactiveControllerHost, private readonly options: RefresherOptions<T>) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#on = true;
    this.soon();
  }

  hostDisconnected(): void {
    this.#on = false;
    this.#asked++;
    clearTimeout(this.#timer);
  }

  /** Asks in `ms` instead of when it would have. */
  soon(ms = 0): void {
    clearTimeout(this.#timer);
    if (this.#on) this.#timer = setTimeout(() => void this.now(), ms);
  }

  async now(): Promise<void> {
    if (!this.#on) return;
    const asked = ++this.#asked;
    const newest = (): boolean => asked === this.#asked;
    try {
      const answer = await this.options.ask();
      if (newest()) this.options.took(answer);
    } catch (thrown) {
      if (newest()) this.options.failed?.(thrown);
    }
    if (newest()) this.soon(this.options.every());
  }
}
