import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { clusterAddress, openRedis, openRedisCluster, type RedisCaller, type RedisClient } from '../../src/store/index.js';
import { RedisServer } from './redis-server.js';
import { PATIENT_MS } from './shared-redis.js';
import { freePort } from './test-origin.js';

const SLOTS = 16_384;

export interface ClusterNode {
  readonly server: RedisServer;
  /** its id in the cluster */
  readonly id: string;
  /** a connection to it alone */
  readonly admin: RedisClient;
}

export interface SharedCluster {
  /** three primaries with a third of the slots each, then the replica of the first */
  nodes(): readonly ClusterNode[];
  readonly url: string;
  freshPrefix(): string;
  /** A caller that the running test owns, with a key space of its own unless it is given one. */
  caller(prefix?: string, timeoutMs?: number): Promise<RedisCaller>;
  /** The place of the primary that has the key. */
  placeOf(key: string): Promise<number>;
}

const startNode = async (): Promise<ClusterNode & { bus: number }> => {
  const bus = await freePort();
  const server = await RedisServer.start([
    '--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '15000', '--cluster-require-full-coverage', 'no', '--repl-diskless-sync-delay', '0',
  ]);
  const admin = await openRedis({ url: server.url, timeoutMs: PATIENT_MS });
  return { server, bus, admin, id: String(await admin.call('CLUSTER', 'MYID')) };
};

/** Until it is as wanted: gossip has no event that one could wait for. */
const until = async (wanted: () => Promise<boolean>): Promise<void> => {
  while (!(await wanted())) await new Promise((turn) => setTimeout(turn, 20));
};

/** What `redis-cli --cluster create` does. */
async function startAll(): Promise<ClusterNode[]> {
  const nodes = await Promise.all([1, 2, 3, 4].map(startNode));
  const [first, ...others] = nodes;
  const primaries = nodes.slice(0, 3);
  for (const [place, { admin }] of nodes.entries()) await admin.call('CLUSTER', 'SET-CONFIG-EPOCH', place + 1);
  for (const [place, { admin }] of primaries.entries()) {
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', Math.ceil((place * SLOTS) / 3), Math.ceil(((place + 1) * SLOTS) / 3) - 1);
  }
  for (const { server, bus } of others) await first!.admin.call('CLUSTER', 'MEET', '127.0.0.1', server.port, bus);
  const replica = nodes[3]!;
  await until(async () => String(await replica.admin.call('CLUSTER', 'NODES')).includes(first!.id));
  await replica.admin.call('CLUSTER', 'REPLICATE', first!.id);
  for (const { admin } of nodes) {
    await until(async () => {
      const info = String(await admin.call('CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:4') && info.includes('cluster_size:3');
    });
  }
  await until(async () => String(await replica.admin.call('INFO', 'replication')).includes('master_link_status:up'));
  return nodes;
}

/** A real cluster for the tests of a file (of a `describe` that is not skipped): three primaries and a replica. */
export function sharedCluster(): SharedCluster {
  let nodes: readonly ClusterNode[] = [];
  let spaces = 0;
  beforeAll(async () => {
    nodes = await startAll();
  }, 60_000);
  afterAll(async () => {
    for (const { admin, server } of nodes) {
      await admin.close();
      await server.stop();
    }
  });
  const freshPrefix = (): string => `t${spaces++}:`;
  const shared = {
    nodes: () => nodes,
    freshPrefix,
    // One node that is asked for the others, and one where nobody is any more.
    get url() {
      return `redis+cluster://127.0.0.1:1,127.0.0.1:${nodes[1]!.server.port}`;
    },
    async caller(prefix = freshPrefix(), timeoutMs = PATIENT_MS) {
      const caller = await openRedisCluster(clusterAddress(shared.url)!, { prefix, timeoutMs });
      onTestFinished(() => caller.close());
      return caller;
    },
    async placeOf(key: string) {
      const slot = Number(await nodes[1]!.admin.call('CLUSTER', 'KEYSLOT', key));
      return Math.floor((slot * 3) / SLOTS);
    },
  };
  return shared;
}
