import { describe, expect, it, onTestFinished } from 'vitest';
import { FencedError, JournalError, type JournalStore } from '../../src/journal/index.js';
import { StoreError } from '../../src/store/index.js';
import { RoomLease } from '../../src/rooms/room-lease.js';

/** A journal that answers when the test says so. */
const setUp = async () => {
  const clock = { time: 1_000_000, now: () => 0, monotonic: () => clock.time };
  const asked: { what: string; answer: (error?: Error) => void }[] = [];
  const ask = (what: string) => (): Promise<void> => new Promise((resolve, reject) => {
    asked.push({ what, answer: (error) => { if (error === undefined) resolve(); else reject(error); } });
  });
  const journal = {
    leaseMs: 3_000, open: async () => ({ epoch: 7, checkpoint: undefined }), append: ask('append'), renew: ask('renew'), release: ask('release'),
  } as unknown as JournalStore;
  const lease = await RoomLease.take({ journal, clock }, 'room');
  onTestFinished(() => lease.end());
  const record = { tick: 1, time: 0, bytes: new Uint8Array() };
  return { clock, asked, journal, lease, record };
};

describe('the lease of a room', () => {
  it('[ORG6] is over before the store can have given it to another: counted from when the store was asked, not from when it answered', async () => {
    const { clock, asked, lease, record } = await setUp();
    expect(lease.live).toBe(true);
    clock.time += 2_000;
    const renewed = lease.renew();
    clock.time += 600;
    asked[0]!.answer();
    await renewed;
    clock.time += 2_000; // 2,600 after the question, 2,000 after the answer
    expect(lease.live).toBe(true);
    clock.time += 150;
    expect(lease.live).toBe(false); // 2,750 after the question: some of the lease is left, for clocks that differ

    const late = lease.append(record);
    asked[1]!.answer();
    await late;
    expect(lease.live).toBe(true); // the store took it under this epoch
  });

  it('[ORG6] is over for a process that slept, however the answers that came meanwhile read', async () => {
    const { clock, asked, lease, record } = await setUp();
    const appended = lease.append(record);
    clock.time += 10_000; // stopped; then the answer is read
    asked[0]!.answer();
    await appended;
    expect(lease.live).toBe(false);
  });

  it('[ORG6] outlives answers that do not come, and ends at the word that another holds the room', async () => {
    const { clock, asked, lease } = await setUp();
    const first = lease.renew();
    void lease.renew(); // one question at a time
    expect(asked).toHaveLength(1);
    asked[0]!.answer(StoreError.unavailable('away'));
    await first;
    expect(lease.live).toBe(true);
    const second = lease.renew();
    asked[1]!.answer(FencedError.by('room', 7, 8));
    await second;
    expect(lease.live).toBe(false);
    clock.time = 0;
    expect(lease.live).toBe(false);
    await lease.renew();
    expect(asked).toHaveLength(2);
  });

  it('[ORG6] says nothing more once it is given back', async () => {
    const { asked, lease } = await setUp();
    const released = lease.release();
    expect(lease.live).toBe(false);
    expect(asked.map(({ what }) => what)).toEqual(['release']);
    asked[0]!.answer();
    await released;
  });

  it('[ORG6] is not taken while another holds it', async () => {
    const { clock, journal } = await setUp();
    const held = { ...journal, open: async () => { throw JournalError.held('room', 'another'); } };
    await expect(RoomLease.take({ journal: held, clock }, 'room')).rejects.toMatchObject({ code: 'journal_held' });
  });
});
