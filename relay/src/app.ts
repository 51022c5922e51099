/**
 * A relay: viewers in front, one link a room behind. `createRelay` builds it, listens and registers at the origin; `close` drains it.
 *
 * Life: listening → (first good token of an event) a channel opens → … → draining: no new connection, batches flushed, viewers told to
 * move, links closed.
 *
 * Invariants: it reads no environment, ends no process and keeps nothing after `close`. Everything it is told by viewers is bytes.
 */
import { CLOSE, DEFAULT_TIER } from '@crowdcue/protocol';
import { pino } from 'pino';
import type { Registry } from 'prom-client';
import uWS, { type ListenOptions, type TemplatedApp, type us_listen_socket } from 'uWebSockets.js';
import type { DoorDeps } from './admission.js';
import { Channels } from './channels.js';
import { systemClock } from './clock.js';
import type { RelayConfig } from './config.js';
import { DirectDoor } from './direct-door.js';
import { FanIn } from './fan-in.js';
import { Matchmake } from './matchmake.js';
import { Metrics } from './metrics.js';
import { Load } from './load.js';
import { OriginApi } from './origin-api.js';
import { OriginClock } from './origin-clock.js';
import { OriginHttp } from './origin-http.js';
import { Outlet } from './outlet.js';
import { Pulse } from './pulse.js';
import { census } from './census.js';
import { Registration } from './registration.js';
import { addRoutes } from './routes.js';
import { StockDoor } from './stock-door.js';
import { Strangers } from './strangers.js';
import { addSockets } from './sockets.js';
import { newApp } from './tls.js';
import { Gate } from './waiting-line-gate.js';

/** Ms between two beats: batches leave, links and viewers are looked after. The origin's own tick. */
const BEAT_MS = 50;
/** `LIBUS_LISTEN_EXCLUSIVE_PORT`: the declarations have it only as a member of an enum that the binary does not export. */
const SHARED = 0 as ListenOptions.LIBUS_LISTEN_DEFAULT;
const EXCLUSIVE = 1 as ListenOptions.LIBUS_LISTEN_EXCLUSIVE_PORT;
/** Part of the time that letting in may take: 20 ms of a beat, so that ticks come through in a storm. */
const JOIN_SHARE = 0.4;
/** Ms that a seat request is kept in line: below the time-outs of clients and proxies (30 s and more). */
const SEAT_HOLD_MS = 20_000;
/** Ms that a draining relay waits for the origin to acknowledge the last batches. */
const SETTLE_MS = 3_000;
/** Ms that a draining relay waits for the origin to hear of it before it sends viewers away: whoever asks for another must not be sent back. */
const TELL_MS = 1_000;
/** Viewers that a relay takes whose process did not say. */
const CAPACITY = 10_000;

/** A running relay. */
export interface Relay {
  /** WebSocket address it listens on. */
  readonly url: string;
  readonly port: number;
  /** Its metrics; a process may add its own. */
  readonly metrics: Registry;
  /** Whether the origin has taken its registration of late. */
  readonly ready: () => boolean;
  /** Drains: stops accepting, sends its viewers away to another relay, flushes what they did, and stops. */
  close(): Promise<void>;
}

/** Starts a relay. Rejects when the address cannot be listened on; an origin that is not there yet is waited for. */
export const createRelay = async (config: RelayConfig): Promise<Relay> => {
  const clock = new OriginClock(config.clock ?? systemClock);
  const log = config.logger ?? pino({ level: 'silent' });
  const app = newApp(config.tls);
  const metrics = new Metrics();
  const outlet = new Outlet(app, metrics);
  const http = new OriginHttp(config.originUrl, config.secret, clock);
  const origin = new OriginApi(config, http, clock);
  const load = new Load(config, log);
  const pulse = new Pulse(clock, outlet);
  let draining = false;

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

  const counts = census(channels, pulse, gate, load);
  metrics.observe(counts);
  const { relayId, incarnation, region = '', costClass = 5, maxViewers: capacity = CAPACITY } = config;
  const registration = new Registration({ relayId, incarnation, region, costClass, capacity }, () => ({
    viewers: pulse.size, links: counts.linksOpen(), cpu: load.average, level: load.level, draining,
  }), http, clock, log);
  const ready = (): boolean => registration.fresh && !draining;
  const matchmake = new Matchmake({ ...deps, gate, crowded, holdMs: config.seatHoldMs ?? SEAT_HOLD_MS }, stock, () => draining);
  addSockets(app, { clock, defaultTier: config.defaultTier ?? DEFAULT_TIER, direct, stock, fanIn, pulse, outlet, metrics, strangers, crowded, draining: () => draining });
  addRoutes(app, { matchmake, scrape: config.scrape ?? (() => metrics.registry.metrics()), ready });

  const socket = await listen(app, config);
  const port = uWS.us_socket_local_port(socket as never);
  const url = `${config.tls === undefined ? 'ws' : 'wss'}://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  registration.start(config.publicUrl ?? url);
  const beat = setInterval(() => {
    const now = clock.now();
    strangers.beat();
    gate.beat(now); // first, so that joins leave with this beat's batch
    channels.beat(now);
    pulse.beat(now);
    load.beat(now);
    registration.beat(now);
  }, BEAT_MS);
  log.info({ url }, 'relay listens');

  const drain = async (): Promise<void> => {
    draining = true;
    uWS.us_listen_socket_close(socket);
    log.info({ viewers: pulse.size }, 'relay drains');
    await Promise.race([registration.tell(), pause(TELL_MS)]);
    gate.dismiss();
    await sendAway([...pulse], (viewer) => outlet.close(viewer, CLOSE.relay_draining), config.drainSpreadMs ?? 0);
    await settled(channels, () => clock.now());
    clearInterval(beat);
    load.stop();
    for (const channel of channels) channel.close();
    app.close();
    log.info('relay stopped');
  };
  let closing: Promise<void> | undefined;
  return { url, port, metrics: metrics.registry, ready, close: () => (closing ??= drain()) };
};

/** Takes the port for this process alone (or shares it, with SO_REUSEPORT), on this host alone; neither is what uWebSockets.js does by itself. */
const listen = (app: TemplatedApp, { host, port, sharedPort }: RelayConfig): Promise<us_listen_socket> =>
  new Promise((resolve, reject) => {
    // The declared overloads leave out (host, port, options, callback), which the binary takes.
    const { listen: listenOn } = app as unknown as { listen(host: string, port: number, options: ListenOptions, done: (socket: us_listen_socket | false) => void): void };
    listenOn.call(app, host, port, sharedPort === true ? SHARED : EXCLUSIVE, (socket) => {
      if (socket === false) reject(new Error(`cannot listen on ${host}:${port}: the port is taken, or the host is not one of this machine`));
      else resolve(socket);
    });
  });

/** Visits all, spread evenly over `spreadMs`, so that the relays they go to are not stormed. */
const sendAway = async <T>(all: readonly T[], visit: (one: T) => void, spreadMs: number): Promise<void> => {
  const steps = Math.max(1, Math.ceil(spreadMs / BEAT_MS));
  const slice = Math.ceil(all.length / steps);
  for (let at = 0; at < all.length; at += slice) {
    if (at > 0) await pause(BEAT_MS);
    all.slice(at, at + slice).forEach(visit);
  }
};

/** Waits until every batch is acknowledged, or no longer than is decent. */
const settled = async (channels: Channels, now: () => number): Promise<void> => {
  const until = now() + SETTLE_MS;
  for (const channel of channels) channel.upstream.flush();
  while ([...channels].some((channel) => !channel.upstream.settled) && now() < until) await pause(BEAT_MS);
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
