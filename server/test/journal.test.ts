import { expect, it } from 'vitest';
import { lmdbJournal } from '../src/journal/index.js';
import { keys } from '../src/store/index.js';
import { journalContract } from './journal-contract.js';
import { tempDir, tempStore } from './store-helper.js';

journalContract('lmdb', async () => {
  const path = tempDir();
  const store = await tempStore(path);
  return {
    journal: lmdbJournal(store),
    reopen: async () => {
      await store.close();
      return lmdbJournal(await tempStore(path));
    },
  };
});

it('[JRN4] passes over a checkpoint of the format before, whose ticks are all in the records, and refuses one of a later', async () => {
  const store = await tempStore();
  const journal = lmdbJournal(store);
  const { epoch } = await journal.open('room');
  await store.transact((tx) => tx.put(keys.journalCheckpoint('room'), [1, epoch, 5, 250, new Uint8Array([1, 2, 3])]));
  const next = await journal.open('room');
  expect(next.checkpoint).toBeUndefined();
  await journal.checkpoint('room', next.epoch, { tick: 6, time: 300, parts: new Map([['a', new Uint8Array([4])]]), drop: [], whole: true });
  expect((await journal.open('room')).checkpoint).toMatchObject({ tick: 6, time: 300 });
  await store.transact((tx) => tx.put(keys.journalCheckpoint('room'), [3, epoch, 7, 350]));
  await expect(journal.open('room')).rejects.toThrow('format 3');
});
