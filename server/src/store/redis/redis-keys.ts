import { StoreError } from '../errors.js';
import { deliveryKeysAt, type DeliveryKeys } from './redis-delivery-keys.js';
import { ledgerKeysAt, type LedgerKeys } from './redis-ledger-keys.js';

/** The one place that spells key names of Redis. What one script touches shares a `{hash tag}`, so that a Cluster keeps it together. */
export interface RedisKeys {
  readonly journal: (room: string) => JournalKeys;
  readonly records: (table: string) => RecordKeys;
  readonly ledger: (event: string) => LedgerKeys;
  readonly delivery: (event: string, endpoint: string) => DeliveryKeys;
  readonly seal: LedgerSealKeys;
  /** What begins all of them that belong to ledgers and deliveries, which may have a server of their own. */
  readonly ledgers: string;
  /** What begins all of them. */
  readonly prefix: string;
}

export interface JournalKeys {
  /** hash: epoch, holder, lastTick, checkpointTick */
  readonly head: string;
  /** the holder's name, for as long as its lease lasts */
  readonly lease: string;
  /** stream: a record a tick */
  readonly records: string;
  /** hash: the newest checkpoint: format, epoch, tick, time, and each part under `p:` and its name */
  readonly checkpoint: string;
  /** hash: parts of the next one, while they come in several calls */
  readonly staged: string;
}

/** What the ledgers of a system say about the server that they stand on; they share one hash tag. */
export interface LedgerSealKeys {
  /** hash: the run id that was last found good, `epoch`, and, while claims are frozen, why, since when and on which run id */
  readonly seal: string;
  /** hash: origin → ms of about its last receipt */
  readonly witnesses: string;
  /** hash: origin → receipts that it misses on the server that the freeze is about */
  readonly verdicts: string;
  /** hash: `<seq> <event>` → a missing receipt as JSON */
  readonly lost: string;
  /** written before asking replicas how far they are */
  readonly acks: string;
}

export interface RecordKeys {
  /** hash: key → JSON */
  readonly table: string;
  /** counts the writes to the table */
  readonly version: string;
  /** where changes are told; not a key, but named like one */
  readonly channel: string;
}

/** Encoded, so that no id can close the hash tag or reach into a neighbour's keys. */
const id = (value: string): string => {
  try {
    return encodeURIComponent(value);
  } catch (error) {
    throw StoreError.badKey('an id is not well-formed text', error);
  }
};

const sealKeysAt = (at: string): LedgerSealKeys => ({ seal: at, witnesses: `${at}:witnesses`, verdicts: `${at}:verdicts`, lost: `${at}:lost`, acks: `${at}:acks` });

/** @throws StoreError `store_bad_key` when the prefix is not 0 to 64 of letters, digits and `_ : . -`. */
export const redisKeys = (prefix: string): RedisKeys => {
  if (!/^[\w:.-]{0,64}$/.test(prefix)) throw StoreError.badKey('a key prefix is 0 to 64 of letters, digits, "_", ":", "." and "-"');
  return {
    journal: (room) => {
      const at = `${prefix}j:{${id(room)}}:`;
      return { head: `${at}head`, lease: `${at}lease`, records: `${at}records`, checkpoint: `${at}checkpoint`, staged: `${at}staged` };
    },
    ledger: (event) => ledgerKeysAt(`${prefix}l:{${id(event)}}:`),
    delivery: (event, endpoint) => deliveryKeysAt(`${prefix}l:{${id(event)}}:d:${id(endpoint)}:`),
    prefix,
    ledgers: `${prefix}l:`,
    seal: sealKeysAt(`${prefix}l-seal:{seal}`),
    records: (table) => {
      const at = `${prefix}r:{${id(table)}}`;
      return { table: at, version: `${at}:version`, channel: `${at}:changes` };
    },
  };
};
