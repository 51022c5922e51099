import { CrowdcueError } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import { Channel } from './channel.js';
import type { Clock } from './clock.js';
import type { Metrics } from './metrics.js';
import type { EventAddress, OriginApi } from './origin-api.js';
import type { Outlet } from './outlet.js';
import type { Gate } from './waiting-line-gate.js';
import type { WritePlan } from './write-budget.js';

/** Ms that a channel stays without viewers: they come back, and the leaves want their acknowledgement. */
const LINGER_MS = 30_000;
/** Ms after which it goes even when the origin has not acknowledged everything. */
const LINGER_MAX_MS = 60_000;
/** Ms for which the origin must say that an event is unknown before its viewers are sent away: it may only be starting. */
const GONE_MS = 15_000;

/** What the channels share. */
export interface ChannelsDeps {
  readonly clock: Clock;
  readonly outlet: Outlet;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly origin: OriginApi;
  readonly plan: WritePlan;
  /** Who comes, goes, and has no place in a room; see ChannelDeps. */
  readonly gate: Pick<Gate, 'arrive' | 'left' | 'putBack'>;
}

/** The channels of a relay, by event. One is opened by the first good token, and goes when nobody has been there for a while. */
export class Channels {
  readonly #channels = new Map<string, Channel>();
  #connections = 0;

  constructor(private readonly deps: ChannelsDeps) {}

  [Symbol.iterator](): IterableIterator<Channel> {
    return this.#channels.values();
  }

  get size(): number {
    return this.#channels.size;
  }

  /** The channel of an event; not one that has said goodbye. */
  find(event: string): Channel | undefined {
    const channel = this.#channels.get(event);
    return channel?.state === 'closed' ? undefined : channel;
  }

  /** The channel of an event, opened if need be. Call it with a checked token in hand. */
  open(address: EventAddress): Channel {
    const found = this.find(address.event);
    if (found !== undefined) return found;
    const { clock, outlet, metrics, plan, gate } = this.deps;
    const log = this.deps.log.child({ event: address.event });
    const channel = new Channel(address, {
      clock, outlet, metrics, log, plan, reserve: this.#reserver(address), nextConnection: () => ++this.#connections,
      arrive: (viewer, to) => gate.arrive(viewer, to), left: (viewer, from) => gate.left(viewer, from), putBack: (viewer, from) => gate.putBack(viewer, from),
    });
    this.#channels.set(address.event, channel);
    log.info({ relayed: this.#channels.size }, 'channel opens');
    channel.link.open();
    return channel;
  }

  /** Called every 50 ms. */
  beat(now: number): void {
    for (const channel of this.#channels.values()) {
      if (channel.state !== 'closed') channel.beat(now);
      const idle = channel.idleMs(now);
      const done = channel.state === 'closed' || idle > LINGER_MAX_MS || (idle > LINGER_MS && channel.upstream.settled);
      if (done) this.#forget(channel);
    }
  }

  #forget(channel: Channel): void {
    channel.close();
    if (this.#channels.get(channel.address.event) === channel) this.#channels.delete(channel.address.event);
    this.deps.log.info({ event: channel.address.event }, 'channel closed');
  }

  /** Reserves link seats; once a try has failed it also asks whether the event is still there. */
  #reserver({ event, roomId }: EventAddress): () => Promise<string> {
    const { origin, clock } = this.deps;
    let goneSince: number | undefined;
    return async () => {
      try {
        const address = await origin.reserveLink({ event, roomId });
        goneSince = undefined;
        return address;
      } catch (error) {
        const gone = await origin.event(event).then(() => false, (e: unknown) => e instanceof CrowdcueError && e.code === 'event_unknown');
        goneSince = gone ? (goneSince ?? clock.now()) : undefined;
        if (goneSince !== undefined && clock.now() - goneSince > GONE_MS) throw new CrowdcueError('event_unknown');
        throw error;
      }
    };
  }
}
