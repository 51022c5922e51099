import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { StoreError } from '../errors.js';
import type { Reader } from '../store.js';
import { DbReader } from './lmdb-store.js';

/** A data directory that another process may be writing. What is read in one turn of the loop is of one instant. */
export interface LmdbReader {
  readonly read: Reader;
  /** What is read from now on is what stands now, or later: without it, a turn of the loop that has read goes on seeing what it saw. */
  renew(): void;
  /** Copies what is synced now, as of one instant, into an empty folder, while others read and write. */
  copyTo(folder: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens for reading alone: beside the process that has it, which does not notice. @throws StoreError `store_unavailable` */
export async function openLmdbReader(path: string): Promise<LmdbReader> {
  if (!existsSync(join(path, 'data.mdb'))) throw StoreError.unavailable(`there is no store in ${path}`);
  try {
    const db = open<Buffer, string>({ path, encoding: 'binary', readOnly: true, noSubdir: false });
    return { read: new DbReader(db), renew: () => db.resetReadTxn(), copyTo: (folder) => db.backup(folder, true), close: () => db.close() };
  } catch (error) {
    throw StoreError.unavailable(`cannot read ${path}`, error);
  }
}
