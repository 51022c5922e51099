import { describe, expect, it, vi } from 'vitest';
import * as scripts from '../src/journal/lua/index.js';
import { redisJournal, type CheckpointChange, type JournalRecord, type JournalStore } from '../src/journal/index.js';
import type { RedisClient } from '../src/store/index.js';
import { HAS_REDIS, tempClient, tempRedis, type RedisServer } from './support/redis-server.js';

const record = (tick: number, text = `t${tick}`): JournalRecord => ({ tick, time: tick * 50, bytes: Buffer.from(text) });
const whole = (tick: number, text = `c${tick}`): CheckpointChange => ({ tick, time: tick * 50, parts: new Map([['all', Buffer.from(text)]]), drop: [], whole: true });
const UNAVAILABLE = { code: 'store_unavailable', retryable: true };

const kept = async (journal: JournalStore, room = 'room'): Promise<[tick: number, epoch: number][]> => {
  const seen: [number, number][] = [];
  for await (const { tick, epoch } of journal.records(room, -1)) seen.push([tick, epoch]);
  return seen;
};
const ticksOf = async (journal: JournalStore): Promise<number[]> => (await kept(journal)).map(([tick]) => tick);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, tick) => tick);

const opened = async (server: RedisServer, timeoutMs = 2_000): Promise<{ client: RedisClient; journal: JournalStore }> => {
  const client = await tempClient(server, { timeoutMs });
  return { client, journal: redisJournal(client, { holder: 'a' }) };
};

/** Opens as a room on hold does: again and again until the store answers. */
const reopen = (journal: JournalStore): ReturnType<JournalStore['open']> => vi.waitFor(() => journal.open('room'), { timeout: 20_000, interval: 20 });

describe('scripts of the journal', () => {
  const { REPLY, ...all } = scripts;

  it.each(Object.entries(all))('[JRN16] %s names in its header what it returns, with the codes that we read', (_, { text }) => {
    const lines = text.trim().split('\n');
    const header = lines.slice(0, lines.findIndex((line) => !line.startsWith('--')));
    const body = lines.slice(header.length).join('\n');
    expect(header.some((line) => line.startsWith('-- KEYS: '))).toBe(true);
    expect(header.some((line) => line.startsWith('-- ARGV: '))).toBe(true);
    const told = header.flatMap((line) => [...line.matchAll(/^-- {3}(\d) ([A-Z]+)/g)].map(([, code, name]) => [name, Number(code)]));
    expect(told.length).toBeGreaterThan(0);
    for (const [name, code] of told) expect(REPLY[name as keyof typeof REPLY]).toBe(code);
    const returned = new Set([...body.matchAll(/return \{ (\d)/g)].map(([, code]) => Number(code)));
    expect([...returned].toSorted()).toEqual(told.map(([, code]) => code).toSorted());
    const keys = [...body.matchAll(/KEYS\[(\d)\]/g)].map(([, at]) => at);
    for (const at of keys) expect(header.join(' ')).toMatch(new RegExp(`KEYS:.*\\b${at} \\w+`));
  });
});

describe.skipIf(!HAS_REDIS)('journal on a Redis that fails', () => {
  it.each([1, 2, 3])('[JRN12] paused during appends: refuses them and all later ones, and has no hole when it wakes (run %s)', async (run) => {
    const server = await tempRedis();
    const { journal } = await opened(server, 150);
    const first = await journal.open('room');
    const acknowledged: number[] = [];
    const asked: Promise<unknown>[] = [];
    const append = (tick: number): void => {
      asked.push(journal.append('room', first.epoch, record(tick)).then(() => acknowledged.push(tick), (error: unknown) => expect(error).toMatchObject(UNAVAILABLE)));
    };
    // One turn after the other, so that the pause falls between calls, into one, or behind the last, run by run.
    for (let tick = 0; tick < 40; tick++) {
      append(tick);
      if (tick === run * 9) server.pause();
      await new Promise((turn) => setImmediate(turn));
    }
    await Promise.all(asked);
    expect(acknowledged.length).toBeLessThan(40);
    await expect(journal.append('room', first.epoch, record(40))).rejects.toMatchObject(UNAVAILABLE);
    server.resume();
    const second = await reopen(journal);
    const found = await ticksOf(journal);
    // All that was acknowledged, perhaps what was under way, and nothing missing in between.
    expect(found).toEqual(upTo(found.length));
    expect(found.length).toBeGreaterThanOrEqual(acknowledged.length);
    expect(acknowledged).toEqual(upTo(acknowledged.length));
    await expect(journal.append('room', first.epoch, record(41))).rejects.toMatchObject({ code: 'journal_fenced' });
    await journal.append('room', second.epoch, record(found.length));
    expect(await kept(journal)).toEqual([...found.map((tick) => [tick, first.epoch]), [found.length, second.epoch]]);
  });

  it('[JRN12] a call that arrives late is fenced by the open that came before it', async () => {
    const server = await tempRedis();
    const { client, journal } = await opened(server);
    const { epoch } = await journal.open('room');
    await journal.append('room', epoch, record(1));
    const second = await journal.open('room');
    const { head, lease, records } = client.keys.journal('room');
    const late = await client.run(scripts.APPEND, [head, lease, records], [epoch, 'a', 3_000, 1, 1, 2, 100, 'late']);
    expect((late as unknown[])[0]).toBe(scripts.REPLY.FENCED);
    expect(await ticksOf(journal)).toEqual([1]);
    await journal.append('room', second.epoch, record(2));
  });

  it('[JRN12] a checkpoint of unknown outcome too lets the room be opened again first', async () => {
    const server = await tempRedis();
    const { journal } = await opened(server, 150);
    const { epoch } = await journal.open('room');
    await journal.append('room', epoch, record(1));
    server.pause();
    const checkpoint = journal.checkpoint('room', epoch, whole(1));
    const behind = journal.append('room', epoch, record(2));
    await expect(checkpoint).rejects.toMatchObject(UNAVAILABLE);
    await expect(behind).rejects.toMatchObject(UNAVAILABLE);
    server.resume();
    await reopen(journal);
    expect(await ticksOf(journal)).toEqual([1]);
  });

  it('[JRN13] killed and started again: every acknowledged append is there, in order, and the room goes on', async () => {
    const server = await tempRedis();
    const { journal } = await opened(server);
    const { epoch } = await journal.open('room');
    const acknowledged: number[] = [];
    let killed: Promise<void> | undefined;
    const asked: Promise<unknown>[] = [];
    for (let tick = 0; tick < 2_000; tick++) {
      const noted = journal.append('room', epoch, record(tick)).then(() => {
        acknowledged.push(tick);
        if (acknowledged.length === 300) killed = server.kill();
      });
      asked.push(noted.catch((error: unknown) => expect(error).toMatchObject(UNAVAILABLE)));
      if (tick % 20 === 0) await new Promise((turn) => setImmediate(turn));
    }
    await Promise.all(asked);
    await killed;
    expect(acknowledged.length).toBeGreaterThanOrEqual(300);
    await server.restart();
    const next = await reopen(journal);
    const found = await ticksOf(journal);
    expect(found).toEqual(upTo(found.length));
    expect(found.length).toBeGreaterThanOrEqual(acknowledged.length);
    await journal.append('room', next.epoch, record(found.length));
  });

  it('[JRN14] forgetting its scripts, again and again while appends run, changes nothing', async () => {
    const server = await tempRedis();
    const { client, journal } = await opened(server);
    const admin = await tempClient(server);
    const { epoch } = await journal.open('room');
    const asked: Promise<unknown>[] = [];
    for (let tick = 0; tick < 200; tick++) {
      asked.push(journal.append('room', epoch, record(tick)));
      if (tick % 10 === 0) asked.push(admin.call('SCRIPT', 'FLUSH'));
      if (tick % 25 === 24) asked.push(journal.checkpoint('room', epoch, { ...whole(tick), whole: tick === 24 }), journal.renew('room', epoch));
      await new Promise((turn) => setImmediate(turn));
    }
    await Promise.all(asked);
    await client.call('SCRIPT', 'FLUSH');
    expect(await ticksOf(journal)).toEqual(upTo(200));
    await server.restart();
    const next = await reopen(journal);
    expect(next.checkpoint?.tick).toBe(199);
    await journal.append('room', next.epoch, record(200));
  });

  it('[JRN15] having lost the last records in silence: the next append is refused, and no hole is made', async () => {
    const server = await tempRedis();
    const { client, journal } = await opened(server);
    const { epoch } = await journal.open('room');
    for (const tick of [1, 2, 3]) await journal.append('room', epoch, record(tick));
    // What a replica has that was behind when it took over.
    const { head, records } = client.keys.journal('room');
    await client.call('XDEL', records, '3-1');
    await client.call('HSET', head, 'lastTick', '2');
    await expect(journal.append('room', epoch, record(4))).rejects.toMatchObject(UNAVAILABLE);
    await expect(journal.append('room', epoch, record(5))).rejects.toMatchObject(UNAVAILABLE);
    const next = await journal.open('room');
    expect(await ticksOf(journal)).toEqual([1, 2]);
    await journal.append('room', next.epoch, record(4));
    expect(await ticksOf(journal)).toEqual([1, 2, 4]);
  });

  it('[JRN15] having lost the last checkpoint in silence: the next one, which differs from that, is not put upon another', async () => {
    const server = await tempRedis();
    const { client, journal } = await opened(server);
    const { epoch } = await journal.open('room');
    await journal.checkpoint('room', epoch, whole(1, 'one'));
    await journal.checkpoint('room', epoch, { ...whole(2, 'two'), whole: false });
    // What a replica has that was behind when it took over.
    const { head, checkpoint } = client.keys.journal('room');
    await client.call('HSET', checkpoint, 'tick', '1', 'p:all', 'one');
    await client.call('HSET', head, 'checkpointTick', '1');
    await expect(journal.checkpoint('room', epoch, { ...whole(3), parts: new Map(), whole: false })).rejects.toMatchObject(UNAVAILABLE);
    await expect(journal.append('room', epoch, record(4))).rejects.toMatchObject(UNAVAILABLE);
    const next = await journal.open('room');
    expect(next.checkpoint!.tick).toBe(1);
    expect(String(next.checkpoint!.parts.get('all'))).toBe('one');
  });

  it.each([1, 6])('[JRN18] killed at any moment of a large checkpoint, it has the one before or the new one, and what was staged comes into none (run %s)', async (run) => {
    const server = await tempRedis();
    const { client, journal } = await opened(server);
    const { epoch } = await journal.open('room');
    const parts = (of: number): Map<string, Buffer> => new Map(Array.from({ length: 10 }, (_, i) => [`${of}/${i}`, Buffer.alloc(1024 * 1024, of)]));
    await journal.checkpoint('room', epoch, { ...whole(1), parts: parts(1) });
    const killer = await tempClient(server);
    const staged = async (): Promise<number> => Number(await killer.call('HLEN', client.keys.journal('room').staged));
    const large = journal.checkpoint('room', epoch, { ...whole(2), parts: parts(2) }).then(() => 'made', () => 'failed');
    await vi.waitFor(async () => expect(await staged()).toBeGreaterThanOrEqual(run), { timeout: 10_000, interval: 0 }).catch(() => undefined);
    await server.kill();
    const outcome = await large;
    await server.restart();
    const next = await reopen(journal);
    const { tick } = next.checkpoint!;
    if (outcome === 'made') expect(tick).toBe(2);
    expect([...next.checkpoint!.parts.keys()].toSorted()).toEqual([...parts(tick).keys()].toSorted());
    for (const [name, bytes] of next.checkpoint!.parts) expect(Buffer.compare(bytes, parts(tick).get(name)!)).toBe(0);
    await journal.checkpoint('room', next.epoch, { ...whole(3), parts: new Map() });
    await journal.checkpoint('room', next.epoch, { ...whole(4), whole: false });
    const last = await journal.open('room');
    expect([...last.checkpoint!.parts.keys()]).toEqual(['all']);
    expect(Number(await client.call('EXISTS', client.keys.journal('room').staged))).toBe(0);
  });

  it('[JRN15] having lost everything: the holder is fenced, and whoever opens begins anew', async () => {
    const server = await tempRedis();
    const { client, journal } = await opened(server);
    const { epoch } = await journal.open('room');
    await journal.append('room', epoch, record(1));
    await client.call('FLUSHALL');
    await expect(journal.append('room', epoch, record(2))).rejects.toMatchObject({ code: 'journal_fenced' });
    expect(await ticksOf(journal)).toEqual([]);
    expect((await journal.open('room')).epoch).toBeGreaterThan(epoch);
  });

  it('[JRN1] refuses records of a format that a newer version wrote', async () => {
    const server = await tempRedis();
    const { client, journal } = await opened(server);
    await client.call('XADD', client.keys.journal('room').records, '1-1', 'format', '2', 'epoch', '1', 'time', '0', 'bytes', 'x');
    await expect(ticksOf(journal)).rejects.toThrow('format 2');
  });

  it('[JRN4] passes over a checkpoint of the format before, whose ticks are all in the records, and refuses one of a later', async () => {
    const { client, journal } = await opened(await tempRedis());
    const { checkpoint } = client.keys.journal('room');
    await client.call('HSET', checkpoint, 'format', '1', 'tick', '5', 'time', '250', 'bytes', 'all of it');
    const { epoch, checkpoint: old } = await journal.open('room');
    expect(old).toBeUndefined();
    await journal.checkpoint('room', epoch, whole(6));
    expect((await journal.open('room')).checkpoint).toMatchObject({ tick: 6, time: 300, parts: new Map([['all', Buffer.from('c6')]]) });
    expect(Number(await client.call('HEXISTS', checkpoint, 'bytes'))).toBe(0);
    await client.call('HSET', checkpoint, 'format', '3');
    await expect(journal.open('room')).rejects.toThrow('format 3');
  });

  it.each([['', 3_000], ['a', 0], ['a', 1.5], ['a', Number.NaN], ['a', Infinity]])('[JRN9] takes no holder %j with a lease of %s ms', async (holder, leaseMs) => {
    const client = await tempClient(await tempRedis());
    expect(() => redisJournal(client, { holder, leaseMs })).toThrow(expect.objectContaining({ code: 'store_bad_key' }) as Error);
  });
});
