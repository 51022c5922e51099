/**
 * How well a relay's viewers know how late their pictures are, as a frame of the link, from version 3 on: for the host's eyes only. It is
 * told when it has changed, once a second at most, and again on every link; it is not journalled and nothing is decided by it.
 */
import { ByteReader, ByteWriter } from './bytes.js';
import { CrowdcueError } from './errors.js';
import { LIMITS } from './limits.js';
import { LINK } from './link.js';

/** So many viewers said that they know their delay to within `error` ms. */
export interface DelayErrors {
  readonly error: number;
  readonly viewers: number;
}

/** Up to a second in steps of 50 ms, then of a second: what differs by less tells a host nothing. */
const FINE_MS = 50;
const FINE_TO_MS = 1_000;

/** The step that an error counts in, ms: rounded up. */
export const errorStep = (error: number): number => {
  const step = error <= FINE_TO_MS ? FINE_MS : FINE_TO_MS;
  return Math.min(Math.ceil(error / step) * step, LIMITS.delayMs);
};

export const encodeDelayErrors = (rows: readonly DelayErrors[]): Uint8Array => {
  const w = new ByteWriter(8 + rows.length * 8).u8(LINK.delayErrors).varint(rows.length);
  for (const { error, viewers } of rows) w.varint(error).varint(viewers);
  return w.bytes();
};

export const decodeDelayErrors = (frame: Uint8Array): DelayErrors[] => {
  const r = new ByteReader(frame);
  if (r.u8() !== LINK.delayErrors) throw new CrowdcueError('frame_unknown');
  const rows: DelayErrors[] = [];
  for (let left = r.bounded(r.left >> 1); left > 0; left--) rows.push({ error: r.bounded(LIMITS.delayMs), viewers: r.bounded(LIMITS.linkSlots) });
  r.end();
  return rows;
};
