import { open } from 'lmdb';
import { Packr } from 'msgpackr';
import { StoreError } from '../errors.js';
import { keys } from '../keys.js';
import type { Reader, Store, Tx } from '../store.js';
import { lockDirectory } from './lock.js';

const FORMAT = 1;
// Plain maps, not shared record structures: every value can be read without any other.
const codec = new Packr({ useRecords: false, moreTypes: false });

export type Db = ReturnType<typeof open<Buffer, string>>;
/** LMDB holds 1978 bytes of key; a put beyond it would fail the commit of everybody in the group. Keys are ASCII. */
const MAX_KEY = 1900;

/** null: removed */
type Writes = Map<string, Buffer | null>;

interface Job {
  work(tx: Tx): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface LmdbOptions {
  /** data directory, made if missing; one process at a time */
  path: string;
  /** only for benchmarks that want the price of syncing: nothing survives a power cut */
  unsafeNoSync?: boolean;
  /** A commit failed: this store takes nothing any more, and its process had better be started again. */
  onFailure?: (error: Error) => void;
}

const decode = <T>(bytes: Buffer): T => codec.unpack(bytes) as T;

export class DbReader implements Reader {
  constructor(protected readonly db: Db) {}

  get<T>(key: string): T | undefined {
    const bytes = key.length > MAX_KEY ? undefined : this.db.get(key);
    return bytes === undefined ? undefined : decode<T>(bytes);
  }

  *range<T>(from: string, to: string, limit?: number): Iterable<{ key: string; value: T }> {
    const options = limit === undefined ? { start: from, end: to } : { start: from, end: to, limit };
    for (const { key, value } of this.db.getRange(options)) yield { key, value: decode<T>(value) };
  }

  *names(from: string, to: string, limit?: number): Iterable<string> {
    yield* this.db.getKeys(limit === undefined ? { start: from, end: to } : { start: from, end: to, limit });
  }
}

/** Writes wait in `own` until the work has returned: work that throws leaves no trace, which LMDB's own
 *  `transaction()` does not give (a throwing callback's puts are committed with the others of its group). */
class BufferedTx extends DbReader implements Tx {
  readonly own: Writes = new Map();

  constructor(db: Db, private readonly group: Writes) {
    super(db);
  }

  override get<T>(key: string): T | undefined {
    let bytes = this.own.get(key);
    if (bytes === undefined) bytes = this.group.get(key);
    if (bytes === null) return undefined;
    return bytes === undefined ? super.get<T>(key) : decode<T>(bytes);
  }

  override *range<T>(from: string, to: string, limit = Infinity): Iterable<{ key: string; value: T }> {
    const changed = new Map<string, Buffer | null>();
    for (const writes of [this.group, this.own]) {
      for (const [key, bytes] of writes) if (key >= from && key < to) changed.set(key, bytes);
    }
    if (changed.size === 0) return yield* super.range<T>(from, to, limit === Infinity ? undefined : limit);
    // At most so many of the rows that are there are hidden by a change.
    const rows = [...super.range<T>(from, to, limit === Infinity ? undefined : limit + changed.size)].filter(({ key }) => !changed.has(key));
    for (const [key, bytes] of changed) if (bytes) rows.push({ key, value: decode<T>(bytes) });
    rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    yield* rows.slice(0, limit);
  }

  override *names(from: string, to: string, limit = Infinity): Iterable<string> {
    const changed = new Map<string, Buffer | null>();
    for (const writes of [this.group, this.own]) {
      for (const [key, bytes] of writes) if (key >= from && key < to) changed.set(key, bytes);
    }
    const names = new Set(super.names(from, to, limit === Infinity ? undefined : limit + changed.size));
    for (const [key, bytes] of changed) {
      if (bytes === null) names.delete(key);
      else names.add(key);
    }
    yield* [...names].sort().slice(0, limit);
  }

  put(key: string, value: unknown): void {
    if (key.length > MAX_KEY) throw StoreError.badKey(`a key of ${key.length} characters is too long`);
    this.own.set(key, codec.pack(value));
  }

  remove(key: string): void {
    if (key.length <= MAX_KEY) this.own.set(key, null);
  }
}

class LmdbStore implements Store {
  readonly read: Reader;
  private queue: Job[] = [];
  private running: Promise<void> | undefined;
  private failure: StoreError | undefined;
  private closed = false;

  constructor(private readonly db: Db, private readonly release: () => void, private readonly onFailure: (error: Error) => void) {
    this.read = new DbReader(db);
  }

  transact<T>(work: (tx: Tx) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.closed) return reject(StoreError.unavailable('the store is closed'));
      this.queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.running ??= this.drain();
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.running;
    await this.db.close();
    this.release();
  }

  /** Group commit: what one event turn issued, and all that came while the disk was syncing, is one LMDB transaction. */
  private async drain(): Promise<void> {
    await new Promise((turn) => setImmediate(turn));
    while (this.queue.length > 0) {
      const jobs = this.queue;
      this.queue = [];
      await this.commitGroup(jobs);
    }
    this.running = undefined;
  }

  private async commitGroup(jobs: Job[]): Promise<void> {
    const writes: Writes = new Map();
    const settle: (() => void)[] = [];
    for (const job of jobs) {
      const tx = new BufferedTx(this.db, writes);
      try {
        if (this.failure) throw this.failure;
        const value = job.work(tx);
        for (const [key, bytes] of tx.own) writes.set(key, bytes);
        settle.push(() => job.resolve(value));
      } catch (error) {
        settle.push(() => job.reject(error));
      }
    }
    try {
      if (writes.size > 0) await this.write(writes);
    } catch (error) {
      this.failure = StoreError.unavailable('a commit failed; open the store again', error);
      for (const job of jobs) job.reject(this.failure);
      this.onFailure(this.failure);
      return;
    }
    for (const done of settle) done();
  }

  private async write(writes: Writes): Promise<void> {
    await this.db.batch(() => {
      for (const [key, bytes] of writes) {
        // The promise of the batch speaks for each of its writes.
        if (bytes === null) void this.db.remove(key);
        else void this.db.put(key, bytes);
      }
    });
  }
}

/**
 * Opens (or makes) the LMDB environment of a data directory.
 *
 * Durability, as chosen and measured (docs of lmdb-js 3.5.6; 2 cores, ext4 on a virtual disk, where one synced commit costs about
 * 0.3 ms and an unsynced one 0.01 ms): `overlappingSync: false`, because with its default (`true`) a promise resolves when
 * a commit is *visible*, not when it is synced, and readers would see grants that a power cut takes back. Commit and sync run
 * on LMDB's writer thread, so a tick never waits for the disk. Callback transactions are not used: `transactionSync` syncs
 * on the event loop, and async `transaction()` of the ES module build never calls back on Node 20.
 *
 * @throws StoreError `store_unavailable` when another process has it, or a newer version wrote it.
 */
export async function openLmdbStore({ path, unsafeNoSync = false, onFailure = () => undefined }: LmdbOptions): Promise<Store> {
  const release = lockDirectory(path);
  try {
    const db = open<Buffer, string>({ path, encoding: 'binary', overlappingSync: false, noSync: unsafeNoSync, noSubdir: false });
    const store = new LmdbStore(db, release, onFailure);
    const format = store.read.get<number>(keys.format);
    if (format === undefined) await store.transact((tx) => tx.put(keys.format, FORMAT));
    else if (format > FORMAT) throw StoreError.unavailable(`${path} has format ${format}; this version reads up to ${FORMAT}`);
    return store;
  } catch (error) {
    release();
    throw error instanceof StoreError ? error : StoreError.unavailable(`cannot open ${path}`, error);
  }
}
