import { lmdbJournal } from '../src/journal/index.js';
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
