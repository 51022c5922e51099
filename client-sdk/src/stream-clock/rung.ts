/** The rungs of the ladder, best first. */
export const RUNGS = ['metadata', 'program-date-time', 'twitch', 'tap'] as const;
export type RungName = (typeof RUNGS)[number];

/** One way to know how late the picture is. */
export interface Rung {
  readonly name: RungName;
  /** Whose clock says what time the picture is of. */
  readonly origin: string;
  /** By how much it may be wrong whatever it is told, ms; 95 of 100 are within. */
  readonly error: number;
  /** How late the picture is now, ms; undefined while it has nothing to say. `eventTime` is now, ms. */
  delay(eventTime: number): number | undefined;
  /** The picture has jumped: what it kept of before may not hold. */
  jumped?(): void;
  close?(): void;
}
