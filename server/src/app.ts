/**
 * An origin, put together. Life of one: store opened, desks made, HTTP listening (only health answers), the room of every event opened
 * from its journal, ready; at `close` rooms are closed, what runs is waited for, the store is released.
 * Everything that a test wants to replace is a dependency; the environment is not read here.
 */
import './web-socket-global.js';
import { Server } from '@colyseus/core';
import { games as shippedGames, type GameDefinition } from '@crowdcue/games';
import { pino, type Logger } from 'pino';
import { systemClock, type Clock } from './clock.js';
import type { Config } from './config.js';
import { loadGamePackages } from './game-packages.js';
import { openKeeping, type OpenKeeping } from './keeping.js';
import { OriginTransport } from './http/origin-transport.js';
import { serveOrigin } from './http/serve-origin.js';
import { systemRandom, type RandomSource } from './identity/index.js';
import { seedDemo } from './events/demo-event.js';
import { makeDesks, type Desks } from './events/desks.js';
import type { WebhookPace } from './events/webhook-desks.js';
import { eventView } from './events/event-record.js';
import { CrowdRoomHost, type CrowdRoomHostOptions } from './rooms/crowd-room-host.js';
import type { RoomHost } from './rooms/room-control.js';
import type { CrowdRoomDeps } from './rooms/room-deps.js';

/** What an origin may be handed instead of the real thing. */
export interface OriginDeps {
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly random?: RandomSource;
  readonly games?: ReadonlyMap<string, GameDefinition>;
  /** Opens rooms; by default Colyseus rooms in this process. */
  makeRooms?(deps: CrowdRoomDeps, server: Server): RoomHost;
  /** The store takes nothing any more; a process that stays would only refuse. */
  readonly onStoreFailure?: (error: Error) => void;
  /** How patient deliveries are. */
  readonly webhooks?: WebhookPace;
  /** What runs a rehearsal, instead of the loadtest package's program. */
  readonly rehearsalProgram?: string;
  /** Metrics of the process itself; one origin of a process only. */
  readonly processMetrics?: boolean;
}

export interface Origin {
  /** Where it listens. */
  readonly url: string;
  readonly port: number;
  /** A one-time link to the console. */
  readonly hostLink: string;
  /** The join link of the newest event, if there is one. */
  readonly viewerLink: string | undefined;
  close(): Promise<void>;
}

/** ms between two looks at the windows of all drops, and at plans. */
const WINDOWS_MS = 1_000;

const colyseusRooms = (deps: CrowdRoomDeps, server: Server, options: CrowdRoomHostOptions): RoomHost => {
  const host = new CrowdRoomHost(deps, options);
  host.define(server);
  return host;
};

/** Starts an origin; resolves when every event's room is open. Throws when the port is busy or the store is in use. */
export const createOrigin = async (config: Config, deps: OriginDeps = {}): Promise<Origin> => {
  const logger = deps.logger ?? pino({ level: config.logLevel }, pino.destination(2));
  const clock = deps.clock ?? systemClock;
  const random = deps.random ?? systemRandom;
  const ours = deps.games ?? shippedGames;
  const outside = await loadGamePackages(config.games, config.gamesDir, ours.keys());
  const games = new Map([...ours, ...outside.map(({ game }) => [game.id, game] as const)]);
  const keeping = await openKeeping({ config, clock, random, logger, onFailure: deps.onStoreFailure });
  const transport = new OriginTransport();
  const { fleet } = keeping;
  const at = (): string => `${config.host.includes(':') ? `[${config.host}]` : config.host}:${transport.port}`;
  const url = (): string => `http://${at()}`;
  try {
    const server = new Server({
      transport, greet: false, gracefullyShutdown: false, logger: logger as never, ...(fleet === undefined ? {} : { driver: fleet.driver, presence: fleet.presence }),
    });
    const desks = makeDesks({
      config, keeping, logger, clock, random, games, outside, publicUrl: () => config.publicUrl ?? url(), localUrl: url, rehearsalProgram: deps.rehearsalProgram,
      makeRooms: (roomDeps) => deps.makeRooms?.(roomDeps, server) ?? colyseusRooms(roomDeps, server, {
        ...(fleet === undefined ? {} : { fleet, address: () => config.originAddress ?? at() }), chance: () => random.bytes(1)[0]! / 256,
      }),
      notifyDrops: (event) => fleet?.tell({ drops: event }),
      processMetrics: deps.processMetrics === true, ...(deps.webhooks === undefined ? {} : { webhooks: deps.webhooks }),
    });
    fleet?.onNotice((notice) => { if ('drops' in notice) desks.drops.board.publish(notice.drops); });
    let ready = false;
    serveOrigin({ app: transport.app, config, desks, views: outside.map(({ view }) => view), logger, ready: () => ready });
    await server.listen(config.port, config.host);
    await desks.directory.restore((event, error) => logger.error({ event, err: error }, 'the room does not open'));
    if (config.seedDemo) await seedDemo(desks.events);
    desks.worker.start();
    const windows = setInterval(() => {
      desks.drops.board.publishAll();
      void desks.plans.run();
      void desks.retention.run();
    }, WINDOWS_MS);
    ready = true;
    logger.info({ url: url(), events: desks.directory.list().length }, 'origin ready');
    return {
      url: url(), port: transport.port,
      hostLink: desks.access.createLink().url,
      viewerLink: newestJoinLink(desks, config.publicUrl ?? url()),
      close: async () => {
        ready = false;
        clearInterval(windows);
        await closeAll(desks, server, keeping);
      },
    };
  } catch (error) {
    transport.shutdown();
    await fleet?.close();
    await keeping.close();
    throw error;
  }
};

const newestJoinLink = ({ directory }: Desks, publicUrl: string): string | undefined => {
  const [newest] = directory.list();
  return newest === undefined ? undefined : eventView(newest, publicUrl).joinUrl;
};

/** Rooms first, so that their last ticks are journalled and ledgered while the store is there, and another origin goes on with them at once. */
const closeAll = async (desks: Desks, server: Server, keeping: OpenKeeping): Promise<void> => {
  desks.drops.board.close();
  await desks.runs.close();
  await desks.rooms.close();
  await desks.pipeline.close();
  await desks.worker.close();
  await server.gracefullyShutdown(false);
  desks.mailer?.close();
  await keeping.fleet?.close();
  await keeping.close();
};
