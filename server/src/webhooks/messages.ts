/** What receivers are told: entries of the ledger as CloudEvents 1.0. No person stands in one; a viewer is a random number of its event. */
import type { Entry } from '../ledger/index.js';

/** Types of messages by types of entries. What is not here is nobody else's business. */
const TYPES: Readonly<Record<string, string>> = {
  Unlocked: 'app.crowdcue.drop.unlocked',
  Entered: 'app.crowdcue.drop.entered',
  Reserved: 'app.crowdcue.drop.reserved',
  Granted: 'app.crowdcue.drop.granted',
  Refused: 'app.crowdcue.drop.refused',
  Expired: 'app.crowdcue.drop.expired',
  Fulfilled: 'app.crowdcue.drop.fulfilled',
  Converted: 'app.crowdcue.drop.converted',
  Refunded: 'app.crowdcue.drop.refunded',
  Revoked: 'app.crowdcue.drop.revoked',
  DropDefined: 'app.crowdcue.drop.defined',
  DropOpened: 'app.crowdcue.drop.opened',
  DropClosed: 'app.crowdcue.drop.closed',
  DropRestocked: 'app.crowdcue.drop.restocked',
  LotDrawn: 'app.crowdcue.lot.drawn',
  LotSettled: 'app.crowdcue.lot.settled',
};

export const PING_TYPE = 'app.crowdcue.ping';

const ENTRY_OF = new Map(Object.entries(TYPES).map(([entry, type]) => [type, entry]));

export const MESSAGE_TYPES: readonly string[] = Object.values(TYPES);

/** What a shop needs; the others are many, or only told. */
export const DEFAULT_TYPES: readonly string[] = ['Reserved', 'Granted', 'Expired', 'Fulfilled', 'Converted', 'Refunded', 'Revoked'].map((entry) => TYPES[entry]!);

export const typeOf = (entry: Pick<Entry, 'type'>): string => TYPES[entry.type] ?? `app.crowdcue.${entry.type.toLowerCase()}`;

/** Types of entries of what an endpoint wants. */
export const entryTypes = (types: readonly string[]): string[] => types.flatMap((type) => ENTRY_OF.get(type) ?? []);

/** The message's id, in the body and in the header `webhook-id`: the same at each try, at each endpoint, from each origin. */
export const messageId = ({ event, seq }: Pick<Entry, 'event' | 'seq'>): string => `${event}:${seq}`;

/** Entries that an entitlement can begin with. */
const BEGINNINGS: ReadonlySet<string> = new Set(['Entered', 'Reserved', 'Granted', 'Refused']);

/** The entitlement that an entry is about, as receipts name it. */
export const entitlementOf = (entry: Pick<Entry, 'event' | 'seq' | 'type'> & { readonly of?: number }): string | undefined => {
  const began = entry.of ?? (BEGINNINGS.has(entry.type) ? entry.seq : undefined);
  return began === undefined ? undefined : `${entry.event}:${began}`;
};

const LOTS: ReadonlySet<string> = new Set(['LotDrawn', 'LotSettled']);

const isoOf = (ms: unknown): string | undefined => (typeof ms === 'number' ? new Date(ms).toISOString() : undefined);

/** The parts of an entry that are told as they are. */
const TOLD = ['event', 'drop', 'variant', 'viewer', 'serial', 'unit', 'gate', 'amount', 'currency', 'count', 'test', 'trace'] as const;

const dataOf = (entry: Entry): Record<string, unknown> => {
  const all = entry as unknown as Readonly<Record<string, unknown>>;
  const order = entry.data?.['order'];
  return {
    ...Object.fromEntries(TOLD.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]]))),
    ...(all['expiresAt'] === undefined ? {} : { expiresAt: isoOf(all['expiresAt']) }),
    ...(all['until'] === undefined ? {} : { until: isoOf(all['until']) }),
    // A refusal's reason is a code; that of a revocation is the host's own words, and they may name somebody.
    ...(entry.type === 'Refused' ? { reason: entry.reason } : {}),
    ...(order === undefined ? {} : { order }),
    ...(entry.terms === undefined ? {} : { name: entry.terms.name, kind: entry.terms.kind }),
    // Of a draw everything is public: whoever is told can check it.
    ...(LOTS.has(entry.type) && entry.data !== undefined ? { lot: entry.data } : {}),
  };
};

/** The body of an entry's message: a CloudEvent in the structured JSON form. `source`: the event's address. */
export const bodyOf = (entry: Entry, source: string): string => {
  const subject = entitlementOf(entry);
  return JSON.stringify({
    specversion: '1.0', id: messageId(entry), source, type: typeOf(entry), time: isoOf(entry.at), ...(subject === undefined ? {} : { subject }),
    datacontenttype: 'application/json', data: dataOf(entry),
  });
};

export const pingBody = (id: string, source: string, now: number, endpoint: string): string =>
  JSON.stringify({ specversion: '1.0', id, source, type: PING_TYPE, time: isoOf(now), datacontenttype: 'application/json', data: { endpoint } });
