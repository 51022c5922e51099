import { setTimeout as pause } from 'node:timers/promises';
import type { GameDefinition } from '@crowdcue/games';
import type { GameView } from '@crowdcue/protocol';
import type { Logger } from 'pino';
import { AchievementEngine, BUILT_IN_RULES } from '../achievements/index.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import { DropService } from '../drops/index.js';
import { BanList } from './ban-list.js';
import { DropDesk } from './drop-desk.js';
import { EventDesk } from './event-desk.js';
import { EventDirectory } from './event-directory.js';
import { FactPipeline } from './fact-pipeline.js';
import { gameViews } from './game-list.js';
import { JoinDesk } from './join-desk.js';
import { RelayRegistry } from './relay-registry.js';
import { keptSessionVersion } from './session-version.js';
import { timedJournal } from './timed-journal.js';
import { ViewerDesk } from './viewer-desk.js';
import { HostAccess, Keys, RelayCredential, ViewerTokens, type RandomSource } from '../identity/index.js';
import { lmdbJournal } from '../journal/index.js';
import { lmdbLedger } from '../ledger/index.js';
import { OriginMetrics } from '../metrics/origin-metrics.js';
import type { CrowdRoomDeps } from '../rooms/room-deps.js';
import type { RoomHost } from '../rooms/room-control.js';
import { lmdbRecords, type Store } from '../store/index.js';

export interface DesksOptions {
  readonly config: Config;
  readonly store: Store;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly games: ReadonlyMap<string, GameDefinition>;
  publicUrl(): string;
  makeRooms(deps: CrowdRoomDeps): RoomHost;
  readonly processMetrics: boolean;
}

/** The parts of an origin that HTTP speaks to. */
export interface Desks {
  readonly clock: Clock;
  readonly metrics: OriginMetrics;
  readonly games: readonly GameView[];
  readonly keys: Keys;
  readonly credential: RelayCredential;
  readonly access: HostAccess;
  readonly directory: EventDirectory;
  readonly events: EventDesk;
  readonly drops: DropDesk;
  readonly joins: JoinDesk;
  readonly viewers: ViewerDesk;
  readonly registry: RelayRegistry;
  readonly pipeline: FactPipeline;
  publicUrl(): string;
}

/** Makes the parts and ties them to each other. Rooms and what they report to need each other, hence the late `rooms`. */
export const makeDesks = (options: DesksOptions): Desks => {
  const { config, store, clock, random, logger, games } = options;
  const publicUrl = (): string => options.publicUrl();
  const records = lmdbRecords(store);
  const metrics = new OriginMetrics({ processMetrics: options.processMetrics });
  const keys = new Keys(config.masterSecret);
  const tokens = new ViewerTokens(keys, clock, random);
  const credential = new RelayCredential(config.relaySecret, clock);
  const ledger = lmdbLedger(store, clock);
  const rules = BUILT_IN_RULES;
  const late = { get: (event: string) => rooms.get(event) };
  const drops = new DropDesk({
    ledger, service: new DropService(ledger), rules, rooms: late, clock, random, metrics, logger,
  });
  const pipeline = new FactPipeline({
    engine: new AchievementEngine(ledger, rules), rules, rooms: late, drops, metrics, logger,
    pause: (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined),
  });
  const bans = new BanList(records.table('bans'));
  const rooms: RoomHost = options.makeRooms({
    journal: timedJournal(lmdbJournal(store), metrics, clock), games, clock, logger, facts: pipeline, metrics,
    messages: { request: (event, viewer, type, payload) => viewers.request(event, viewer, type, payload) },
    genuine: (evt, { viewer, tier, name, mac }) => tokens.checkInnerMac({ evt, sub: viewer, tier, name, mac }),
    admits: (knock, roomId) => credential.verifyLinkProof(knock, roomId),
    verify: (token, event) => viewers.identify(event, token),
  });
  const directory = new EventDirectory({ table: records.table('events'), rooms, clock, random });
  const registry = new RelayRegistry(records.table('relays'), clock);
  const viewers = new ViewerDesk({ events: directory, tokens, bans, drops });
  metrics.watch(directory, rooms);
  return {
    clock, metrics, games: gameViews(games), keys, credential, directory, drops, viewers, registry, pipeline, publicUrl,
    access: new HostAccess({ keys, clock, random, publicUrl, linkTtlS: config.hostLinkTtlS, version: keptSessionVersion(records.table('settings')) }),
    events: new EventDesk({ events: directory, drops, bans, publicUrl }),
    joins: new JoinDesk({ events: directory, tokens, bans, relays: registry, metrics }),
  };
};
