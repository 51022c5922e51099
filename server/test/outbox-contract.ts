import { describe, expect, it } from 'vitest';
import type { Ledger } from '../src/ledger/index.js';
import { type Outbox, type OutboxOptions, OutboxWorker } from '../src/outbox/index.js';
import { ask, terms } from './ledger-contract.js';
import { handClock, type HandClock } from './store-helper.js';

export type OpenOutbox = (clock: HandClock, options: OutboxOptions) => Promise<{ ledger: Ledger; outbox: Outbox }>;

/** What every outbox promises of the messages that its ledger posts; `open` gives an empty pair that the running test owns. */
export function outboxContract(name: string, open: OpenOutbox): void {
  const set = async (viewers = [1, 2, 3]) => {
    const clock = handClock();
    const { ledger, outbox } = await open(clock, { maxAttempts: 3, leaseMs: 1000 });
    await ledger.createEvent('show', 't');
    await ledger.defineDrop('show', terms({ variants: { default: null } }), 't');
    await ledger.unlock({ event: 'show', target: { achievement: 'won' }, viewers, trace: 't' });
    await ledger.claim(viewers.map((viewer) => ask(viewer)));
    const revoke = (viewer: number) => ledger.revoke({ event: 'show', drop: 'badge', viewer, reason: 'r', trace: 't' });
    return { clock, ledger, outbox, revoke };
  };

  describe(`outbox on ${name}`, () => {
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

    it('[OUT6] parks or delivers a message once, however often it is told', async () => {
      const { clock, outbox, revoke } = await set([1]);
      const [{ id } = { id: '' }] = await outbox.take(1, clock.time);
      await outbox.delivered(id, clock.time);
      await outbox.delivered(id, clock.time);
      expect(await outbox.failed(id, 'too late', clock.time)).toBe('parked');
      expect([await outbox.dead(9), await outbox.retryDead(id, clock.time)]).toEqual([[], false]);
      await revoke(1);
      expect((await outbox.take(9, clock.time)).map(({ entry }) => entry.type)).toEqual(['Revoked']);
      for (const odd of ['', 'show', 'show:x', ':1', 'nowhere:1']) {
        await outbox.delivered(odd, clock.time);
        expect([await outbox.failed(odd, 'e', clock.time), await outbox.retryDead(odd, clock.time)]).toEqual(['parked', false]);
      }
    });

    it('[OUT7] takes from all events, the longest due first, in the order of their entries, and no message for two takers', async () => {
      const { clock, ledger, outbox } = await set(Array.from({ length: 12 }, (_, index) => index + 1));
      clock.time += 10;
      await ledger.createEvent('later', 't');
      await ledger.defineDrop('later', terms({ variants: { default: null } }), 't');
      await ledger.unlock({ event: 'later', target: { achievement: 'won' }, viewers: [1], trace: 't' });
      await ledger.claim([ask(1, { event: 'later' })]);
      const first = await outbox.take(4, clock.time);
      const both = await Promise.all([outbox.take(5, clock.time), outbox.take(5, clock.time)]);
      const seqs = [...first, ...both.flat()].map(({ entry }) => `${entry.event} ${entry.viewer}`);
      expect(seqs.slice(0, 4)).toEqual(['show 1', 'show 2', 'show 3', 'show 4']);
      expect(new Set(seqs).size).toBe(seqs.length);
      const rest = await outbox.take(99, clock.time);
      expect([...seqs, ...rest.map(({ entry }) => `${entry.event} ${entry.viewer}`)]).toHaveLength(13);
    });
  });
}
