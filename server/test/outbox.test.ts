import { describe, expect, it } from 'vitest';
import { lmdbLedger } from '../src/ledger/index.js';
import { lmdbOutbox, OutboxWorker } from '../src/outbox/index.js';
import { ask, terms } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';

const set = async (viewers = [1, 2, 3]) => {
  const store = await tempStore();
  const clock = handClock();
  const ledger = lmdbLedger(store, clock);
  const outbox = lmdbOutbox(store, { maxAttempts: 3, leaseMs: 1000 });
  await ledger.createEvent('show', 't');
  await ledger.defineDrop('show', terms({ variants: { default: null } }), 't');
  await ledger.unlock({ event: 'show', target: { achievement: 'won' }, viewers, trace: 't' });
  await ledger.claim(viewers.map((viewer) => ask(viewer)));
  const revoke = (viewer: number) => ledger.revoke({ event: 'show', drop: 'badge', viewer, reason: 'r', trace: 't' });
  return { clock, ledger, outbox, revoke };
};

describe('outbox', () => {
  it('[OUT1] holds one message a grant or revocation, and none for anything else', async () => {
    const { clock, ledger, outbox } = await set();
    await ledger.claim([ask(1), ask(9)]);
    const messages = await outbox.take(100, clock.time);
    expect(messages.map(({ entry }) => [entry.type, entry.viewer])).toEqual([['Granted', 1], ['Granted', 2], ['Granted', 3]]);
    expect(messages.map(({ id, entry }) => id === `show:${entry.seq}`)).toEqual([true, true, true]);
  });

  it('[OUT2] hands a taken message to nobody else until its lease ends, and a delivered one never again', async () => {
    const { clock, outbox } = await set();
    const [taken, other] = await Promise.all([outbox.take(2, clock.time), outbox.take(3, clock.time)]);
    expect([taken.length, other.length]).toEqual([2, 1]);
    await outbox.delivered(taken[0]?.id ?? '', clock.time);
    expect(await outbox.take(9, clock.time + 999)).toEqual([]);
    expect((await outbox.take(9, clock.time + 1000)).map(({ id }) => id)).toEqual([taken[1]?.id, other[0]?.id]);
  });

  it('[OUT3] gives the messages of one entitlement in order: the next only after the one before', async () => {
    const { clock, outbox, revoke } = await set([1]);
    await revoke(1);
    const [grant, ...rest] = await outbox.take(9, clock.time);
    expect([grant?.entry.type, rest]).toEqual(['Granted', []]);
    await outbox.delivered(grant?.id ?? '', clock.time);
    expect((await outbox.take(9, clock.time)).map(({ entry }) => entry.type)).toEqual(['Revoked']);
  });

  it('[OUT4] tries again at the time it is told, parks after the last attempt, lists and revives the dead letter', async () => {
    const { clock, outbox, revoke } = await set([1]);
    await revoke(1);
    const [{ id } = { id: '' }] = await outbox.take(1, clock.time);
    expect(await outbox.failed(id, 'HTTP 500', clock.time + 50)).toBe('retry');
    expect(await outbox.take(9, clock.time + 49)).toEqual([]);
    expect(await outbox.take(9, clock.time + 50)).toMatchObject([{ id, attempts: 1 }]);
    await outbox.failed(id, 'HTTP 500', clock.time + 60);
    expect(await outbox.failed(id, 'HTTP 502', clock.time + 70)).toBe('parked');
    expect(await outbox.dead(9)).toMatchObject([{ id, attempts: 3, error: 'HTTP 502' }]);
    // The message behind it goes on.
    expect((await outbox.take(9, clock.time + 70)).map(({ entry }) => entry.type)).toEqual(['Revoked']);
    expect(await outbox.retryDead(id, clock.time + 80)).toBe(true);
    expect(await outbox.retryDead(id, clock.time + 80)).toBe(false);
    expect(await outbox.dead(9)).toEqual([]);
    expect(await outbox.take(9, clock.time + 80)).toMatchObject([{ id, attempts: 0 }]);
  });

  it('[OUT5] delivers everything through a worker whose receiver fails at first', async () => {
    const { clock, outbox } = await set();
    const got: string[] = [];
    let failures = 2;
    const worker = new OutboxWorker(outbox, clock, {
      deliver: async ({ id }) => {
        if (failures-- > 0) throw new Error('down');
        got.push(id);
      },
      backoff: (attempts) => attempts * 100,
      batch: 10,
    });
    expect(await worker.runOnce()).toBe(3);
    expect(got).toHaveLength(1);
    expect(await worker.runOnce()).toBe(0);
    clock.time += 100;
    expect(await worker.runOnce()).toBe(2);
    expect(new Set(got).size).toBe(3);
    clock.time += 10_000;
    expect(await worker.runOnce()).toBe(0);
  });
});
