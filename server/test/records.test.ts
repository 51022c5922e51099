import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { lmdbRecords, openRedisRecords, type RedisClient, type RedisRecords } from '../src/store/index.js';
import { recordsContract, TABLES } from './records-contract.js';
import { tempDir, tempStore } from './store-helper.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

recordsContract('lmdb', async () => {
  const path = tempDir();
  const store = await tempStore(path);
  return {
    records: lmdbRecords(store),
    reopen: async () => {
      await store.close();
      return lmdbRecords(await tempStore(path));
    },
  };
});

const tempRecords = async (client: RedisClient, rereadMs?: number): Promise<RedisRecords> => {
  const records = await openRedisRecords(client, TABLES, rereadMs === undefined ? {} : { rereadMs });
  onTestFinished(() => records.close());
  return records;
};

describe.skipIf(!HAS_REDIS)('with a real server', () => {
  recordsContract('redis', async () => {
    const server = await tempRedis();
    return {
      records: await tempRecords(await tempClient(server)),
      other: await tempRecords(await tempClient(server)),
      reopen: async () => tempRecords(await tempClient(server)),
    };
  }, { shared: true });

  it('[STO8] finds by itself what no message told, and tells of it', async () => {
    const client = await tempClient(await tempRedis());
    const records = await tempRecords(client, 20);
    await records.table('one').put('gone', 1);
    await records.table('one').put('same', 1);
    const seen: unknown[] = [];
    records.table('one').watch((...change) => void seen.push(change));
    const { table } = client.keys.records('one');
    await client.call('HSET', table, 'silent', '{"n":1}');
    await client.call('HDEL', table, 'gone');
    await vi.waitFor(() => expect(seen.toSorted()).toEqual([['gone', undefined], ['silent', { n: 1 }]]));
    expect(Object.fromEntries(records.table('one').entries())).toEqual({ silent: { n: 1 }, same: 1 });
  });

  it('[STO7] takes no message for news that is older than what it has, by its own write, by a message or by reading', async () => {
    const client = await tempClient(await tempRedis());
    const before = await tempRecords(client);
    await before.table('one').put('read', 'new'); // version 1
    const records = await tempRecords(client);
    const table = records.table<string>('one');
    await table.put('own', 'new'); // version 2
    const seen: unknown[] = [];
    table.watch((...change) => void seen.push(change));
    const { channel } = client.keys.records('one');
    for (const message of ['7 w heard "new"', '6 w heard "old"', '5 w heard', '1 w own "old"', '0 w read "old"', '0 w read', '8 w end "x"']) {
      await client.call('PUBLISH', channel, message);
    }
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['end', 'x']));
    expect(seen).toEqual([['heard', 'new'], ['end', 'x']]);
    expect(Object.fromEntries(table.entries())).toEqual({ read: 'new', own: 'new', heard: 'new', end: 'x' });
  });

  it('[STO9] a change is made of what stands, also where no message has told of it yet', async () => {
    const client = await tempClient(await tempRedis());
    const table = (await tempRecords(client)).table<number>('one');
    const by = client.keys.records('one').table;
    await table.put('known', 1);
    await table.put('gone', 1);
    for (const [key, text] of [['known', '10'], ['new', '20']] as const) await client.call('HSET', by, key, text);
    await client.call('HDEL', by, 'gone');
    const up = (before: number): number => before + 1;
    expect([await table.change('known', up), await table.change('new', up), await table.change('gone', up)]).toEqual([11, 21, undefined]);
    expect(Object.fromEntries(table.entries())).toEqual({ known: 11, new: 21 });
  });

  it('[STO9] answers with what another process made of it, when that was heard before the answer', async () => {
    const server = await tempRedis();
    const client = await tempClient(server);
    const other = (await tempRecords(await tempClient(server))).table<string>('one');
    const table = (await tempRecords(client)).table<string>('one');
    await table.put('a', 'x');
    await table.put('b', 'x');
    // Redis has done it, and its answer is still under way.
    const run = client.run.bind(client);
    let [done, answer] = [(): void => undefined, (): void => undefined];
    const isDone = new Promise<void>((resolve) => { done = resolve; });
    const answered = new Promise<void>((resolve) => { answer = resolve; });
    client.run = async (...args) => {
      const reply = await run(...args);
      done();
      await answered;
      return reply;
    };
    const heard: unknown[] = [];
    table.watch((...change) => void heard.push(change));
    const changed = table.change('a', (before) => `${before} ours`);
    await isDone;
    await vi.waitFor(async () => expect(await other.change('a', (before) => `${before} theirs`)).toBe('x ours theirs'));
    await vi.waitFor(() => expect(heard).toEqual([['a', 'x ours theirs']]));
    answer();
    expect(await changed).toBe('x ours theirs');
    expect(Object.fromEntries(table.entries())).toEqual({ a: 'x ours theirs', b: 'x' });
  });

  it('[STO9] refuses to change what somebody put there by hand and is no record, and goes on', async () => {
    const client = await tempClient(await tempRedis());
    const table = (await tempRecords(client)).table<number>('one');
    await table.put('a', 1);
    for (const broken of ['{', Buffer.from([0x22, 0xff, 0x22])]) {
      await client.call('HSET', client.keys.records('one').table, 'a', broken);
      await expect(table.change('a', (before) => before)).rejects.toMatchObject({ code: 'store_bad_key', retryable: false });
    }
    await table.put('a', 2);
    expect(await table.change('a', (before) => before + 1)).toBe(3);
  });

  it.each(['the subscription', 'every connection'])('[STO8] has what it missed as soon as it is back, when %s broke', async (which) => {
    const server = await tempRedis();
    const client = await tempClient(server);
    const records = await tempRecords(client);
    const seen = new Promise((resolve) => records.table('one').watch((key, value) => resolve([key, value])));
    await client.call('HSET', client.keys.records('one').table, 'a', '1'); // no message
    if (which === 'the subscription') expect(await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub')).toBe(1);
    else await server.restart();
    await expect(seen).resolves.toEqual(['a', 1]);
    await records.table('one').put('b', 2);
  });

  it('[STO8] follows a Redis that went back, as after a failover', async () => {
    const server = await tempRedis();
    const records = await tempRecords(await tempClient(server), 20);
    const table = records.table<number>('one');
    for (let n = 1; n <= 5; n++) await table.put('a', n);
    const rival = await tempClient(server);
    const others = await tempRecords(rival);
    await rival.call('FLUSHALL');
    await others.table<number>('one').put('b', 1);
    await vi.waitFor(() => expect([...table.entries()]).toEqual([['b', 1]]));
  });

  it('[STO5] ignores what somebody put there by hand and is no record, and goes on', async () => {
    const client = await tempClient(await tempRedis());
    const { table, channel } = client.keys.records('one');
    await client.call('HSET', table, 'broken', '{', '%', '1', 'good', '1');
    const records = await tempRecords(client);
    for (const message of ['', 'x', '1 2', '9 w %E0%A4%A 1', '9 w k {', 'NaN w k 1 2']) await client.call('PUBLISH', channel, message);
    await records.table('one').put('a', 1);
    expect(Object.fromEntries(records.table('one').entries())).toEqual({ good: 1, a: 1 });
  });

  it('[STO5] refuses a key or a value that cannot be kept, and a table that was not opened', async () => {
    const records = await tempRecords(await tempClient(await tempRedis()));
    const table = records.table<unknown>('one');
    for (const bad of [table.put('\ud800', 1), table.add('\ud800', 1), table.change('\ud800', () => 1), table.remove('\ud800'), table.put('a', undefined), table.put('a', () => 1)]) {
      await expect(bad).rejects.toMatchObject({ code: 'store_bad_key', retryable: false });
    }
    expect(() => records.table('three')).toThrow('three was not opened');
    expect([...table.entries()]).toEqual([]);
  });

  it('[STO8] a write that failed shows its true outcome once Redis answers again', async () => {
    const server = await tempRedis();
    const client = await tempClient(server, { timeoutMs: 200 });
    const records = await tempRecords(client, 50);
    const table = records.table<number>('one');
    await table.put('before', 1);
    server.pause();
    await expect(table.put('a', 1)).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    server.resume();
    const reader = await tempClient(server);
    await vi.waitFor(async () => {
      const kept = (await reader.call('HKEYS', reader.keys.records('one').table)) as Buffer[];
      expect([...table.entries()].map(([key]) => key).toSorted()).toEqual(kept.map(String).toSorted());
      await table.put('after', 1);
    }, { timeout: 10_000 });
  });
});
