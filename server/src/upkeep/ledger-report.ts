/** What `crowdcue ledger` does: reconcile, replay, status. Says what it finds line by line, or as one object. */
import { isDeepStrictEqual } from 'node:util';
import {
  ledgerChecker, receiptChecker, reconcileEvent, type CareStatus, type Checker, type Finding, type LostReceipt, type Reconciled, type RepairReport, type Told,
} from '../ledger/index.js';
import type { Books } from './open-books.js';

export interface ReconcileOptions {
  /** all events where it is left out */
  readonly event?: string;
  readonly repair?: boolean;
  readonly accept?: boolean;
  /** receipts beside those that origins remember */
  readonly told?: readonly Told[];
  /** parts of other layers: deliveries, conversions, settlement */
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

/** Compares every part of every event, after a repair where one is asked for. */
export async function reconcileBooks({ ledger, care }: Pick<Books, 'ledger' | 'care'>, options: ReconcileOptions = {}): Promise<ReconcileReport> {
  const { event, told = [], repair, accept = false, progress = () => undefined } = options;
  const repaired = repair === true ? await care.repair({ told, accept }) : undefined;
  const missing = (await care.missing(told)).filter((each) => event === undefined || each.told.event === event);
  const checkers = [ledgerChecker(ledger), receiptChecker(missing), ...(options.checkers ?? [])];
  const names = event === undefined ? await care.events() : [event];
  const gone = event === undefined ? [...new Set(missing.map((each) => each.told.event))].filter((name) => !names.includes(name)) : [];
  const events: Reconciled[] = gone.map((name) => ({ event: name, findings: lostFindings(missing, name) }));
  for (const [at, name] of names.entries()) {
    progress(`${at + 1} of ${names.length}: ${name}`);
    events.push(await reconcileEvent(ledger, checkers, name));
  }
  const status = await care.status();
  const clean = status.state === 'open' && events.every(({ findings }) => findings.length === 0);
  return { status, ...(repaired !== undefined && { repair: repaired }), events, clean };
}

/** Of an event that is gone there is nothing else to compare. */
const lostFindings = (missing: readonly LostReceipt[], event: string): Finding[] =>
  missing.filter(({ told }) => told.event === event).map(({ told }) => ({ section: 'receipts', event, path: `receipt/${told.seq}`, stands: 'no such event', expected: told.receipt ?? told.entry }));

const text = (value: unknown): string => {
  const said = value === undefined ? 'nothing' : JSON.stringify(value);
  return said.length > 300 ? `${said.slice(0, 300)}…` : said;
};

/** The status, a line each. */
export const statusLines = ({ state, why, since, epoch, waitingFor, lost }: CareStatus): string[] => [
  state === 'open' ? 'The ledger is open: claims are taken.' : `The ledger is FROZEN (${why}) since ${new Date(since ?? 0).toISOString()}: claims wait.`,
  ...(epoch > 0 ? [`epoch ${epoch}`] : []),
  ...(waitingFor.length > 0 ? [`waits for origins that delivered receipts lately: ${waitingFor.join(', ')}. Start them again with their data folders, or: crowdcue ledger reconcile --repair`] : []),
  ...(lost.length > 0 ? [`${lost.length} delivered receipts do not stand: crowdcue ledger reconcile --repair`] : []),
];

const findingLines = ({ section, path, stands, expected, entry }: Finding): string[] => [
  `  ${section}  ${path}  stands ${text(stands)}, must be ${text(expected)}`,
  ...(entry === undefined ? [] : [`    entry ${entry.seq}: ${text(entry)}`]),
];

/** The report of a reconciliation, a line each. */
export const reconcileLines = ({ status, repair, events }: ReconcileReport): string[] => [
  ...(repair === undefined ? [] : repairLines(repair)),
  ...events.flatMap(({ event, findings }) => [`${event}: ${findings.length === 0 ? 'clean' : `${findings.length} differences`}`, ...findings.flatMap(findingLines)]),
  ...statusLines(status),
];

const repairLines = ({ events, unrestored, unheard, thawed }: RepairReport): string[] => [
  ...events.map(({ event, restored, filled }) => `${event}: ${restored} receipts stand again, ${filled} numbers are kept from being given again`),
  ...unrestored.map(({ told, why }) => `  cannot stand again (${why}): ${text(told.receipt ?? told.entry)}`),
  ...(unheard.length > 0 ? [`not heard: ${unheard.join(', ')}`] : []),
  ...(thawed ? [] : ['Still frozen. To take claims though these receipts cannot stand again: crowdcue ledger reconcile --repair --accept']),
];

export interface ReplayReport {
  readonly event: string;
  /** entries, and the number of the last one */
  readonly entries: number;
  readonly same: boolean;
  readonly drops: Readonly<Record<string, unknown>>;
}

/** Folds an event's entries from the first one and says whether that gives what stands. */
export async function replayBooks({ ledger }: Pick<Books, 'ledger'>, event: string): Promise<ReplayReport> {
  const stands = await ledger.state(event);
  const replayed = await ledger.replay(event);
  // Entries may have come in between: what stands is read again until nothing has.
  const again = replayed.seq === stands.seq ? stands : await ledger.state(event);
  const drops = Object.fromEntries(Object.entries(replayed.drops).map(([id, { open, serial, variants }]) => [id, { open, serial, variants }]));
  return { event, entries: replayed.seq, same: again.seq === replayed.seq ? isDeepStrictEqual(again, replayed) : (await ledger.reconcile(event)).length === 0, drops };
}
