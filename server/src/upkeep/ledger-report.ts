/** What `crowdcue ledger` says of a status and a reconciliation, line by line; and its replay. */
import { isDeepStrictEqual } from 'node:util';
import type { CareStatus, Finding, ReconcileReport, RepairReport } from '../ledger/index.js';
import type { Books } from './open-books.js';

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
