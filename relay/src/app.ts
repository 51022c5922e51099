/**
 * A relay: viewers in front, one link a room behind. `createRelay` builds it, listens and registers at the origin; `close` drains it.
 *
 * Life: listening → (first good token of an event) a channel opens → … → draining: no new connection, batches flushed, viewers told to
 * move, links closed.
 *
 * Invariants: it reads no environment, ends no process and keeps nothing after `close`. Everything it is told by viewers is bytes.
 */
import { CLOSE } from '@crowdcue/protocol';
import { pino } from 'pino';
import type { Registry } from 'prom-client';
import uWS, { type ListenOptions, type TemplatedApp, type us_listen_socket } from 'uWebSockets.js';
import { census } from './census.js';
import { systemClock } from './clock.js';
import type { RelayConfig } from './config.js';
import { eventFront } from './event-front.js';
import type { Front } from './front.js';
import { Load } from './load.js';
import { Metrics } from './metrics.js';
import { loopMeter } from './loop-meter.js';
import { OriginClock } from './origin-clock.js';
import { addRoutes } from './routes.js';
import { addSockets } from './sockets.js';
import { newApp } from './tls.js';
import { virtualFront } from './virtual-front.js';

/** Ms between two beats: batches leave, links and viewers are looked after. The origin's own tick. */
const BEAT_MS = 50;
/** `LIBUS_LISTEN_EXCLUSIVE_PORT`: the declarations have it only as a member of an enum that the binary does not export. */
const SHARED = 0 as ListenOptions.LIBUS_LISTEN_DEFAULT;
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
  const clock = new OriginClock(config.clock ?? systemClock);
  const log = config.logger ?? pino({ level: 'silent' });
  const app = newApp(config.tls);
  const metrics = new Metrics();
  const load = new Load({ meter: loopMeter(BEAT_MS), ...config }, log);
  let closing: Promise<void> | undefined;
  const draining = (): boolean => closing !== undefined;
  const parts = { app, clock, log, metrics, load, draining };
  const { auth = 'event' } = config;
  const front = auth === 'event' ? eventFront(config, parts) : virtualFront(config, auth, parts);
  const { outlet, pulse, channels, strangers } = front;

  const ready = (): boolean => front.ready() && !draining();
  metrics.observe(census(front, { load, patchAge: () => metrics.patchAges.read(clock.now()) }));
  addSockets(app, { clock, pulse, outlet, metrics, strangers, draining, ...front.sockets });
  addRoutes(app, { matchmake: front.matchmake, scrape: config.scrape ?? (() => metrics.registry.metrics()), ready });

  const socket = await listen(app, config);
  const port = uWS.us_socket_local_port(socket as never);
  const url = `${config.tls === undefined ? 'ws' : 'wss'}://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  front.start(config.publicUrl ?? url);
  const beat = setInterval(() => {
    const now = clock.now();
    front.beat(now);
    pulse.beat(now);
    load.beat(now);
  }, BEAT_MS);
  log.info({ url }, 'relay listens');

  const drain = async (): Promise<void> => {
    uWS.us_listen_socket_close(socket);
    log.info({ viewers: pulse.size }, 'relay drains');
    await front.farewell();
    await sendAway([...pulse], (viewer) => outlet.close(viewer, CLOSE.relay_draining), config.drainSpreadMs ?? 0);
    await settled(channels, () => clock.now());
    clearInterval(beat);
    for (const channel of channels) channel.close();
    app.close();
    log.info('relay stopped');
  };
  const close = (): Promise<void> => (closing ??= Promise.resolve().then(drain)); // `draining` is true before the first step
  return { url, port, metrics: metrics.registry, ready, close };
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
const settled = async (channels: Front['channels'], now: () => number): Promise<void> => {
  const until = now() + SETTLE_MS;
  for (const channel of channels) channel.upstream.flush();
  while ([...channels].some((channel) => !channel.upstream.settled) && now() < until) await pause(BEAT_MS);
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
