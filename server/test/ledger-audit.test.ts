import { describe, expect, it } from 'vitest';
import { lmdbLedger } from '../src/ledger/index.js';
import { keys } from '../src/store/index.js';
import { ask, terms } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';

const E = 'show';
const granted = async () => {
  const store = await tempStore();
  const ledger = lmdbLedger(store, handClock());
  await ledger.createEvent(E, 't');
  await ledger.defineDrop(E, terms(), 't');
  await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: [1, 2], trace: 't' });
  await ledger.claim([ask(1), ask(2)]);
  expect(await ledger.reconcile(E)).toEqual([]);
  return { store, ledger };
};

describe('reconcile', () => {
  it('[LED18] finds stock that was changed behind the ledger', async () => {
    const { store, ledger } = await granted();
    await store.transact((tx) => {
      const drop = tx.get<{ variants: { default: { taken: number } } }>(keys.drop(E, 'badge'));
      if (!drop) throw new Error('no drop');
      drop.variants.default.taken = 1;
      tx.put(keys.drop(E, 'badge'), drop);
    });
    expect((await ledger.reconcile(E)).map(({ path }) => path)).toEqual(['drops/badge']);
  });

  it('[LED18] finds a holding that was deleted', async () => {
    const { store, ledger } = await granted();
    await store.transact((tx) => tx.remove(keys.holding(E, 1, 'badge')));
    expect(await ledger.reconcile(E)).toMatchObject([{ path: 'holdings/1/badge', stands: undefined, replayed: { state: 'granted' } }]);
  });

  it('[LED18] finds a serial that was given twice, a grant without an unlock and a lost entry', async () => {
    const { store, ledger } = await granted();
    const entries = await ledger.entries(E, 1, 100);
    const second = entries.at(-1);
    await store.transact((tx) => {
      tx.put(keys.entry(E, second?.seq ?? 0), { ...second, serial: 1 });
      tx.remove(keys.entry(E, 3)); // viewer 1's unlock
    });
    const found = (await ledger.reconcile(E)).map(({ stands }) => stands);
    expect(found).toContain('serial badge/1 again');
    expect(found).toContain('granted without an unlock');
  });
});
