import { isDeepStrictEqual } from 'node:util';
import { receiptOf } from '../claim.js';
import type { Entry } from '../entry.js';
import type { Ledger, Receipt } from '../ledger.js';

/** What somebody outside was told of an entry. */
export interface Told {
  readonly event: string;
  readonly seq: number;
  /** ms, when it was told */
  readonly at: number;
  readonly receipt?: Receipt;
  /** the proven person that the claim named: its receipt does not say */
  readonly subject?: number;
  /** the variant that was asked for: the receipt of a refusal does not say */
  readonly variant?: string;
  /** of a move of an entitlement: the entry that it wrote */
  readonly entry?: Entry;
}

/** Something that was told and does not stand. */
export interface LostReceipt {
  readonly told: Told;
  /** what stands under its number instead; undefined: nothing does */
  readonly stands: Entry | undefined;
}

/** Entries a reading: some ms of the store. */
const PAGE = 1_000;

/** Whether an entry is the one that was told of. */
const isTold = (entry: Entry, told: Told): boolean =>
  told.receipt === undefined ? isDeepStrictEqual(entry, told.entry) : isDeepStrictEqual(receiptOf(entry), told.receipt);

const isUnknown = (error: unknown): boolean => (error as { code?: unknown }).code === 'event_unknown';

/** From `fromSeq` on; none where the event itself is gone. */
const pageOf = async (ledger: Pick<Ledger, 'entries'>, event: string, fromSeq: number): Promise<Entry[]> => {
  try {
    return await ledger.entries(event, fromSeq, PAGE);
  } catch (error) {
    if (isUnknown(error)) return [];
    throw error;
  }
};

async function missingOfEvent(ledger: Pick<Ledger, 'entries'>, event: string, told: readonly Told[]): Promise<LostReceipt[]> {
  const lost: LostReceipt[] = [];
  for (let next = 0; next < told.length; ) {
    const page = await pageOf(ledger, event, told[next]!.seq);
    const found = new Map(page.map((entry) => [entry.seq, entry]));
    const last = page.length < PAGE ? Infinity : page.at(-1)!.seq; // nothing stands behind a short page
    for (; next < told.length && told[next]!.seq <= last; next++) {
      const each = told[next]!;
      const stands = found.get(each.seq);
      if (stands === undefined || !isTold(stands, each)) lost.push({ told: each, stands });
    }
  }
  return lost;
}

/** What there is of each event. */
export const byEvent = <T>(all: Iterable<T>, eventOf: (each: T) => string): Map<string, T[]> => {
  const events = new Map<string, T[]>();
  for (const each of all) {
    const list = events.get(eventOf(each));
    if (list === undefined) events.set(eventOf(each), [each]);
    else list.push(each);
  }
  return events;
};

/** What of `told` does not stand in the ledger, by event and number. */
export async function missingOf(ledger: Pick<Ledger, 'entries'>, told: Iterable<Told>): Promise<LostReceipt[]> {
  const lost: LostReceipt[] = [];
  for (const [event, list] of byEvent(told, (each) => each.event)) lost.push(...(await missingOfEvent(ledger, event, list.sort((a, b) => a.seq - b.seq))));
  return lost;
}
