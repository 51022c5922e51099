import { onTestFinished } from 'vitest';
import { RedisServer, redisServerPath } from '../../../loadtest/src/redis-server.js';
import { openRedis, type RedisClient, type RedisClientOptions } from '../../src/store/index.js';

export { RedisServer };

/** For `describe.skipIf(!HAS_REDIS)`: tests of Redis need a real one, and are counted as skipped without. */
export const HAS_REDIS = redisServerPath() !== undefined;

/** A Redis that the running test owns. */
export async function tempRedis(options: readonly string[] = []): Promise<RedisServer> {
  const server = await RedisServer.start(options);
  onTestFinished(() => server.stop());
  return server;
}

/** A connection that the running test owns. */
export async function tempClient({ url }: { readonly url: string }, options: Partial<RedisClientOptions> = {}): Promise<RedisClient> {
  const client = await openRedis({ url, ...options });
  onTestFinished(() => client.close());
  return client;
}
