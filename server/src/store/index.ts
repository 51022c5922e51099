export { CodedError, StoreError } from './errors.js';
export { keys, LAST } from './keys.js';
export { lmdbRecords } from './lmdb/lmdb-records.js';
export { openLmdbStore, type LmdbOptions } from './lmdb/lmdb-store.js';
export type { RecordStore, RecordTable } from './records.js';
export type { Reader, Store, Tx } from './store.js';
export { openRedis, type RedisArg, type RedisClient, type RedisClientOptions, type RedisState } from './redis/redis-client.js';
export { redisScript, type RedisScript } from './redis/redis-script.js';
export { openRedisRecords, type RedisRecords, type RedisRecordsOptions } from './redis/redis-records.js';
