import { StoreError } from '../../store/index.js';

/** Every key of one event's ledger and outbox. They share one `{hash tag}`, so on a Redis Cluster one node has them all. */
export interface EventKeys {
  /** hash: `seq` and `at` of the last entry */
  readonly head: string;
  /** stream, ids `<seq>-0` */
  readonly entries: string;
  /** hash: drop id → terms as JSON, never changed */
  readonly terms: string;
  /** hash: `<drop> <what>` and `<drop> <what> <variant>` → what a claim reads and moves */
  readonly stock: string;
  /** hash: `<gate>/<viewer>` → seq of its entry */
  readonly unlocks: string;
  /** hash: gate → viewers for whom it is open */
  readonly gates: string;
  /** hash: `<viewer>/<drop>` → `<state> <seq> <tail>` */
  readonly holdings: string;
  /** hash: idempotency key → `<seq> <viewer> <drop>` */
  readonly claims: string;
  /** hash: `<viewer> <achievement>` → the tags counted so far as a JSON list; viewer 0 is the crowd */
  readonly progress: string;
  /** hash: room → `<tick> <ordinal>` of the last fact */
  readonly cursors: string;
  /** hash: seq → `<state> <attempts> <next> <error>` */
  readonly outbox: string;
  /** sorted set: seq in 16 digits by ms of the next try */
  readonly due: string;
  /** sorted set: seq in 16 digits by seq */
  readonly dead: string;
}

export interface LedgerKeys {
  event(event: string): EventKeys;
  /** set of the events that may have messages */
  readonly outboxEvents: string;
}

/** An id as a part of a key: URI-encoded, so no id can hold a brace and leave its event's hash tag. */
const part = (id: string): string => {
  try {
    return encodeURIComponent(id);
  } catch (error) {
    throw StoreError.badKey('an id is not well-formed text', error);
  }
};

/** The one place that spells the ledger's names in Redis. `prefix` keeps installations apart; it must not hold a brace. */
export const ledgerKeys = (prefix: string): LedgerKeys => ({
  event: (event) => {
    const of = (what: string): string => `${prefix}ledger:{${part(event)}}:${what}`;
    return {
      head: of('head'), entries: of('entries'), terms: of('terms'), stock: of('stock'), unlocks: of('unlocks'), gates: of('gates'),
      holdings: of('holdings'), claims: of('claims'), progress: of('progress'), cursors: of('cursors'),
      outbox: of('outbox'), due: of('due'), dead: of('dead'),
    };
  },
  outboxEvents: `${prefix}ledger:outbox-events`,
});
