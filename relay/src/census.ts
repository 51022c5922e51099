import type { Channel } from './channel.js';
import type { Census } from './metrics.js';
import type { Load } from './load.js';
import type { Pulse } from './pulse.js';

/** What is counted of a channel, of whichever kind. */
export type Counted = Pick<Channel, 'feed' | 'link' | 'upstream'> & { readonly clock: { readonly rtt: number } };

/** Where the counts are. */
export interface Counts {
  readonly channels: Iterable<Counted> & { readonly size: number };
  readonly pulse: Pulse;
  /** Viewers and requests in line. */
  readonly waiting: () => number;
}

/** What was measured of late. */
export interface Measured {
  readonly load: Load;
  readonly patchAge: Census['patchAge'];
}

/** Counts for the gauges, over all channels. */
export const census = ({ channels, pulse, waiting }: Counts, { load, patchAge }: Measured): Census => {
  const sum = (of: (channel: Counted) => number): number => [...channels].reduce((total, channel) => total + of(channel), 0);
  return {
    lanes: () => [...channels].flatMap(({ feed }) => [...feed.cohorts].flatMap((cohort) => [...cohort.lanes.values()])),
    lateCohorts: () => sum((channel) => [...channel.feed.cohorts.late.values()].filter((cohort) => cohort.lanes.size > 0).length),
    connections: () => pulse.size,
    waiting,
    behind: () => sum((channel) => channel.feed.behind.size),
    channels: () => channels.size,
    linksOpen: () => sum((channel) => (channel.link.up ? 1 : 0)),
    unackedBytes: () => sum((channel) => channel.upstream.unackedBytes),
    unackedBatches: () => sum((channel) => channel.upstream.unackedBatches),
    writeLevel: () => load.level,
    loopBusy: () => load.busy,
    patchAge,
    clockRttMs: () => Math.max(0, ...[...channels].map((channel) => channel.clock.rtt)),
  };
};
