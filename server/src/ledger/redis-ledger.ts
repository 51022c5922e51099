/**
 * The ledger on Redis: any number of origins on one Redis (or one Redis Cluster) share events, unlocks, drops and grants.
 *
 * Life cycle: `redisLedger(client, clock)`, once a process; the client stays its owner's to close.
 * Invariants: each step is one Lua script, so it happens wholly or not at all, and once; an event's keys share a hash tag; the entries
 * are a stream with ids `<seq>-0`, so Redis itself refuses a seq that is not higher than the last; entry, state and outbox record are
 * written in the same step. Answers leave Redis after its fsync (`appendfsync always`), which its client's owner checks.
 * A call that got no answer is `store_unavailable`: it may have been done. Repeated, a claim gets its first receipt, a fact says whom it
 * unlocked, an unlock does nothing again; `createEvent` and `defineDrop` say that it exists, `revoke` that there is nothing to revoke.
 * Must not import drops, achievements, rooms or outbox.
 */
import type { Clock } from '../clock.js';
import type { LedgerKeys, RedisClient } from '../store/index.js';
import { receiptOf } from './claim.js';
import type { DropTerms, Holding } from './entry.js';
import { LedgerError } from './errors.js';
import type { Ledger } from './ledger.js';
import type { LedgerMoves } from './moves.js';
import { overviews, standing } from './overview.js';
import { ANSWER } from './redis/codes.js';
import { decodeEntry, entryFields, type StreamEntry } from './redis/entry-codec.js';
import { CREATE_EVENT, DEFINE_DROP, RECEIPTS, RECORD_HOST_ACTION, REVOKE, SET_DROP_OPEN } from './redis/lua/index.js';
import { claimAll } from './redis/redis-claims.js';
import { RedisIngest } from './redis/redis-ingest.js';
import { RedisReader } from './redis/redis-read.js';
import { unlockAll } from './redis/redis-unlocks.js';
import { isId } from './shape.js';
import { inTurn } from './turns.js';

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

const checkEvent = (event: string): void => {
  if (!isId(event)) throw LedgerError.eventUnknown(event);
};

const heed = (answer: unknown, event: string, drop = ''): void => {
  if (answer === ANSWER.event_unknown) throw LedgerError.eventUnknown(event);
  if (answer === ANSWER.event_exists) throw LedgerError.eventExists(event);
  if (answer === ANSWER.drop_exists) throw LedgerError.dropExists(drop);
  if (answer === ANSWER.claim_unknown_drop) throw LedgerError.unknownDrop(drop);
};

/** The ledger on Redis. `clock.now()` is asked once a script call. */
export function redisLedger(client: RedisClient, clock: Clock): Ledger {
  const reader = new RedisReader(client);
  const turns = inTurn();
  const now = (): number => clock.now();
  const facts = new RedisIngest(client, reader, now);
  const of = (event: string): LedgerKeys => {
    checkEvent(event);
    return client.keys.ledger(event);
  };

  return {
    async createEvent(event, trace, data) {
      if (!isId(event)) throw LedgerError.badRequest('an event id is 1 to 64 printable ASCII characters');
      // First, for no step can write to two nodes: an event in the set without a book has no messages, and does no harm.
      await client.call('SADD', client.keys.outboxEvents, event);
      const { head, entries } = of(event);
      heed(await client.run(CREATE_EVENT, [head, entries], [now(), ...entryFields({ type: 'EventCreated', trace, data })]), event);
    },

    async defineDrop(event, terms, trace) {
      const { head, entries, terms: kept, stock } = of(event);
      if (!isId(terms.id)) throw LedgerError.badRequest('a drop id is 1 to 64 printable ASCII characters');
      const fields = stockFields(terms);
      const entry = entryFields({ type: 'DropDefined', trace, drop: terms.id, terms });
      heed(await client.run(DEFINE_DROP, [head, entries, kept, stock], [now(), terms.id, JSON.stringify(terms), fields.length, ...fields, ...entry]), event, terms.id);
    },

    async setDropOpen(event, drop, open, trace, reason) {
      const { head, entries, stock } = of(event);
      const entry = entryFields({ type: open ? 'DropOpened' : 'DropClosed', trace, drop, reason });
      heed(await client.run(SET_DROP_OPEN, [head, entries, stock], [now(), drop, open ? 1 : 0, ...entry]), event, drop);
    },

    async recordHostAction(event, reason, trace, data) {
      const { head, entries } = of(event);
      heed(await client.run(RECORD_HOST_ACTION, [head, entries], [now(), ...entryFields({ type: 'HostAction', trace, reason, data })]), event);
    },

    unlock: async (request) => (checkEvent(request.event), unlockAll(client, now, request)),
    ingest: async (event, steps) => (checkEvent(event), turns(event, () => facts.ingest(event, steps))),
    claim: (requests) => claimAll(client, now(), requests),

    async revoke({ event, drop, viewer, reason, trace }) {
      const { head, entries, stock, holdings, outbox, due } = of(event);
      const answer = await client.run(REVOKE, [head, entries, stock, holdings, outbox, due], [now(), drop, String(viewer), trace, reason]);
      heed(answer, event);
      return answer === 1;
    },

    async openGates(event, viewer, gates) {
      if (gates.length === 0) return new Set();
      const found = (await client.call('HMGET', of(event).unlocks, ...gates.map((gate) => `${gate}/${viewer}`))) as (Buffer | null)[];
      return new Set(gates.filter((_, index) => found[index] !== null));
    },

    async receipts(event, viewer) {
      const { terms, holdings, entries } = of(event);
      const held = (await client.run(RECEIPTS, [terms, holdings, entries], [String(viewer)])) as [Buffer, ...StreamEntry][];
      return held.map(([state, ...entry]) => {
        const receipt = receiptOf(decodeEntry(event, entry));
        return { ...receipt, standing: standing(String(state) as Holding['state'], receipt, now()) };
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
  } as Omit<Ledger, keyof LedgerMoves> as Ledger; // the moves come with the scripts of w/corer
}
