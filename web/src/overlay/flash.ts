/**
 * The calibration flash: a bar across the whole picture at given event times. A viewer taps when the bar shows on the own picture; what
 * lies between is the delay. Drawn in the first frame at or after its time.
 */
import { FLASH_MS } from '@crowdcue/protocol';

/** ms between two flashes: well below the three a second that may harm (WCAG 2.3.1). */
const APART_MS = 500;

/** Tells when a flash was drawn, and how late: the frame that shows it comes after its time. */
export type FlashDrawn = (at: number, lateMs: number) => void;

let waiting: number[] = [];
let wake: () => void = () => undefined;

/** Flashes at these event times, ms, and at no other. One that is over, or too near to the one before, is left out. */
export const flashes = (times: readonly number[]): void => {
  waiting = [];
  for (const at of times.filter(Number.isFinite).sort((a, b) => a - b)) if (at - (waiting.at(-1) ?? -Infinity) >= APART_MS) waiting.push(at);
  wake();
};

/** Draws flashes by showing and hiding `bar`; `eventTime` is event time now, ms. Returns how to stop. */
export const drawFlashes = (bar: HTMLElement, eventTime: () => number | undefined, drawn: FlashDrawn = () => undefined): (() => void) => {
  let frame = 0;
  let last = -Infinity;
  const look = (): void => {
    const now = eventTime();
    if (now !== undefined) {
      while (waiting.length > 0 && waiting[0]! <= now) {
        const at = waiting.shift()!;
        if (now - at > FLASH_MS || at - last < APART_MS) continue; // a page that stood still must not flash what nobody waits for any more
        last = at;
        drawn(at, now - at);
      }
      bar.hidden = !(now - last < FLASH_MS);
    }
    frame = waiting.length > 0 || !bar.hidden ? requestAnimationFrame(look) : 0;
  };
  wake = () => {
    if (frame === 0) frame = requestAnimationFrame(look);
  };
  wake();
  return () => {
    cancelAnimationFrame(frame);
    waiting = [];
    wake = () => undefined;
  };
};
