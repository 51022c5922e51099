/**
 * The ledger on Redis: any number of origins on one Redis (or one Redis Cluster) share events, unlocks, drops and grants.
 *
 * Life cycle: `redisLedger(client, clock)`, once a process; the client stays its owner's to close.
 * Invariants: each step is one Lua script, so it happens wholly or not at all, and once; an event's keys share a hash tag; the entries
 * are a stream with ids `<seq>-0`, so Redis itself refuses a seq that is not higher than the last; entry and state are written in the same
 * step. Answers leave Redis after its fsync (`appendfsync always`), which its client's owner checks.
 * A call that got no answer is `store_unavailable`: it may have been done. Repeated, a claim gets its first receipt, a fact says whom it
 * unlocked, an unlock does nothing again, a move with a key is `again`; `createEvent` and `defineDrop` say that it exists, `revoke` that there is nothing to revoke.
 * Must not import drops, achievements, rooms or outbox.
 */
import type { Clock } from '../clock.js';
import type { LedgerKeys, RedisCaller } from '../store/index.js';
import { receiptOf } from './claim.js';
import type { Holding } from './entry.js';
import { LedgerError } from './errors.js';
import type { Ledger } from './ledger.js';
import { overviews, standing } from './overview.js';
import { ANSWER } from './redis/codes.js';
import { decodeEntry, entryFields, type StreamEntry } from './redis/entry-codec.js';
import { CREATE_EVENT, DEFINE_DROP, RECEIPTS, RECORD_HOST_ACTION, REVOKE, SET_DROP_OPEN } from './redis/lua/index.js';
import { claimAll } from './redis/redis-claims.js';
import { RedisIngest } from './redis/redis-ingest.js';
import { lifeKeys, redisMoves } from './redis/redis-moves.js';
import { RedisReader } from './redis/redis-read.js';
import { unlockAll } from './redis/redis-unlocks.js';
import { stockFields } from './redis/stock-fields.js';
import { isId } from './shape.js';
import { inTurn } from './turns.js';

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
export function redisLedger(client: RedisCaller, clock: Clock): Ledger {
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
      const answer = await client.run(REVOKE, lifeKeys(of(event)), [now(), drop, String(viewer), ...entryFields({ trace, reason })]);
      heed(answer, event);
      return answer === 1;
    },

    ...redisMoves(client, now, of, reader),

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
      const { state, tickets } = await reader.stands(event);
      return (await reader.audit(event, state.seq)).compare(state, tickets);
    },
  };
}
