import { ClientAddresses } from './client-address.js';
import type { RelayConfig } from './config.js';
import type { Front, FrontParts } from './front.js';
import { Pulse } from './pulse.js';
import { Strangers } from './strangers.js';
import { VirtualChannels } from './virtual-channels.js';
import { VirtualDoor } from './virtual-door.js';
import { VirtualOutlet } from './virtual-outlet.js';
import { VirtualUpstream } from './virtual-upstream.js';

/** The front of a relay before somebody's Colyseus server, which decides about its viewers. */
export const virtualFront = (config: RelayConfig, auth: 'none' | 'forward', { app, clock, log, metrics, draining }: FrontParts): Front => {
  const { originUrl: upstreamUrl, secret, relayId, incarnation, maxConnections = Number.POSITIVE_INFINITY } = config;
  const outlet = new VirtualOutlet(app, metrics);
  const pulse = new Pulse(clock, outlet);
  const strangers = new Strangers(clock, config.trustedProxies ?? [], () => 0);
  const upstream = new VirtualUpstream({ upstreamUrl, auth, secret, relayId }, clock, log);
  const channels = new VirtualChannels({ clock, outlet, metrics, log, upstream, incarnation });
  const addresses = new ClientAddresses(config.trustedProxies ?? []);
  const door = new VirtualDoor({ clock, metrics, log, outlet, channels, upstream, secret, addresses, draining });
  return {
    outlet, pulse, strangers, channels,
    // Tier 0, every patch as it comes: what the room says refers to the state that it has shown.
    sockets: { direct: door, stock: door, fanIn: door, defaultTier: 0, readStock: door.read, crowded: () => pulse.size > maxConnections },
    matchmake: door,
    waiting: () => 0,
    ready: () => upstream.reachable,
    start: () => upstream.start(),
    beat: (now) => channels.beat(now),
    farewell: async () => upstream.stop(),
  };
};
