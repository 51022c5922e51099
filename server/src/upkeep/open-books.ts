/** Opens what an origin keeps for a command beside it: its Redis, or its files, for reading while it runs or for repair while it does not. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.js';
import type { Config } from '../config.js';
import type { EventRecord } from '../events/event-record.js';
import { workspaceOf } from '../events/workspace-desk.js';
import type { RandomSource } from '../identity/index.js';
import {
  eventsOfStore, FileGuard, fileCare, lmdbLedger, missingOf, readToldFolder, RECEIPT_AGE_MS, ReceiptMemory, RedisCare, redisLedger,
  type FileFreeze, type Ledger, type LedgerCare, type LostReceipt, type Told,
} from '../ledger/index.js';
import { lmdbOutbox, redisOutbox, type Outbox } from '../outbox/index.js';
import { takeReceiptFolder } from '../receipt-folder.js';
import { clusterAddress, keys, lmdbRecords, openLmdbReader, openLmdbStore, openRedisRecords, StoreError, type RecordStore, type Store } from '../store/index.js';
import { endpointsOf, type EndpointRecord } from '../webhooks/index.js';
import { openStores } from './stores.js';

/** A ledger, and what is known of it as a whole. */
export interface Books {
  readonly ledger: Ledger;
  readonly care: LedgerCare;
  /** What endpoints were told of, and which of them an event has. */
  readonly outbox: Outbox;
  endpointsOf(event: string): string[];
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

/** @throws StoreError */
export const openBooks = (options: OpenBooksOptions): Promise<Books> => {
  const { redisUrl, ledgerRedisUrl } = options.config;
  if (redisUrl !== undefined) return openShared({ redisUrl, ledgerRedisUrl }, options.clock);
  return options.repair === true ? openFiles(options) : openForReading(options);
};

/** As the records stand now: who endpoints belong to. */
const endpointsIn = (records: RecordStore): Books['endpointsOf'] => {
  const endpoints = [...records.table<EndpointRecord>('webhooks').entries()].map(([, record]) => record);
  const events = new Map(records.table<EventRecord>('events').entries());
  return (event) => endpointsOf(endpoints, event, (id) => (events.has(id) ? workspaceOf(events.get(id)!) : undefined));
};

const openShared = async (redis: { readonly redisUrl: string; readonly ledgerRedisUrl: string | undefined }, clock: Clock): Promise<Books> => {
  const stores = await openStores(redis);
  try {
    const { main, ledger: client, close } = stores;
    const ledger = redisLedger(client, clock);
    const records = await openRedisRecords(main, ['webhooks', 'events']);
    const told = endpointsIn(records);
    records.close();
    const url = redis.ledgerRedisUrl ?? redis.redisUrl;
    return {
      ledger, place: `Redis at ${clusterAddress(url) === undefined ? new URL(url).host : 'a cluster'}`, outbox: redisOutbox(client), endpointsOf: told, close,
      care: new RedisCare({ client, ledger, clock, ageMs: RECEIPT_AGE_MS, pause: (ms) => pause(ms) }),
    };
  } catch (error) {
    await stores.close(); // what stays open keeps the command from ending
    throw error;
  }
};

/** What the processes of a data folder remember that they delivered. */
export const toldIn = (dataDir: string): Told[] => {
  const folder = join(dataDir, 'receipts');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((place) => readToldFolder(join(folder, place)));
};

const openForReading = async ({ config, clock }: OpenBooksOptions): Promise<Books> => {
  const path = join(config.dataDir, 'store');
  const reader = await openLmdbReader(path);
  const refuse = (): never => {
    throw StoreError.unavailable(`${path} is open for reading`);
  };
  const store: Store = { read: reader.read, transact: async () => refuse(), close: () => reader.close() };
  const ledger = lmdbLedger(store, clock);
  const missing = (told: readonly Told[] = []): Promise<LostReceipt[]> => {
    const all = [...toldIn(config.dataDir), ...told];
    reader.renew(); // claims go on: what was told stood before it was told, and so it stands in what is read after
    return missingOf(ledger, all);
  };
  return {
    ledger, place: path, outbox: lmdbOutbox(store), endpointsOf: endpointsIn(lmdbRecords(store)), close: () => reader.close(),
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
    ledger, place: path, care: fileCare(store, ledger, guard), outbox: lmdbOutbox(store), endpointsOf: endpointsIn(lmdbRecords(store)),
    close: async () => {
      await guard.close();
      folder.release();
      await store.close();
    },
  };
};
