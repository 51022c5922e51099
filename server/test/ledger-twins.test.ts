import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FactStep, type Ledger, lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { ask, terms } from './ledger-contract.js';
import { handClock, type HandClock, tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

// Few of everything, so that calls meet: a revocation needs a grant, a repeat needs its first.
const viewer = fc.constantFrom(1, 1, 2, 2, 3, 2 ** 52, 0);
const viewers = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 });
const drop = fc.constantFrom('many-words', 'many-words', 'scarce', 'scarce', 'burnt', 'trial', 'timed', 'nothing');
const trace = fc.constantFrom('t', 'träce "\\ \n', '');

const claim = fc.record({
  op: fc.constant('claim' as const),
  claims: fc.array(fc.record({ viewer, drop, key: fc.integer({ min: 0, max: 25 }), variant: fc.constantFrom(undefined, undefined, 'default', 'red', 'red', 'blue moon', ''), trace }), { maxLength: 12 }),
});
const unlock = fc.record({ op: fc.constant('unlock' as const), target: fc.oneof(fc.record({ achievement: fc.constantFrom('won', 'a/b') }), fc.record({ drop })), viewers, trace });
const ingest = fc.record({
  op: fc.constant('ingest' as const),
  steps: fc.array(
    fc.record({
      room: fc.constantFrom('r', 'r', 'r 2'), tick: fc.integer({ min: 0, max: 8 }), ordinal: fc.integer({ min: 0, max: 1 }), trace,
      effects: fc.array(
        fc.record({ achievement: fc.constantFrom('won', 'played three'), tag: fc.constantFrom('r/1', 'r/2', 'r/3', 'ü "4"'), target: fc.integer({ min: 1, max: 3 }), scope: fc.constantFrom('viewer' as const, 'crowd' as const), viewers }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 4 },
  ),
});
const revoke = fc.record({ op: fc.constant('revoke' as const), viewer, drop, reason: trace, trace });
const open = fc.record({ op: fc.constant('open' as const), drop, open: fc.boolean(), trace, reason: fc.option(trace, { nil: undefined }) });
const host = fc.record({ op: fc.constant('host' as const), reason: trace, trace, data: fc.option(fc.record({ level: fc.double({ noNaN: true, noDefaultInfinity: true }), why: trace, sure: fc.boolean() }), { nil: undefined }) });
const clockTurn = fc.record({ op: fc.constant('clock' as const), by: fc.integer({ min: -50, max: 100 }) });
const anyOp = fc.oneof({ weight: 5, arbitrary: claim }, { weight: 3, arbitrary: unlock }, { weight: 3, arbitrary: ingest }, { weight: 4, arbitrary: revoke }, open, host, clockTurn);
type Op = typeof anyOp extends fc.Arbitrary<infer T> ? T : never;

const DROPS = [
  terms({ id: 'many-words', variants: { default: null }, info: { rules: 'https://example.org/"rules"', share: 0.1, big: 123456789012345.6 } }),
  terms({ id: 'scarce', variants: { red: 1, 'blue moon': 2 } }),
  terms({ id: 'burnt', unlockedBy: 'played three', variants: { default: 1 }, restock: 'burn', entitlementMs: 30 }),
  terms({ id: 'trial', test: true, variants: { default: 1 }, entitlementMs: 1 }),
  terms({ id: 'timed', variants: { default: 3 }, opensAt: 1_000_050, closesAt: 1_000_200 }),
];

interface Side {
  ledger: Ledger;
}

const E = 'show';

async function perform(event: string, clock: HandClock, { ledger }: Side, op: Op): Promise<unknown> {
  switch (op.op) {
    case 'claim':
      return ledger.claim(op.claims.map((each) => ask(each.viewer, { event, drop: each.drop, key: `key-number-${each.key}`, trace: each.trace, ...(each.variant !== undefined && { variant: each.variant }) })));
    case 'unlock':
      return ledger.unlock({ event, target: op.target, viewers: op.viewers, trace: op.trace });
    case 'ingest':
      return ledger.ingest(event, op.steps.map(({ room, tick, ordinal, ...step }): FactStep => ({ fact: { room, tick, ordinal }, ...step })));
    case 'revoke':
      return ledger.revoke({ event, drop: op.drop, viewer: op.viewer, reason: op.reason, trace: op.trace });
    case 'open':
      return ledger.setDropOpen(event, op.drop, op.open, op.trace, op.reason);
    case 'host':
      return ledger.recordHostAction(event, op.reason, op.trace, op.data);
    case 'clock':
      return undefined; // turned once, for both
  }
}

/** A call's outcome as data: an error by its code. */
const outcome = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return { value: await call };
  } catch (error) {
    return { code: (error as { code?: unknown }).code ?? error };
  }
};

describe.skipIf(!HAS_REDIS)('ledgers on LMDB and Redis', () => {
  const redis = sharedRedis();

  it('[LED21] give the same answers, entries and state for the same calls', async () => {
    const clock = handClock();
    let runs = 0;
    const run = async (ops: Op[]): Promise<void> => {
      const event = `${E}-${runs++}`;
      const client = await redis.client();
      const store = await tempStore();
      clock.time = 1_000_000;
      const sides: Side[] = [
        { ledger: lmdbLedger(store, clock) },
        { ledger: redisLedger(client, clock) },
      ];
      for (const { ledger } of sides) {
        await ledger.createEvent(event, 't', { name: 'Ein "Fest"', size: 1e21 });
        for (const each of DROPS) await ledger.defineDrop(event, each, 't');
        await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2, 2 ** 52], trace: 't' });
        await ledger.unlock({ event, target: { achievement: 'played three' }, viewers: [1, 2], trace: 't' });
      }
      for (const op of ops) {
        if (op.op === 'clock') clock.time += op.by;
        const [lmdb, onRedis] = await Promise.all(sides.map((side) => outcome(perform(event, clock, side, op))));
        expect(onRedis).toEqual(lmdb);
      }
      const seen = async ({ ledger }: Side): Promise<unknown> => ({
        entries: await ledger.entries(event, 1, 100_000), some: await ledger.entries(event, 7, 3), state: await ledger.state(event), replay: await ledger.replay(event),
        differences: await ledger.reconcile(event), drops: await ledger.drops(event),
        receipts: await Promise.all([0, 1, 2, 2 ** 52].map(async (each) => (await ledger.receipts(event, each)).sort((a, b) => (a.drop < b.drop ? -1 : 1)))),
      });
      const [lmdb, onRedis] = await Promise.all(sides.map(seen));
      expect(onRedis).toEqual(lmdb);
      expect(onRedis).toMatchObject({ differences: [] });
      await client.close();
      await store.close();
    };
    // fast-check prints seed, path and operations on failure. Not shrunk: each run has an LMDB store of its own, and that takes minutes.
    await fc.assert(fc.asyncProperty(fc.array(anyOp, { minLength: 1, maxLength: 40, size: 'max' }), run), { numRuns: 60, endOnFailure: true });
  }, 120_000);
});
