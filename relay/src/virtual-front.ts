import type { Logger } from 'pino';
import type { TemplatedApp } from 'uWebSockets.js';
import type { Clock } from './clock.js';
import type { RelayConfig } from './config.js';
import type { Metrics } from './metrics.js';
import type { SocketDeps } from './sockets.js';
import { VirtualChannels } from './virtual-channels.js';
import { VirtualDoor } from './virtual-door.js';
import { VirtualOutlet } from './virtual-outlet.js';
import { VirtualUpstream } from './virtual-upstream.js';

/** What a relay in front of somebody's Colyseus server has in the place of doors, channels and origin of an event relay. */
export interface VirtualFront {
  readonly outlet: VirtualOutlet;
  readonly channels: VirtualChannels;
  readonly upstream: VirtualUpstream;
  readonly door: VirtualDoor;
  readonly sockets: Pick<SocketDeps, 'direct' | 'stock' | 'fanIn' | 'defaultTier'> & Required<Pick<SocketDeps, 'readStock'>>;
}

/** `undefined` for a relay of events. */
export const virtualFront = (
  app: TemplatedApp, config: RelayConfig, parts: { clock: Clock; log: Logger; metrics: Metrics; draining: () => boolean },
): VirtualFront | undefined => {
  const { auth, originUrl: upstreamUrl, secret, relayId, incarnation } = config;
  if (auth === undefined || auth === 'event') return undefined;
  const { clock, log, metrics, draining } = parts;
  const outlet = new VirtualOutlet(app, metrics);
  const upstream = new VirtualUpstream({ upstreamUrl, auth, secret, relayId }, clock, log);
  const channels = new VirtualChannels({ clock, outlet, metrics, log, upstream, incarnation });
  const door = new VirtualDoor({ clock, metrics, log, outlet, channels, upstream, secret, draining });
  // Every patch as it comes: what the room says refers to the state that it has shown.
  return { outlet, channels, upstream, door, sockets: { direct: door, stock: door, fanIn: door, defaultTier: 0, readStock: door.read } };
};
