/**
 * Record tables that processes share through Redis: a hash a table, all of it in memory, changes told by pub/sub.
 *
 * Life cycle: `openRedisRecords` subscribes and loads the tables named → reads and writes → `close` stops looking.
 * Invariants: every write makes the table's version one higher, in the script that writes, so that whatever way a change comes
 * (reply, message, reading all) the newest one stays. Pub/sub loses messages: all is read again after each break, after each write
 * of unknown outcome, and every half minute.
 */
import { systemRandom, type RandomSource } from '../../identity/index.js';
import { StoreError } from '../errors.js';
import type { RecordStore, RecordTable } from '../records.js';
import { RedisTable } from './redis-table.js';
import type { RedisClient } from './redis-client.js';

export interface RedisRecordsOptions {
  /** ms between two readings of everything; default 30 000 */
  rereadMs?: number;
  random?: RandomSource;
}

export interface RedisRecords extends RecordStore {
  close(): void;
}

const REREAD_MS = 30_000;

/** @throws StoreError `store_unavailable`; a table that is not in `names` is refused when it is asked for. */
export async function openRedisRecords(client: RedisClient, names: readonly string[], options: RedisRecordsOptions = {}): Promise<RedisRecords> {
  const writer = (options.random ?? systemRandom).bytes(9).toString('base64url');
  const tables = new Map(names.map((name) => [name, new RedisTable(client, client.keys.records(name), writer)]));
  await Promise.all([...tables.values()].map((table) => table.open()));
  const readAll = (): void => {
    for (const table of tables.values()) void table.refresh();
  };
  const timer = setInterval(readAll, options.rereadMs ?? REREAD_MS);
  timer.unref();
  return {
    table: <T>(name: string): RecordTable<T> => {
      const table = tables.get(name);
      if (!table) throw StoreError.badKey(`the table ${name} was not opened`);
      return table as RecordTable<T>;
    },
    close: () => clearInterval(timer),
  };
}
