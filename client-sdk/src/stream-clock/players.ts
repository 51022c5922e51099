/** What of players the stream clock uses: shapes, so that no player is imported. A page hands in its own. */

/** hls.js, as far as it is needed: the `Hls` instance that plays the page's video. */
export interface HlsLike {
  readonly media: HTMLVideoElement | null;
  /** Program date of the frame on screen. */
  readonly playingDate: Date | null;
  on(event: string, listener: (event: string, data: never) => void): void;
  off(event: string, listener: (event: string, data: never) => void): void;
}

/** Twitch's embedded player (`new Twitch.Player(…)`, or `embed.getPlayer()`). */
export interface TwitchPlayerLike {
  getPlaybackStats(): { readonly hlsLatencyBroadcaster?: number } | undefined;
}

/** The helper of a Twitch extension: `Twitch.ext`. */
export interface TwitchExtensionLike {
  onContext(listener: (context: { readonly hlsLatencyBroadcaster?: number }) => void): void;
}

/** What shows the picture. */
export type Player = HTMLVideoElement | HlsLike | TwitchPlayerLike | TwitchExtensionLike;

export type PlayerKind =
  | { readonly kind: 'video'; readonly video: HTMLVideoElement }
  | { readonly kind: 'hls'; readonly hls: HlsLike }
  | { readonly kind: 'twitch'; readonly player: TwitchPlayerLike }
  | { readonly kind: 'extension'; readonly extension: TwitchExtensionLike };

const has = <K extends string>(value: object, name: K): value is Record<K, unknown> => name in value;

/** Which kind of player it is, by what it can do; undefined for what is none. */
export const kindOf = (player: unknown): PlayerKind | undefined => {
  if (typeof player !== 'object' || player === null) return undefined;
  if (has(player, 'getPlaybackStats')) return { kind: 'twitch', player: player as TwitchPlayerLike };
  if (has(player, 'onContext')) return { kind: 'extension', extension: player as unknown as TwitchExtensionLike };
  if (has(player, 'playingDate') && has(player, 'media')) return { kind: 'hls', hls: player as unknown as HlsLike };
  if (has(player, 'currentTime') && has(player, 'textTracks')) return { kind: 'video', video: player as unknown as HTMLVideoElement };
  return undefined;
};

/** What a video may do that makes its picture jump, or stand. */
const JUMPS = ['seeked', 'playing', 'emptied'] as const;
const STANDS = ['seeking', 'waiting', 'pause', 'emptied'] as const;

/** Enough is there for the next frame. */
const FUTURE_DATA = 3;
const moves = ({ paused, seeking, readyState }: HTMLVideoElement): boolean => !paused && !seeking && readyState >= FUTURE_DATA;

/** Whether the picture moves, and when it has jumped: a seek, a stall, an ad or a rewind to live that a video plays itself. */
export class PictureWatch {
  readonly #stop = new AbortController();
  moving: boolean;

  constructor(readonly video: HTMLVideoElement, jumped: () => void) {
    const { signal } = this.#stop;
    this.moving = moves(video);
    for (const type of STANDS) video.addEventListener(type, () => (this.moving = false), { signal });
    for (const type of JUMPS) {
      video.addEventListener(type, () => {
        this.moving = moves(video);
        jumped();
      }, { signal });
    }
  }

  close(): void {
    this.#stop.abort();
  }
}
