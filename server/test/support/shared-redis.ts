import { afterAll, beforeAll } from 'vitest';
import type { RedisClient, RedisClientOptions } from '../../src/store/index.js';
import { RedisServer, tempClient } from './redis-server.js';

/** What a call may take on a machine that is busy with other tests; none of these tests is about being late. */
export const PATIENT_MS = 20_000;

export interface SharedRedis {
  server(): RedisServer;
  freshPrefix(): string;
  /** A connection that the running test owns, with a key space of its own unless it is given one. */
  client(prefix?: string, options?: Partial<RedisClientOptions>): Promise<RedisClient>;
}

/** One Redis for the tests of a file (of a `describe` that is not skipped). */
export function sharedRedis(start: () => Promise<RedisServer> = () => RedisServer.start()): SharedRedis {
  let server: RedisServer | undefined;
  let spaces = 0;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());
  const running = (): RedisServer => {
    if (!server) throw new Error('no Redis yet');
    return server;
  };
  const freshPrefix = (): string => `t${spaces++}:`;
  return { server: running, freshPrefix, client: (prefix = freshPrefix(), options = {}) => tempClient(running(), { prefix, timeoutMs: PATIENT_MS, ...options }) };
}
