/**
 * How to let receipts stand again that a store lost. What a failover or a backup loses of an event is the end of its entries: `1..k` stand,
 * some of `k+1..n` were told to somebody, the others nobody knows. All of these numbers are appended again, so nothing that was told is
 * contradicted and no number is used for something else: where a receipt is known its very entry, with its number, key, serial and time;
 * elsewhere a `Lost` entry, or one that the known ones need: the unlock before a grant, a serial that somebody may have seen.
 * No entry that stands is touched.
 */
import type { DropState, Entry, EventState } from '../entry.js';
import { gatesOf } from '../gate.js';
import type { Receipt } from '../ledger.js';
import type { LostReceipt, Told } from './told.js';

/** A receipt that cannot stand again, and why. */
export interface Unrestored {
  readonly told: Told;
  readonly why: 'contradicted' | 'event_gone' | 'drop_gone' | 'no_unit' | 'not_by_entries';
}

export interface RestorePlan {
  /** without a gap, from the one after the last that stands */
  readonly entries: readonly Entry[];
  readonly unrestored: readonly Unrestored[];
}

/** Something that has to be written at one of the numbers that nobody knows, `release` to `deadline`. */
interface Need {
  readonly release: number;
  readonly deadline: number;
  readonly entry: Omit<Entry, 'seq' | 'event' | 'at'>;
}

const TRACE = 'restore';
const lost = (more: Partial<Entry> = {}): Need['entry'] => ({ type: 'Lost', trace: TRACE, reason: 'store_lost', ...more });

/** Units that are left of `<drop>/<variant>` after the grants that were placed so far; of others, what stands. */
type Left = Map<string, number>;

/** A refusal that was remembered without its variant: of one whose units are gone by then, where there is one. */
const refusedVariant = (drop: DropState | undefined, left: Left): string => {
  const variants = Object.entries(drop?.variants ?? {});
  const gone = variants.find(([id, { supply, taken }]) => supply !== null && (left.get(`${drop!.terms.id}/${id}`) ?? supply - taken) <= 0);
  return (gone ?? variants[0])?.[0] ?? '';
};

const entryOfReceipt = ({ event, seq, variant: asked, subject }: Told, receipt: Receipt, state: EventState, left: Left): Entry => {
  const { drop, viewer, key, at, trace } = receipt;
  const of = 'id' in receipt && receipt.id !== `${event}:${seq}` ? Number(receipt.id.slice(event.length + 1)) : undefined;
  const entry: Entry = { seq, event, at, trace, type: 'Refused', drop, viewer, key, ...(subject !== undefined && { subject }), ...(of !== undefined && { of }) };
  if (receipt.status === 'refused') {
    return { ...entry, variant: asked ?? refusedVariant(state.drops[drop], left), reason: receipt.code };
  }
  const begun: Entry = { ...entry, variant: receipt.variant, ...(receipt.test && { test: true }) };
  if (receipt.status === 'entered') return { ...begun, type: 'Entered' };
  if (receipt.status === 'reserved') return { ...begun, type: 'Reserved', until: receipt.until };
  const { serial, expiresAt, unit } = receipt;
  return { ...begun, type: 'Granted', serial, ...(expiresAt !== undefined && { expiresAt }), ...(unit !== undefined && { unit }) };
};

/** The entry that was told of, as it was. */
const entryOf = (told: Told, state: EventState, left: Left = new Map()): Entry | undefined => told.entry ?? (told.receipt && entryOfReceipt(told, told.receipt, state, left));

/** Which of the lost can be placed, ascending. A drop's stock is counted along, so that none is promised twice. */
const placeable = (state: EventState, missing: readonly LostReceipt[], unrestored: Unrestored[]): Map<number, Entry> => {
  const placed = new Map<number, Entry>();
  const left: Left = new Map();
  const leave = (told: Told, why: Unrestored['why']): void => void unrestored.push({ told, why });
  for (const { told, stands } of [...missing].sort((a, b) => a.told.seq - b.told.seq)) {
    const entry = entryOf(told, state, left);
    if (entry === undefined) leave(told, 'not_by_entries');
    else if (stands !== undefined || told.seq <= state.seq || placed.has(told.seq)) {
      if (placed.get(told.seq)?.key !== entry.key) leave(told, 'contradicted');
    } else {
      const why = refusal(state.drops[entry.drop ?? ''], entry, left);
      if (why === undefined) placed.set(told.seq, entry);
      else leave(told, why);
    }
  }
  return placed;
};

const refusal = (drop: DropState | undefined, entry: Entry, left: Left): Unrestored['why'] | undefined => {
  const stock = drop?.variants[entry.variant ?? ''];
  if (drop === undefined || stock === undefined) return 'drop_gone';
  if ((entry.type !== 'Granted' && entry.type !== 'Reserved') || entry.of !== undefined || drop.terms.test || stock.supply === null) return undefined;
  const name = `${drop.terms.id}/${entry.variant}`;
  const units = left.get(name) ?? stock.supply - stock.taken;
  if (units <= 0) return 'no_unit';
  left.set(name, units - 1);
  return undefined;
};

/** Each grant that is placed needs an unlock before it: of its drop, or, where `shared`, of an achievement for several drops of one viewer. */
const unlocksFor = (state: EventState, placed: ReadonlyMap<number, Entry>, shared: boolean): Need[] => {
  const needs: Need[] = [];
  const opened = new Set<string>();
  const drops = new Map<string, Set<string>>(); // by achievement and viewer
  for (const { drop = '', viewer = 0 } of placed.values()) {
    const [gate] = gatesOf(state.drops[drop]!.terms);
    drops.set(`${gate}/${viewer}`, (drops.get(`${gate}/${viewer}`) ?? new Set()).add(drop));
  }
  for (const { seq, drop = '', viewer = 0 } of placed.values()) {
    const gates = gatesOf(state.drops[drop]!.terms);
    if (gates.some((gate) => opened.has(`${gate}/${viewer}`) || `${gate}/${viewer}` in state.unlocks)) continue;
    const gate = shared && drops.get(`${gates[0]}/${viewer}`)!.size > 1 ? gates[0] : gates[1];
    opened.add(`${gate}/${viewer}`);
    needs.push({ release: state.seq + 1, deadline: seq - 1, entry: { type: 'Unlocked', trace: TRACE, gate, viewer, reason: 'store_lost' } });
  }
  return needs;
};

/** Serials below those that are known were given to somebody: they are not given again. A grant gives its own; what came after a grant names one that was given before. */
const serialsFor = (state: EventState, placed: ReadonlyMap<number, Entry>, numbers: ReadonlyMap<number, Entry>): Need[] => {
  const needs: Need[] = [];
  const last = new Map<string, { serial: number; seq: number }>();
  for (const [seq, { type, drop = '', variant, serial }] of numbers) {
    const known = state.drops[drop];
    if (serial === undefined || known === undefined) continue;
    const before = last.get(drop) ?? { serial: known.serial, seq: state.seq };
    for (let missing = before.serial + 1; missing < serial || (missing === serial && type !== 'Granted'); missing++) {
      const burnt = (missing === serial ? variant : undefined) ?? burntVariant(known, placed, drop, seq);
      needs.push({ release: before.seq + 1, deadline: seq - 1, entry: lost({ drop, variant: burnt, serial: missing }) });
    }
    last.set(drop, { serial: Math.max(before.serial, serial), seq });
  }
  return needs;
};

/** The variant that a serial without a receipt is counted in: rather one that nothing known follows in, so that units keep their numbers. */
const burntVariant = ({ variants }: DropState, placed: ReadonlyMap<number, Entry>, drop: string, after: number): string => {
  const names = Object.keys(variants);
  const later = new Set([...placed.values()].flatMap((entry) => (entry.drop === drop && entry.seq >= after ? [entry.variant] : [])));
  return names.find((name) => !later.has(name)) ?? names[0]!;
};

/** The need that is due first among those that may stand at this number. */
const takeNeed = (needs: Need[], seq: number): Need | undefined => {
  let first = -1;
  for (let at = 0; at < needs.length && needs[at]!.release <= seq; at++) {
    if (first < 0 || needs[at]!.deadline < needs[first]!.deadline) first = at;
  }
  return first < 0 ? undefined : needs.splice(first, 1)[0];
};

/**
 * Plans for one event. `state` is what stands; `kept` was told too, but only its numbers are kept from others. `shared`: a viewer's unlocks
 * are of achievements where one is enough for several drops, for where there are too few numbers for one of each drop.
 */
export function planRestore(state: EventState, missing: readonly LostReceipt[], kept: readonly Told[] = [], shared = false): RestorePlan {
  const unrestored: Unrestored[] = [];
  const placed = placeable(state, missing, unrestored);
  // What cannot be placed was told all the same: its number, and its serial, belong to it.
  const numbers = new Map([...placed]);
  for (const told of [...unrestored.map((each) => each.told), ...kept]) {
    const entry = entryOf(told, state);
    if (entry !== undefined && told.seq > state.seq && !numbers.has(told.seq)) numbers.set(told.seq, entry);
  }
  const inOrder = new Map([...numbers].sort(([a], [b]) => a - b));
  const needs = [...unlocksFor(state, placed, shared), ...serialsFor(state, placed, inOrder)].sort((a, b) => a.release - b.release);
  const last = [...missing.map(({ told }) => told.seq), ...kept.map(({ seq }) => seq)].reduce((a, b) => Math.max(a, b), state.seq);
  const entries: Entry[] = [];
  let { at } = state;
  for (let seq = state.seq + 1; seq <= last; seq++) {
    const known = placed.get(seq);
    at = Math.max(at, known?.at ?? at);
    if (known !== undefined) entries.push(known);
    else entries.push({ ...(fillerOf(state, numbers.get(seq)) ?? takeNeed(needs, seq)?.entry ?? lost()), seq, event: state.event, at });
  }
  return { entries, unrestored };
}

/** A grant that was told of and cannot be placed: its serial is kept from others. */
const fillerOf = (state: EventState, unplaced: Entry | undefined): Need['entry'] | undefined => {
  const { type, drop = '', serial, variant = '' } = unplaced ?? {};
  return type !== 'Granted' || serial === undefined || state.drops[drop]?.variants[variant] === undefined ? undefined : lost({ drop, variant, serial });
};
