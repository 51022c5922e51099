/**
 * A small durable table of JSON values: events, bans, relays, settings. Every process has all of it in memory, so that reading waits
 * for nothing; where processes share a store, what one writes reaches the others within moments.
 */
export interface RecordTable<T> {
  entries(): Iterable<readonly [key: string, value: T]>;
  /** Resolves when the value is durable. */
  put(key: string, value: T): Promise<void>;
  /** As `put`, where no process has put this key before; answers whether that was so. */
  add(key: string, value: T): Promise<boolean>;
  /**
   * Puts what `make` makes of the newest value, which it is asked again when another process was quicker. Answers the newest value then:
   * this one, or what another process made of it since; `undefined`, and nothing is put, where there is none. What `make` throws changes nothing.
   */
  change(key: string, make: (before: T) => T): Promise<T | undefined>;
  remove(key: string): Promise<void>;
  /** Calls `changed` with what another process put, or removed (`undefined`). */
  watch(changed: (key: string, value: T | undefined) => void): void;
}

/** Gives tables by name. */
export interface RecordStore {
  /** Whether other processes have these tables too. */
  readonly shared: boolean;
  table<T>(name: string): RecordTable<T>;
}
