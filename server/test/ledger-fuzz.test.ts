import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EntryType, type Ledger, lmdbLedger, redisLedger } from '../src/ledger/index.js';
import { openLmdbStore } from '../src/store/index.js';
import { handClock, type HandClock, tempDir } from './store-helper.js';
import { anyOp, DROPS, type Op, Player } from './support/ledger-ops.js';
import { LedgerWalk } from './support/ledger-walk.js';
import { HAS_REDIS, RedisServer } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

/** `CROWDCUE_RUNS=5000 npx vitest run --project parts ledger-fuzz` for more; `CROWDCUE_SEED` repeats one. */
const RUNS = Number(process.env['CROWDCUE_RUNS'] ?? 60);
const SEED = Number(process.env['CROWDCUE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** ms; what fast-check has not shrunk some seconds before is told as it is */
const LIMIT_MS = Math.max(120_000, RUNS * 600);

const KINDS: readonly EntryType[] = [
  'EventCreated', 'DropDefined', 'DropOpened', 'DropClosed', 'DropRestocked', 'Unlocked', 'Entered', 'Reserved', 'Granted', 'Refused', 'Expired', 'Fulfilled', 'Converted',
  'Refunded', 'Revoked', 'LotFrozen', 'LotListed', 'LotDrawn', 'LotSettled',
];

/** `open` gives ledgers on one store, as that of several origins would be; calls go to them in turn. */
const fuzz = (name: string, numRuns: number, open: (clock: HandClock) => Promise<readonly Ledger[]>): void => {
  it(`[LED17] holds every invariant at every entry, and replays to the state that stands, on ${name}`, async () => {
    const clock = handClock();
    let runs = 0;
    let calls = 0;
    let entries = 0;
    const seen = new Set<EntryType>();
    // One store for all runs, an event each: opening a store a run would be most of the test's time.
    const ledgers = await open(clock);
    const any = (): Ledger => ledgers[calls++ % ledgers.length] as Ledger;
    const ledger = any();
    const run = async (turns: Op[][]): Promise<void> => {
      const event = `show-${runs++}`;
      clock.time = 1_000_000;
      await ledger.createEvent(event, 't');
      await Promise.all(DROPS.map((each) => ledger.defineDrop(event, each, 't')));
      await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2, 3, 4, 5], trace: 't' });
      const walk = new LedgerWalk(DROPS);
      const player = new Player(event, any);
      for (const turn of turns) {
        clock.time += 10;
        await Promise.all(turn.map((each) => player.perform(each)));
        for (const entry of await ledger.entries(event, walk.seq + 1, 100_000)) walk.add(entry);
        const stands = Object.entries((await ledger.state(event)).holdings).map(([held, { state }]) => [held, state]);
        expect(Object.fromEntries(stands)).toEqual(walk.states);
        expect(await ledger.reconcile(event)).toEqual([]);
      }
      expect(await ledger.replay(event)).toEqual(await ledger.state(event));
      for (const type of walk.seen) seen.add(type);
      entries += walk.seq;
    };
    // fast-check prints seed, path and operations on failure, shrunk on LMDB; elsewhere that takes minutes.
    const turns = fc.array(fc.array(anyOp, { minLength: 5, maxLength: 25, size: 'max' }), { minLength: 4, maxLength: 12, size: 'max' });
    await fc.assert(fc.asyncProperty(turns, run), { numRuns, seed: SEED, endOnFailure: name !== 'lmdb', interruptAfterTimeLimit: LIMIT_MS - 15_000 });
    if (process.env['CROWDCUE_RUNS'] !== undefined) console.log(`ledger on ${name}: ${runs} runs, ${entries} entries, seed ${SEED}`);
    if (numRuns >= 60) expect([...KINDS].filter((type) => !seen.has(type))).toEqual([]);
  }, LIMIT_MS);
};

describe('ledger under random concurrent use', () => {
  fuzz('lmdb', RUNS, async (clock) => {
    const store = await openLmdbStore({ path: tempDir(), unsafeNoSync: true }); // what survives a kill is asked elsewhere
    onTestFinished(() => store.close());
    return [lmdbLedger(store, clock)];
  });
});

describe.skipIf(!HAS_REDIS)('ledger under random concurrent use of two origins', () => {
  const redis = sharedRedis(() => RedisServer.start(['--appendfsync', 'no']));
  // Each call is several round trips there, so a run takes some times as long.
  fuzz('redis', Math.ceil(RUNS / 4), async (clock) => {
    const prefix = redis.freshPrefix();
    return Promise.all([1, 2].map(async () => redisLedger(await redis.client(prefix, { allowUnsafe: true }), clock)));
  });
});
