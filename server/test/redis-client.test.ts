import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openRedis, redisScript, type RedisState } from '../src/store/index.js';
import { redisKeys } from '../src/store/redis/redis-keys.js';
import { HAS_REDIS, tempClient, tempRedis } from './support/redis-server.js';

const UNAVAILABLE = { code: 'store_unavailable', retryable: true };

/** A port where somebody accepts and never says a word. */
const mutePort = async (): Promise<{ port: number; sockets: Set<Socket> }> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, sockets };
};

describe('Redis keys', () => {
  it('[STO4] keep what one script touches in one hash slot, and every room out of every other', () => {
    const { journal, records } = redisKeys('x:');
    const rooms = ['a', 'a}', '{a}', 'a:head', '}{', 'ü', ''];
    const keys = rooms.map((room) => Object.values(journal(room)));
    expect(new Set(keys.flat()).size).toBe(keys.flat().length);
    for (const mine of keys) {
      const tags = mine.map((key) => /^[^{]*\{([^{}]*)\}[^{}]*$/.exec(key)?.[1]);
      expect(new Set(tags).size).toBe(1);
      expect(tags[0]).toBeDefined();
    }
    const { table, version } = records('t');
    expect([table, version]).toEqual(['x:r:{t}', 'x:r:{t}:version']);
    expect(() => journal('\ud800')).toThrow(expect.objectContaining({ code: 'store_bad_key' }) as Error);
  });

  it.each(['{x}', 'a b', 'x'.repeat(65), 'ü', '\r\n'])('[STO4] take no prefix such as %j', (prefix) => {
    expect(() => redisKeys(prefix)).toThrow(expect.objectContaining({ code: 'store_bad_key', retryable: false }) as Error);
  });
});

describe('Redis client without a Redis', () => {
  it('[STO2] says where nobody listens, without the password, and gives up', async () => {
    const { port } = await mutePort();
    const opening = openRedis({ url: `redis://me:secret@127.0.0.1:${port}`, timeoutMs: 100 });
    const error = await opening.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ ...UNAVAILABLE, message: expect.stringContaining(`no Redis at 127.0.0.1:${port}`) as string });
    expect(String(error)).not.toContain('secret');
  });
});

describe.skipIf(!HAS_REDIS)('Redis client', () => {
  const states = () => {
    const seen: RedisState[] = [];
    return { seen, onState: (state: RedisState) => void seen.push(state) };
  };

  it.each([
    [['--maxmemory-policy', 'allkeys-lru'], 'maxmemory-policy'],
    [['--appendonly', 'no'], 'appendonly'],
    [['--appendfsync', 'everysec'], 'appendfsync'],
    [['--no-appendfsync-on-rewrite', 'yes'], 'no-appendfsync-on-rewrite'],
  ])('[STO1] refuses a server with %j, by one line that names the setting', async (options, setting) => {
    const { url } = await tempRedis(options);
    const error = (await openRedis({ url }).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({ code: 'store_unsafe', retryable: false });
    expect(error.message).toContain(setting);
    expect(error.message).not.toContain('\n');
  });

  it('[STO1] takes one that does not sync when told so, but never one that evicts', async () => {
    const server = await tempRedis(['--appendonly', 'no', '--appendfsync', 'no']);
    const client = await tempClient(server, { allowUnsafe: true });
    await client.call('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl');
    await expect(openRedis({ url: server.url, allowUnsafe: true })).rejects.toMatchObject({ code: 'store_unsafe' });
  });

  it('[STO1] refuses one that does not say how it syncs', async () => {
    const server = await tempRedis(['--rename-command', 'CONFIG', '']);
    await expect(openRedis({ url: server.url })).rejects.toThrow('appendfsync unknown');
    await tempClient(server, { allowUnsafe: true });
  });

  it('[STO1] looks again after each break: a server that became unfit gets nothing', async () => {
    const server = await tempRedis();
    const { seen, onState } = states();
    const client = await tempClient(server, { onState });
    const admin = await tempClient(server);
    await admin.call('CONFIG', 'SET', 'appendfsync', 'no');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await vi.waitFor(() => expect(seen).toContain('unfit'));
    await expect(client.call('SET', 'a', '1')).rejects.toMatchObject(UNAVAILABLE);
    await admin.call('CONFIG', 'SET', 'appendfsync', 'always');
    await vi.waitFor(() => expect(seen.at(-1)).toBe('up'), { timeout: 10_000 });
    await client.call('SET', 'a', '1');
  });

  it('[STO2] rejects what a hanging server does not answer, then everything at once until it is back, and sends nothing twice', async () => {
    const server = await tempRedis();
    const { seen, onState } = states();
    const client = await tempClient(server, { timeoutMs: 200, onState });
    await client.call('SET', 'n', '0');
    server.pause();
    const waiting = Array.from({ length: 50 }, () => client.call('INCR', 'n'));
    for (const one of waiting) await expect(one).rejects.toMatchObject(UNAVAILABLE);
    await vi.waitFor(() => expect(client.up).toBe(false));
    await expect(client.call('INCR', 'n')).rejects.toThrow('no connection to Redis');
    server.resume();
    await vi.waitFor(() => expect(client.up).toBe(true), { timeout: 10_000 });
    expect(seen).toEqual(['down', 'up']);
    // What stood in the buffers may be done when it wakes, but once at most.
    expect(Number(await client.call('GET', 'n'))).toBeLessThanOrEqual(50);
  });

  it('[STO3] comes back by itself, however long the server was away', async () => {
    const server = await tempRedis();
    const { seen, onState } = states();
    const client = await tempClient(server, { onState });
    await client.call('SET', 'a', 'kept');
    await server.kill();
    await vi.waitFor(() => expect(seen).toEqual(['down']));
    await expect(client.call('GET', 'a')).rejects.toMatchObject(UNAVAILABLE);
    await server.restart();
    await vi.waitFor(() => expect(seen).toEqual(['down', 'up']), { timeout: 10_000 });
    expect(String(await client.call('GET', 'a'))).toBe('kept');
  });

  it('[STO3] runs a script that Redis has forgotten', async () => {
    const client = await tempClient(await tempRedis());
    const script = redisScript("return redis.call('INCR', KEYS[1])");
    expect(await client.run(script, ['n'], [])).toBe(1);
    await client.call('SCRIPT', 'FLUSH');
    expect(await Promise.all([1, 2].map(() => client.run(script, ['n'], [])))).toEqual([2, 3]);
  });

  it('[STO2] tells what Redis refuses as unavailable, with its reason', async () => {
    const client = await tempClient(await tempRedis());
    await client.call('SET', 'text', 'x');
    await expect(client.call('INCR', 'text')).rejects.toMatchObject({ ...UNAVAILABLE, message: expect.stringContaining('not an integer') as string });
    await expect(client.run(redisScript('syntax error'), [], [])).rejects.toMatchObject(UNAVAILABLE);
  });

  it.each(['while it is up', 'while it is away'])('[STO2] ends at once %s, and takes nothing afterwards', async (when) => {
    const server = await tempRedis();
    const { seen, onState } = states();
    const client = await tempClient(server, { onState });
    await client.listen('c', { message: () => undefined, resumed: () => undefined });
    if (when === 'while it is away') {
      await server.kill();
      await vi.waitFor(() => expect(seen).toEqual(['down']));
    }
    await client.close();
    await client.close();
    await expect(client.call('PING')).rejects.toThrow('closed');
    await expect(client.listen('d', { message: () => undefined, resumed: () => undefined })).rejects.toThrow('closed');
  });
});
