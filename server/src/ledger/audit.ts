import { isDeepStrictEqual } from 'node:util';
import type { Entry, EventState } from './entry.js';
import { applyEntry, emptyState } from './fold.js';
import { Invariants } from './invariants.js';
import type { Difference } from './ledger.js';

const SECTIONS = ['drops', 'unlocks', 'gates', 'holdings', 'keys', 'subjects', 'reservations'] as const;

/** The tickets of all lots as a store keeps them: `<drop>/<ticket>` to whether it was allotted. */
export type TicketIndex = Iterable<readonly [name: string, allotted: boolean]>;

const differences = (stands: EventState, replayed: EventState): Difference[] => {
  const found: Difference[] = [];
  const compare = (path: string, a: unknown, b: unknown): void => {
    if (!isDeepStrictEqual(a, b)) found.push({ path, stands: a, replayed: b });
  };
  compare('seq', stands.seq, replayed.seq);
  compare('at', stands.at, replayed.at);
  for (const section of SECTIONS) {
    const [a, b] = [stands[section], replayed[section]];
    for (const id of new Set([...Object.keys(a), ...Object.keys(b)])) compare(`${section}/${id}`, a[id], b[id]);
  }
  return found;
};

/** Folds an event's entries, whichever store they come from, and checks each against those before it. */
export class Audit {
  readonly state: EventState;
  private readonly invariants: Invariants;

  constructor(event: string) {
    this.state = emptyState(event);
    this.invariants = new Invariants(this.state);
  }

  /** Takes the next entry, oldest first. One that cannot follow is a difference, and the audit goes on after it. */
  add(entry: Entry): void {
    this.invariants.before(entry);
    try {
      applyEntry(this.state, entry);
    } catch (error) {
      const stands = error instanceof Error ? error.message : String(error);
      this.invariants.violations.push({ path: `entry/${entry.seq}`, stands, replayed: 'an entry that follows' });
    }
    this.invariants.after(entry);
  }

  /** Every difference to what stands, and every invariant that does not hold. */
  compare(stands: EventState, tickets?: TicketIndex): Difference[] {
    const found = [...differences(stands, this.state), ...this.invariants.violations];
    if (tickets === undefined) return found;
    const index = new Map(tickets);
    for (const name of new Set([...index.keys(), ...this.invariants.tickets.keys()])) {
      const [a, b] = [index.get(name), this.invariants.tickets.get(name)];
      if (a !== b) found.push({ path: `tickets/${name}`, stands: a, replayed: b });
    }
    return found;
  }
}
