/** Opens what an origin keeps everything in: its own files, or the Redis that it shares with the other origins of the system. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { Keeping } from './events/desks.js';
import type { RandomSource } from './identity/index.js';
import { lmdbJournal, redisJournal } from './journal/index.js';
import { setTimeout as pause } from 'node:timers/promises';
import { FileGuard, fileCare, guardedLedger, lmdbLedger, ReceiptMemory, RedisCare, RedisGuard, redisLedger, type LedgerStatus } from './ledger/index.js';
import { lmdbOutbox, redisOutbox } from './outbox/index.js';
import { takeReceiptFolder } from './receipt-folder.js';
import { openFleet, type Fleet } from './rooms/fleet.js';
import { clusterAddress, lmdbRecords, openLmdbStore, openRedis, openRedisCluster, openRedisRecords, type RedisCaller, type RedisClient, type RedisClientOptions, type RedisServerIdentity } from './store/index.js';

export interface OpenKeeping extends Keeping {
  /** The other origins; undefined where there can be none. */
  readonly fleet: Fleet | undefined;
  close(): Promise<void>;
}

export interface KeepingOptions {
  readonly config: Pick<Config, 'dataDir' | 'redisUrl' | 'ledgerRedisUrl' | 'redisMinReplicas' | 'originId'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** The files take nothing any more until they are opened anew. A Redis comes back by itself. */
  readonly onFailure: ((error: Error) => void) | undefined;
}

/** Tables that origins share. */
export const TABLES = [
  'events', 'bans', 'relays', 'settings', 'host-links', 'twitch-channels', 'quests', 'impressions', 'key-versions', 'sponsor-showings', 'workspaces', 'members', 'audit', 'commands', 'webhooks', 'commerce', 'codes', 'lot-seeds', 'people', 'proof-codes', 'names', 'rehearsal-runs',
] as const;

/** @throws StoreError when the files are in use, or Redis does not answer or may lose what it acknowledged. */
export const openKeeping = (options: KeepingOptions): Promise<OpenKeeping> => {
  const { redisUrl } = options.config;
  return redisUrl === undefined ? openFiles(options) : openShared(redisUrl, options);
};

/** One line a freeze or thaw. */
const logChange = (logger: KeepingOptions['logger']) => (status: LedgerStatus): void => {
  if (status.state === 'open') logger.info({ ledger: status }, 'the ledger is open');
  else logger.warn({ ledger: status }, 'the ledger is frozen: claims wait');
};

/** One process with files of its own; nothing else to install. */
const openFiles = async ({ config, clock, random, logger, onFailure }: KeepingOptions): Promise<OpenKeeping> => {
  const store = await openLmdbStore({ path: join(config.dataDir, 'store'), ...(onFailure === undefined ? {} : { onFailure }) });
  const ledger = lmdbLedger(store, clock);
  const folder = takeReceiptFolder(config.dataDir, random); // beside the store: what was told must not go back with it
  const guard = await FileGuard.open({ store, ledger, memory: await ReceiptMemory.open(folder), clock, onChange: logChange(logger) });
  return {
    journal: lmdbJournal(store), records: lmdbRecords(store), ledger: guardedLedger(ledger, guard, clock), guard, outbox: lmdbOutbox(store), care: fileCare(store, ledger, guard),
    fleet: undefined, sharedTime: async () => clock.now(),
    close: async () => {
      await store.close();
      await guard.close();
      folder.release();
    },
  };
};

/** `store`: what it keeps, for the log. */
const redisOptions = (store: string, { random, logger }: KeepingOptions): Omit<RedisClientOptions, 'url'> => ({
  random,
  onState: (state, error) => logger[state === 'up' ? 'info' : 'warn']({ store, state, ...(error === undefined ? {} : { err: error }) }, 'the connection to Redis changed'),
});

interface LedgerRedis {
  readonly client: RedisCaller;
  /** for questions to replicas; a cluster has none */
  readonly acks?: RedisClient;
}

/** The ledger's connections, which its guard is told of. A cluster's answers wait for no replica. */
const openLedgerRedis = async (url: string, options: KeepingOptions, guard: RedisGuard, opened: RedisCaller[]): Promise<LedgerRedis> => {
  const { random } = options;
  const address = options.config.ledgerRedisUrl ?? url;
  const cluster = clusterAddress(address);
  const settings = { ...redisOptions('ledger', options), onServer: (server: RedisServerIdentity) => guard.saw(server) };
  const client = await (cluster === undefined ? openRedis({ url: address, ...settings }) : openRedisCluster(cluster, settings));
  opened.push(client);
  if (cluster !== undefined) return { client };
  const acks = await openRedis({ url: address, random, onServer: (server) => guard.sawAcks(server) });
  opened.push(acks);
  return { client, acks };
};

/** Any number of processes on one Redis; the ledger may have another, or a cluster. */
const openShared = async (url: string, options: KeepingOptions): Promise<OpenKeeping> => {
  const { config, clock, random, logger } = options;
  const folder = takeReceiptFolder(config.dataDir, random);
  const memory = await ReceiptMemory.open(folder);
  const guard = new RedisGuard({ clock, memory, witness: folder.name, minReplicas: config.redisMinReplicas, onChange: logChange(logger) });
  const opened: RedisCaller[] = [];
  const release = async (): Promise<void> => {
    await guard.close();
    await Promise.all(opened.map((each) => each.close()));
    folder.release();
  };
  try {
    const client = await openRedis({ url, ...redisOptions('all', options) });
    opened.push(client);
    const own = await openLedgerRedis(url, options, guard, opened);
    const ledger = redisLedger(own.client, clock);
    await guard.start({ ...own, ledger });
    const records = await openRedisRecords(client, TABLES, { random });
    const fleet = await openFleet(url);
    const holder = config.originId ?? random.bytes(12).toString('base64url');
    return {
      journal: redisJournal(client, { holder }), records, ledger: guardedLedger(ledger, guard, clock), guard, outbox: redisOutbox(own.client),
      care: new RedisCare({ client: own.client, ledger, clock, ageMs: memory.ageMs, pause: (ms) => pause(ms) }), fleet, sharedTime: () => redisTime(client, clock),
      close: async () => {
        records.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
};

/** Redis's clock, as of now: what it said, and half of the time that the question took. */
const redisTime = async (client: RedisClient, clock: Clock): Promise<number> => {
  const asked = clock.monotonic();
  const [seconds, micros] = (await client.call('TIME')) as [Buffer, Buffer];
  return Number(seconds) * 1000 + Number(micros) / 1000 + (clock.monotonic() - asked) / 2;
};
