/** Compares everything that speaks of the same grants, part by part. Each part is a checker; those of other layers are handed in. */
import type { Entry } from '../entry.js';
import type { Difference, Ledger } from '../ledger.js';
import type { CareStatus, LedgerCare, RepairReport } from './care.js';
import { byEvent, type LostReceipt, type Told } from './told.js';

/** A difference, with the entry that it is about where there is one. */
export interface Finding {
  readonly section: string;
  readonly event: string;
  readonly path: string;
  /** what was found */
  readonly stands: unknown;
  /** what the entries say, or must hold */
  readonly expected: unknown;
  readonly entry?: Entry;
}

/** One part of a reconciliation: what it compares with the entries. */
export interface Checker {
  readonly name: string;
  check(event: string): Promise<readonly (Difference & { readonly entry?: Entry })[]>;
}

export interface Reconciled {
  readonly event: string;
  readonly findings: readonly Finding[];
}

/** The number of the entry that a path, or what stands there, speaks of. */
const seqOf = ({ path, stands, replayed }: Difference): number | undefined => {
  const own = /^entry\/(\d+)/.exec(path)?.[1];
  if (own !== undefined) return Number(own);
  for (const value of [replayed, stands]) {
    if (typeof value === 'number' && /^(unlocks|reservations)\//.test(path)) return value;
    const { tail, seq } = (value ?? {}) as { tail?: unknown; seq?: unknown };
    if (typeof tail === 'number' && tail > 0) return tail;
    if (typeof seq === 'number') return seq;
  }
  return undefined;
};

const entryAt = async (ledger: Pick<Ledger, 'entries'>, event: string, seq: number | undefined): Promise<Entry | undefined> => {
  if (seq === undefined) return undefined;
  const [entry] = await ledger.entries(event, seq, 1);
  return entry?.seq === seq ? entry : undefined;
};

/** Ledger against itself: what stands (stock, holdings, keys, unlocks) against what the entries give, and the invariants of these. */
const ledgerChecker = (ledger: Pick<Ledger, 'reconcile'>): Checker => ({ name: 'ledger', check: (event) => ledger.reconcile(event) });

/** Ledger against the receipts that were delivered. */
const receiptChecker = (missing: ReadonlyMap<string, readonly LostReceipt[]>): Checker => ({
  name: 'receipts',
  check: (event) => Promise.resolve((missing.get(event) ?? []).map(({ told, stands }) => ({
    path: `receipt/${told.seq}`, stands: stands ?? 'nothing', replayed: told.receipt ?? told.entry, ...(stands !== undefined && { entry: stands }),
  }))),
});

const reconcileEvent = async (ledger: Pick<Ledger, 'entries'>, checkers: readonly Checker[], event: string): Promise<Reconciled> => {
  const findings: Finding[] = [];
  for (const { name, check } of checkers) {
    for (const difference of await check(event)) {
      const { path, stands, replayed } = difference;
      const entry = difference.entry ?? (await entryAt(ledger, event, seqOf(difference)));
      findings.push({ section: name, event, path, stands, expected: replayed, ...(entry !== undefined && { entry }) });
    }
  }
  return { event, findings };
};

/** Of an event that is gone there is nothing else to compare. */
const gone = (event: string, missing: readonly LostReceipt[]): Reconciled => ({
  event, findings: missing.map(({ told }) => ({ section: 'receipts', event, path: `receipt/${told.seq}`, stands: 'no such event', expected: told.receipt ?? told.entry })),
});

export interface ReconcileOptions {
  /** all events where it is left out */
  readonly event?: string | undefined;
  readonly repair?: boolean | undefined;
  readonly accept?: boolean | undefined;
  /** receipts beside those that origins remember */
  readonly told?: readonly Told[];
  /** parts of other layers: reports, deliveries, settlement */
  readonly checkers?: readonly Checker[];
  progress?(line: string): void;
}

export interface ReconcileReport {
  readonly status: CareStatus;
  readonly repair?: RepairReport;
  readonly events: readonly Reconciled[];
  /** nothing differs, and claims are taken */
  readonly clean: boolean;
}

/** Compares every part of every event, after a repair where one is asked for. @throws LedgerError `event_unknown` of one that was named */
export async function reconcileAll({ ledger, care }: { readonly ledger: Pick<Ledger, 'entries' | 'reconcile'>; readonly care: LedgerCare }, options: ReconcileOptions = {}): Promise<ReconcileReport> {
  const { event, told = [], repair, accept = false, checkers = [], progress = () => undefined } = options;
  const repaired = repair === true ? await care.repair({ told, accept }) : undefined;
  const missing = byEvent(await care.missing(told), (each) => each.told.event);
  const all = [ledgerChecker(ledger), receiptChecker(missing), ...checkers];
  const names = event === undefined ? await care.events() : [event];
  const lost = event === undefined ? [...missing].filter(([name]) => !names.includes(name)) : [];
  const events: Reconciled[] = lost.map(([name, list]) => gone(name, list));
  for (const [at, name] of names.entries()) {
    progress(`${at + 1} of ${names.length}: ${name}`);
    events.push(await reconcileEvent(ledger, all, name));
  }
  const status = await care.status();
  const clean = status.state === 'open' && events.every(({ findings }) => findings.length === 0);
  return { status, ...(repaired !== undefined && { repair: repaired }), events, clean };
}
