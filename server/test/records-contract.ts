import { describe, expect, it, vi } from 'vitest';
import type { RecordStore } from '../src/store/index.js';

/** Tables that a store of the suite has. */
export const TABLES = ['one', 'two'];

export interface OpenedRecords {
  records: RecordStore;
  /** the same data through a new connection, as after a restart */
  reopen(): Promise<RecordStore>;
  /** the same data, in another process */
  other?: RecordStore;
}

const all = (store: RecordStore, table = 'one'): Record<string, unknown> => Object.fromEntries(store.table(table).entries());

/** What every record store promises; `open` gives an empty one that the running test owns. */
export function recordsContract(name: string, open: () => Promise<OpenedRecords>, { shared = false } = {}): void {
  describe(`records on ${name}`, () => {
    it('[STO5] shows what was put, and nothing of what was removed, at once and after a restart', async () => {
      const { records, reopen } = await open();
      const table = records.table<unknown>('one');
      await table.put('a', { n: 1, list: [1, 'x', null] });
      await table.put('b', 2);
      await table.put('b', 'newer');
      await table.put('c', true);
      await table.remove('c');
      await table.remove('never there');
      const expected = { a: { n: 1, list: [1, 'x', null] }, b: 'newer' };
      expect(all(records)).toEqual(expected);
      expect(all(records, 'two')).toEqual({});
      expect(all(await reopen())).toEqual(expected);
    });

    it('[STO5] keeps writes of one turn in the order of the calls', async () => {
      const { records, reopen } = await open();
      const table = records.table<number>('one');
      await Promise.all([table.put('a', 1), table.put('a', 2), table.remove('b'), table.put('b', 1), table.put('c', 1), table.remove('c')]);
      expect(all(records)).toEqual({ a: 2, b: 1 });
      expect(all(await reopen())).toEqual({ a: 2, b: 1 });
    });

    it('[STO5] takes keys of any text', async () => {
      const { records, reopen } = await open();
      const keys = ['', ' ', 'a b', 'a/b', '{a}', 'ümlaut 🎉', '__proto__', 'a\nb', '1 2 3'];
      const table = records.table<string>('one');
      for (const key of keys) await table.put(key, `of ${key}`);
      const expected = keys.map((key) => [key, `of ${key}`]).toSorted();
      expect([...table.entries()].toSorted()).toEqual(expected);
      expect([...(await reopen()).table('one').entries()].toSorted()).toEqual(expected);
    });

    it('[STO5] hands out values that a reader may change without changing them for others', async () => {
      const { records } = await open();
      const table = records.table<{ n: number }>('one');
      const given = { n: 1 };
      await table.put('a', given);
      given.n = 2;
      for (const [, value] of table.entries()) value.n = 3;
      expect(all(records)).toEqual({ a: { n: 1 } });
    });

    it('[STO6] adds a key once, whoever else tries', async () => {
      const { records, other = records } = await open();
      const tables = [records, other].map((store) => store.table<number>('one'));
      const added = await Promise.all(Array.from({ length: 20 }, (_, at) => tables[at % 2]!.add('a', at)));
      expect(added.filter(Boolean)).toHaveLength(1);
      const winner = added.indexOf(true);
      // Whoever was refused has the value that was there first.
      for (const table of tables) await vi.waitFor(() => expect([...table.entries()]).toEqual([['a', winner]]));
      await tables[0]!.remove('a');
      expect(await tables[1]!.add('a', 100)).toBe(true);
    });
  });
  if (shared) watchContract(name, open);
}

/** What a record store promises that several processes share. */
function watchContract(name: string, open: () => Promise<OpenedRecords>): void {
  describe(`shared records on ${name}`, () => {
    it('[STO7] tells what another process put and removed, in order, and nothing of its own', async () => {
      const { records, other } = await open();
      const seen: unknown[] = [];
      const own: unknown[] = [];
      records.table('one').watch((...change) => void own.push(change));
      other!.table('one').watch((...change) => void seen.push(change));
      other!.table('two').watch((...change) => void seen.push(['two', ...change]));
      const table = records.table<unknown>('one');
      await table.put('a', { n: 1 });
      await table.put('a b', 'x y');
      await table.put('a b', 'x y'); // the same again is no change
      await table.remove('a');
      await table.add('c', 3);
      await vi.waitFor(() => expect(seen).toHaveLength(4));
      expect(seen).toEqual([['a', { n: 1 }], ['a b', 'x y'], ['a', undefined], ['c', 3]]);
      expect(all(other!)).toEqual({ 'a b': 'x y', c: 3 });
      expect(own).toEqual([]);
    });

    it('[STO7] comes to the same in every process when all write the same keys', async () => {
      const { records, other, reopen } = await open();
      const writes = Array.from({ length: 60 }, (_, at) => {
        const table = [records, other!][at % 2]!.table<number>('one');
        const key = `k${at % 5}`;
        return at % 7 === 6 ? table.remove(key) : table.put(key, at);
      });
      await Promise.all(writes);
      const kept = await reopen();
      for (const store of [records, other!]) await vi.waitFor(() => expect(all(store)).toEqual(all(kept)));
    });
  });
}
