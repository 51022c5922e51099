/** What a reconciliation compares beside the ledger with itself: reports, draws and money, each computed from the entries alone. */
import { checkLot, type Sha256 } from '@crowdcue/protocol';
import { createHash } from 'node:crypto';
import type { Checker, Difference, Ledger } from '../ledger/index.js';
import { Books } from '../settlement/index.js';
import { DropHistories, type DropHistory } from './drop-history.js';
import { dropReport } from './drop-report.js';
import { Projector } from './projector.js';

type Reader = Pick<Ledger, 'entries' | 'drops'>;

const sha256: Sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** Stock as it stands against the report of each drop, and each lot that is settled, drawn again: both of what the entries give, read once. */
const reportChecker = (ledger: Reader): Checker => ({
  name: 'reports',
  async check(event) {
    const drops = await ledger.drops(event); // first: what is written meanwhile is then in the report alone, and looked at again
    const { drops: histories } = await new Projector(ledger, () => new DropHistories()).rebuilt(event);
    const again = new Map((await ledger.drops(event)).map((drop) => [drop.terms.id, drop]));
    const stock = drops.flatMap((drop): Difference[] => {
      const counts = Object.values(histories.get(drop.terms.id)?.variants ?? {});
      const sum = (of: (count: (typeof counts)[number]) => number): number => counts.reduce((total, count) => total + of(count), 0);
      const reported = { granted: sum((each) => each.granted - each.revoked - each.refunded), reserved: sum(({ reserved }) => reserved), converted: sum(({ converted }) => converted), refunded: sum(({ refunded }) => refunded) };
      const { granted, reserved, converted, refunded } = drop;
      const stands = { granted, reserved, converted, refunded };
      const moved = JSON.stringify(again.get(drop.terms.id)) !== JSON.stringify(drop);
      return moved || JSON.stringify(stands) === JSON.stringify(reported) ? [] : [{ path: `drops/${drop.terms.id}`, stands, replayed: reported }];
    });
    return [...stock, ...(await lotFaults(event, histories.values()))];
  },
});

const lotFaults = async (event: string, histories: Iterable<DropHistory>): Promise<Difference[]> => {
  const found: Difference[] = [];
  for (const history of histories) {
    const proof = dropReport(event, history).lot?.proof;
    if (!proof) continue;
    for (const fault of await checkLot(proof, sha256)) found.push({ path: `lots/${history.terms.id}/${fault}`, stands: 'another', replayed: 'what the draw gives' });
  }
  return found;
};

/** Conversions, refunds and closed statements by double entry. */
const moneyChecker = (ledger: Reader): Checker => ({
  name: 'settlement',
  async check(event) {
    const books = await new Projector(ledger, () => new Books()).rebuilt(event);
    return [...books.faults, ...books.unbalanced()].map(({ seq, what }) => ({ path: `entry/${seq}`, stands: what, replayed: 'books that balance' }));
  },
});

export const reportCheckers = (ledger: Reader): Checker[] => [reportChecker(ledger), moneyChecker(ledger)];
