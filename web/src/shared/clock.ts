/** Milliseconds that only ever grow, for durations and countdowns. The one place of these pages that asks the browser for time. */
export const now = (): number => performance.now();

/** Milliseconds since 1970 by this device: good for what is kept over a reload, never for a round. */
export const wallClock = (): number => Date.now();
