import { keys, LAST, type Store, StoreError, type Tx } from '../store/index.js';
import { FencedError, JournalError } from './errors.js';
import type { Checkpoint, CheckpointChange, JournalRecord, JournalStore } from './journal.js';

/** First element of each stored record. */
const VERSION = 1;
type Stored = [version: number, epoch: number, tick: number, time: number, bytes: Uint8Array];

/** First element of what stands for a checkpoint beside its parts. One of format 1 had no parts: it is passed over, for the records say the same. */
const CHECKPOINT_VERSION = 2;
type StoredCheckpoint = [version: number, epoch: number, tick: number, time: number];

interface Head {
  epoch: number;
  /** of the newest record, -1 before the first */
  lastTick: number;
  checkpointTick: number;
}

const NEW: Head = { epoch: 0, lastTick: -1, checkpointTick: -1 };
/** Records read at once: bounds memory while a long room is replayed. */
const PAGE = 256;

const pack = (epoch: number, record: JournalRecord): Stored => [VERSION, epoch, record.tick, record.time, record.bytes];

const unpack = ([version, epoch, tick, time, bytes]: Stored): JournalRecord & { epoch: number } => {
  if (version !== VERSION) throw StoreError.unavailable(`journal record of format ${version}; this version reads ${VERSION}`);
  return { epoch, tick, time, bytes };
};

/** Journals of any number of rooms in one store; their appends share commits. */
export function lmdbJournal(store: Store): JournalStore {
  const holding = (tx: Tx, room: string, epoch: number): Head => {
    const head = tx.get<Head>(keys.journalHead(room)) ?? NEW;
    if (head.epoch !== epoch) throw FencedError.by(room, epoch, head.epoch);
    return head;
  };
  const mustFollow = (room: string, tick: number, last: number): void => {
    if (!Number.isSafeInteger(tick) || tick <= last) throw JournalError.order(room, tick, last);
  };

  const readCheckpoint = (tx: Tx, room: string): Checkpoint | undefined => {
    const stored = tx.get<StoredCheckpoint>(keys.journalCheckpoint(room));
    if (stored === undefined || stored[0] < CHECKPOINT_VERSION) return undefined;
    const [version, , tick, time] = stored;
    if (version > CHECKPOINT_VERSION) throw StoreError.unavailable(`journal checkpoint of format ${version}; this version reads ${CHECKPOINT_VERSION}`);
    const from = keys.journalParts(room);
    const parts = new Map<string, Uint8Array>();
    for (const { key, value } of tx.range<Uint8Array>(from, from + LAST)) parts.set(keys.journalPartName(room, key), value);
    return { tick, time, parts };
  };
  const putCheckpoint = (tx: Tx, room: string, epoch: number, { tick, time, parts, drop, whole }: CheckpointChange): void => {
    const before = tx.get<StoredCheckpoint>(keys.journalCheckpoint(room));
    if (!whole && (before?.[0] !== CHECKPOINT_VERSION || before[1] !== epoch)) throw JournalError.notWhole(room, tick);
    const from = keys.journalParts(room);
    const gone = whole ? tx.names(from, from + LAST) : drop.map((name) => keys.journalPart(room, name));
    for (const key of gone) tx.remove(key);
    for (const [name, bytes] of parts) tx.put(keys.journalPart(room, name), bytes);
    tx.put(keys.journalCheckpoint(room), [CHECKPOINT_VERSION, epoch, tick, time] satisfies StoredCheckpoint);
  };

  return {
    leaseMs: Infinity,

    open: (room) =>
      store.transact((tx) => {
        const head = tx.get<Head>(keys.journalHead(room)) ?? NEW;
        const epoch = head.epoch + 1;
        tx.put(keys.journalHead(room), { ...head, epoch });
        return { epoch, checkpoint: readCheckpoint(tx, room) };
      }),

    async *records(room, afterTick) {
      const end = keys.journalRecords(room) + LAST;
      for (let from = afterTick + 1; ; ) {
        const page = [...store.read.range<Stored>(keys.journalRecord(room, from), end, PAGE)].map((row) => unpack(row.value));
        yield* page;
        const last = page.at(-1);
        if (!last || page.length < PAGE) return;
        from = last.tick + 1;
      }
    },

    append: (room, epoch, record) => {
      // Packed when the turn commits; the caller may reuse its buffer before that.
      const kept = { ...record, bytes: record.bytes.slice() };
      return store.transact((tx) => {
        const head = holding(tx, room, epoch);
        mustFollow(room, record.tick, Math.max(head.lastTick, head.checkpointTick));
        tx.put(keys.journalRecord(room, kept.tick), pack(epoch, kept));
        tx.put(keys.journalHead(room), { ...head, lastTick: kept.tick });
      });
    },

    checkpoint: (room, epoch, change) =>
      store.transact((tx) => {
        const head = holding(tx, room, epoch);
        mustFollow(room, change.tick, head.checkpointTick);
        putCheckpoint(tx, room, epoch, change);
        tx.put(keys.journalHead(room), { ...head, checkpointTick: change.tick });
      }),

    renew: (room, epoch) => store.transact((tx) => void holding(tx, room, epoch)),

    release: () => Promise.resolve(),

    purge: (room) =>
      store.transact((tx) => {
        const head = tx.get<Head>(keys.journalHead(room));
        const from = keys.journalRoom(room);
        for (const key of tx.names(from, from + LAST)) tx.remove(key);
        if (head) tx.put(keys.journalHead(room), { ...NEW, epoch: head.epoch });
      }),
  };
}
