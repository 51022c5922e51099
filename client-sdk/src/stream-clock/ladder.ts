import type { StreamDelay } from '@crowdcue/protocol';
import { MetadataRung } from './metadata-rung.js';
import { kindOf, PictureWatch, type HlsLike, type Player } from './players.js';
import { ProgramDateRung, type PackagerClock } from './program-date-rung.js';
import type { Rung } from './rung.js';
import { TapRung } from './tap-rung.js';
import { TwitchRung } from './twitch-rung.js';

/** The rungs that a player has, best first, and whether its picture moves. */
export class Ladder {
  readonly rungs: readonly Rung[];
  readonly tap: TapRung;
  #watch: PictureWatch | undefined;
  #video: HTMLVideoElement | undefined;

  constructor(player: Player | undefined, packager: () => PackagerClock | undefined, private readonly jumped: () => void, tapped?: StreamDelay) {
    const found = kindOf(player);
    this.tap = new TapRung(() => this.#video && this.#video.currentTime * 1000, found === undefined ? tapped : undefined);
    this.rungs = [...this.#rungsOf(found, packager), this.tap];
  }

  /** Whether what is seen now is the stream going on; false in a seek, a stall, a pause. */
  get moving(): boolean {
    return this.#watch?.moving ?? true;
  }

  close(): void {
    this.#watch?.close();
    for (const rung of this.rungs) rung.close?.();
  }

  #rungsOf(found: ReturnType<typeof kindOf>, packager: () => PackagerClock | undefined): Rung[] {
    switch (found?.kind) {
      case undefined: return [];
      case 'twitch': return [new TwitchRung(found.player)];
      case 'extension': return [new TwitchRung(undefined, found.extension)];
      case 'video': return this.#ofVideo(found.video, packager);
      case 'hls': return found.hls.media === null ? [] : this.#ofVideo(found.hls.media, packager, found.hls);
    }
  }

  #ofVideo(video: HTMLVideoElement, packager: () => PackagerClock | undefined, hls?: HlsLike): Rung[] {
    this.#video = video;
    this.#watch = new PictureWatch(video, () => {
      if (video.readyState === 0) this.tap.forget(); // emptied: another stream
      for (const rung of this.rungs) rung.jumped?.();
      this.jumped();
    });
    return [new MetadataRung(video, hls), new ProgramDateRung(video, packager, hls)];
  }
}
