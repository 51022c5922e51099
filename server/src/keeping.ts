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
import { takeReceiptFolder } from './receipt-folder.js';
import { openFleet, type Fleet } from './rooms/fleet.js';
import { lmdbRecords, openLmdbStore, openRedis, openRedisRecords, type RedisClient, type RedisClientOptions } from './store/index.js';

export interface OpenKeeping extends Keeping {
  /** The other origins; undefined where there can be none. */
  readonly fleet: Fleet | undefined;
  close(): Promise<void>;
}

export interface KeepingOptions {
  readonly config: Pick<Config, 'dataDir' | 'redisUrl' | 'redisMinReplicas' | 'originId'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** The files take nothing any more until they are opened anew. A Redis comes back by itself. */
  readonly onFailure: ((error: Error) => void) | undefined;
}

/** Tables that origins share. */
const TABLES = [
  'events', 'bans', 'relays', 'settings', 'host-links', 'twitch-channels', 'quests', 'impressions', 'key-versions', 'sponsor-showings', 'workspaces', 'members', 'audit', 'commands',
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
    journal: lmdbJournal(store), records: lmdbRecords(store), ledger: guardedLedger(ledger, guard, clock), guard, care: fileCare(store, ledger, guard),
    fleet: undefined, sharedTime: async () => clock.now(),
    close: async () => {
      await store.close();
      await guard.close();
      folder.release();
    },
  };
};

/** Any number of processes on one Redis. */
const openShared = async (url: string, { config, clock, random, logger }: KeepingOptions): Promise<OpenKeeping> => {
  const folder = takeReceiptFolder(config.dataDir, random);
  const memory = await ReceiptMemory.open(folder);
  const guard = new RedisGuard({ clock, memory, witness: folder.name, minReplicas: config.redisMinReplicas, onChange: logChange(logger) });
  const opened: RedisClient[] = [];
  const release = async (): Promise<void> => {
    await guard.close();
    await Promise.all(opened.map((each) => each.close()));
    folder.release();
  };
  const connect = async (options: Partial<RedisClientOptions>): Promise<RedisClient> => {
    const client = await openRedis({ url, random, ...options });
    opened.push(client);
    return client;
  };
  try {
    const client = await connect({
      onServer: (server) => guard.saw(server),
      onState: (state, error) => logger[state === 'up' ? 'info' : 'warn']({ state, ...(error === undefined ? {} : { err: error }) }, 'the connection to Redis changed'),
    });
    const acks = await connect({ onServer: (server) => guard.sawAcks(server) });
    const ledger = redisLedger(client, clock);
    await guard.start({ client, acks, ledger });
    const records = await openRedisRecords(client, TABLES, { random });
    const fleet = await openFleet(url);
    const holder = config.originId ?? random.bytes(12).toString('base64url');
    return {
      journal: redisJournal(client, { holder }), records, ledger: guardedLedger(ledger, guard, clock), guard,
      care: new RedisCare({ client, ledger, clock, ageMs: memory.ageMs, pause: (ms) => pause(ms) }), fleet, sharedTime: () => redisTime(client, clock),
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
