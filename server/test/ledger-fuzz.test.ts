import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entry, type Ledger, lmdbLedger, type Receipt, redisLedger } from '../src/ledger/index.js';
import { ask, terms } from './ledger-contract.js';
import { handClock, type HandClock, tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

const E = 'show';
const DROPS = {
  scarce: terms({ id: 'scarce', variants: { red: 1, blue: 2 } }),
  burnt: terms({ id: 'burnt', variants: { default: 3 }, restock: 'burn' }),
  free: terms({ id: 'free', unlockedBy: 'played', variants: { default: null } }),
};
type DropId = keyof typeof DROPS;

const viewer = fc.integer({ min: 1, max: 8 });
const drop = fc.constantFrom<DropId>('scarce', 'burnt', 'free');
const variant = fc.constantFrom('red', 'blue');
const op = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant('claim' as const), viewer, drop, variant, key: fc.integer({ min: 0, max: 60 }) }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('unlock' as const), viewer, achievement: fc.constantFrom('won', 'played') }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('revoke' as const), viewer, drop }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('open' as const), drop, open: fc.boolean() }) },
);
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never;

/** Walks the entries with counters of its own and checks the invariants after each one. */
function checkEveryStep(entries: Entry[]): void {
  const active = new Map<string, number>();
  const holders = new Set<string>();
  const unlocked = new Set<string>();
  const serials = new Map<string, number>();
  entries.forEach((entry, index) => {
    expect(entry.seq).toBe(index + 1);
    const shelf = `${entry.drop}/${entry.variant}`;
    const holder = `${entry.viewer}/${entry.drop}`;
    const of = DROPS[entry.drop as DropId];
    if (entry.type === 'Unlocked') {
      expect(unlocked.has(`${entry.gate}/${entry.viewer}`)).toBe(false);
      unlocked.add(`${entry.gate}/${entry.viewer}`);
    }
    if (entry.type === 'Revoked') {
      expect(holders.delete(holder)).toBe(true);
      active.set(shelf, (active.get(shelf) ?? 0) - 1);
    }
    if (entry.type !== 'Granted') return;
    expect(unlocked).toContain(`a:${of.unlockedBy}/${entry.viewer}`);
    expect(holders.has(holder)).toBe(false);
    holders.add(holder);
    active.set(shelf, (active.get(shelf) ?? 0) + 1);
    expect(active.get(shelf)).toBeLessThanOrEqual((of.variants as Record<string, number | null>)[entry.variant ?? ''] ?? Infinity);
    expect(entry.serial).toBe((serials.get(entry.drop ?? '') ?? 0) + 1);
    serials.set(entry.drop ?? '', entry.serial ?? 0);
  });
}

/** `open` gives ledgers on one store, as that of several origins would be; calls go to them in turn. */
const fuzz = (name: string, open: (clock: HandClock) => Promise<readonly Ledger[]>): void => {
  it(`[LED17] holds every invariant at every entry, and replays to the state that stands, on ${name}`, async () => {
    const clock = handClock();
    let runs = 0;
    let calls = 0;
    // One store for all runs, an event each: opening a store a run would be most of the test's time.
    const ledgers = await open(clock);
    const any = (): Ledger => ledgers[calls++ % ledgers.length] as Ledger;
    const ledger = any();
    const run = async (turns: Op[][]): Promise<void> => {
      const event = `${E}-${runs++}`;
      await ledger.createEvent(event, 't');
      for (const each of Object.values(DROPS)) await ledger.defineDrop(event, each, 't');
      const firsts = new Map<string, Receipt>();
      const perform = async (each: Op): Promise<void> => {
        if (each.op === 'unlock') await any().unlock({ event, target: { achievement: each.achievement }, viewers: [each.viewer], trace: 't' });
        if (each.op === 'revoke') await any().revoke({ event, drop: each.drop, viewer: each.viewer, reason: 'r', trace: 't' });
        if (each.op === 'open') await any().setDropOpen(event, each.drop, each.open, 't');
        if (each.op !== 'claim') return;
        const key = each.key === 0 ? '__proto__' : `key-number-${each.key}`;
        const request = ask(each.viewer, { event, drop: each.drop, key, ...(each.drop === 'scarce' && { variant: each.variant }) });
        const [receipt] = await any().claim([request]);
        if (receipt?.status === 'refused' && receipt.code === 'claim_key_conflict') return;
        const first = firsts.get(key);
        if (first && first.drop === each.drop && first.viewer === each.viewer) expect(receipt).toEqual(first);
        else if (receipt && 'seq' in receipt && receipt.key === key) firsts.set(key, receipt);
      };
      for (const turn of turns) {
        clock.time += 10;
        await Promise.all(turn.map(perform));
      }
      const entries = await ledger.entries(event, 1, 100_000);
      checkEveryStep(entries);
      expect(await ledger.replay(event)).toEqual(await ledger.state(event));
      expect(await ledger.reconcile(event)).toEqual([]);
      const changes = Object.values((await ledger.state(event)).holdings).filter(({ state }) => state === 'granted').length;
      const counted = entries.filter(({ type }) => type === 'Granted').length - entries.filter(({ type }) => type === 'Revoked').length;
      expect(counted).toBe(changes);
    };
    // fast-check prints seed, path and the shrunk operations on failure.
    await fc.assert(fc.asyncProperty(fc.array(fc.array(op, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 12 }), run), { numRuns: 120 });
  });
};

describe('ledger under random concurrent use', () => {
  fuzz('lmdb', async (clock) => [lmdbLedger(await tempStore(), clock)]);
});

describe.skipIf(!HAS_REDIS)('ledger under random concurrent use of two origins', () => {
  const redis = sharedRedis();
  fuzz('redis', async (clock) => {
    const prefix = redis.freshPrefix();
    return Promise.all([1, 2].map(async () => redisLedger(await redis.client(prefix), clock)));
  });
});
