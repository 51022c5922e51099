/**
 * Drops: what a host defines (`terms.ts`) and a viewer claims (here). The ledger decides everything; this joins the claims of one
 * event-loop turn into one ledger call, in the order they came, so that a rush shares transactions.
 * The folder must not import achievements (it is handed their ids), rooms or events.
 */
import type { ClaimRequest, Ledger, Receipt } from '../ledger/index.js';

/** Claims a ledger call: keeps one transaction to some ms of the event loop. */
const MAX_BATCH = 256;

interface Waiting {
  request: ClaimRequest;
  resolve(receipt: Receipt): void;
  reject(error: unknown): void;
}

export class DropService {
  private waiting: Waiting[] = [];

  constructor(private readonly ledger: Pick<Ledger, 'claim'>) {}

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
