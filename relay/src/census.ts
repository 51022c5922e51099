import type { Channel } from './channel.js';
import type { Census } from './metrics.js';
import type { Pulse } from './pulse.js';

/** What is counted of a channel, of whichever kind. */
type Counted = Pick<Channel, 'feed' | 'link' | 'upstream'> & { readonly clock: { readonly rtt: number } };

/** Counts for the gauges, over all channels. */
export const census = (channels: Iterable<Counted> & { readonly size: number }, pulse: Pulse): Census => {
  const sum = (of: (channel: Counted) => number): number => [...channels].reduce((total, channel) => total + of(channel), 0);
  return {
    viewers: (door, tier) => sum((channel) => channel.feed.tiers[tier]!.live[door]),
    connections: () => pulse.size,
    behind: () => sum((channel) => channel.feed.behind.size),
    channels: () => channels.size,
    linksOpen: () => sum((channel) => (channel.link.up ? 1 : 0)),
    unackedBytes: () => sum((channel) => channel.upstream.unackedBytes),
    unackedBatches: () => sum((channel) => channel.upstream.unackedBatches),
    clockRttMs: () => Math.max(0, ...[...channels].map((channel) => channel.clock.rtt)),
  };
};
