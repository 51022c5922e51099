import { decodeEntry, type StreamEntry } from '../ledger/index.js';
import type { DeliveryKeys, LedgerKeys, RedisClient } from '../store/index.js';
import { DEAD, DELIVERED, DISCARD, FAILED, OPEN, PARK_ALL, REPLAY, STATUS, TAKE } from './lua/index.js';
import { type BookId, ERROR_LENGTH, isSeq, type Outbox, SCAN, WINDOW } from './outbox.js';

const RESULTS = ['gone', 'parked', 'retry'] as const;
type Row = [attempts: number, ...entry: StreamEntry];
type DeadRow = [attempts: Buffer, parkedAt: Buffer, error: Buffer, ...entry: StreamEntry];

/**
 * The delivery books in Redis. A book's keys share the hash tag of its event, whose stream of entries it reads, so each step is one script
 * on one node. Any number of processes may take from a book; their clocks say when leases end, so keep them in step.
 */
export function redisOutbox(client: Pick<RedisClient, 'keys' | 'call' | 'run'>): Outbox {
  const of = ({ event, endpoint }: BookId): DeliveryKeys & Pick<LedgerKeys, 'head' | 'entries'> => {
    const { head, entries } = client.keys.ledger(event);
    return { ...client.keys.delivery(event, endpoint), head, entries };
  };

  return {
    async open(book, from) {
      const { head, book: own } = of(book);
      await client.run(OPEN, [head, own], [from]);
    },

    async take(book, { limit, types, now, leaseMs }) {
      const { entries, book: own, rows, due, lanes } = of(book);
      const [more, nextDue, ...found] = (await client.run(TAKE, [entries, own, rows, due, lanes], [limit, now, now + leaseMs, SCAN, WINDOW, ...types])) as [number, Buffer, ...Row[]];
      const messages = found.map(([attempts, ...stored]) => {
        const entry = decodeEntry(book.event, stored);
        return { seq: entry.seq, entry, attempts };
      });
      return { messages, more: more === 1, nextDue: nextDue.length === 0 ? undefined : Number(String(nextDue)) };
    },

    async delivered(book, seq, now) {
      const { rows, due, lanes } = of(book);
      return isSeq(seq) && (await client.run(DELIVERED, [rows, due, lanes], [seq, now])) === 1;
    },

    async failed(book, seq, { lease, error, now, nextAt }) {
      if (!isSeq(seq)) return 'gone';
      const { rows, due, lanes, letters, dead } = of(book);
      const answer = await client.run(FAILED, [rows, due, lanes, letters, dead], [seq, lease, now, error.slice(0, ERROR_LENGTH), nextAt ?? '']);
      return RESULTS[answer as 0 | 1 | 2];
    },

    async parkAll(book, error, now) {
      const { rows, due, lanes, letters, dead } = of(book);
      return Number(await client.run(PARK_ALL, [rows, due, lanes, letters, dead], [error.slice(0, ERROR_LENGTH), now]));
    },

    async dead(book, fromSeq, limit) {
      const { entries, letters, dead } = of(book);
      const found = (await client.run(DEAD, [entries, letters, dead], [Math.max(0, fromSeq), limit])) as DeadRow[];
      return found.map(([attempts, parkedAt, error, ...stored]) => {
        const entry = decodeEntry(book.event, stored);
        return { seq: entry.seq, entry, attempts: Number(String(attempts)), error: String(error), parkedAt: Number(String(parkedAt)) };
      });
    },

    async replay(book, seq, now) {
      const { entries, rows, due, lanes, letters, dead } = of(book);
      return isSeq(seq) && (await client.run(REPLAY, [entries, rows, due, lanes, letters, dead], [seq, now])) === 1;
    },

    async discard(book, seq) {
      const { letters, dead } = of(book);
      return isSeq(seq) && (await client.run(DISCARD, [letters, dead], [seq])) === 1;
    },

    async status(book) {
      const { head, book: own, rows, dead } = of(book);
      const [position, last, pending, parked] = ((await client.run(STATUS, [head, own, rows, dead], [])) as unknown[]).map((value) => Number(String(value)));
      return { position: position!, last: last!, pending: pending!, dead: parked! };
    },

    async remove(book) {
      const { head: _, entries: __, ...own } = of(book);
      await client.call('DEL', ...Object.values(own));
    },
  };
}
