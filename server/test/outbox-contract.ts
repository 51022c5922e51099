import { describe, expect, it } from 'vitest';
import type { Ledger } from '../src/ledger/index.js';
import type { BookId, Outbox, OutboxMessage } from '../src/outbox/index.js';
import { SCAN, WINDOW } from '../src/outbox/outbox.js';
import { ask, terms } from './ledger-contract.js';
import { handClock, type HandClock } from './store-helper.js';

/** `connect` gives another taker on the same store, as another origin would be; where only one process can have it, the same. */
export type OpenOutbox = (clock: HandClock) => Promise<{ ledger: Ledger; outbox: Outbox; connect(): Promise<Outbox> }>;

const BOOK: BookId = { event: 'show', endpoint: 'ep1' };
const LEASE = 1_000;
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const said = (messages: readonly OutboxMessage[]): string[] => messages.map(({ entry }) => `${entry.type} ${entry.viewer}`);

/** What every outbox promises; `open` gives an empty store that the running test owns. */
export function outboxContract(name: string, open: OpenOutbox): void {
  const set = async (viewers = [1, 2, 3]) => {
    const clock = handClock();
    const { ledger, outbox, connect } = await open(clock);
    await ledger.createEvent('show', 't');
    await ledger.defineDrop('show', terms({ variants: { default: null } }), 't');
    await ledger.unlock({ event: 'show', target: { achievement: 'won' }, viewers, trace: 't' });
    if (viewers.length > 0) await ledger.claim(viewers.map((viewer) => ask(viewer)));
    const revoke = (viewer: number) => ledger.revoke({ event: 'show', drop: 'badge', viewer, reason: 'r', trace: 't' });
    const take = (limit = 99, { at = clock.time, book = BOOK, from = outbox, types = ['Granted', 'Revoked'] } = {}) =>
      from.take(book, { limit, types, now: at, leaseMs: LEASE });
    const fail = (seq: number, nextAt?: number, lease = clock.time + LEASE) => outbox.failed(BOOK, seq, { lease, error: 'HTTP 500\nbad', now: clock.time, nextAt });
    return { clock, ledger, outbox, connect, revoke, take, fail };
  };

  describe(`outbox on ${name}`, () => {
    it('[HOK1] a message is there exactly if its entry is and its type is wanted; each endpoint reads by a position of its own', async () => {
      const { ledger, outbox, take, clock, revoke } = await set();
      await ledger.claim([ask(1), ask(9)]);
      const { messages, more } = await take();
      expect([said(messages), more]).toEqual([['Granted 1', 'Granted 2', 'Granted 3'], false]);
      expect(messages.map(({ entry, attempts, seq }) => [entry.seq === seq, attempts])).toEqual([[true, 0], [true, 0], [true, 0]]);
      for (const { seq } of messages) expect(await outbox.delivered(BOOK, seq, clock.time)).toBe(true);
      const other = await take(99, { book: { event: 'show', endpoint: 'ep2' }, types: ['Unlocked', 'DropDefined'] });
      expect(other.messages.map(({ entry }) => entry.type)).toEqual(['DropDefined', 'Unlocked', 'Unlocked', 'Unlocked']);
      await outbox.open({ event: 'show', endpoint: 'late' }, 'now');
      await revoke(2);
      expect(said((await take()).messages)).toEqual(['Revoked 2']);
      expect(said((await take(99, { book: { event: 'show', endpoint: 'late' } })).messages)).toEqual(['Revoked 2']);
      await outbox.open({ event: 'show', endpoint: 'late' }, 'start');
      expect((await outbox.status({ event: 'show', endpoint: 'late' })).position).toBe((await outbox.status(BOOK)).last);
      expect((await take(99, { book: { event: 'nowhere', endpoint: 'ep1' } })).messages).toEqual([]);
    });

    it('[HOK2] hands a taken message to nobody else until its lease ends, then again, and a delivered one never', async () => {
      const { clock, outbox, take } = await set();
      const [first, second] = await Promise.all([take(2), take(3)]);
      expect([first.messages.length, second.messages.length]).toEqual([2, 1]);
      await outbox.delivered(BOOK, first.messages[0]!.seq, clock.time);
      expect(await take(9, { at: clock.time + LEASE - 1 })).toEqual({ messages: [], more: false, nextDue: clock.time + LEASE });
      const again = await take(9, { at: clock.time + LEASE });
      expect(again.messages.map(({ seq }) => seq)).toEqual([first.messages[1]!.seq, second.messages[0]!.seq]);
      expect(again.messages.map(({ attempts }) => attempts)).toEqual([0, 0]);
    });

    it('[HOK2] two takers that race share out every message, each to one of them', async () => {
      const { outbox, connect, take, clock } = await set(range(120));
      const other = await connect();
      const got: number[] = [];
      const work = async (from: Outbox): Promise<void> => {
        for (;;) {
          const { messages } = await take(7, { from });
          if (messages.length === 0) return;
          got.push(...messages.map(({ seq }) => seq));
          await Promise.all(messages.map(({ seq }) => from.delivered(BOOK, seq, clock.time)));
        }
      };
      await Promise.all([work(outbox), work(other), work(outbox), work(other)]);
      expect([got.length, new Set(got).size]).toEqual([120, 120]);
      expect(await outbox.status(BOOK)).toMatchObject({ pending: 0, dead: 0 });
    });

    it('[HOK2] what a taker that died had taken goes to the next one; what it says after its lease changes nothing', async () => {
      const { clock, outbox, connect, take, fail } = await set([1]);
      const dying = await connect();
      const [{ seq }] = (await take(9, { from: dying })).messages as [OutboxMessage];
      const lease = clock.time + LEASE;
      clock.time += LEASE;
      expect((await take()).messages).toMatchObject([{ seq, attempts: 0 }]);
      expect(await fail(seq, undefined, lease)).toBe('gone');
      expect(await fail(seq, clock.time + 5)).toBe('retry');
      // That it was delivered is true whoever says so.
      expect(await dying.delivered(BOOK, seq, clock.time)).toBe(true);
      expect(await outbox.status(BOOK)).toMatchObject({ pending: 0, dead: 0 });
    });

    it('[HOK3] gives the messages of one viewer and drop in order: the next only after the one before is delivered or parked', async () => {
      const { clock, outbox, take, revoke, fail } = await set([1, 2]);
      await revoke(1);
      const [grant, other] = (await take()).messages;
      expect(said([grant!, other!])).toEqual(['Granted 1', 'Granted 2']);
      expect((await take()).messages).toEqual([]);
      expect(await fail(grant!.seq, clock.time + 50)).toBe('retry');
      expect(await take(9, { at: clock.time + 49 })).toMatchObject({ messages: [], nextDue: clock.time + 50 });
      clock.time += 50;
      expect((await take()).messages).toMatchObject([{ seq: grant!.seq, attempts: 1 }]);
      await revoke(2); // behind a message whose lease runs
      await outbox.delivered(BOOK, grant!.seq, clock.time);
      expect(said((await take()).messages)).toEqual(['Revoked 1']);
      await outbox.delivered(BOOK, other!.seq, clock.time);
      expect(said((await take()).messages)).toEqual(['Revoked 2']);
    });

    it('[HOK4] a parked message lets the next one go, is listed, and comes again when it is replayed, behind what waits', async () => {
      const { clock, outbox, take, revoke, fail } = await set([1]);
      await revoke(1);
      const [{ seq }] = (await take()).messages as [OutboxMessage];
      await fail(seq, clock.time);
      await take();
      expect(await fail(seq)).toBe('parked');
      expect(await outbox.dead(BOOK, 0, 9)).toMatchObject([{ seq, attempts: 2, error: 'HTTP 500\nbad', parkedAt: clock.time, entry: { type: 'Granted' } }]);
      expect([await outbox.dead(BOOK, seq, 9), await outbox.dead(BOOK, seq + 1, 9)]).toMatchObject([[{ seq }], []]);
      const [revoked] = (await take()).messages;
      expect(revoked?.entry.type).toBe('Revoked');
      expect([await outbox.replay(BOOK, seq, clock.time), await outbox.replay(BOOK, seq, clock.time)]).toEqual([true, false]);
      expect((await take()).messages).toEqual([]);
      await outbox.delivered(BOOK, revoked!.seq, clock.time);
      expect((await take()).messages).toMatchObject([{ seq, attempts: 0 }]);
      expect(await outbox.status(BOOK)).toMatchObject({ pending: 1, dead: 0 });
      expect(await fail(seq)).toBe('parked');
      expect([await outbox.discard(BOOK, seq), await outbox.discard(BOOK, seq), await outbox.replay(BOOK, seq, clock.time)]).toEqual([true, false, false]);
    });

    it('[HOK4] parks all that is pending at once, and goes on with what comes', async () => {
      const { clock, outbox, take, revoke } = await set();
      await revoke(1);
      await take(1);
      await take(0);
      expect(await outbox.parkAll(BOOK, 'HTTP 410', clock.time)).toBe(4);
      expect((await outbox.dead(BOOK, 0, 9)).map(({ entry, error }) => [entry.type, entry.viewer, error]))
        .toEqual([['Granted', 1, 'HTTP 410'], ['Granted', 2, 'HTTP 410'], ['Granted', 3, 'HTTP 410'], ['Revoked', 1, 'HTTP 410']]);
      expect(await outbox.parkAll(BOOK, 'HTTP 410', clock.time)).toBe(0);
      await revoke(3);
      expect(said((await take(9, { at: clock.time + LEASE })).messages)).toEqual(['Revoked 3']);
    });

    it('[HOK4] parks all also where a replayed message waits behind a newer one of its lane', async () => {
      const { clock, outbox, take, revoke, fail } = await set([1]);
      await revoke(1);
      const [{ seq }] = (await take()).messages as [OutboxMessage];
      await fail(seq);
      await outbox.replay(BOOK, seq, clock.time);
      expect([await outbox.parkAll(BOOK, 'HTTP 410', clock.time), await outbox.status(BOOK)]).toMatchObject([2, { pending: 0, dead: 2 }]);
      expect([await outbox.replay(BOOK, seq, clock.time), (await take()).messages.map((message) => message.seq)]).toEqual([true, [seq]]);
    });

    it('[HOK5] a book that is full scans no further, and misses nothing of what comes behind', async () => {
      const viewers = range(WINDOW + 6 * SCAN);
      const { outbox, take, clock } = await set(viewers);
      const got: number[] = [];
      for (let calls = 0; got.length < viewers.length && calls < 200; calls += 1) {
        const { messages } = await take(400);
        const { pending } = await outbox.status(BOOK);
        expect(pending).toBeLessThanOrEqual(WINDOW);
        if (calls < 4) continue; // they stay leased: the book fills
        if (messages.length === 0) clock.time += LEASE;
        got.push(...messages.map(({ entry }) => entry.viewer!));
        await Promise.all(messages.map(({ seq }) => outbox.delivered(BOOK, seq, clock.time)));
      }
      expect(got.toSorted((a, b) => a - b)).toEqual(viewers);
      expect(await outbox.status(BOOK)).toMatchObject({ pending: 0, position: (await outbox.status(BOOK)).last });
    });

    it('[HOK2] what is told of a message that is none changes nothing', async () => {
      const { clock, outbox, fail, take } = await set([1]);
      const [{ seq }] = (await take()).messages as [OutboxMessage];
      await outbox.delivered(BOOK, seq, clock.time);
      for (const odd of [seq, 0, -1, 1.5, NaN, 2 ** 60, 999]) {
        expect([await outbox.delivered(BOOK, odd, clock.time), await fail(odd), await outbox.replay(BOOK, odd, clock.time), await outbox.discard(BOOK, odd)]).toEqual([false, 'gone', false, false]);
      }
      expect(await outbox.status(BOOK)).toMatchObject({ pending: 0, dead: 0 });
      await outbox.remove(BOOK);
      expect(await outbox.status(BOOK)).toMatchObject({ position: 0, pending: 0, dead: 0 });
      expect(said((await take()).messages)).toEqual(['Granted 1']);
    });
  });
}
