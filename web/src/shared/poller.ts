/**
 * Asks again and again: at its period while answers come, ever more slowly while they do not, and at once when the network is
 * back. One question is open at a time; an answer to a question of before `stop` is dropped.
 */
import { asApiError, type ApiError } from './api.js';

/** How the last question went. */
export type PollState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'live' }
  /** `failures` in a row; the next question comes `retryInMs` after the last failure. */
  | { readonly kind: 'unreachable'; readonly failures: number; readonly retryInMs: number; readonly error: ApiError }
  /** An error that asking again does not mend. */
  | { readonly kind: 'refused'; readonly error: ApiError };

export interface PollerOptions<T> {
  readonly periodMs: number;
  ask(): Promise<T>;
  onAnswer(answer: T): void;
  onState(state: PollState): void;
  /** Injected by tests. */
  readonly setTimer?: (run: () => void, ms: number) => unknown;
  readonly clearTimer?: (timer: unknown) => void;
}

const FIRST_BACKOFF_MS = 1_000; // a restart of the origin is over after two or three of these
const LAST_BACKOFF_MS = 8_000; // a host on air should not wait longer for the desk to come back

/** Milliseconds until the next question after `failures` failures in a row. */
export const backoffMs = (failures: number): number => Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LAST_BACKOFF_MS);

export class Poller<T> {
  #run = 0;
  #timer: unknown;
  #failures = 0;
  #asking = false;
  readonly #setTimer: NonNullable<PollerOptions<T>['setTimer']>;
  readonly #clearTimer: NonNullable<PollerOptions<T>['clearTimer']>;

  constructor(private readonly options: PollerOptions<T>) {
    this.#setTimer = options.setTimer ?? ((run, ms) => setTimeout(run, ms));
    this.#clearTimer = options.clearTimer ?? ((timer) => clearTimeout(timer as number));
  }

  start(): void {
    this.stop();
    this.#failures = 0;
    this.options.onState({ kind: 'starting' });
    void this.#ask(this.#run);
  }

  stop(): void {
    this.#run++;
    this.#asking = false;
    this.#clearTimer(this.#timer);
  }

  /** Asks now instead of at the next period: after a command, or when the network is back. */
  poke(): void {
    if (this.#asking) return;
    this.#clearTimer(this.#timer);
    void this.#ask(this.#run);
  }

  async #ask(run: number): Promise<void> {
    this.#asking = true;
    let next = this.options.periodMs;
    try {
      const answer = await this.options.ask();
      if (run !== this.#run) return;
      this.#failures = 0;
      this.options.onAnswer(answer);
      this.options.onState({ kind: 'live' });
    } catch (thrown) {
      if (run !== this.#run) return;
      const error = asApiError(thrown);
      if (!error.retryable) {
        this.#asking = false;
        return this.options.onState({ kind: 'refused', error });
      }
      this.#failures++;
      next = backoffMs(this.#failures);
      this.options.onState({ kind: 'unreachable', failures: this.#failures, retryInMs: next, error });
    }
    this.#asking = false;
    this.#timer = this.#setTimer(() => void this.#ask(run), next);
  }
}
