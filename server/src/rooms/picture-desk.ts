/**
 * What the room knows of its viewers' pictures beside the game: the flashes that the host has drawn into the stream, the packager's clock,
 * and how well viewers know their delay. The first two are journalled and shared with everybody; the last is for the host's eyes, from
 * the relays' latest words.
 */
import { CrowdcueError, FLASH_SERIES_MS, LIMITS, type DelayErrors, type EventOverview } from '@crowdcue/protocol';
import type { RoomInput } from './inputs.js';
import type { PackagerOffset } from './room-control.js';
import type { CrowdState } from './state.js';

/** ms from the host's command to the first flash: by then every overlay knows of it. */
const FLASH_LEAD_MS = 2_000;
/** That a packager nobody has calibrated keeps the origin's time to a second is an assumption, not a measurement; ms. */
const UNCALIBRATED_MS = 1_000;
/** How far a packager's clock may be off at most, ms: some are never set and count from 1970. */
const OFFSET_MS = 100 * 365 * 86_400_000;

/** What is known of the packager before anybody calibrates it. */
export const assumedPackager = (createdAt: number): RoomInput => ({ kind: 'packager', epoch: createdAt, error: UNCALIBRATED_MS });

/** Throws `bad_request`. */
export const checkPackager = ({ offset, error }: PackagerOffset, createdAt: number): RoomInput => {
  if (!(Math.abs(offset) <= OFFSET_MS)) throw new CrowdcueError('bad_request', `offsetMs must be ${-OFFSET_MS} to ${OFFSET_MS}.`);
  if (!(error >= 0 && error <= LIMITS.delayMs)) throw new CrowdcueError('bad_request', `errorMs must be 0 to ${LIMITS.delayMs}.`);
  return { kind: 'packager', epoch: createdAt + offset, error };
};

/** A series that begins in a moment. `now` is event time, ms. */
export const seriesFrom = (now: number): { readonly from: number; readonly until: number } => {
  const from = Math.round(now + FLASH_LEAD_MS);
  return { from, until: from + FLASH_SERIES_MS };
};

/** Latest wins, relay by relay. */
export class DelayErrorDesk {
  readonly #of = new Map<string, readonly DelayErrors[]>();

  told(relayId: string, rows: readonly DelayErrors[]): void {
    this.#of.set(relayId, rows);
  }

  gone(relayId: string): void {
    this.#of.delete(relayId);
  }

  /** How many viewers said how well they know their delay, and the errors that half and 95 of 100 of them are within, ms. */
  overview(): NonNullable<EventOverview['delayError']> {
    const rows = [...this.#of.values()].flat().sort((a, b) => a.error - b.error);
    const told = rows.reduce((sum, { viewers }) => sum + viewers, 0);
    const within = (share: number): number => {
      let left = Math.ceil(told * share);
      return rows.find(({ viewers }) => (left -= viewers) <= 0)?.error ?? 0;
    };
    return { told, p50: within(0.5), p95: within(0.95) };
  }
}

/** The packager as the host sees it. */
export const packagerOf = (state: CrowdState, createdAt: number): NonNullable<EventOverview['packager']> =>
  ({ offset: Math.round(state.packagerEpoch - createdAt), error: state.packagerError });
