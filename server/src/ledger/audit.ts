import { isDeepStrictEqual } from 'node:util';
import type { Entry, EventState } from './entry.js';
import { gatesOf } from './gate.js';
import { applyEntry, emptyState } from './fold.js';
import type { Difference } from './ledger.js';

const SECTIONS = ['drops', 'unlocks', 'gates', 'holdings', 'keys'] as const;

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
  /** Invariants of the entries alone; `stands` is what was found, `replayed` what must be. */
  private readonly violations: Difference[] = [];
  private readonly serials = new Set<string>();

  constructor(event: string) {
    this.state = emptyState(event);
  }

  /** Takes the next entry, oldest first. */
  add(entry: Entry): void {
    const path = `entry/${entry.seq}`;
    const next = this.state.seq + 1;
    if (entry.seq !== next) this.violations.push({ path, stands: entry.seq, replayed: next });
    if (entry.type === 'Granted') this.checkGrant(path, entry);
    else if (entry.type === 'Lost' && entry.serial !== undefined) this.checkSerial(path, entry);
    applyEntry(this.state, entry);
  }

  /** Every difference to what stands, and every invariant that does not hold. */
  compare(stands: EventState): Difference[] {
    return [...differences(stands, this.state), ...this.violations, ...this.oversold()];
  }

  private checkSerial(path: string, { drop, serial: number }: Entry): void {
    const serial = `${drop}/${number}`;
    if (this.serials.has(serial)) this.violations.push({ path, stands: `serial ${serial} again`, replayed: 'unique' });
    this.serials.add(serial);
  }

  private checkGrant(path: string, entry: Entry): void {
    const { drop = '', viewer } = entry;
    this.checkSerial(path, entry);
    const { unlocks, drops } = this.state;
    const terms = drops[drop]?.terms;
    if (!terms || !gatesOf(terms).some((gate) => `${gate}/${viewer}` in unlocks)) {
      this.violations.push({ path, stands: 'granted without an unlock', replayed: 'unlocked before' });
    }
  }

  private oversold(): Difference[] {
    const found: Difference[] = [];
    for (const [id, drop] of Object.entries(this.state.drops)) {
      for (const [variant, { supply, taken }] of Object.entries(drop.variants)) {
        if (supply !== null && taken > supply) found.push({ path: `drops/${id}/${variant}`, stands: taken, replayed: supply });
      }
    }
    return found;
  }
}
