import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { Metrics } from './metrics.js';
import { VirtualChannel } from './virtual-channel.js';
import type { VirtualOutlet } from './virtual-outlet.js';
import type { Place } from './virtual-place.js';
import type { VirtualUpstream } from './virtual-upstream.js';

/** Ms that a channel stays without viewers: one that reloads its page finds it open. */
const LINGER_MS = 5_000;
/** Ms after which it goes even when the room has not acknowledged everything. */
const LINGER_MAX_MS = 15_000;

/** What the channels share. */
export interface VirtualChannelsDeps {
  readonly clock: Clock;
  readonly outlet: VirtualOutlet;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly upstream: VirtualUpstream;
  /** Start of this run, ms since 1970. */
  readonly incarnation: number;
}

/** The channels of a relay to rooms that know their viewers as clients, by room. */
export class VirtualChannels {
  readonly #channels = new Map<string, VirtualChannel>();
  #connections = 0;
  /** Each channel is a run of its own: one that begins anew must not be taken for the one before. */
  #incarnation: number;

  constructor(private readonly deps: VirtualChannelsDeps) {
    this.#incarnation = deps.incarnation;
  }

  [Symbol.iterator](): IterableIterator<VirtualChannel> {
    return this.#channels.values();
  }

  get size(): number {
    return this.#channels.size;
  }

  /** The channel of a room, opened if need be. */
  open(place: Place): VirtualChannel {
    const found = this.#channels.get(place.roomId);
    if (found !== undefined && found.state !== 'closed') return found;
    const { clock, outlet, metrics, upstream } = this.deps;
    const log = this.deps.log.child({ room: place.roomId });
    const incarnation = (this.#incarnation = Math.max(this.#incarnation + 1, clock.wall()));
    const channel = new VirtualChannel(place.roomId, {
      clock, outlet, metrics, log, nextConnection: () => ++this.#connections, address: (from) => upstream.linkAddress(place, { incarnation, from }),
    });
    this.#channels.set(place.roomId, channel);
    log.info({ channels: this.#channels.size }, 'channel opens');
    channel.link.open();
    return channel;
  }

  /** Called every 50 ms. */
  beat(now: number): void {
    for (const channel of this.#channels.values()) {
      if (channel.state !== 'closed') channel.beat(now);
      const idle = channel.idleMs(now);
      const done = channel.state === 'closed' || idle > LINGER_MAX_MS || (idle > LINGER_MS && channel.upstream.settled);
      if (!done) continue;
      channel.close();
      this.#channels.delete(channel.address.roomId);
      this.deps.log.info({ room: channel.address.roomId }, 'channel closed');
    }
  }
}
