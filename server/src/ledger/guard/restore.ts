/** Carries out a plan of `restore-plan.ts`, some hundred entries at a time; broken off, it is planned anew from what stands then. */
import type { ClaimKeyState, DropState, Entry, EventState, Holding } from '../entry.js';
import { LedgerError } from '../errors.js';
import { applyEntry } from '../fold.js';
import { Invariants } from '../invariants.js';
import type { Ledger } from '../ledger.js';
import { planRestore, type RestorePlan, type Unrestored } from './restore-plan.js';
import type { LostReceipt } from './told.js';

/** A ticket of a lot: the number of its entry, and whether it is in the lot. */
export interface TicketChange {
  readonly drop: string;
  readonly seq: number;
  readonly variant: string;
  readonly there: boolean;
}

/** What entries change beside themselves, as it stands after them; undefined: it is gone. */
export interface RestoredState {
  readonly drops: Readonly<Record<string, DropState>>;
  readonly unlocks: Readonly<Record<string, number>>;
  readonly gates: Readonly<Record<string, number>>;
  readonly holdings: Readonly<Record<string, Holding>>;
  readonly keys: Readonly<Record<string, ClaimKeyState>>;
  readonly subjects: Readonly<Record<string, number>>;
  readonly reservations: Readonly<Record<string, number>>;
  /** reservations that stood before and are over, with their `until` */
  readonly overReservations: Readonly<Record<string, number>>;
  /** tickets of lots that are there, or gone, after these entries */
  readonly tickets: readonly TicketChange[];
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
const touchedBy = (state: EventState, entries: readonly Entry[], reserved: Readonly<Record<string, number>>): Omit<RestoredState, 'tickets'> => ({
  drops: pick(state.drops, distinct(entries.map(({ drop }) => drop))),
  unlocks: pick(state.unlocks, distinct(entries.map(({ gate, viewer }) => gate && `${gate}/${viewer}`))),
  gates: pick(state.gates, distinct(entries.map(({ gate }) => gate))),
  holdings: pick(state.holdings, distinct(entries.map(({ viewer, drop }) => (viewer === undefined || drop === undefined ? undefined : `${viewer}/${drop}`)))),
  keys: pick(state.keys, distinct(entries.map(({ key }) => key))),
  subjects: pick(state.subjects, distinct(entries.map(({ drop, subject }) => (subject === undefined ? undefined : `${drop}/${subject}`)))),
  reservations: pick(state.reservations, distinct(entries.map(({ type, seq }) => (type === 'Reserved' ? String(seq) : undefined)))),
  overReservations: pick(reserved, Object.keys(reserved).filter((seq) => !(seq in state.reservations))),
});

/** What an entry does to the tickets, before it is applied: who is revoked while a lot collects leaves it. */
const ticketOf = (state: EventState, { type, drop = '', viewer, seq, of, variant = '' }: Entry): TicketChange | undefined => {
  if (type === 'Entered') return { drop, seq, variant, there: true };
  if (type !== 'Revoked' || of === undefined || state.drops[drop]?.lot?.state !== 'collecting' || state.holdings[`${viewer}/${drop}`]?.state !== 'entered') return undefined;
  return { drop, seq: of, variant, there: false };
};

/** Of entries that do not follow from what stands: the first one's number. As after an expiry that nobody was told of. */
const firstMisfit = (state: EventState, entries: readonly Entry[]): number | undefined => {
  const trial = structuredClone(state);
  const invariants = new Invariants(trial);
  for (const entry of entries) {
    invariants.before(entry);
    try {
      applyEntry(trial, entry);
    } catch {
      return entry.seq;
    }
    invariants.after(entry);
    if (invariants.violations.length > 0) return entry.seq;
  }
  return undefined;
};

/** A plan all of whose entries follow; receipts that cannot are left out, and their numbers kept. */
const fittingPlan = (state: EventState, missing: readonly LostReceipt[]): RestorePlan => {
  const plan = fit(state, missing, false);
  if (plan.unrestored.length === 0) return plan;
  const shared = fit(state, missing, true);
  return shared.unrestored.length < plan.unrestored.length ? shared : plan;
};

const fit = (state: EventState, missing: readonly LostReceipt[], shared: boolean): RestorePlan => {
  const left: Unrestored[] = [];
  for (let rest = missing; ; ) {
    const plan = planRestore(state, rest, left.map(({ told }) => told), shared);
    const misfit = firstMisfit(state, plan.entries);
    const found = rest.find(({ told }) => told.seq === misfit);
    if (misfit === undefined || found === undefined) return { entries: plan.entries, unrestored: [...left, ...plan.unrestored] };
    left.push({ told: found.told, why: 'contradicted' });
    rest = rest.filter((each) => each !== found);
  }
};

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
  const { entries, unrestored } = fittingPlan(state, missing);
  for (let from = 0; from < entries.length; from += CHUNK) {
    const chunk = entries.slice(from, from + CHUNK);
    const after = state.seq;
    const reserved = { ...state.reservations };
    const tickets = new Map<string, TicketChange>();
    for (const entry of chunk) {
      const change = ticketOf(state, entry);
      if (change !== undefined) tickets.set(`${change.seq}`, change);
      applyEntry(state, entry);
    }
    if (!(await writer.append(event, after, chunk, { ...touchedBy(state, chunk, reserved), tickets: [...tickets.values()] }))) throw LedgerError.frozen('entries came in during the repair');
  }
  const filled = entries.filter(({ type }) => type === 'Lost').length;
  return { event, restored: missing.length - unrestored.length, filled, unrestored };
}
