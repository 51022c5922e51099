import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomSource } from './identity/index.js';
import { lockDirectory, StoreError } from './store/index.js';

/** A folder that remembers what one process at a time delivered. */
export interface ReceiptFolder {
  readonly dir: string;
  /** made once: whoever has the folder is asked under this name for what it remembers */
  readonly name: string;
  release(): void;
}

/** Processes that may share a data folder, as on a machine where several origins are tried. */
const PROCESSES = 64;

/** Takes the first folder of a data folder that no living process has. @throws StoreError `store_unavailable` */
export const takeReceiptFolder = (dataDir: string, random: RandomSource): ReceiptFolder => {
  for (let place = 0; place < PROCESSES; place++) {
    const dir = join(dataDir, 'receipts', String(place));
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    try {
      const release = lockDirectory(dir);
      return { dir, name: keptName(join(dir, 'name'), random), release };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }
  throw StoreError.unavailable(`${PROCESSES} processes use ${dataDir}`);
};

const keptName = (path: string, random: RandomSource): string => {
  try {
    writeFileSync(path, random.bytes(12).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
};
