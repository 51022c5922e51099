import type { DropState, Entry, EventState, Holding, HoldingState, LotState, VariantState } from './entry.js';

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
  subjects: bare(),
  reservations: bare(),
});

/** What an entry requires of the entries before it, did not hold. */
const impossible = (entry: Entry): never => {
  throw new Error(`entry ${entry.event}:${entry.seq} ${entry.type} does not follow from those before it`);
};

const dropOf = (state: EventState, entry: Entry): DropState => state.drops[entry.drop ?? ''] ?? impossible(entry);

const own = <T>(record: Record<string, T>, name: string): T | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);

/** What an entry about one viewer's entitlement speaks of. */
interface About {
  state: EventState;
  entry: Entry;
  drop: DropState;
  stock: VariantState;
  /** how much one unit counts on the shelf: nothing in a test drop */
  unit: 0 | 1;
  name: string;
  holding: Holding | undefined;
}

const about = (state: EventState, entry: Entry): About => {
  const drop = dropOf(state, entry);
  const stock = own(drop.variants, entry.variant ?? '') ?? impossible(entry);
  const name = `${entry.viewer}/${entry.drop}`;
  return { state, entry, drop, stock, unit: drop.terms.test ? 0 : 1, name, holding: state.holdings[name] };
};

const begin = ({ state, entry: { seq, drop, subject, viewer = 0 }, name }: About, now: HoldingState): void => {
  state.holdings[name] = { state: now, seq, tail: seq, shown: seq };
  if (subject !== undefined) state.subjects[`${drop}/${subject}`] = viewer;
};

/** @param shows whether the receipt is made of this entry from now on */
const goOn = ({ state, entry, name, holding }: About, now: HoldingState, shows: boolean): void => {
  const { seq, shown } = holding ?? impossible(entry);
  state.holdings[name] = { state: now, seq, tail: entry.seq, shown: shows ? entry.seq : shown };
};

const follow = (at: About, now: HoldingState): void => (at.entry.of === undefined ? begin(at, now) : goOn(at, now, true));

const forgetPerson = ({ state, entry: { drop, subject } }: About): void => {
  if (subject !== undefined) delete state.subjects[`${drop}/${subject}`];
};

const endReservation = ({ state, stock, unit, holding, entry }: About): void => {
  stock.reserved -= unit;
  delete state.reservations[(holding ?? impossible(entry)).shown];
};

/** An entry of a lot that gives a ticket what is theirs. */
const isAllotment = ({ entry: { of, type }, holding }: About): boolean => of !== undefined && (type === 'Refused' || holding?.state === 'entered');

const countTicket = (at: About): void => {
  if (isAllotment(at)) (at.drop.lot ?? impossible(at.entry)).allotted += 1;
};

const grant = (at: About): void => {
  const { drop, stock, unit, entry, holding } = at;
  stock.granted += 1;
  drop.serial = Math.max(drop.serial, entry.serial ?? 0);
  countTicket(at);
  if (entry.of !== undefined && holding?.state === 'reserved') endReservation(at);
  else stock.taken += unit;
  follow(at, 'granted');
};

const reserve = (at: About): void => {
  const { state, stock, unit, entry } = at;
  stock.taken += unit;
  stock.reserved += unit;
  state.reservations[entry.seq] = entry.until ?? impossible(entry);
  countTicket(at);
  follow(at, 'reserved');
};

const refuse = (at: About): void => {
  countTicket(at);
  if (at.entry.reason === 'claim_revoked') return; // the ticket of a viewer whose entry was revoked already
  if (at.entry.of !== undefined) forgetPerson(at);
  follow(at, 'refused');
};

const giveBack = ({ drop, stock, unit }: About): void => {
  if (drop.terms.restock === 'return') stock.taken -= unit;
};

const revoke = (at: About): void => {
  const { drop, stock, unit, holding } = at;
  if (holding?.state === 'entered') {
    if (drop.lot?.state === 'collecting') drop.lot.entered -= 1;
  } else if (holding?.state === 'reserved') {
    stock.taken -= unit;
    endReservation(at);
  } else {
    stock.revoked += 1;
    giveBack(at);
  }
  goOn(at, 'revoked', false);
};

const expire = (at: About): void => {
  at.stock.taken -= at.unit;
  endReservation(at);
  forgetPerson(at);
  goOn(at, 'expired', false);
};

const define = (state: EventState, entry: Entry): void => {
  const terms = entry.terms ?? impossible(entry);
  const variants: Record<string, VariantState> = {};
  for (const [id, supply] of Object.entries(terms.variants)) variants[id] = { supply, taken: 0, reserved: 0, granted: 0, revoked: 0, converted: 0, refunded: 0 };
  const drop: DropState = { terms, open: true, serial: 0, variants };
  if (terms.allocation === 'fair-window' || terms.allocation === 'lottery') drop.lot = { state: 'collecting', entered: 0, allotted: 0 };
  state.drops[terms.id] = drop;
};

const unlock = (state: EventState, { gate = '', viewer, seq }: Entry): void => {
  state.unlocks[`${gate}/${viewer}`] = seq;
  state.gates[gate] = (state.gates[gate] ?? 0) + 1;
};

const restock = (state: EventState, entry: Entry): void => {
  const stock = own(dropOf(state, entry).variants, entry.variant ?? '') ?? impossible(entry);
  stock.supply = (stock.supply ?? impossible(entry)) + (entry.count ?? impossible(entry));
};

const stepLot = (state: EventState, entry: Entry, to: LotState['state']): void => {
  (dropOf(state, entry).lot ?? impossible(entry)).state = to;
};

/** An entry about one viewer's entitlement. */
const applyToHolding = (at: About): void => {
  switch (at.entry.type) {
    case 'Entered':
      (at.drop.lot ?? impossible(at.entry)).entered += 1;
      return begin(at, 'entered');
    case 'Reserved':
      return reserve(at);
    case 'Granted':
      return grant(at);
    case 'Refused':
      return refuse(at);
    case 'Expired':
      return expire(at);
    case 'Fulfilled':
      return goOn(at, 'fulfilled', false);
    case 'Converted':
      at.stock.converted += 1;
      return goOn(at, 'converted', false);
    case 'Refunded':
      at.stock.refunded += 1;
      giveBack(at);
      return goOn(at, 'refunded', false);
    case 'Revoked':
      return revoke(at);
  }
};

/** Nobody has the unit, and nobody ever gets its serial, or its code. */
const lose = (state: EventState, entry: Entry): void => {
  if (entry.serial === undefined) return;
  const drop = dropOf(state, entry);
  const stock = own(drop.variants, entry.variant ?? '') ?? impossible(entry);
  drop.serial = Math.max(drop.serial, entry.serial);
  stock.granted += 1;
  stock.revoked += 1;
};

/** Applies one entry. Written apart from the code that makes entries, so that a replay checks it. */
export function applyEntry(state: EventState, entry: Entry): void {
  state.seq = entry.seq;
  state.at = entry.at;
  const { drop = '', viewer = 0, seq, key } = entry;
  if (key !== undefined) state.keys[key] = { drop, viewer, seq };
  switch (entry.type) {
    case 'EventCreated':
    case 'HostAction':
    case 'Settled':
      return;
    case 'Lost':
      return lose(state, entry);
    case 'DropDefined':
      return define(state, entry);
    case 'DropOpened':
      dropOf(state, entry).open = true;
      return;
    case 'DropClosed':
      dropOf(state, entry).open = false;
      return;
    case 'DropRestocked':
      return restock(state, entry);
    case 'Unlocked':
      return unlock(state, entry);
    case 'LotFrozen':
      return stepLot(state, entry, 'frozen');
    case 'LotListed':
      return stepLot(state, entry, 'listed');
    case 'LotDrawn':
      return stepLot(state, entry, 'drawn');
    case 'LotSettled':
      return stepLot(state, entry, 'settled');
    default:
      return applyToHolding(about(state, entry));
  }
}
