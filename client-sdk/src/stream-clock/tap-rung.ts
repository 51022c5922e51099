import type { StreamDelay } from '@crowdcue/protocol';
import { estimateDelay } from './tap-estimate.js';
import type { Rung } from './rung.js';

/** More taps than a series has flashes are of two series. */
const KEPT = 24;

/**
 * One-tap calibration: the viewer taps when the picture flashes. Where the picture is a video of this page, what the taps say is tied to
 * the place in it, so that a seek or a stall is followed; for a television beside a phone it stands until the next taps.
 */
export class TapRung implements Rung {
  readonly name = 'tap';
  readonly origin = 'the viewer’s taps on the flashes';
  error = Infinity;
  /** Taps since the series began, and how many of them fit. */
  taps = 0;
  fitting = 0;
  #times: number[] = [];
  #series = 0;
  #delay: number | undefined;
  /** Event time less place in the video, ms, by which the picture's time is told. */
  #base: number | undefined;

  /** `place`: where the video is, ms, if there is one. `kept`: what taps said before the page was loaded anew, of a picture elsewhere. */
  constructor(readonly place: () => number | undefined, kept?: StreamDelay) {
    if (kept === undefined) return;
    this.#delay = kept.delay;
    this.error = kept.error;
  }

  /** A tap at `eventTime`, ms, in the series that began at `from`. Answers whether the delay is known by now. */
  tap(eventTime: number, from: number, flashes: readonly number[]): boolean {
    if (from !== this.#series) {
      this.#series = from;
      this.#times = [];
    }
    this.#times = [...this.#times, eventTime].slice(-KEPT);
    this.taps = this.#times.length;
    const estimate = estimateDelay(this.#times, flashes);
    this.fitting = estimate?.taps ?? 0;
    if (estimate === undefined) return false;
    this.#delay = estimate.delay;
    this.error = estimate.error;
    const place = this.place();
    this.#base = place === undefined ? undefined : eventTime - estimate.delay - place;
    return true;
  }

  delay(eventTime: number): number | undefined {
    const place = this.place();
    return this.#base === undefined || place === undefined ? this.#delay : eventTime - (this.#base + place);
  }

  /** Taps before and after a jump tell of two delays. What is known already holds: it is tied to the place. */
  jumped(): void {
    this.#times = [];
  }

  /** Another stream: nothing that is known is of it. */
  forget(): void {
    this.jumped();
    this.#delay = this.#base = undefined;
    this.error = Infinity;
  }
}
