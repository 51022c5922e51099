/** First element of what each script of the journal answers. The header of a script names those that it gives. */
export const REPLY = {
  OK: 0,
  /** another epoch, or nobody, holds the room */
  FENCED: 1,
  /** a tick that does not follow */
  ORDER: 2,
  /** another holder's lease lasts */
  HELD: 3,
  /** the store lost or gained records, or lost a checkpoint, without the holder's knowledge */
  GAP: 4,
} as const;
