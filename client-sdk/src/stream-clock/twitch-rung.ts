import type { TwitchExtensionLike, TwitchPlayerLike } from './players.js';
import type { Rung } from './rung.js';

/** Twitch says nothing about how exact it is; that its figure is good to a second is an assumption, not a measurement. */
const ERROR_MS = 1_000;

/** How late Twitch's own player says that it is behind the broadcaster. */
export class TwitchRung implements Rung {
  readonly name = 'twitch';
  readonly origin = 'Twitch’s player: latency to the broadcaster';
  readonly error = ERROR_MS;
  #told: number | undefined;

  constructor(readonly player: TwitchPlayerLike | undefined, extension?: TwitchExtensionLike) {
    extension?.onContext(({ hlsLatencyBroadcaster }) => (this.#told = hlsLatencyBroadcaster));
  }

  delay(): number | undefined {
    const seconds = this.player === undefined ? this.#told : this.player.getPlaybackStats()?.hlsLatencyBroadcaster;
    return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined; // 0 is what it says before it knows
  }
}
