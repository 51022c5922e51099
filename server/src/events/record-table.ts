/** A small durable table of JSON values: events, bans, relays, settings. Read whole at start, so only writes wait for the disk. */
export interface RecordTable<T> {
  entries(): Iterable<readonly [key: string, value: T]>;
  /** Resolves when the value is durable. */
  put(key: string, value: T): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Gives tables by name. */
export interface RecordStore {
  table<T>(name: string): RecordTable<T>;
}
