/** Opens what an origin keeps everything in: its own files, or the Redis that it shares with the other origins of the system. */
import { join } from 'node:path';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { Keeping } from './events/desks.js';
import { lmdbJournal } from './journal/index.js';
import { lmdbLedger } from './ledger/index.js';
import type { Fleet } from './rooms/fleet.js';
import { keys, lmdbRecords, openLmdbStore } from './store/index.js';

export interface OpenKeeping extends Keeping {
  /** The other origins; undefined where there can be none. */
  readonly fleet: Fleet | undefined;
  close(): Promise<void>;
}

export interface KeepingOptions {
  readonly config: Pick<Config, 'dataDir'>;
  readonly clock: Clock;
  /** The files take nothing any more until they are opened anew. */
  readonly onFailure: ((error: Error) => void) | undefined;
}

/** One process with files of its own; nothing else to install. */
export const openFiles = async ({ config, clock, onFailure }: KeepingOptions): Promise<OpenKeeping> => {
  const store = await openLmdbStore({ path: join(config.dataDir, 'store'), ...(onFailure === undefined ? {} : { onFailure }) });
  return {
    journal: lmdbJournal(store), records: lmdbRecords(store), ledger: lmdbLedger(store, clock), fleet: undefined,
    isUnlocked: (event, gate, viewer) => store.read.get(keys.unlock(event, gate, viewer)) !== undefined,
    close: () => store.close(),
  };
};
