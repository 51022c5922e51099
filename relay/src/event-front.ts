import { DEFAULT_TIER } from '@crowdcue/protocol';
import type { DoorDeps } from './admission.js';
import { Channels } from './channels.js';
import type { RelayConfig } from './config.js';
import { DirectDoor } from './direct-door.js';
import { FanIn } from './fan-in.js';
import type { Front, FrontParts } from './front.js';
import { Matchmake } from './matchmake.js';
import { OriginApi } from './origin-api.js';
import type { OriginClock } from './origin-clock.js';
import { OriginHttp } from './origin-http.js';
import { Outlet } from './outlet.js';
import { Pulse } from './pulse.js';
import { Registration } from './registration.js';
import { StockDoor } from './stock-door.js';
import { Strangers } from './strangers.js';
import { Gate } from './waiting-line-gate.js';

/** Part of the time that letting in may take: 20 ms of a beat, so that ticks come through in a storm. */
const JOIN_SHARE = 0.4;
/** Ms that a seat request is kept in line: below the time-outs of clients and proxies (30 s and more). */
const SEAT_HOLD_MS = 20_000;
/** Ms that a draining relay waits for the origin to hear of it before it sends viewers away: whoever asks for another must not be sent back. */
const TELL_MS = 1_000;
/** Viewers that a relay takes whose process did not say. */
const CAPACITY = 10_000;

/** The front of a relay of events: both doors, the line before them, and the origin behind. */
export const eventFront = (config: RelayConfig, { app, log, metrics, load, draining, clock }: FrontParts & { readonly clock: OriginClock }): Front => {
  const outlet = new Outlet(app, metrics);
  const pulse = new Pulse(clock, outlet);
  const http = new OriginHttp(config.originUrl, config.secret, clock);
  const origin = new OriginApi(config, http, clock);
  const maxConnections = config.maxConnections ?? Number.POSITIVE_INFINITY;
  const gate = new Gate({
    clock, outlet, metrics, maxViewers: config.maxViewers ?? maxConnections, joinShare: config.joinShare ?? JOIN_SHARE,
    letIn: (viewer, channel) => (viewer.door === 'direct' ? direct : stock).letIn(viewer, channel),
  });
  const crowded = (): boolean => pulse.size + gate.tickets > maxConnections;
  const channels = new Channels({ clock, outlet, metrics, log, origin, gate, plan: load.plan });
  const strangers = new Strangers(clock, config.trustedProxies ?? [], () => gate.spentMs);
  const deps: DoorDeps = { clock, outlet, metrics, log, channels, origin, relayId: config.relayId, strangers };
  const direct = new DirectDoor(deps);
  const stock = new StockDoor(deps);
  const fanIn = new FanIn({
    clock, outlet, metrics,
    acknowledged: (viewer) => stock.acknowledged(viewer),
    ping: (viewer, now) => pulse.ping(viewer, now),
  });
  const { relayId, incarnation, region = '', costClass = 5, maxViewers: capacity = CAPACITY, defaultTier = DEFAULT_TIER } = config;
  const linksOpen = (): number => [...channels].filter((channel) => channel.link.up).length;
  const registration = new Registration({ relayId, incarnation, region, costClass, capacity }, () => ({
    viewers: pulse.size, links: linksOpen(), cpu: load.average, level: load.level, draining: draining(), patchAge: metrics.patchAges.read(clock.now()),
  }), http, clock, log);
  return {
    outlet, pulse, strangers, channels,
    sockets: { direct, stock, fanIn, defaultTier, crowded },
    matchmake: new Matchmake({ ...deps, gate, crowded, holdMs: config.seatHoldMs ?? SEAT_HOLD_MS }, stock, draining),
    waiting: () => gate.waiting,
    ready: () => registration.fresh,
    start: (url) => registration.start(url),
    beat: (now) => {
      strangers.beat();
      gate.beat(now); // before the channels, so that joins leave with this beat's batch
      channels.beat(now);
      registration.beat(now);
    },
    farewell: async () => {
      await Promise.race([registration.tell(), new Promise((resolve) => setTimeout(resolve, TELL_MS))]);
      gate.dismiss();
    },
  };
};
