import { afterAll, beforeAll } from 'vitest';
import { openRedis, type RedisClient, type RedisClientOptions } from '../../src/store/index.js';
import { RedisServer, tempClient } from './redis-server.js';
import { freePort } from './test-origin.js';

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

/** A Redis Cluster of one node that has every slot: it refuses a script whose keys do not share a hash tag. */
export async function startCluster(): Promise<RedisServer> {
  const server = await RedisServer.start(['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())]);
  const client = await openRedis({ url: server.url });
  await client.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
  while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) await new Promise((turn) => setImmediate(turn));
  await client.close();
  return server;
}
