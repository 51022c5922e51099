import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ledger, lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { lmdbOutbox, type Outbox, redisOutbox } from '../src/outbox/index.js';
import { ask, terms } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

const LEASE = 20;
const viewer = fc.integer({ min: 1, max: 4 });
const op = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant('claim' as const), viewer, drop: fc.constantFrom('badge', 'poster-one') }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('revoke' as const), viewer, drop: fc.constantFrom('badge', 'poster-one') }) },
  { weight: 6, arbitrary: fc.record({ op: fc.constant('take' as const), limit: fc.integer({ min: 0, max: 5 }), outcome: fc.constantFrom('delivered', 'failed', 'parked', 'left') }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('replay' as const), which: fc.nat(3) }) },
  fc.record({ op: fc.constant('discard' as const), which: fc.nat(3) }),
  fc.record({ op: fc.constant('parkAll' as const) }),
  { weight: 2, arbitrary: fc.record({ op: fc.constant('clock' as const), by: fc.integer({ min: -5, max: 30 }) }) },
);
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never;

interface Side {
  ledger: Ledger;
  outbox: Outbox;
  /** messages whose try is under way, by seq, with the end of their lease */
  taken: Map<number, number>;
}

describe.skipIf(!HAS_REDIS)('outboxes on LMDB and Redis', () => {
  const redis = sharedRedis();

  it('[HOK1] [HOK3] give the same answers for the same calls, and each message goes before those behind it of its viewer and drop', async () => {
    const clock = handClock();
    let runs = 0;
    const perform = async (event: string, { ledger, outbox, taken }: Side, each: Op): Promise<unknown> => {
      const book = { event, endpoint: 'e/p 1' };
      const now = clock.time;
      const letter = async (which: number): Promise<number> => (await outbox.dead(book, 0, 4))[which]?.seq ?? 0;
      switch (each.op) {
        case 'claim': return ledger.claim([ask(each.viewer, { event, drop: each.drop, key: `key-${each.viewer}-${each.drop.length}` })]);
        case 'revoke': return ledger.revoke({ event, drop: each.drop, viewer: each.viewer, reason: 'r', trace: 't' });
        case 'replay': return outbox.replay(book, await letter(each.which), now);
        case 'discard': return outbox.discard(book, await letter(each.which));
        case 'parkAll': return outbox.parkAll(book, 'HTTP 410', now);
        case 'clock': return undefined; // turned once, for both
        case 'take': {
          const found = await outbox.take(book, { limit: each.limit, types: ['Granted', 'Revoked'], now, leaseMs: LEASE });
          const told: unknown[] = [];
          for (const { seq } of found.messages) taken.set(seq, now + LEASE);
          for (const [seq, lease] of each.outcome === 'left' ? [] : [...taken]) {
            taken.delete(seq);
            if (each.outcome === 'delivered') told.push(await outbox.delivered(book, seq, now));
            else told.push(await outbox.failed(book, seq, { lease, error: 'HTTP 500\n"ä"', now, nextAt: each.outcome === 'failed' ? now + 7 : undefined }));
          }
          const lanes = found.messages.map(({ entry }) => `${entry.viewer}/${entry.drop}`);
          expect(new Set(lanes).size).toBe(lanes.length);
          return [found, told];
        }
      }
    };
    const run = async (ops: Op[]): Promise<void> => {
      const event = `{show} ${runs++}'`.replaceAll(' ', '-');
      const [client, store] = [await redis.client(), await tempStore()];
      clock.time = 1_000_000;
      const sides: Side[] = [
        { ledger: lmdbLedger(store, clock), outbox: lmdbOutbox(store), taken: new Map() },
        { ledger: redisLedger(client, clock), outbox: redisOutbox(client), taken: new Map() },
      ];
      for (const { ledger } of sides) {
        await ledger.createEvent(event, 't');
        for (const id of ['badge', 'poster-one']) await ledger.defineDrop(event, terms({ id, variants: { default: null } }), 't');
        await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2, 3, 4], trace: 't' });
      }
      for (const each of ops) {
        if (each.op === 'clock') clock.time += each.by;
        const [lmdb, onRedis] = await Promise.all(sides.map((side) => perform(event, side, each)));
        expect(onRedis).toEqual(lmdb);
        const [one, two] = await Promise.all(sides.map(async ({ outbox }) => [await outbox.status({ event, endpoint: 'e/p 1' }), await outbox.dead({ event, endpoint: 'e/p 1' }, 0, 99)]));
        expect(two).toEqual(one);
      }
      await client.close();
      await store.close();
    };
    // fast-check prints seed, path and operations on failure. Not shrunk: each run has a store of its own.
    await fc.assert(fc.asyncProperty(fc.array(op, { minLength: 10, maxLength: 40, size: 'max' }), run), { numRuns: 40, endOnFailure: true });
  }, 120_000);
});
