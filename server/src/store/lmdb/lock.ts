import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StoreError } from '../errors.js';

const held = new Set<string>();

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/**
 * Makes this process the only writer of a data directory; returns the release. LMDB itself would let a second process
 * in, and decisions taken in JavaScript against an older picture would then sell a thing twice.
 * A lock of a killed process is taken over; our own process id (a container's 1) counts as killed.
 */
export function lockDirectory(path: string): () => void {
  const directory = resolve(path);
  const file = join(directory, 'writer.pid');
  mkdirSync(directory, { recursive: true });
  if (held.has(directory)) throw StoreError.unavailable(`${directory} is already open in this process`);
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 1) {
        throw StoreError.unavailable(`cannot lock ${directory}`, error);
      }
      const pid = Number(readFileSync(file, 'utf8'));
      if (pid > 0 && pid !== process.pid && alive(pid)) {
        throw StoreError.unavailable(`${directory} is in use by process ${pid} (${file})`);
      }
      rmSync(file, { force: true });
    }
  }
  held.add(directory);
  return () => {
    held.delete(directory);
    rmSync(file, { force: true });
  };
}
