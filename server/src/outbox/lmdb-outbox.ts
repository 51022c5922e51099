import type { Entry } from '../ledger/index.js';
import { keys, LAST, type Store, type Tx } from '../store/index.js';
import type { OutboxRecord } from './outbox-record.js';
import { type Outbox, type OutboxMessage, type OutboxOptions, type MessageId, split } from './outbox.js';

const messageOf = (tx: Pick<Tx, 'get'>, { event, seq, attempts }: OutboxRecord): OutboxMessage => {
  const entry = tx.get<Entry>(keys.entry(event, seq));
  if (!entry) throw new Error(`outbox message ${event}:${seq} has no entry`);
  return { id: `${event}:${seq}`, entry, attempts };
};

const schedule = (tx: Tx, record: OutboxRecord, due: number): void => {
  tx.remove(keys.outboxDue(record.due, record.event, record.seq));
  tx.put(keys.outbox(record.event, record.seq), { ...record, due });
  tx.put(keys.outboxDue(due, record.event, record.seq), true);
};

/** Lets the message go that waited for this one. */
const release = (tx: Tx, { event, next }: OutboxRecord, now: number): void => {
  const waiting = next === undefined ? undefined : tx.get<OutboxRecord>(keys.outbox(event, next));
  if (waiting) schedule(tx, waiting, now);
};

export function lmdbOutbox(store: Store, { maxAttempts, leaseMs }: OutboxOptions): Outbox {
  const pending = (tx: Tx, id: MessageId): OutboxRecord | undefined => {
    const record = tx.get<OutboxRecord>(keys.outbox(...split(id)));
    return record?.state === 'pending' ? record : undefined;
  };

  return {
    take: (limit, now) =>
      store.transact((tx) => {
        const due = [...tx.range<true>(keys.outboxDueAll, keys.outboxDueUntil(now), limit)];
        return due.flatMap(({ key }) => {
          const [, , , event = '', seq = ''] = key.split('/');
          const record = tx.get<OutboxRecord>(keys.outbox(decodeURIComponent(event), Number(seq)));
          if (!record) return [];
          schedule(tx, record, now + leaseMs);
          return [messageOf(tx, record)];
        });
      }),

    delivered: (id, now) =>
      store.transact((tx) => {
        const record = pending(tx, id);
        if (!record) return;
        tx.remove(keys.outboxDue(record.due, record.event, record.seq));
        tx.remove(keys.outbox(record.event, record.seq));
        release(tx, record, now);
      }),

    failed: (id, error, nextAt) =>
      store.transact((tx) => {
        const record = pending(tx, id);
        if (!record) return 'parked';
        const tried = { ...record, attempts: record.attempts + 1, error };
        if (tried.attempts < maxAttempts) {
          schedule(tx, tried, nextAt);
          return 'retry';
        }
        const { next: _, ...last } = tried;
        const parked: OutboxRecord = { ...last, state: 'parked' };
        tx.remove(keys.outboxDue(record.due, record.event, record.seq));
        tx.put(keys.outbox(record.event, record.seq), parked);
        tx.put(keys.outboxDead(record.event, record.seq), true);
        release(tx, record, nextAt);
        return 'parked';
      }),

    dead: async (limit) =>
      [...store.read.range<true>(keys.outboxDeadAll, keys.outboxDeadAll + LAST, limit)].flatMap(({ key }) => {
        const [, , event = '', seq = ''] = key.split('/');
        const record = store.read.get<OutboxRecord>(keys.outbox(decodeURIComponent(event), Number(seq)));
        return record ? [{ ...messageOf(store.read, record), error: record.error ?? '' }] : [];
      }),

    retryDead: (id, now) =>
      store.transact((tx) => {
        const [event, seq] = split(id);
        const record = tx.get<OutboxRecord>(keys.outbox(event, seq));
        if (record?.state !== 'parked') return false;
        tx.remove(keys.outboxDead(event, seq));
        schedule(tx, { ...record, state: 'pending', attempts: 0 }, now);
        return true;
      }),
  };
}
