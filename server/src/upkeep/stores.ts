/** Opens the Redis of a command: what origins keep there, and their ledger where that is apart. */
import { clusterAddress, openRedis, openRedisCluster, type RedisCaller, type RedisClient } from '../store/index.js';

/** ms a call: a reconciliation asks for much at once, a backup for the dump of a large event, and nobody's tick waits for it. */
const CALL_MS = 60_000;

export const openMain = (url: string): Promise<RedisClient> => openRedis({ url, timeoutMs: CALL_MS });

/** A Redis, or a Redis Cluster. */
export const openLedgerAt = (url: string): Promise<RedisCaller> => {
  const cluster = clusterAddress(url);
  return cluster === undefined ? openMain(url) : openRedisCluster(cluster, { timeoutMs: CALL_MS });
};

/** Where the keys of a system are; both are one where the ledger is not apart. */
export interface Stores {
  /** rooms, journal, records */
  readonly main: RedisClient;
  readonly ledger: RedisCaller;
}

/** Opens both, and closes them after `work`. */
export const withStores = async <T>({ redisUrl, ledgerRedisUrl }: { readonly redisUrl: string; readonly ledgerRedisUrl: string | undefined }, work: (stores: Stores) => Promise<T>): Promise<T> => {
  const main = await openMain(redisUrl);
  try {
    if (ledgerRedisUrl === undefined) return await work({ main, ledger: main });
    const ledger = await openLedgerAt(ledgerRedisUrl);
    try {
      return await work({ main, ledger });
    } finally {
      await ledger.close();
    }
  } finally {
    await main.close();
  }
};
