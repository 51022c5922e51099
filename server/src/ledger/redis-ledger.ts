/**
 * The ledger on Redis: any number of origins on one Redis (or one Redis Cluster) share events, unlocks, drops and grants.
 *
 * Life cycle: `redisLedger(client, clock, { prefix })`, once a process; the client stays its owner's to close.
 * Invariants: each step is one Lua script, so it happens wholly or not at all, and once; an event's keys share a hash tag; the entries
 * are a stream with ids `<seq>-0`, so Redis itself refuses a seq that is not higher than the last; entry, state and outbox record are
 * written in the same step. Answers leave Redis after its fsync (`appendfsync always`), which its client's owner checks.
 * A call that got no answer is `store_unavailable`: it may have been done. Repeated, a claim gets its first receipt, an unlock or a fact
 * does nothing again; `createEvent` and `defineDrop` say that it exists, `revoke` that there is nothing to revoke.
 * Must not import drops, achievements, rooms or outbox.
 */
import type { Clock } from '../clock.js';
import { isId } from './claim.js';
import type { DropTerms } from './entry.js';
import { LedgerError } from './errors.js';
import type { Ledger } from './ledger.js';
import { overviews, standing } from './overview.js';
import { receiptOf } from './claim.js';
import { ANSWER } from './redis/codes.js';
import { decodeEntry, entryFields, type StreamEntry } from './redis/entry-codec.js';
import { CLAIM } from './redis/lua/claim.js';
import { CREATE_EVENT } from './redis/lua/create-event.js';
import { DEFINE_DROP } from './redis/lua/define-drop.js';
import { INGEST } from './redis/lua/ingest.js';
import { RECEIPTS } from './redis/lua/receipts.js';
import { RECORD_HOST_ACTION } from './redis/lua/record-host-action.js';
import { REVOKE } from './redis/lua/revoke.js';
import { SET_DROP_OPEN } from './redis/lua/set-drop-open.js';
import { UNLOCK } from './redis/lua/unlock.js';
import { claimAll } from './redis/redis-claims.js';
import { ledgerKeys } from './redis/redis-keys.js';
import { RedisReader } from './redis/redis-read.js';
import { ingestAll, unlockAll } from './redis/redis-unlocks.js';
import { asking, type RedisClient, scriptsOn } from './redis/scripts.js';
import { inTurn } from './turns.js';

export interface RedisLedgerOptions {
  /** before every key; keeps installations on one Redis apart. Must not hold a brace. */
  readonly prefix: string;
}

/** What claims read of a drop, as fields and values of the event's stock. */
const stockFields = ({ id, unlockedBy, variants, opensAt, closesAt, entitlementMs, restock, test }: DropTerms): string[] => {
  const names = Object.keys(variants);
  const optional = { opensAt, closesAt, entitlementMs, only: names.length === 1 ? names[0] : undefined };
  return [
    ...[['open', '1'], ['serial', '0'], ['unlockedBy', unlockedBy], ['restock', restock], ['test', test ? '1' : '0']].flatMap(([what, value = '']) => [`${id} ${what}`, value]),
    ...Object.entries(optional).flatMap(([what, value]) => (value === undefined ? [] : [`${id} ${what}`, String(value)])),
    ...Object.entries(variants).flatMap(([name, supply]) => [
      `${id} supply ${name}`, String(supply ?? ''), `${id} taken ${name}`, '0', `${id} granted ${name}`, '0', `${id} revoked ${name}`, '0',
    ]),
  ];
};

const scriptsOf = (client: RedisClient) => {
  const script = scriptsOn(client);
  return {
    createEvent: script('ledgerCreateEvent', CREATE_EVENT),
    defineDrop: script('ledgerDefineDrop', DEFINE_DROP),
    setDropOpen: script('ledgerSetDropOpen', SET_DROP_OPEN),
    recordHostAction: script('ledgerRecordHostAction', RECORD_HOST_ACTION),
    unlock: script('ledgerUnlock', UNLOCK),
    ingest: script('ledgerIngest', INGEST),
    claim: script('ledgerClaim', CLAIM),
    revoke: script('ledgerRevoke', REVOKE),
    receipts: script('ledgerReceipts', RECEIPTS),
  };
};

const checkEvent = (event: string): void => {
  if (!isId(event)) throw LedgerError.eventUnknown(event);
};

const heed = (answer: unknown, event: string, drop = ''): void => {
  if (answer === ANSWER.event_unknown) throw LedgerError.eventUnknown(event);
  if (answer === ANSWER.event_exists) throw LedgerError.eventExists(event);
  if (answer === ANSWER.drop_exists) throw LedgerError.dropExists(drop);
  if (answer === ANSWER.claim_unknown_drop) throw LedgerError.unknownDrop(drop);
};

/** The ledger on Redis. `clock.now()` is asked once a script call. @throws Error for a prefix that holds a brace */
export function redisLedger(client: RedisClient, clock: Clock, { prefix }: RedisLedgerOptions): Ledger {
  const keys = ledgerKeys(prefix);
  const scripts = scriptsOf(client);
  const reader = new RedisReader(client, keys);
  const turns = inTurn();
  const now = (): number => clock.now();
  const of = (event: string) => {
    checkEvent(event);
    return keys.event(event);
  };

  return {
    async createEvent(event, trace, data) {
      if (!isId(event)) throw LedgerError.badRequest('an event id is 1 to 64 printable ASCII characters');
      // First, for no step can write to two nodes: an event in the set without a book has no messages, and does no harm.
      await asking('outbox events', () => client.sadd(keys.outboxEvents, event));
      const { head, entries } = of(event);
      heed(await scripts.createEvent([head, entries], [now(), ...entryFields({ type: 'EventCreated', trace, data })]), event);
    },

    async defineDrop(event, terms, trace) {
      const { head, entries, terms: kept, stock } = of(event);
      if (!isId(terms.id)) throw LedgerError.badRequest('a drop id is 1 to 64 printable ASCII characters');
      const fields = stockFields(terms);
      const entry = entryFields({ type: 'DropDefined', trace, drop: terms.id, terms });
      heed(await scripts.defineDrop([head, entries, kept, stock], [now(), terms.id, JSON.stringify(terms), fields.length, ...fields, ...entry]), event, terms.id);
    },

    async setDropOpen(event, drop, open, trace, reason) {
      const { head, entries, stock } = of(event);
      const entry = entryFields({ type: open ? 'DropOpened' : 'DropClosed', trace, drop, reason });
      heed(await scripts.setDropOpen([head, entries, stock], [now(), drop, open ? 1 : 0, ...entry]), event, drop);
    },

    async recordHostAction(event, reason, trace, data) {
      const { head, entries } = of(event);
      heed(await scripts.recordHostAction([head, entries], [now(), ...entryFields({ type: 'HostAction', trace, reason, data })]), event);
    },

    unlock: async (request) => unlockAll(scripts.unlock, of(request.event), now, request),
    ingest: async (event, steps) => turns(event, () => ingestAll(scripts.ingest, of(event), now, event, steps)),
    claim: (requests) => claimAll(scripts.claim, keys, now(), requests),

    async revoke({ event, drop, viewer, reason, trace }) {
      const { head, entries, stock, holdings, outbox, due } = of(event);
      const answer = await scripts.revoke([head, entries, stock, holdings, outbox, due], [now(), drop, String(viewer), trace, reason]);
      heed(answer, event);
      return answer === 1;
    },

    async openGates(event, viewer, gates) {
      if (gates.length === 0) return new Set();
      const found = await asking('gates', () => client.hmget(of(event).unlocks, ...gates.map((gate) => `${gate}/${viewer}`)));
      return new Set(gates.filter((_, index) => found[index] !== null));
    },

    async receipts(event, viewer) {
      const { terms, holdings, entries } = of(event);
      const held = (await scripts.receipts([terms, holdings, entries], [String(viewer)])) as ['granted' | 'refused' | 'revoked', ...StreamEntry][];
      return held.map(([state, ...entry]) => {
        const receipt = receiptOf(decodeEntry(event, entry));
        return { ...receipt, standing: standing(state, receipt, now()) };
      });
    },

    drops: async (event) => (checkEvent(event), overviews(await reader.drops(event))),

    async entries(event, fromSeq, limit) {
      checkEvent(event);
      const pages = [];
      for await (const page of reader.pages(event, fromSeq, Infinity, limit)) pages.push(page);
      return pages.flat();
    },

    state: async (event) => (checkEvent(event), reader.state(event)),
    replay: async (event) => (checkEvent(event), (await reader.audit(event)).state),

    async reconcile(event) {
      checkEvent(event);
      // What stands first: the entries up to its seq never change, so grants made meanwhile are no differences.
      const stands = await reader.state(event);
      return (await reader.audit(event, stands.seq)).compare(stands);
    },
  };
}
