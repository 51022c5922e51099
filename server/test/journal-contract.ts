import { describe, expect, it } from 'vitest';
import type { JournalRecord, JournalStore } from '../src/journal/index.js';

export interface OpenedJournal {
  journal: JournalStore;
  /** the same data through a new connection, as after a restart */
  reopen(): Promise<JournalStore>;
}

const record = (tick: number, text = `t${tick}`): JournalRecord => ({ tick, time: tick * 50, bytes: new TextEncoder().encode(text) });
const ticks = async (journal: JournalStore, room: string, after = -1): Promise<number[]> => {
  const seen: number[] = [];
  for await (const { tick } of journal.records(room, after)) seen.push(tick);
  return seen;
};

/** What every journal promises; `open` gives an empty one that the running test owns. */
export function journalContract(name: string, open: () => Promise<OpenedJournal>): void {
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
      await expect(journal.checkpoint('room', first.epoch, record(2))).rejects.toMatchObject({ code: 'journal_fenced' });
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
      await journal.checkpoint('room', epoch, record(2, 'state'));
      await expect(journal.checkpoint('room', epoch, record(2, 'again'))).rejects.toMatchObject({ code: 'journal_order' });
      const { checkpoint } = await journal.open('room');
      expect(checkpoint && [checkpoint.tick, checkpoint.time, new TextDecoder().decode(checkpoint.bytes)]).toEqual([2, 100, 'state']);
      expect(await ticks(journal, 'room')).toEqual([1, 2, 3]);
      expect(await ticks(journal, 'room', 2)).toEqual([3]);
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
      await Promise.all([journal.append('room', epoch, record(1)), journal.checkpoint('room', epoch, record(1)), journal.purge('room')]);
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
  });
}
