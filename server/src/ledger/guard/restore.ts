/** Carries out a plan of `restore-plan.ts`, some hundred entries at a time; broken off, it is planned anew from what stands then. */
import type { ClaimKeyState, DropState, Entry, EventState, Holding } from '../entry.js';
import { LedgerError } from '../errors.js';
import { applyEntry } from '../fold.js';
import type { Ledger } from '../ledger.js';
import { planRestore, type Unrestored } from './restore-plan.js';
import type { LostReceipt } from './told.js';

/** What entries change beside themselves, as it stands after them; undefined: it is gone. */
export interface RestoredState {
  readonly drops: Readonly<Record<string, DropState>>;
  readonly unlocks: Readonly<Record<string, number>>;
  readonly gates: Readonly<Record<string, number>>;
  readonly holdings: Readonly<Record<string, Holding>>;
  readonly keys: Readonly<Record<string, ClaimKeyState>>;
}

/** Writes entries that were lost, and what they change, in one step. */
export interface RestoreWriter {
  /** @param after the number of the entry that must be the last one now. Answers false, and nothing is written, where it is not. */
  append(event: string, after: number, entries: readonly Entry[], state: RestoredState): Promise<boolean>;
}

export interface Restored {
  readonly event: string;
  /** receipts that stand again */
  readonly restored: number;
  /** numbers that were filled up with `Lost` */
  readonly filled: number;
  readonly unrestored: readonly Unrestored[];
}

/** Entries a step: some ms of the store. */
const CHUNK = 400;

const pick = <T>(record: Readonly<Record<string, T>>, names: Iterable<string>): Record<string, T> => {
  const picked: Record<string, T> = Object.create(null) as Record<string, T>;
  for (const name of names) if (name in record) picked[name] = record[name]!;
  return picked;
};

const distinct = (names: readonly (string | undefined)[]): Set<string> => new Set(names.filter((name) => name !== undefined));

/** Of what stands after these entries, what they speak of. */
const touchedBy = (state: EventState, entries: readonly Entry[]): RestoredState => ({
  drops: pick(state.drops, distinct(entries.map(({ drop }) => drop))),
  unlocks: pick(state.unlocks, distinct(entries.map(({ gate, viewer }) => gate && `${gate}/${viewer}`))),
  gates: pick(state.gates, distinct(entries.map(({ gate }) => gate))),
  holdings: pick(state.holdings, distinct(entries.map(({ viewer, drop }) => (viewer === undefined || drop === undefined ? undefined : `${viewer}/${drop}`)))),
  keys: pick(state.keys, distinct(entries.map(({ key }) => key))),
});

const stateOf = async (ledger: Pick<Ledger, 'state'>, event: string): Promise<EventState | undefined> => {
  try {
    return await ledger.state(event);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'event_unknown') return undefined;
    throw error;
  }
};

/** Lets the lost receipts of one event stand again, where they can. The ledger must be frozen: what comes in between stops it. */
export async function restoreEvent(ledger: Pick<Ledger, 'state'>, writer: RestoreWriter, event: string, missing: readonly LostReceipt[]): Promise<Restored> {
  const state = await stateOf(ledger, event);
  if (state === undefined) return { event, restored: 0, filled: 0, unrestored: missing.map(({ told }) => ({ told, why: 'event_gone' })) };
  const { entries, unrestored } = planRestore(state, missing);
  for (let from = 0; from < entries.length; from += CHUNK) {
    const chunk = entries.slice(from, from + CHUNK);
    const after = state.seq;
    for (const entry of chunk) applyEntry(state, entry);
    if (!(await writer.append(event, after, chunk, touchedBy(state, chunk)))) throw LedgerError.frozen('entries came in during the repair');
  }
  const filled = entries.filter(({ type }) => type === 'Lost').length;
  return { event, restored: missing.length - unrestored.length, filled, unrestored };
}
