import { keys, LAST, type Store, StoreError, type Tx } from '../store/index.js';
import { FencedError, JournalError } from './errors.js';
import type { Checkpoint, JournalRecord, JournalStore } from './journal.js';

/** First element of each stored record. */
const VERSION = 1;
type Stored = [version: number, epoch: number, tick: number, time: number, bytes: Uint8Array];

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

  return {
    leaseMs: Infinity,

    open: (room) =>
      store.transact((tx) => {
        const head = tx.get<Head>(keys.journalHead(room)) ?? NEW;
        const epoch = head.epoch + 1;
        tx.put(keys.journalHead(room), { ...head, epoch });
        const stored = tx.get<Stored>(keys.journalCheckpoint(room));
        if (!stored) return { epoch, checkpoint: undefined };
        const { tick, time, bytes } = unpack(stored);
        return { epoch, checkpoint: { tick, time, bytes } };
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

    checkpoint: (room, epoch, checkpoint: Checkpoint) => {
      const kept = { ...checkpoint, bytes: checkpoint.bytes.slice() };
      return store.transact((tx) => {
        const head = holding(tx, room, epoch);
        mustFollow(room, kept.tick, head.checkpointTick);
        tx.put(keys.journalCheckpoint(room), pack(epoch, kept));
        tx.put(keys.journalHead(room), { ...head, checkpointTick: kept.tick });
      });
    },

    renew: (room, epoch) => store.transact((tx) => void holding(tx, room, epoch)),

    release: () => Promise.resolve(),

    purge: (room) =>
      store.transact((tx) => {
        const head = tx.get<Head>(keys.journalHead(room));
        const from = keys.journalRoom(room);
        for (const { key } of tx.range(from, from + LAST)) tx.remove(key);
        if (head) tx.put(keys.journalHead(room), { ...NEW, epoch: head.epoch });
      }),
  };
}
