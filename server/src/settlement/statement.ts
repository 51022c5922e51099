import type { StatementRow } from '@crowdcue/protocol';
import type { Books, Posting } from './books.js';

export interface Statement {
  readonly event: string;
  /** first and last entry that it covers */
  readonly from: number;
  readonly to: number;
  readonly rows: readonly StatementRow[];
  readonly postings: readonly Posting[];
}

/** A party is owed what its account is short of. */
const shown = ({ account }: Posting, amount: number): number => (account === 'shop' || amount === 0 ? amount : -amount);

/** What happened in `from` to `to`, and what stood before and after. */
export function statementOf(event: string, books: Books, from: number, to: number): Statement {
  const rows = new Map<string, { account: string; currency: string; opening: number; converted: number; refunded: number; closing: number }>();
  const postings = books.postings.filter(({ seq }) => seq >= from && seq <= to);
  for (const posting of books.postings) {
    if (posting.seq > to) break;
    const name = `${posting.currency} ${posting.account}`;
    const row = rows.get(name) ?? { account: posting.account, currency: posting.currency, opening: 0, converted: 0, refunded: 0, closing: 0 };
    rows.set(name, row);
    const amount = shown(posting, posting.amount);
    if (posting.seq < from) row.opening += amount;
    else if (posting.type === 'Converted') row.converted += amount;
    else row.refunded += amount;
    row.closing += amount;
  }
  const sorted = [...rows.keys()].sort().map((name) => rows.get(name)!);
  return { event, from, to, rows: sorted, postings };
}

/** RFC 4180. A text that a spreadsheet would take for a formula is made text. */
const cell = (value: string | number): string => {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csvOf = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');

/** The lines of a statement: one a posting. */
export const statementCsv = ({ postings }: Statement): string =>
  csvOf(
    ['seq', 'at', 'type', 'entitlement', 'drop', 'variant', 'account', 'currency', 'minor_units'],
    postings.map((posting) => {
      const { seq, at, type, entitlement, drop, variant, account, currency, amount } = posting;
      return [seq, new Date(at).toISOString(), type, entitlement, drop, variant, account, currency, shown(posting, amount)];
    }),
  );
