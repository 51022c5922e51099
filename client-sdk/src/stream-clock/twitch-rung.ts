import type { TwitchExtensionLike, TwitchPlayerLike } from './players.js';
import type { Rung } from './rung.js';

/** Twitch says nothing about how exact it is; that its figure is good to a second is an assumption, not a measurement. */
const ERROR_MS = 1_000;

/** What an extension's helper said last, s. Twitch takes no listener off, so each helper gets one, whoever asks and however often. */
interface Heard {
  seconds: number | undefined;
}
const heard = new WeakMap<TwitchExtensionLike, Heard>();

const listenTo = (extension: TwitchExtensionLike): Heard => {
  const known = heard.get(extension);
  if (known !== undefined) return known;
  const told: Heard = { seconds: undefined };
  heard.set(extension, told);
  // It tells a part of its context at a time: one without the latency says nothing of it.
  extension.onContext(({ hlsLatencyBroadcaster }) => (told.seconds = hlsLatencyBroadcaster ?? told.seconds));
  return told;
};

/** How late Twitch's own player says that it is behind the broadcaster. */
export class TwitchRung implements Rung {
  readonly name = 'twitch';
  readonly origin = 'Twitch’s player: latency to the broadcaster';
  readonly error = ERROR_MS;
  readonly #heard: Heard | undefined;

  constructor(readonly player: TwitchPlayerLike | undefined, extension?: TwitchExtensionLike) {
    this.#heard = extension && listenTo(extension);
  }

  delay(): number | undefined {
    const seconds = this.player === undefined ? this.#heard?.seconds : this.player.getPlaybackStats()?.hlsLatencyBroadcaster;
    return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined; // 0 is what it says before it knows
  }
}
