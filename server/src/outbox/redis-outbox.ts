import { decodeEntry, type StreamEntry } from '../ledger/index.js';
import type { RedisClient } from '../store/index.js';
import { DEAD, DELIVERED, FAILED, RETRY_DEAD, TAKE } from './lua/index.js';
import { type DeadLetter, type MessageId, type Outbox, type OutboxMessage, type OutboxOptions, split } from './outbox.js';

const isSeq = (seq: number): boolean => Number.isSafeInteger(seq) && seq > 0;

const messageOf = (event: string, attempts: number, stored: StreamEntry): OutboxMessage => {
  const entry = decodeEntry(event, stored);
  return { id: `${event}:${entry.seq}`, entry, attempts };
};

/**
 * The outbox that `redisLedger` posts to. Each event has its own (its keys share the event's hash tag); `take` looks at those of all
 * events and serves the one first whose oldest message is due longest. Any number of processes may take from it.
 */
export function redisOutbox(client: RedisClient, { maxAttempts, leaseMs }: OutboxOptions): Outbox {
  const { keys } = client;
  const events = async (): Promise<string[]> => ((await client.call('SMEMBERS', keys.outboxEvents)) as Buffer[]).map(String).sort();

  /** Events with something due, the longest due first. */
  const dueEvents = async (now: number): Promise<string[]> => {
    const firsts = await Promise.all(
      (await events()).map(async (event) => {
        const found = (await client.call('ZRANGE', keys.ledger(event).due, '-inf', now, 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')) as Buffer[];
        return found.length === 0 ? [] : [{ event, due: Number(String(found[1])) }];
      }),
    );
    return firsts.flat().sort((a, b) => a.due - b.due).map(({ event }) => event);
  };

  return {
    async take(limit, now) {
      const taken: OutboxMessage[] = [];
      for (const event of await dueEvents(now)) {
        if (taken.length >= limit) break;
        const { outbox, due, entries } = keys.ledger(event);
        const rows = (await client.run(TAKE, [outbox, due, entries], [limit - taken.length, now, now + leaseMs])) as [number, ...StreamEntry][];
        for (const [attempts, ...entry] of rows) taken.push(messageOf(event, attempts, entry));
      }
      return taken;
    },

    async delivered(id, now) {
      const [event, seq] = split(id);
      if (!isSeq(seq)) return;
      const { outbox, due } = keys.ledger(event);
      await client.run(DELIVERED, [outbox, due], [seq, now]);
    },

    async failed(id, error, nextAt) {
      const [event, seq] = split(id);
      if (!isSeq(seq)) return 'parked';
      const { outbox, due, dead } = keys.ledger(event);
      return (await client.run(FAILED, [outbox, due, dead], [seq, error, nextAt, maxAttempts])) === 1 ? 'retry' : 'parked';
    },

    async dead(limit) {
      const found: DeadLetter[] = [];
      for (const event of await events()) {
        if (found.length >= limit) break;
        const { outbox, due, dead, entries } = keys.ledger(event);
        const rows = (await client.run(DEAD, [outbox, due, dead, entries], [limit - found.length])) as [number, Buffer, ...StreamEntry][];
        for (const [attempts, error, ...entry] of rows) found.push({ ...messageOf(event, attempts, entry), error: String(error) });
      }
      return found;
    },

    async retryDead(id: MessageId, now) {
      const [event, seq] = split(id);
      if (!isSeq(seq)) return false;
      const { outbox, due, dead } = keys.ledger(event);
      return (await client.run(RETRY_DEAD, [outbox, due, dead], [seq, now])) === 1;
    },
  };
}
