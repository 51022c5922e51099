/**
 * The picture's delay as Twitch's player reports it, told to a session: stream time without any calibration. Twitch says seconds behind
 * the broadcaster, about once a second, and wavers by some tenths; how wrong it may be it does not say.
 */
import type { Session } from '@crowdcue/client';
import type { TwitchContext } from './helper.js';

/** A change below this is the player's own wavering, ms; the relay's cohorts are no finer. */
const STEP_MS = 250;
/** Assumed, for Twitch states none, ms. */
const ERROR_MS = 1_000;
/** More than any live player is late, s: beyond it the viewer has wound back, and what is shown is no live picture. */
const LONGEST_S = 60;

export class TwitchLatency {
  #delay: number | undefined;
  #session: Pick<Session, 'setDelay'> | undefined;

  /** Whole ms; undefined until Twitch has said it. */
  get delay(): number | undefined {
    return this.#delay;
  }

  follow(session: Pick<Session, 'setDelay'>): void {
    this.#session = session;
    this.#tell();
  }

  context({ hlsLatencyBroadcaster: seconds }: TwitchContext): void {
    if (seconds === undefined || !(seconds >= 0 && seconds <= LONGEST_S)) return;
    const delay = Math.round(seconds * 1000);
    if (this.#delay !== undefined && Math.abs(delay - this.#delay) < STEP_MS) return;
    this.#delay = delay;
    this.#tell();
  }

  #tell(): void {
    if (this.#delay !== undefined) this.#session?.setDelay({ delay: this.#delay, error: ERROR_MS });
  }
}
