/**
 * The journal: what a room applied, tick by tick, and its checkpoints; restore = checkpoint + records after it.
 *
 * Life cycle: `open` takes the lease under a new epoch → `append`/`checkpoint` under that epoch → somebody else's `open` fences it.
 * Invariants: epochs of a room only grow; ticks of a room strictly increase across epochs; appends commit in the order issued,
 * and if one is refused or lost, no later one of a failed store is kept; records stay until `purge`.
 * Must not import anything of ours but the store. Bytes are opaque: their codec belongs to rooms.
 */
export interface JournalRecord {
  /** simulation step, 0..2^52 */
  tick: number;
  /** event time, ms */
  time: number;
  bytes: Uint8Array;
}

export type Checkpoint = JournalRecord;

export interface JournalStore {
  /** Takes the room's lease under a new, higher epoch; the holder before is fenced from this commit on. */
  open(roomId: string): Promise<{ epoch: number; checkpoint: Checkpoint | undefined }>;
  /** Durable records with a tick above `afterTick` (-1: all), in tick order, across all epochs. */
  records(roomId: string, afterTick: number): AsyncIterable<JournalRecord & { epoch: number }>;
  /** Resolves when durable. @throws FencedError `journal_fenced`, JournalError `journal_order`, StoreError. */
  append(roomId: string, epoch: number, record: JournalRecord): Promise<void>;
  /** Replaces the checkpoint; records before it are kept. May trail the last record, not the last checkpoint. Throws as `append`. */
  checkpoint(roomId: string, epoch: number, checkpoint: Checkpoint): Promise<void>;
  /** Deletes records and checkpoint. The epoch stays, so that a sleeping holder remains fenced. */
  purge(roomId: string): Promise<void>;
}
