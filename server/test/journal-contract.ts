import { describe, expect, it, vi } from 'vitest';
import type { Checkpoint, CheckpointChange, JournalRecord, JournalStore } from '../src/journal/index.js';

export interface OpenedJournal {
  journal: JournalStore;
  /** the same data through a new connection, as after a restart */
  reopen(): Promise<JournalStore>;
  /** where processes share the store */
  shared?: {
    /** the same data, held by another process */
    rival: JournalStore;
    /** Makes the lease of a room run out now. */
    expire(room: string): Promise<void>;
    /** ms that the lease of a room still lasts; 0 when nobody has it */
    leaseLeft(room: string): Promise<number>;
  };
}

const record = (tick: number, text = `t${tick}`): JournalRecord => ({ tick, time: tick * 50, bytes: new TextEncoder().encode(text) });
const bytesOf = (parts: Record<string, string>): Map<string, Uint8Array> => new Map(Object.entries(parts).map(([name, text]) => [name, new TextEncoder().encode(text)]));
const whole = (tick: number, parts: Record<string, string> = { all: `c${tick}` }): CheckpointChange => ({ tick, time: tick * 50, parts: bytesOf(parts), drop: [], whole: true });
const change = (tick: number, parts: Record<string, string>, drop: string[] = []): CheckpointChange => ({ ...whole(tick, parts), drop, whole: false });
const textsOf = (checkpoint: Checkpoint | undefined) =>
  checkpoint && { tick: checkpoint.tick, time: checkpoint.time, ...Object.fromEntries([...checkpoint.parts].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])) };
const ticks = async (journal: JournalStore, room: string, after = -1): Promise<number[]> => {
  const seen: number[] = [];
  for await (const { tick } of journal.records(room, after)) seen.push(tick);
  return seen;
};

/** What every journal promises; `open` gives an empty one that the running test owns. */
export function journalContract(name: string, open: () => Promise<OpenedJournal>, { shared = false } = {}): void {
  describe(`journal on ${name}`, () => {
    it('[JRN1] gives back what was appended, byte for byte, after a restart', async () => {
      const { journal, reopen } = await open();
      const { epoch, checkpoint } = await journal.open('room');
      expect(checkpoint).toBeUndefined();
      await Promise.all([0, 1, 5].map((tick) => journal.append('room', epoch, record(tick))));
      const seen = [];
      for await (const row of (await reopen()).records('room', 0)) seen.push({ ...row, bytes: new TextDecoder().decode(row.bytes) });
      expect(seen).toEqual([
        { epoch, tick: 1, time: 50, bytes: 't1' },
        { epoch, tick: 5, time: 250, bytes: 't5' },
      ]);
    });

    it('[JRN2] fences the holder before: its appends and checkpoints are refused and leave nothing', async () => {
      const { journal } = await open();
      const first = await journal.open('room');
      await journal.append('room', first.epoch, record(1));
      const second = await journal.open('room');
      expect(second.epoch).toBeGreaterThan(first.epoch);
      await expect(journal.append('room', first.epoch, record(2))).rejects.toMatchObject({ code: 'journal_fenced', retryable: false });
      await expect(journal.checkpoint('room', first.epoch, whole(2))).rejects.toMatchObject({ code: 'journal_fenced' });
      await journal.append('room', second.epoch, record(2, 'mine'));
      expect(await ticks(journal, 'room')).toEqual([1, 2]);
      expect((await journal.open('room')).checkpoint).toBeUndefined();
    });

    it('[JRN2] fences within one event turn, in the order of the calls', async () => {
      const { journal } = await open();
      const { epoch } = await journal.open('room');
      const results = await Promise.allSettled([
        journal.append('room', epoch, record(1)),
        journal.open('room'),
        journal.append('room', epoch, record(2)),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      expect(await ticks(journal, 'room')).toEqual([1]);
    });

    it.each([1, 0, -1, 1.5, Number.NaN])('[JRN3] refuses tick %s after tick 1, also in a new epoch', async (tick) => {
      const { journal } = await open();
      await journal.append('room', (await journal.open('room')).epoch, record(1));
      const { epoch } = await journal.open('room');
      const bad = { ...record(1), tick };
      await expect(journal.append('room', epoch, bad)).rejects.toMatchObject({ code: 'journal_order', retryable: false });
      expect(await ticks(journal, 'room')).toEqual([1]);
    });

    it('[JRN4] hands the newest checkpoint to the next holder and keeps the records before it', async () => {
      const { journal } = await open();
      const { epoch } = await journal.open('room');
      for (const tick of [1, 2, 3]) await journal.append('room', epoch, record(tick));
      await journal.checkpoint('room', epoch, whole(2, { state: 'of 2' }));
      await expect(journal.checkpoint('room', epoch, whole(2, { state: 'again' }))).rejects.toMatchObject({ code: 'journal_order' });
      expect(textsOf((await journal.open('room')).checkpoint)).toEqual({ tick: 2, time: 100, state: 'of 2' });
      expect(await ticks(journal, 'room')).toEqual([1, 2, 3]);
      expect(await ticks(journal, 'room', 2)).toEqual([3]);
    });

    it('[JRN17] changes a checkpoint by what differs, takes out what is gone, and puts a whole one in place of everything', async () => {
      const { journal, reopen } = await open();
      const { epoch } = await journal.open('room');
      await journal.checkpoint('room', epoch, whole(1, { head: 'one', a: 'a', 'b/0': 'b', 'ü %/{}': 'odd' }));
      await journal.checkpoint('room', epoch, change(2, { head: 'two', 'b/1': 'more' }, ['a', 'never there']));
      await journal.checkpoint('room', epoch, change(5, { head: 'five' }, ['b/1']));
      const again = await reopen();
      const next = await again.open('room');
      expect(textsOf(next.checkpoint)).toEqual({ tick: 5, time: 250, head: 'five', 'b/0': 'b', 'ü %/{}': 'odd' });
      await again.checkpoint('room', next.epoch, whole(6, { head: 'six' }));
      expect(textsOf((await again.open('room')).checkpoint)).toEqual({ tick: 6, time: 300, head: 'six' });
    });

    it('[JRN17] in a new epoch the first one is whole: what nobody knows to be there is not changed', async () => {
      const { journal } = await open();
      const first = await journal.open('room');
      await expect(journal.checkpoint('room', first.epoch, change(1, { a: '1' }))).rejects.toMatchObject({ code: 'journal_order', retryable: false });
      await journal.checkpoint('room', first.epoch, whole(1, { a: '1', b: '1' }));
      const second = await journal.open('room');
      await expect(journal.checkpoint('room', second.epoch, change(2, { a: '2' }))).rejects.toMatchObject({ code: 'journal_order' });
      await expect(journal.checkpoint('room', first.epoch, change(2, { a: 'late' }))).rejects.toMatchObject({ code: 'journal_fenced' });
      expect(textsOf((await journal.open('room')).checkpoint)).toEqual({ tick: 1, time: 50, a: '1', b: '1' });
      const third = await journal.open('room');
      await journal.checkpoint('room', third.epoch, whole(2, { c: '2' }));
      await journal.checkpoint('room', third.epoch, change(3, { d: '3' }));
      for (const late of [2, 3, Number.NaN]) await expect(journal.checkpoint('room', third.epoch, change(late, { c: 'late' }))).rejects.toMatchObject({ code: 'journal_order' });
      expect(textsOf((await journal.open('room')).checkpoint)).toEqual({ tick: 3, time: 150, c: '2', d: '3' });
    });

    it('[JRN17] fenced between a whole one and its change, also within one turn, it keeps the whole one as it was', async () => {
      const { journal } = await open();
      const { epoch } = await journal.open('room');
      const results = await Promise.allSettled([
        journal.checkpoint('room', epoch, whole(1, { a: '1' })), journal.open('room'), journal.checkpoint('room', epoch, change(2, { a: '2' }, ['a'])),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      expect(textsOf((await journal.open('room')).checkpoint)).toEqual({ tick: 1, time: 50, a: '1' });
    });

    it('[JRN17] stores a crowd’s worth of parts, changes many of them at once, and leaves none behind', async () => {
      const { journal, reopen } = await open();
      const part = (at: number, seed: number): Uint8Array => Buffer.alloc(8_000, `${seed} of ${at}.`);
      const parts = (from: number, to: number, seed: number) => new Map(Array.from({ length: to - from }, (_, i) => [`part/${from + i}`, part(from + i, seed)]));
      const before = await journal.open('room');
      await journal.checkpoint('room', before.epoch, { ...whole(1), parts: parts(0, 450, 1) });
      const { epoch, checkpoint } = await journal.open('room');
      expect(checkpoint!.parts.size).toBe(450);
      await journal.checkpoint('room', epoch, { ...whole(2), parts: parts(0, 300, 2) });
      const appended: Promise<void>[] = [];
      const changed = journal.checkpoint('room', epoch, { ...change(3, {}, ['part/0', 'part/299']), parts: parts(10, 290, 3) });
      for (let tick = 4; tick < 40; tick++) appended.push(journal.append('room', epoch, record(tick)));
      await Promise.all([changed, ...appended]);
      const again = (await (await reopen()).open('room')).checkpoint!;
      expect(again.tick).toBe(3);
      expect(again.parts.size).toBe(298);
      for (const [key, bytes] of again.parts) {
        const at = Number(key.split('/')[1]);
        expect(Buffer.compare(bytes, part(at, at >= 10 && at < 290 ? 3 : 2)), key).toBe(0);
      }
    });

    it('[JRN5] commits the appends of a room in the order issued, many rooms at once', async () => {
      const { journal } = await open();
      const rooms = Array.from({ length: 20 }, (_, index) => `room-${index}`);
      const order: string[] = [];
      await Promise.all(
        rooms.map(async (room) => {
          const { epoch } = await journal.open(room);
          const appends = Array.from({ length: 30 }, (_, tick) => journal.append(room, epoch, record(tick)).then(() => order.push(`${room}/${tick}`)));
          await Promise.all(appends);
        }),
      );
      for (const room of rooms) {
        const mine = order.filter((one) => one.startsWith(`${room}/`));
        expect(mine).toEqual(Array.from({ length: 30 }, (_, tick) => `${room}/${tick}`));
        expect(await ticks(journal, room)).toHaveLength(30);
      }
    });

    it('[JRN6] copies the bytes it is given: a caller may reuse its buffer at once', async () => {
      const { journal } = await open();
      const { epoch } = await journal.open('room');
      const bytes = new Uint8Array([1, 2, 3]);
      const done = journal.append('room', epoch, { tick: 1, time: 0, bytes });
      bytes.fill(9);
      await done;
      for await (const row of journal.records('room', -1)) expect([...row.bytes]).toEqual([1, 2, 3]);
    });

    it('[JRN7] purges one room only, with what was appended in the same turn, and still fences its holder', async () => {
      const { journal } = await open();
      const { epoch } = await journal.open('room');
      const neighbour = await journal.open('room/record');
      await journal.append('room/record', neighbour.epoch, record(1));
      await Promise.all([journal.append('room', epoch, record(1)), journal.checkpoint('room', epoch, whole(1)), journal.purge('room')]);
      expect(await ticks(journal, 'room')).toEqual([]);
      expect(await ticks(journal, 'room/record')).toEqual([1]);
      const next = await journal.open('room');
      expect(next).toEqual({ epoch: epoch + 1, checkpoint: undefined });
      await expect(journal.append('room', epoch, record(2))).rejects.toMatchObject({ code: 'journal_fenced' });
    });

    it('[JRN1] pages through a long journal without losing or repeating a tick', async () => {
      const { journal } = await open();
      const { epoch } = await journal.open('room');
      const all = Array.from({ length: 600 }, (_, index) => index * 3);
      await Promise.all(all.map((tick) => journal.append('room', epoch, record(tick))));
      expect(await ticks(journal, 'room')).toEqual(all);
    });

    it('[JRN9] lets the same holder open again, and only the newest epoch renew', async () => {
      const { journal } = await open();
      const first = await journal.open('room');
      const second = await journal.open('room');
      expect(second.epoch).toBeGreaterThan(first.epoch);
      await journal.renew('room', second.epoch);
      await expect(journal.renew('room', first.epoch)).rejects.toMatchObject({ code: 'journal_fenced', retryable: false });
      await journal.append('room', second.epoch, record(1));
      expect(await ticks(journal, 'room')).toEqual([1]);
    });

    it('[JRN11] releases its own epoch only; what was asked before is done before', async () => {
      const { journal } = await open();
      const first = await journal.open('room');
      const second = await journal.open('room');
      await journal.release('room', first.epoch);
      const appended = journal.append('room', second.epoch, record(1));
      const released = journal.release('room', second.epoch);
      await Promise.all([appended, released]);
      const third = await journal.open('room');
      expect(third.epoch).toBeGreaterThan(second.epoch);
      await journal.append('room', third.epoch, record(2));
      expect(await ticks(journal, 'room')).toEqual([1, 2]);
    });

    it('[JRN1] takes an empty record, one of two megabytes, and every byte there is', async () => {
      const { journal, reopen } = await open();
      const { epoch } = await journal.open('room');
      const large = Uint8Array.from({ length: 2 * 1024 * 1024 }, (_, at) => (at * 31) & 255);
      const all = Uint8Array.from({ length: 256 }, (_, at) => at);
      const given = [new Uint8Array(), large, all];
      await Promise.all(given.map((bytes, tick) => journal.append('room', epoch, { tick, time: tick / 3, bytes })));
      await journal.checkpoint('room', epoch, { ...whole(2), time: 0.1, parts: new Map([['large', large], ['all', all], ['', new Uint8Array()]]) });
      const again = await reopen();
      const seen = [];
      for await (const row of again.records('room', -1)) seen.push(row);
      expect(seen.map(({ tick, time }) => [tick, time])).toEqual([[0, 0], [1, 1 / 3], [2, 2 / 3]]);
      seen.forEach(({ bytes }, at) => expect(Buffer.compare(bytes, given[at]!)).toBe(0));
      const { checkpoint } = await again.open('room');
      expect(checkpoint!.time).toBe(0.1);
      expect([...checkpoint!.parts.keys()].toSorted()).toEqual(['', 'all', 'large']);
      for (const [part, bytes] of [['large', large], ['all', all], ['', new Uint8Array()]] as const) expect(Buffer.compare(checkpoint!.parts.get(part)!, bytes)).toBe(0);
    });

    it('[JRN3] refuses one bad tick of a turn and takes its neighbours', async () => {
      const { journal } = await open();
      const { epoch } = await journal.open('room');
      await journal.checkpoint('room', epoch, whole(3));
      const results = await Promise.allSettled([3, 4, 4, 2, 5].map((tick) => journal.append('room', epoch, record(tick))));
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'rejected', 'fulfilled']);
      expect(await ticks(journal, 'room')).toEqual([4, 5]);
    });
  });
  if (shared) leaseContract(name, open);
}

/** What a journal promises that several processes share. */
function leaseContract(name: string, open: () => Promise<OpenedJournal>): void {
  describe(`leases on ${name}`, () => {
    const opened = async () => {
      const { journal, shared } = await open();
      return { journal, ...shared! };
    };

    it('[JRN9] refuses another holder while the lease lasts, and says whose it is', async () => {
      const { journal, rival } = await opened();
      const { epoch } = await journal.open('room');
      await expect(rival.open('room')).rejects.toMatchObject({ code: 'journal_held', retryable: true });
      await journal.append('room', epoch, record(1));
      await rival.open('another room');
    });

    it('[JRN10] lets the lease last anew with each renewal and each append, by the time of the store', async () => {
      const { journal, leaseLeft, expire } = await opened();
      const { epoch } = await journal.open('room');
      const least = journal.leaseMs / 2;
      expect(await leaseLeft('room')).toBeGreaterThan(least);
      await expire('room');
      expect(await leaseLeft('room')).toBe(0);
      await journal.renew('room', epoch);
      expect(await leaseLeft('room')).toBeGreaterThan(least);
      await expire('room');
      await journal.append('room', epoch, record(1));
      expect(await leaseLeft('room')).toBeGreaterThan(least);
    });

    it('[JRN10] runs out by itself: then another holder may open', async () => {
      const { journal, rival } = await opened();
      await journal.open('room');
      await expect(rival.open('room')).rejects.toMatchObject({ code: 'journal_held' });
      await vi.waitFor(() => rival.open('room'), { timeout: journal.leaseMs + 10_000, interval: 20 });
    });

    it('[JRN10] a holder that slept past its lease, which another took, writes nothing and does not take it back', async () => {
      const { journal, rival, expire } = await opened();
      const sleeper = await journal.open('room');
      await journal.append('room', sleeper.epoch, record(1));
      await expire('room');
      const taker = await rival.open('room');
      const late = [
        journal.append('room', sleeper.epoch, record(2, 'late')),
        journal.append('room', sleeper.epoch, record(3, 'late')),
        journal.checkpoint('room', sleeper.epoch, whole(1, { late: 'late' })),
        journal.renew('room', sleeper.epoch),
      ];
      for (const one of late) await expect(one).rejects.toMatchObject({ code: 'journal_fenced', retryable: false });
      await journal.release('room', sleeper.epoch);
      await expect(journal.open('room')).rejects.toMatchObject({ code: 'journal_held' });
      await rival.append('room', taker.epoch, record(2));
      const seen = [];
      for await (const { tick, epoch, bytes } of rival.records('room', -1)) seen.push([tick, epoch, new TextDecoder().decode(bytes)]);
      expect(seen).toEqual([[1, sleeper.epoch, 't1'], [2, taker.epoch, 't2']]);
    });

    it('[JRN11] gives a released lease to anybody at once, and takes nothing more under it', async () => {
      const { journal, rival } = await opened();
      const { epoch } = await journal.open('room');
      await journal.append('room', epoch, record(1));
      await journal.release('room', epoch);
      for (const late of [journal.append('room', epoch, record(2)), journal.renew('room', epoch)]) {
        await expect(late).rejects.toMatchObject({ code: 'journal_fenced' });
      }
      const next = await rival.open('room');
      expect(next.epoch).toBeGreaterThan(epoch);
      expect(await ticks(rival, 'room')).toEqual([1]);
    });

    it('[JRN9] gives one of many who ask at once the room', async () => {
      const { journal, rival } = await opened();
      const asked = await Promise.allSettled([journal.open('room'), rival.open('room')]);
      expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });
  });
}
