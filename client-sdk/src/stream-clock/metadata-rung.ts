import type { HlsLike } from './players.js';
import { textFrames } from './id3.js';
import type { Rung } from './rung.js';

/**
 * Marks in the stream that say which event time the picture is of: an ID3 frame `TXXX` with the description `crowdcue`, or a tag
 * `EXT-X-DATERANGE` with the attribute `X-CROWDCUE-TIME`; the value is event time in whole ms. Whoever writes them (encoder, packager)
 * has asked the event for its time, so nothing has to be calibrated.
 *
 * hls.js and Safari both show such marks as cues of text tracks of kind `metadata`; where a page has switched that off in hls.js, its
 * event with the bare tags is heard as well.
 */
const DESCRIPTION = 'crowdcue';
const ATTRIBUTE = 'X-CROWDCUE-TIME';
/** What an exact mark may be off on screen, ms: a frame of 25 a second, the time between two readings of a player's clock, and a display. */
const ERROR_MS = 100;
/** A mark tells of what is this near to it in the stream, s: past it there may have been a cut that nobody marked. */
const NEAR_S = 30;
const KEPT = 64;
/** hls.js' `Hls.Events.FRAG_PARSING_METADATA`. */
const PARSED = 'hlsFragParsingMetadata';

interface Mark {
  /** In the player's own time, s. */
  readonly at: number;
  readonly eventTime: number;
}

interface CueLike {
  readonly startTime: number;
  readonly value?: { readonly key?: unknown; readonly info?: unknown; readonly data?: unknown } | undefined;
}

const timeIn = (value: unknown): number | undefined => {
  const time = typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : undefined;
  return time !== undefined && Number.isSafeInteger(time) ? time : undefined;
};

const markOf = ({ startTime, value }: CueLike): Mark | undefined => {
  const named = value?.key === ATTRIBUTE || (value?.key === 'TXXX' && value.info === DESCRIPTION);
  const eventTime = named ? timeIn(value?.data) : undefined;
  return eventTime === undefined || !Number.isFinite(startTime) ? undefined : { at: startTime, eventTime };
};

export class MetadataRung implements Rung {
  readonly name = 'metadata';
  readonly origin = 'event time, as it was written into the stream';
  readonly error = ERROR_MS;
  #parsed: Mark[] = [];

  constructor(readonly video: HTMLVideoElement, readonly hls?: HlsLike) {
    hls?.on(PARSED, this.#take);
  }

  delay(eventTime: number): number | undefined {
    const { currentTime } = this.video;
    const mark = this.#nearest(currentTime);
    return mark && eventTime - mark.eventTime - (currentTime - mark.at) * 1000;
  }

  jumped(): void {
    this.#parsed = this.#parsed.filter(({ at }) => Math.abs(at - this.video.currentTime) <= NEAR_S);
  }

  close(): void {
    this.hls?.off(PARSED, this.#take);
  }

  readonly #take = (_event: string, data: { readonly samples?: readonly { readonly pts: number; readonly data: Uint8Array }[] }): void => {
    for (const { pts, data: tag } of data.samples ?? []) {
      const eventTime = timeIn(textFrames(tag).find(({ description }) => description === DESCRIPTION)?.value);
      if (eventTime !== undefined) this.#parsed = [...this.#parsed, { at: pts, eventTime }].slice(-KEPT);
    }
  };

  #nearest(time: number): Mark | undefined {
    let nearest: Mark | undefined;
    const consider = (mark: Mark | undefined): void => {
      if (mark !== undefined && Math.abs(mark.at - time) < Math.min(NEAR_S, nearest === undefined ? Infinity : Math.abs(nearest.at - time))) nearest = mark;
    };
    for (const track of this.video.textTracks) {
      if (track.kind !== 'metadata') continue;
      if (track.mode === 'disabled') track.mode = 'hidden'; // a disabled track has no cues
      for (const cue of track.cues ?? []) consider(markOf(cue as unknown as CueLike));
    }
    for (const mark of this.#parsed) consider(mark);
    return nearest;
  }
}
