/**
 * The journal: what a room applied, tick by tick, and its checkpoints; restore = checkpoint + records after it.
 *
 * Life cycle: `open` takes the room's lease under a new epoch → `append`/`checkpoint`/`renew` under that epoch → `release`, or the lease
 * runs out and somebody else's `open` fences it. Who asks is the store's holder: one journal store is one process.
 * Invariants: epochs of a room only grow; ticks of a room strictly increase across epochs; appends commit in the order issued,
 * and if one is refused or lost, no later one of a failed store is kept; records stay until `purge`.
 * Must not import anything of ours but the store. Bytes and names of parts are opaque: their codec belongs to rooms.
 */
export interface JournalRecord {
  /** simulation step, 0..2^52 */
  tick: number;
  /** event time, ms */
  time: number;
  bytes: Uint8Array;
}

/** What the room was after a tick, as parts under names that its codec gives. */
export interface Checkpoint {
  tick: number;
  /** event time, ms */
  time: number;
  parts: ReadonlyMap<string, Uint8Array>;
}

/** The next checkpoint, told by what differs from the one before; all of it or nothing is stored. */
export interface CheckpointChange extends Checkpoint {
  /** Parts that are new or other than before. Of some KiB each, so that a store need not look for large holes. */
  parts: ReadonlyMap<string, Uint8Array>;
  /** Names of parts that are no more; one that is not there is none. */
  drop: readonly string[];
  /** Whether `parts` is everything, in place of whatever there is. The first of an epoch has to be. */
  whole: boolean;
}

export interface JournalStore {
  /** ms that a lease lasts after it was taken, renewed or appended under, by the store's clock; Infinity where one process has the store. */
  readonly leaseMs: number;
  /**
   * Takes the room's lease under a new, higher epoch; the holder before is fenced from this commit on. The same holder may open again.
   * @throws JournalError `journal_held` while the lease of another holder lasts.
   */
  open(roomId: string): Promise<{ epoch: number; checkpoint: Checkpoint | undefined }>;
  /** Durable records with a tick above `afterTick` (-1: all), in tick order, across all epochs. */
  records(roomId: string, afterTick: number): AsyncIterable<JournalRecord & { epoch: number }>;
  /** Resolves when durable. @throws FencedError `journal_fenced`, JournalError `journal_order`, StoreError. */
  append(roomId: string, epoch: number, record: JournalRecord): Promise<void>;
  /**
   * Makes the checkpoint a newer one; records before it are kept. May trail the last record, not the last checkpoint. The caller leaves
   * the parts as they are, and asks for no other checkpoint of the room, until this one is stored. Throws as `append`.
   */
  checkpoint(roomId: string, epoch: number, change: CheckpointChange): Promise<void>;
  /** Makes the lease last another `leaseMs`. @throws FencedError `journal_fenced`, StoreError. */
  renew(roomId: string, epoch: number): Promise<void>;
  /** Gives the lease back: the next `open`, by anybody, succeeds. Does nothing to a lease of another epoch. */
  release(roomId: string, epoch: number): Promise<void>;
  /** Deletes records and checkpoint. The epoch stays, so that a sleeping holder remains fenced. */
  purge(roomId: string): Promise<void>;
}
