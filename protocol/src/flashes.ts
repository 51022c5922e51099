/**
 * The flashes by which a viewer's picture is timed by hand. A series is drawn into the picture by the overlay at known event times; who
 * sees them late says by how much by tapping along. The steps between them are uneven on purpose: no four successive flashes fit any
 * other place of the series (the closest is 500 ms off), so that a delay of seconds is not mistaken for another, and nobody can fall
 * into a beat and tap ahead of it.
 */

/** ms between a flash and the next: about 2 s, which is also far below what harms anybody (three a second). */
const STEPS = [1600, 1600, 1600, 2700, 2400, 2200, 2700, 2700, 1500, 2100, 2600, 1600, 2600, 2000, 2100, 2500, 2100, 1500, 1700] as const;

/** ms from the first flash of a series to each. */
const OFFSETS: readonly number[] = STEPS.reduce<number[]>((sum, step) => [...sum, sum.at(-1)! + step], [0]);

/** ms that a flash is to be seen: a few frames of any stream, and short enough to have a beginning. */
export const FLASH_MS = 200;

/** ms that a series takes, from its first flash to the end of its last. */
export const FLASH_SERIES_MS = OFFSETS.at(-1)! + FLASH_MS;

/** The event times of a series whose first flash is at `from`, ms. None where there is no series (`from` is 0). */
export const flashTimes = (from: number): readonly number[] => (from > 0 ? OFFSETS.map((offset) => from + offset) : []);

/** A flash as the overlay draws it. */
export interface Flash {
  /** From 0. */
  readonly index: number;
  /** How much of it is over, 0 to 1. */
  readonly progress: number;
}

/**
 * The flash that stands in the picture at `eventTime`, if one does; `from` is the state's `flashFrom`. An overlay asks this once a frame:
 * `const flash = flashAt(state.flashFrom, session.eventTime())`.
 */
export const flashAt = (from: number, eventTime: number): Flash | undefined => {
  const index = flashTimes(from).findIndex((time) => eventTime >= time && eventTime < time + FLASH_MS);
  return index < 0 ? undefined : { index, progress: (eventTime - from - OFFSETS[index]!) / FLASH_MS };
};
