import type { HlsLike } from './players.js';
import type { Rung } from './rung.js';

/** A packager's clock against event time: what it shows at event time 0, ms since 1970, and how well that is known, ms. */
export interface PackagerClock {
  readonly epoch: number;
  readonly error: number;
}

/** What a frame's date may be off beside that, ms: a frame of 25 a second, and the time between two readings of a player's clock. */
const FRAME_MS = 60;

/** Safari, and whatever else plays HLS by itself. */
type NativeVideo = HTMLVideoElement & { getStartDate?(): Date };

/** The program date of the frame on screen, ms since 1970 by the packager's clock; undefined where the stream, or the player, tells none. */
export const programDate = (video: NativeVideo, hls?: HlsLike): number | undefined => {
  const date = hls === undefined ? (video.getStartDate?.().getTime() ?? Number.NaN) + video.currentTime * 1000 : hls.playingDate?.getTime() ?? Number.NaN;
  return Number.isFinite(date) ? date : undefined;
};

/** `EXT-X-PROGRAM-DATE-TIME`, by hls.js or by Safari. `clock` is asked each time: the host may calibrate it at any moment. */
export class ProgramDateRung implements Rung {
  readonly name = 'program-date-time';
  readonly origin = 'the packager’s clock';

  constructor(readonly video: HTMLVideoElement, readonly clock: () => PackagerClock | undefined, readonly hls?: HlsLike) {}

  get error(): number {
    return FRAME_MS + (this.clock()?.error ?? 0);
  }

  delay(eventTime: number): number | undefined {
    const date = programDate(this.video, this.hls);
    const epoch = this.clock()?.epoch;
    return date === undefined || epoch === undefined ? undefined : eventTime - (date - epoch);
  }
}
