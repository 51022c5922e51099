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
import type { Channel } from './channel.js';
import { Channels } from './channels.js';
import { systemClock } from './clock.js';
import type { RelayConfig } from './config.js';
import { DirectDoor } from './direct-door.js';
import { FanIn } from './fan-in.js';
import { Matchmake } from './matchmake.js';
import { Metrics } from './metrics.js';
import { OriginApi } from './origin-api.js';
import { Outlet } from './outlet.js';
import { Pulse } from './pulse.js';
import { census } from './census.js';
import { addRoutes } from './routes.js';
import { StockDoor } from './stock-door.js';
import { addSockets } from './sockets.js';
import { virtualFront } from './virtual-front.js';

/** Ms between two beats: batches leave, links and viewers are looked after. The origin's own tick. */
const BEAT_MS = 50;
/** `LIBUS_LISTEN_EXCLUSIVE_PORT`: the declarations have it only as a member of an enum that the binary does not export. */
const EXCLUSIVE = 1 as ListenOptions.LIBUS_LISTEN_EXCLUSIVE_PORT;
/** Ms that a draining relay waits for the origin to acknowledge the last batches. */
const SETTLE_MS = 3_000;

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
  const clock = config.clock ?? systemClock;
  const log = config.logger ?? pino({ level: 'silent' });
  const app = uWS.App();
  const metrics = new Metrics();
  let draining = false;
  const front = virtualFront(app, config, { clock, log, metrics, draining: () => draining });
  const outlet = front?.outlet ?? new Outlet(app, metrics);
  const origin = new OriginApi(config, clock, log);
  const pulse = new Pulse(clock, outlet);

  const channels = new Channels({
    clock, outlet, metrics, log, origin,
    letIn: (viewer, channel) => (viewer.door === 'direct' ? direct : stock).letIn(viewer, channel),
  });
  const deps: DoorDeps = { clock, outlet, metrics, log, channels, origin, relayId: config.relayId };
  const direct = new DirectDoor(deps);
  const stock = new StockDoor(deps);
  const fanIn = new FanIn({
    clock, outlet, metrics,
    acknowledged: (viewer) => stock.acknowledged(viewer),
    ping: (viewer, now) => pulse.ping(viewer, now),
  });

  const served = front?.channels ?? channels;
  const source = front?.upstream ?? origin;
  const ready = (): boolean => source.reachable && !draining;
  metrics.observe(census(served, pulse));
  addSockets(app, { clock, defaultTier: config.defaultTier ?? DEFAULT_TIER, direct, stock, fanIn, pulse, outlet, draining: () => draining, ...front?.sockets });
  addRoutes(app, { matchmake: front?.door ?? new Matchmake(deps, stock, () => draining), metrics, ready });

  const socket = await listen(app, config.host, config.port);
  const port = uWS.us_socket_local_port(socket as never);
  const url = `ws://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  source.start(config.publicUrl ?? url);
  const beat = setInterval(() => {
    const now = clock.now();
    served.beat(now);
    pulse.beat(now);
  }, BEAT_MS);
  log.info({ url }, 'relay listens');

  const drain = async (): Promise<void> => {
    draining = true;
    uWS.us_listen_socket_close(socket);
    source.stop();
    log.info({ viewers: pulse.size }, 'relay drains');
    await sendAway([...pulse], (viewer) => outlet.close(viewer, CLOSE.relay_draining), config.drainSpreadMs ?? 0);
    await settled(served, () => clock.now());
    clearInterval(beat);
    for (const channel of served) channel.close();
    app.close();
    log.info('relay stopped');
  };
  let closing: Promise<void> | undefined;
  return { url, port, metrics: metrics.registry, ready, close: () => (closing ??= drain()) };
};

/** Takes the port for this process alone, on this host alone; both are not what uWebSockets.js does by itself. */
const listen = (app: TemplatedApp, host: string, port: number): Promise<us_listen_socket> =>
  new Promise((resolve, reject) => {
    // The declared overloads leave out (host, port, options, callback), which the binary takes.
    const { listen: listenOn } = app as unknown as { listen(host: string, port: number, options: ListenOptions, done: (socket: us_listen_socket | false) => void): void };
    listenOn.call(app, host, port, EXCLUSIVE, (socket) => {
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
const settled = async (channels: Iterable<Pick<Channel, 'upstream'>>, now: () => number): Promise<void> => {
  const until = now() + SETTLE_MS;
  for (const channel of channels) channel.upstream.flush();
  while ([...channels].some((channel) => !channel.upstream.settled) && now() < until) await pause(BEAT_MS);
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
