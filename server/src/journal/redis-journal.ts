/**
 * Journals in Redis. A room is a stream of records, a head (epoch, holder, last ticks), a lease that runs out by Redis's own time, and a
 * checkpoint; each step is one script, which compares epoch and holder.
 *
 * No holes: a room has one call with records under way, which takes along what came meanwhile, as `lmdbJournal` shares commits; calls of
 * different rooms share a pipeline and Redis's sync. When a call fails, what it left is unknown, so its epoch takes nothing any more
 * until `open`; a late arrival of the failed call is fenced by that. And each call names the tick that it follows, so that a Redis
 * which lost acknowledged records in a failover is told, not written on.
 */
import { StoreError, type RedisClient } from '../store/index.js';
import type { JournalRecord, JournalStore } from './journal.js';
import { RedisRoom, type Holder } from './redis-room.js';
import { readEntry } from './redis-record.js';

export interface RedisJournalOptions {
  /** names this process among those that share the store; nobody else may use it */
  holder: string;
  /** ms that a lease lasts; default 3000 */
  leaseMs?: number;
}

const LEASE_MS = 3_000;
/** Records and bytes read at once: both bound memory while a long room is replayed. */
const PAGE = 256;
const PAGE_BYTES = 4 * 1024 * 1024;
/** Records of the first page, whose size nobody knows yet. */
const FIRST_PAGE = 16;

/** Journals of any number of rooms in one Redis, which other processes may use too. */
export function redisJournal(client: RedisClient, { holder, leaseMs = LEASE_MS }: RedisJournalOptions): JournalStore {
  if (holder === '' || !Number.isSafeInteger(leaseMs) || leaseMs <= 0) throw StoreError.badKey('a journal needs a holder and a lease of whole ms');
  const mine: Holder = { client, holder, leaseMs };
  const rooms = new Map<string, RedisRoom>();
  const roomOf = (id: string): RedisRoom => {
    const known = rooms.get(id);
    if (known) return known;
    const room = new RedisRoom(id, mine);
    rooms.set(id, room);
    return room;
  };
  /** Rooms that were never held here are forgotten: a process that lives long asks for many that others have. */
  const forget = async <T>(id: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      if (rooms.get(id)?.idle) rooms.delete(id);
    }
  };

  return {
    leaseMs,
    open: async (id) => await forget(id, roomOf(id).open()),
    records: (id, afterTick) => records(client, id, afterTick),
    append: async (id, epoch, record) => await roomOf(id).append(epoch, record),
    checkpoint: async (id, epoch, change) => await roomOf(id).checkpoint(epoch, change),
    renew: async (id, epoch) => await roomOf(id).renew(epoch),
    release: async (id, epoch) => await roomOf(id).release(epoch),
    purge: async (id) => await forget(id, roomOf(id).purge()),
  };
}

async function* records(client: RedisClient, room: string, afterTick: number): AsyncGenerator<JournalRecord & { epoch: number }> {
  const { records: stream } = client.keys.journal(room);
  let count = FIRST_PAGE;
  for (let from = afterTick + 1; ; ) {
    const entries = (await client.call('XRANGE', stream, `${from}-0`, '+', 'COUNT', count)) as [Buffer, Buffer[]][];
    const page = entries.map(readEntry);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < count) return;
    from = last.tick + 1;
    const bytes = page.reduce((sum, record) => sum + record.bytes.length, 0);
    count = Math.max(1, Math.min(PAGE, Math.floor((PAGE_BYTES * page.length) / Math.max(bytes, 1))));
  }
}
