import { afterAll, beforeAll } from 'vitest';
import type { RedisClient } from '../../src/store/index.js';
import { RedisServer, tempClient } from './redis-server.js';

/** One Redis for the tests of a file (of a `describe` that is not skipped); each connection asked for has a key space of its own. */
export function sharedRedis(): { client(prefix?: string): Promise<RedisClient>; freshPrefix(): string } {
  let server: RedisServer | undefined;
  let spaces = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server?.stop());
  const freshPrefix = (): string => `t${spaces++}:`;
  return {
    freshPrefix,
    client: (prefix = freshPrefix()) => {
      if (!server) throw new Error('no Redis yet');
      return tempClient(server, { prefix });
    },
  };
}
