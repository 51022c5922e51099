/**
 * The last section of a batch: how late the pictures of single viewers are. A relay says it when it takes a viewer into a late cohort and
 * whenever it moves one between cohorts; of whom it says nothing, the picture is not late. Layout: a zero byte (a section of virtual
 * joins is never empty, so it does not begin with one), the count, then all slots and all delays. Links below version 3 know no such
 * section: they are sent the bytes before it.
 */
import { ByteWriter, type ByteReader } from './bytes.js';
import { CrowdcueError } from './errors.js';
import { LIMITS } from './limits.js';

/** A viewer is in the cohort of this delay from now on. */
export interface BatchDelay {
  readonly slot: number;
  /** ms, at most what any event takes. */
  readonly delay: number;
}

/** The first version of the link that is told of delays: batches may end with them, and their errors have a frame. */
export const DELAYS_SINCE = 3;
const MARK = 0;
const LAST_SLOT = LIMITS.linkSlots - 1;

/** The bytes of a batch without virtual joins, with delays at their end. */
export const withDelays = (batch: Uint8Array, delays: readonly BatchDelay[]): Uint8Array => {
  const w = new ByteWriter(batch.length + 8 + delays.length * 6).raw(batch).u8(MARK).varint(delays.length);
  for (const { slot } of delays) w.varint(slot);
  for (const { delay } of delays) w.varint(delay);
  return w.bytes();
};

/** Whether what is left of a batch is the section of delays. */
export const atDelays = (r: ByteReader): boolean => r.left > 0 && r.buffer[r.offset] === MARK;

/** The section of delays. */
export const readDelays = (r: ByteReader): readonly BatchDelay[] => {
  r.u8();
  if (r.left === 0) throw new CrowdcueError('frame_malformed');
  const count = r.bounded(r.left >> 1); // a byte in each column: a count that lies makes us allocate nothing
  if (count === 0) throw new CrowdcueError('frame_malformed'); // an empty section is left out
  const slots = Array.from({ length: count }, () => r.bounded(LAST_SLOT));
  return slots.map((slot) => ({ slot, delay: r.bounded(LIMITS.delayMs) }));
};
