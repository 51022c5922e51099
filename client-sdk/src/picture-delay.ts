import { CrowdcueError, encodeDelay, LIMITS, type StreamDelay } from '@crowdcue/protocol';

/** The first version of a relay that takes a delay. */
const SINCE = 2;

/** Whole ms from 0 to what any event takes. */
const clean = (ms: number): number => {
  if (!(ms >= 0)) throw new CrowdcueError('bad_request', 'A delay is a number of milliseconds from 0 on.');
  return Math.round(Math.min(ms, LIMITS.delayMs));
};

/** How late the viewer's picture is: what was declared, and what counts. As at the relay, a change counts between rounds only. */
export class PictureDelay {
  #declared: StreamDelay;
  #known = false;
  #taken = false;
  /** ms by which what the relay sends is held back. */
  inEffect = 0;

  constructor(delay: number | undefined) {
    this.#declared = { delay: clean(delay ?? 0), error: 0 };
    this.#known = delay !== undefined;
  }

  get declared(): number {
    return this.#declared.delay;
  }

  set({ delay, error }: StreamDelay): void {
    this.#declared = { delay: clean(delay), error: clean(error) };
    this.#known = true;
  }

  /** A relay of this version let the viewer in, late by what was declared as it came. */
  welcomed(version: number, delay: number): void {
    this.#taken = version >= SINCE;
    this.inEffect = this.#taken ? delay : 0;
  }

  /** The viewer sees no round now, so what was declared counts. */
  betweenRounds(): void {
    if (this.#taken) this.inEffect = this.#declared.delay;
  }

  /** What the relay is to be told; undefined when there is nothing, or it would not understand. */
  get frame(): Uint8Array | undefined {
    return this.#taken && this.#known ? encodeDelay(this.#declared) : undefined;
  }
}
