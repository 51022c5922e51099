import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../src/clock.js';
import { openLmdbStore, type Store } from '../src/store/index.js';

/** A directory that the running test owns. */
export function tempDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'crowdcue-store-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A store in a directory of its own, closed when the test is done; `unsafeNoSync` for a test of thousands of writes. */
export async function tempStore(path = tempDir(), { unsafeNoSync = false } = {}): Promise<Store> {
  const store = await openLmdbStore({ path, unsafeNoSync });
  onTestFinished(() => store.close());
  return store;
}

export interface HandClock extends Clock {
  time: number;
}

/** A clock that the test turns. */
export const handClock = (time = 1_000_000): HandClock => ({
  time,
  now() {
    return this.time;
  },
  monotonic() {
    return this.time;
  },
});
