/**
 * The store: ordered keys with atomic, durable transactions, under journal and ledger.
 *
 * Life cycle: `openLmdbStore` → any number of `transact` → `close`.
 * Invariants: a transaction that throws changes nothing; transactions run in the order they were issued; a promise that
 * resolved means synced to disk; what `read` shows is synced. After one failed commit every later call is refused
 * until the store is opened again, because what a failed sync left on disk is unknown.
 * Must not import anything of ours above it (journal, ledger, outbox, ...).
 */
export interface Reader {
  /** The value under `key`, decoded; a fresh object each time. */
  get<T>(key: string): T | undefined;
  /** Keys of `[from, to)` in order; inside a transaction with what it wrote itself. */
  range<T>(from: string, to: string, limit?: number): Iterable<{ key: string; value: T }>;
  /** The same keys without their values, which are not read. */
  names(from: string, to: string, limit?: number): Iterable<string>;
}

export interface Tx extends Reader {
  put(key: string, value: unknown): void;
  remove(key: string): void;
}

export interface Store {
  readonly read: Reader;
  /** Runs `work` (synchronous) atomically. Rejects with what `work` threw, or `store_unavailable`. */
  transact<T>(work: (tx: Tx) => T): Promise<T>;
  /** Waits for what was issued, then releases the files. */
  close(): Promise<void>;
}
