import type { Checker, Ledger } from '../ledger/index.js';
import type { BookId, DeadLetter, Outbox } from '../outbox/index.js';

/** Dead letters a reading. */
const PAGE = 1_000;

async function* allDead(outbox: Pick<Outbox, 'dead'>, book: BookId): AsyncGenerator<DeadLetter> {
  for (let from = 1; ; ) {
    const page = await outbox.dead(book, from, PAGE);
    yield* page;
    if (page.length < PAGE) return;
    from = page.at(-1)!.entry.seq + 1;
  }
}

/** Each endpoint's book against the ledger: it has read no further than there is to read, and what it parked stands there. */
export const deliveryChecker = (ledger: Pick<Ledger, 'entries'>, outbox: Pick<Outbox, 'status' | 'dead'>, endpointsOf: (event: string) => readonly string[]): Checker => ({
  name: 'deliveries',
  async check(event) {
    const found = [];
    for (const endpoint of endpointsOf(event)) {
      const book = { event, endpoint };
      const { position, last } = await outbox.status(book);
      if (position > last) found.push({ path: `deliveries/${endpoint}`, stands: `read to ${position}`, replayed: `${last} at most` });
      for await (const { entry } of allDead(outbox, book)) {
        const [next] = await ledger.entries(event, entry.seq, 1); // or the one after it
        const written = next?.seq === entry.seq ? next.type : 'nothing';
        if (written !== entry.type) found.push({ path: `deliveries/${endpoint}/${entry.seq}`, stands: entry.type, replayed: written });
      }
    }
    return found;
  },
});
