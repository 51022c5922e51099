import type { Clock } from '../clock.js';
import type { JournalStore } from '../journal/index.js';
import type { OriginMetrics } from '../metrics/origin-metrics.js';

/** The same journal, its appends timed. */
export const timedJournal = (journal: JournalStore, metrics: OriginMetrics, clock: Clock): JournalStore => ({
  leaseMs: journal.leaseMs,
  open: (roomId) => journal.open(roomId),
  records: (roomId, afterTick) => journal.records(roomId, afterTick),
  checkpoint: (roomId, epoch, change) => journal.checkpoint(roomId, epoch, change),
  renew: (roomId, epoch) => journal.renew(roomId, epoch),
  release: (roomId, epoch) => journal.release(roomId, epoch),
  purge: (roomId) => journal.purge(roomId),
  append: async (roomId, epoch, record) => {
    const started = clock.monotonic();
    await journal.append(roomId, epoch, record);
    metrics.journalAppendSeconds.observe((clock.monotonic() - started) / 1000);
  },
});
