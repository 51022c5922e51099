import type { Checker, Ledger } from '../ledger/index.js';
import type { Outbox } from '../outbox/index.js';

/** Each endpoint's book against the ledger: it has read no further than there is to read, and what it parked stands there. */
export const deliveryChecker = (ledger: Pick<Ledger, 'entries'>, outbox: Pick<Outbox, 'status' | 'dead'>, endpointsOf: (event: string) => readonly string[]): Checker => ({
  name: 'deliveries',
  async check(event) {
    const found = [];
    for (const endpoint of endpointsOf(event)) {
      const book = { event, endpoint };
      const { position, last } = await outbox.status(book);
      if (position > last) found.push({ path: `deliveries/${endpoint}`, stands: `read to ${position}`, replayed: `${last} at most` });
      for (const { entry } of await outbox.dead(book, 1, 1_000)) {
        const [stands] = await ledger.entries(event, entry.seq, 1);
        if (stands?.seq !== entry.seq || stands.type !== entry.type) found.push({ path: `deliveries/${endpoint}/${entry.seq}`, stands: entry.type, replayed: stands?.type ?? 'nothing' });
      }
    }
    return found;
  },
});
