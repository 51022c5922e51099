/**
 * The stream clock: how late a viewer's picture is behind the host's, and how well that is known.
 *
 * A ladder of rungs, best first, each with the clock that it goes by and the error that it may have: marks of event time in the stream
 * (metadata-rung.ts), the packager's dates (program-date-rung.ts), what Twitch's player says (twitch-rung.ts), the viewer's taps on the
 * flashes of the overlay (tap-rung.ts), none. stream-clock.ts asks all of them every second, follows each by a filter, takes the one with
 * the smallest error and tells the session, whose relay holds rounds back by it from the next time on that the viewer sees none.
 *
 * Event time comes from the session, which has it from the relay. No device clock is asked for the time of anything.
 * A page loads this when it has a player, or when its viewer is to tap; it must not be imported by what the element needs at first.
 */
export { estimateDelay, REACTION_MS, type TapEstimate } from './tap-estimate.js';
export type { HlsLike, Player, TwitchExtensionLike, TwitchPlayerLike } from './players.js';
export { programDate, type PackagerClock } from './program-date-rung.js';
export type { RungName } from './rung.js';
export { StreamClock, type ClockedSession, type DelayReading, type StreamClockEvents, type StreamClockOptions } from './stream-clock.js';
export { flashAt, FLASH_MS, FLASH_SERIES_MS, flashTimes, type Flash } from '@crowdcue/protocol';
