/** Opens what an origin keeps everything in: its own files, or the Redis that it shares with the other origins of the system. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { Keeping } from './events/desks.js';
import type { RandomSource } from './identity/index.js';
import { lmdbJournal, redisJournal } from './journal/index.js';
import { lmdbLedger, redisLedger } from './ledger/index.js';
import { lmdbOutbox, redisOutbox } from './outbox/index.js';
import { openFleet, type Fleet } from './rooms/fleet.js';
import { clusterAddress, lmdbRecords, openLmdbStore, openRedis, openRedisCluster, openRedisRecords, type RedisCaller, type RedisClient, type RedisClientOptions } from './store/index.js';

export interface OpenKeeping extends Keeping {
  /** The other origins; undefined where there can be none. */
  readonly fleet: Fleet | undefined;
  close(): Promise<void>;
}

export interface KeepingOptions {
  readonly config: Pick<Config, 'dataDir' | 'redisUrl' | 'ledgerRedisUrl' | 'originId'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** The files take nothing any more until they are opened anew. A Redis comes back by itself. */
  readonly onFailure: ((error: Error) => void) | undefined;
}

/** Tables that origins share. */
const TABLES = [
  'events', 'bans', 'relays', 'settings', 'host-links', 'twitch-channels', 'quests', 'impressions', 'key-versions', 'sponsor-showings', 'workspaces', 'members', 'audit', 'commands', 'webhooks', 'commerce', 'codes', 'lot-seeds', 'people', 'proof-codes',
] as const;

/** @throws StoreError when the files are in use, or Redis does not answer or may lose what it acknowledged. */
export const openKeeping = (options: KeepingOptions): Promise<OpenKeeping> => {
  const { redisUrl } = options.config;
  return redisUrl === undefined ? openFiles(options) : openShared(redisUrl, options);
};

/** One process with files of its own; nothing else to install. */
const openFiles = async ({ config, clock, onFailure }: KeepingOptions): Promise<OpenKeeping> => {
  const store = await openLmdbStore({ path: join(config.dataDir, 'store'), ...(onFailure === undefined ? {} : { onFailure }) });
  return {
    journal: lmdbJournal(store), records: lmdbRecords(store), ledger: lmdbLedger(store, clock), outbox: lmdbOutbox(store), fleet: undefined, sharedTime: async () => clock.now(),
    close: () => store.close(),
  };
};

/** `store`: what it keeps, for the log. */
const redisOptions = (store: string, { random, logger }: KeepingOptions): Omit<RedisClientOptions, 'url'> => ({
  random,
  onState: (state, error) => logger[state === 'up' ? 'info' : 'warn']({ store, state, ...(error === undefined ? {} : { err: error }) }, 'the connection to Redis changed'),
});

/** A connection of the ledger's own, where it has an address of its own. */
const openLedgerRedis = (options: KeepingOptions): Promise<RedisCaller> | undefined => {
  const url = options.config.ledgerRedisUrl;
  if (url === undefined) return undefined;
  const cluster = clusterAddress(url);
  const settings = redisOptions('ledger', options);
  return cluster === undefined ? openRedis({ url, ...settings }) : openRedisCluster(cluster, settings);
};

/** Any number of processes on one Redis; the ledger may have another, or a cluster. */
const openShared = async (url: string, options: KeepingOptions): Promise<OpenKeeping> => {
  const { config, clock, random } = options;
  const client = await openRedis({ url, ...redisOptions('all', options) });
  let own: RedisCaller | undefined;
  try {
    own = await openLedgerRedis(options);
    const records = await openRedisRecords(client, TABLES, { random });
    const fleet = await openFleet(url);
    const holder = config.originId ?? random.bytes(12).toString('base64url');
    return {
      journal: redisJournal(client, { holder }), records, ledger: redisLedger(own ?? client, clock), outbox: redisOutbox(own ?? client), fleet, sharedTime: () => redisTime(client, clock),
      close: async () => {
        records.close();
        await Promise.all([client.close(), own?.close()]);
      },
    };
  } catch (error) {
    await Promise.all([client.close(), own?.close()]);
    throw error;
  }
};

/** Redis's clock, as of now: what it said, and half of the time that the question took. */
const redisTime = async (client: RedisClient, clock: Clock): Promise<number> => {
  const asked = clock.monotonic();
  const [seconds, micros] = (await client.call('TIME')) as [Buffer, Buffer];
  return Number(seconds) * 1000 + Number(micros) / 1000 + (clock.monotonic() - asked) / 2;
};
