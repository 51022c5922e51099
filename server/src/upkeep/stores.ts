/** Opens the Redis of a command: what origins keep there, and their ledger where that is apart. */
import { clusterAddress, openRedis, openRedisCluster, type RedisCaller, type RedisClient } from '../store/index.js';

/** ms a call: a reconciliation asks for much at once, a backup for the dump of a large event, and nobody's tick waits for it. */
const CALL_MS = 60_000;

/** Where the keys of a system are; both are one where the ledger is not apart. */
export interface Stores {
  /** rooms, journal, records */
  readonly main: RedisClient;
  readonly ledger: RedisCaller;
  close(): Promise<void>;
}

/** @throws StoreError when one of them cannot be reached, or may lose what it acknowledged; then none stays open. */
export const openStores = async ({ redisUrl, ledgerRedisUrl }: { readonly redisUrl: string; readonly ledgerRedisUrl: string | undefined }): Promise<Stores> => {
  const main = await openRedis({ url: redisUrl, timeoutMs: CALL_MS });
  if (ledgerRedisUrl === undefined) return { main, ledger: main, close: () => main.close() };
  const cluster = clusterAddress(ledgerRedisUrl);
  try {
    const ledger = await (cluster === undefined ? openRedis({ url: ledgerRedisUrl, timeoutMs: CALL_MS }) : openRedisCluster(cluster, { timeoutMs: CALL_MS }));
    return { main, ledger, close: async () => void (await Promise.all([main.close(), ledger.close()])) };
  } catch (error) {
    await main.close(); // what stays open keeps the command from ending
    throw error;
  }
};
