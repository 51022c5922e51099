/** Opens what an origin keeps for a command beside it: its Redis, or its files, for reading while it runs or for repair while it does not. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import type { RandomSource } from '../identity/index.js';
import {
  eventsOfStore, FileGuard, fileCare, lmdbLedger, missingOf, readToldFile, RECEIPT_AGE_MS, ReceiptMemory, RedisCare, redisLedger,
  type FileFreeze, type Ledger, type LedgerCare, type Told,
} from '../ledger/index.js';
import { takeReceiptFolder } from '../receipt-folder.js';
import { clusterAddress, keys, openLmdbReader, openLmdbStore, openRedis, openRedisCluster, StoreError, type Store } from '../store/index.js';

/** A ledger, and what is known of it as a whole. */
export interface Books {
  readonly ledger: Ledger;
  readonly care: LedgerCare;
  /** Where it is, for people. */
  readonly place: string;
  close(): Promise<void>;
}

export interface OpenBooksOptions {
  readonly config: Pick<Config, 'dataDir' | 'redisUrl' | 'ledgerRedisUrl'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Whether it is repaired: files are then taken, which an origin that runs does not allow. */
  readonly repair?: boolean;
}

/** ms a call: a reconciliation may ask for much at once, and nobody's tick waits for it. */
const CALL_MS = 60_000;

/** @throws StoreError */
export const openBooks = (options: OpenBooksOptions): Promise<Books> => {
  const { redisUrl, ledgerRedisUrl = redisUrl } = options.config;
  if (ledgerRedisUrl !== undefined) return openShared(ledgerRedisUrl, options.clock);
  return options.repair === true ? openFiles(options) : openForReading(options);
};

const openShared = async (url: string, clock: Clock): Promise<Books> => {
  const cluster = clusterAddress(url);
  const client = await (cluster === undefined ? openRedis({ url, timeoutMs: CALL_MS }) : openRedisCluster(cluster, { timeoutMs: CALL_MS }));
  const ledger = redisLedger(client, clock);
  const host = cluster === undefined ? new URL(url).host : 'a cluster';
  return { ledger, place: `Redis at ${host}`, care: new RedisCare({ client, ledger, clock, ageMs: RECEIPT_AGE_MS, pause: (ms) => pause(ms) }), close: () => client.close() };
};

/** What the processes of a data folder remember that they delivered. */
export const toldIn = (dataDir: string): Told[] => {
  const folder = join(dataDir, 'receipts');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((place) => ['told-0.jsonl', 'told-1.jsonl'].flatMap((name) => readToldFile(join(folder, place, name))));
};

const openForReading = async ({ config, clock }: OpenBooksOptions): Promise<Books> => {
  const path = join(config.dataDir, 'store');
  const reader = await openLmdbReader(path);
  const refuse = (): never => {
    throw StoreError.unavailable(`${path} is open for reading`);
  };
  const store: Store = { read: reader.read, transact: async () => refuse(), close: () => reader.close() };
  const ledger = lmdbLedger(store, clock);
  const missing = (told: readonly Told[] = []) => missingOf(ledger, [...toldIn(config.dataDir), ...told]);
  return {
    ledger, place: path, close: () => reader.close(),
    care: {
      events: async () => eventsOfStore(store), missing, repair: async () => refuse(),
      async status() {
        const frozen = store.read.get<FileFreeze>(keys.ledgerFrozen);
        return { state: frozen === undefined ? 'open' : 'frozen', ...frozen, epoch: 0, waitingFor: [], lost: await missing() };
      },
    },
  };
};

const openFiles = async ({ config, clock, random }: OpenBooksOptions): Promise<Books> => {
  const path = join(config.dataDir, 'store');
  await (await openLmdbReader(path)).close(); // else a folder would be made where none is
  const store = await openLmdbStore({ path });
  const folder = takeReceiptFolder(config.dataDir, random);
  const ledger = lmdbLedger(store, clock);
  const guard = await FileGuard.open({ store, ledger, memory: await ReceiptMemory.open(folder), clock });
  return {
    ledger, place: path, care: fileCare(store, ledger, guard),
    close: async () => {
      await guard.close();
      folder.release();
      await store.close();
    },
  };
};
