/** Where the relay gets time and chance from; tests hand in their own. */
export interface Clock {
  /** Monotonic ms; only differences mean something. */
  now(): number;
  /** ms since 1970, for ends of tokens and proofs alone; it may be wrong, and jump. */
  wall(): number;
  /** [0, 1), for back-off and spreading. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
};
