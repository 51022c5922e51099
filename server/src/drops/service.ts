/**
 * Drops: what a host defines and a viewer claims.
 *
 * Life cycle: `define` once a drop; `claim` any number of times.
 * Invariants: the ledger decides everything; this only checks definitions and joins the claims of one event-loop turn into one ledger
 * call, in the order they came, so that a rush shares transactions.
 * Must not import achievements (it is handed their ids) or rooms.
 */
import type { ClaimRequest, DropTerms, Ledger, Receipt } from '../ledger/index.js';
import { parseDrop } from './definition.js';

/** Claims a ledger call: keeps one transaction to some ms of the event loop. */
const MAX_BATCH = 256;

interface Waiting {
  request: ClaimRequest;
  resolve(receipt: Receipt): void;
  reject(error: unknown): void;
}

export class DropService {
  private waiting: Waiting[] = [];

  constructor(private readonly ledger: Pick<Ledger, 'claim' | 'defineDrop'>) {}

  /** @throws DropError `drop_bad_request`, LedgerError `event_unknown` or `drop_exists` */
  async define(event: string, input: unknown, achievements: ReadonlySet<string>, trace: string): Promise<DropTerms> {
    const terms = parseDrop(input, achievements);
    await this.ledger.defineDrop(event, terms, trace);
    return terms;
  }

  /** A refusal is a receipt. @throws StoreError `store_unavailable`: nothing is known to be granted; ask again with the same key. */
  claim(request: ClaimRequest): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.waiting.push({ request, resolve, reject });
    });
  }

  private flush(): void {
    const all = this.waiting;
    this.waiting = [];
    for (let from = 0; from < all.length; from += MAX_BATCH) void this.send(all.slice(from, from + MAX_BATCH));
  }

  private async send(batch: Waiting[]): Promise<void> {
    try {
      const receipts = await this.ledger.claim(batch.map(({ request }) => request));
      batch.forEach(({ resolve }, index) => resolve(receipts[index] as Receipt));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
