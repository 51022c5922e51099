import { describe, expect, it } from 'vitest';
import { openLmdbStore } from '../src/store/index.js';
import { tempDir, tempStore } from './store-helper.js';

describe('LMDB store', () => {
  it('[LED1] leaves no trace of a transaction that throws, and keeps its neighbours of the same commit', async () => {
    const store = await tempStore();
    const before = store.transact((tx) => tx.put('a', 1));
    const broken = store.transact((tx) => {
      tx.put('a', 2);
      tx.put('b', 2);
      throw new Error('no');
    });
    const after = store.transact((tx) => tx.put('c', tx.get<number>('a')));
    await expect(broken).rejects.toThrow('no');
    await Promise.all([before, after]);
    expect([store.read.get('a'), store.read.get('b'), store.read.get('c')]).toEqual([1, undefined, 1]);
  });

  it('[LED1] shows a transaction its own writes and removals in a range', async () => {
    const store = await tempStore();
    await store.transact((tx) => ['k/1', 'k/2', 'k/4'].forEach((key) => tx.put(key, key)));
    const seen = await store.transact((tx) => {
      tx.remove('k/2');
      tx.put('k/3', 'k/3');
      return [...tx.range<string>('k/', 'k/\uffff', 2)].map(({ key }) => key);
    });
    expect(seen).toEqual(['k/1', 'k/3']);
  });

  it('[LED1] refuses a key that is too long without harming the commit it would have been in', async () => {
    const store = await tempStore();
    const long = 'x'.repeat(5000);
    const [good, bad] = await Promise.allSettled([store.transact((tx) => tx.put('a', 1)), store.transact((tx) => tx.put(long, 1))]);
    expect([good.status, bad]).toMatchObject(['fulfilled', { reason: { code: 'store_bad_key', retryable: false } }]);
    expect([store.read.get('a'), store.read.get(long)]).toEqual([1, undefined]);
  });

  it('[LED2] refuses a second writer of the same directory and lets one in after close', async () => {
    const path = tempDir();
    const first = await openLmdbStore({ path });
    await expect(openLmdbStore({ path })).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    await first.transact((tx) => tx.put('a', 1));
    await first.close();
    await expect(first.transact((tx) => tx.put('a', 2))).rejects.toMatchObject({ code: 'store_unavailable' });
    const second = await tempStore(path);
    expect(second.read.get('a')).toBe(1);
  });
});
