import type * as Lmdb from 'lmdb';
import { expect, it, vi } from 'vitest';
import { lmdbJournal } from '../src/journal/index.js';
import { openLmdbStore } from '../src/store/index.js';
import { tempDir, tempStore } from './store-helper.js';

const disk = vi.hoisted(() => ({ full: false }));

vi.mock('lmdb', async (original) => {
  const real = await original<typeof Lmdb>();
  const open = (options: Lmdb.RootDatabaseOptionsWithPath) => {
    const db = real.open(options);
    const batch = db.batch.bind(db);
    db.batch = (work) => (disk.full ? Promise.reject(new Error('disk full')) : batch(work));
    return db;
  };
  return { ...real, open };
});

it('[JRN8] after a failed commit refuses everything, as retryable, until opened again: a journal never has a hole', async () => {
  const path = tempDir();
  const store = await openLmdbStore({ path });
  const journal = lmdbJournal(store);
  const { epoch } = await journal.open('room');
  const append = (tick: number) => journal.append('room', epoch, { tick, time: 0, bytes: new Uint8Array(1) });
  await append(1);
  disk.full = true;
  await expect(append(2)).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
  disk.full = false;
  await expect(append(3)).rejects.toMatchObject({ code: 'store_unavailable' });
  await store.close();
  const again = lmdbJournal(await tempStore(path));
  const ticks = [];
  for await (const { tick } of again.records('room', -1)) ticks.push(tick);
  expect(ticks).toEqual([1]);
});
