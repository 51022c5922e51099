import type { DropState, Entry, EventState } from './entry.js';

/** A record without a prototype: `__proto__` is a valid idempotency key and must be an entry like any other. */
export const bare = <T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> => {
  const record = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) record[key] = value;
  return record;
};

export const emptyState = (event: string): EventState => ({
  event,
  seq: 0,
  at: 0,
  drops: bare(),
  unlocks: bare(),
  gates: bare(),
  holdings: bare(),
  keys: bare(),
});

/** What an entry requires of the entries before it, did not hold. */
const impossible = (entry: Entry): never => {
  throw new Error(`entry ${entry.event}:${entry.seq} ${entry.type} does not follow from those before it`);
};

const dropOf = (state: EventState, entry: Entry): DropState => state.drops[entry.drop ?? ''] ?? impossible(entry);

const grant = (state: EventState, entry: Entry): void => {
  const { drop = '', viewer = 0, key = '', variant = '', seq } = entry;
  const of = dropOf(state, entry);
  const stock = of.variants[variant] ?? impossible(entry);
  stock.granted += 1;
  if (!of.terms.test) stock.taken += 1;
  of.serial = Math.max(of.serial, entry.serial ?? 0);
  state.holdings[`${viewer}/${drop}`] = { state: 'granted', seq, tail: seq };
  state.keys[key] = { drop, viewer, seq };
};

const revoke = (state: EventState, entry: Entry): void => {
  const { drop = '', viewer = 0, variant = '', seq } = entry;
  const of = dropOf(state, entry);
  const stock = of.variants[variant] ?? impossible(entry);
  const holding = state.holdings[`${viewer}/${drop}`] ?? impossible(entry);
  stock.revoked += 1;
  if (!of.terms.test && of.terms.restock === 'return') stock.taken -= 1;
  state.holdings[`${viewer}/${drop}`] = { ...holding, state: 'revoked', tail: seq };
};

/** Nobody has the unit, and nobody ever gets its serial. */
const lose = (state: EventState, entry: Entry): void => {
  if (entry.serial === undefined) return;
  const of = dropOf(state, entry);
  const stock = of.variants[entry.variant ?? ''] ?? impossible(entry);
  of.serial = Math.max(of.serial, entry.serial);
  stock.granted += 1;
  stock.revoked += 1;
};

/** Applies one entry. Written apart from the code that makes entries, so that a replay checks it. */
export function applyEntry(state: EventState, entry: Entry): void {
  state.seq = entry.seq;
  state.at = entry.at;
  switch (entry.type) {
    case 'EventCreated':
    case 'HostAction':
      return;
    case 'Lost':
      return lose(state, entry);
    case 'DropDefined': {
      const terms = entry.terms ?? impossible(entry);
      const variants = Object.entries(terms.variants).map(([id, supply]) => [id, { supply, taken: 0, granted: 0, revoked: 0 }] as const);
      state.drops[terms.id] = { terms, open: true, serial: 0, variants: Object.fromEntries(variants) };
      return;
    }
    case 'DropOpened':
      dropOf(state, entry).open = true;
      return;
    case 'DropClosed':
      dropOf(state, entry).open = false;
      return;
    case 'Unlocked': {
      const { gate = '' } = entry;
      state.unlocks[`${gate}/${entry.viewer}`] = entry.seq;
      state.gates[gate] = (state.gates[gate] ?? 0) + 1;
      return;
    }
    case 'Granted':
      return grant(state, entry);
    case 'Revoked':
      return revoke(state, entry);
    case 'Refused': {
      const { drop = '', viewer = 0, key = '', seq } = entry;
      state.holdings[`${viewer}/${drop}`] = { state: 'refused', seq, tail: 0 };
      state.keys[key] = { drop, viewer, seq };
    }
  }
}
