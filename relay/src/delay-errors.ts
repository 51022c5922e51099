import { DELAYS_SINCE, encodeDelayErrors, errorStep } from '@crowdcue/protocol';
import type { Viewer } from './viewers.js';

/** ms between two reports. */
const REPORT_MS = 1_000;

/** Counts how well the viewers of a channel know their delay, and tells the room when that has changed. No loop over viewers. */
export class DelayErrorCounts {
  readonly #counts = new Map<number, number>();
  #changed = false;
  #version = 1;
  #reportedAt = Number.NEGATIVE_INFINITY;

  /** `send` answers whether the frame left. */
  constructor(private readonly send: (frame: Uint8Array) => boolean) {}

  /** The viewer says how well it knows its delay, ms. */
  told(viewer: Viewer, error: number): void {
    const step = errorStep(error);
    if (step === viewer.errorStep) return;
    this.gone(viewer);
    viewer.errorStep = step;
    this.#count(step, 1);
  }

  gone(viewer: Viewer): void {
    if (viewer.errorStep < 0) return;
    this.#count(viewer.errorStep, -1);
    viewer.errorStep = -1;
  }

  /** A link of this version is up: its room knows nothing yet. */
  greeted(version: number): void {
    this.#version = version;
    this.#changed = this.#counts.size > 0;
  }

  /** Called every 50 ms. */
  beat(now: number): void {
    if (!this.#changed || this.#version < DELAYS_SINCE || now - this.#reportedAt < REPORT_MS) return;
    this.#reportedAt = now;
    this.#changed = !this.send(encodeDelayErrors([...this.#counts].map(([error, viewers]) => ({ error, viewers }))));
  }

  #count(step: number, by: number): void {
    const viewers = (this.#counts.get(step) ?? 0) + by;
    if (viewers > 0) this.#counts.set(step, viewers);
    else this.#counts.delete(step);
    this.#changed = true;
  }
}
