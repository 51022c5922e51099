import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import { systemRandom } from '../../src/identity/index.js';
import { FileGuard, guardedLedger, lmdbLedger, ReceiptMemory, type Ledger } from '../../src/ledger/index.js';
import { takeReceiptFolder } from '../../src/receipt-folder.js';
import { openLmdbStore, type Store } from '../../src/store/index.js';

export interface LedgerFolder {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly guard: FileGuard;
  close(): Promise<void>;
}

/** The ledger of a data folder, as an origin opens it. */
export const openLedgerFolder = async (dataDir: string): Promise<LedgerFolder> => {
  const store = await openLmdbStore({ path: join(dataDir, 'store') });
  const folder = takeReceiptFolder(dataDir, systemRandom);
  const plain = lmdbLedger(store, systemClock);
  const guard = await FileGuard.open({ store, ledger: plain, memory: await ReceiptMemory.open(folder), clock: systemClock });
  const close = async (): Promise<void> => {
    await store.close();
    await guard.close();
    folder.release();
  };
  return { store, guard, ledger: guardedLedger(plain, guard, systemClock), close };
};
