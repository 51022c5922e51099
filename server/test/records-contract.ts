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

    it('[STO9] of all who change a key at once none is lost, and each is answered with its change in it', async () => {
      const { records, other = records, reopen } = await open();
      const tables = [records, other].map((store) => store.table<{ by: number[] }>('one'));
      await tables[0]!.put('a', { by: [] });
      const who = Array.from({ length: 40 }, (_, at) => at);
      const answers = await Promise.all(who.map((at) => tables[at % 2]!.change('a', ({ by }) => ({ by: [...by, at] }))));
      for (const at of who) expect(answers[at]?.by).toContain(at);
      for (const table of tables) await vi.waitFor(() => expect([...table.entries()].map(([, { by }]) => by.toSorted((a, b) => a - b))).toEqual([who]));
      expect(all(await reopen())).toEqual({ a: answers.toSorted((a, b) => b!.by.length - a!.by.length)[0] });
    });

    it('[STO9] a key that is not there is not made, and nobody is asked for its value', async () => {
      const { records, other = records, reopen } = await open();
      const [table, another] = [records, other].map((store) => store.table<number>('one'));
      let asked = 0;
      const make = (before: number): number => before + ++asked;
      await table!.put('gone', 1);
      await table!.remove('gone');
      for (const key of ['gone', 'never there']) expect(await table!.change(key, make)).toBeUndefined();
      expect(asked).toBe(0);
      await table!.put('gone', 1);
      const [, changed] = await Promise.all([table!.remove('gone'), table!.change('gone', make)]); // of a value that is on its way out
      await another!.change('gone', make); // perhaps before it is told that there is none
      expect([changed, all(records), all(other), all(await reopen())]).toEqual([undefined, {}, {}, {}]);
    });

    it('[STO9] what a change throws reaches who asked for it, and nothing is changed; the others go on', async () => {
      const { records, reopen } = await open();
      const table = records.table<{ n: number }>('one');
      await table.put('a', { n: 1 });
      const up = (): Promise<unknown> => table.change('a', ({ n }) => ({ n: n + 1 }));
      const settled = await Promise.allSettled([up(), table.change('a', (before) => {
        before.n = 100;
        throw new Error('not now');
      }), up()]);
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(settled[1]).toMatchObject({ reason: { message: 'not now' } });
      expect(all(records)).toEqual({ a: { n: 3 } });
      expect(all(await reopen())).toEqual({ a: { n: 3 } });
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
      await table.change('c', () => 4);
      await vi.waitFor(() => expect(seen).toHaveLength(5));
      expect(seen).toEqual([['a', { n: 1 }], ['a b', 'x y'], ['a', undefined], ['c', 3], ['c', 4]]);
      expect(all(other!)).toEqual({ 'a b': 'x y', c: 4 });
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
