import { describe, expect, it } from 'vitest';
import { FAIR_CLAIM_MS, LotDesk } from '../src/drops/index.js';
import { lmdbLedger, type Receipt } from '../src/ledger/index.js';
import { lmdbRecords } from '../src/store/index.js';
import { terms } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';

/** Of a hundred viewers how many are late by so much, s. */
const COHORTS = [[0, 40], [2, 30], [8, 20], [12, 10]] as const;
const CROWD = 100;
const UNITS = 20;
const LOTS = 60;

/** Mulberry32. */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** All are equally quick: reading and pressing takes 0.8 to some 10 s, whatever the delay. */
const reaction = (random: () => number): number => 800 + 2_500 * -Math.log(1 - random() * 0.97);

describe('equally skilled viewers with pictures late by 0, 2, 8 and 12 s', () => {
  const play = async (allocation: 'fair-window' | 'first-come', seed: number) => {
    const random = seeded(seed);
    const clock = handClock();
    const store = await tempStore(undefined, { unsafeNoSync: true });
    const ledger = lmdbLedger(store, clock);
    const lots = new LotDesk({
      ledger, seeds: lmdbRecords(store).table('lot-seeds'), entropy: { name: 'test', read: () => Promise.resolve(String(random())) }, clock: { now: () => clock.time, monotonic: () => clock.time },
      newSeed: () => String(random()), trace: () => 't', maxDelayOf: () => 12_000, changed: () => undefined, logger: { info: () => undefined, error: (_, message) => expect.fail(message) },
    });
    const delayOf = COHORTS.flatMap(([seconds, count]) => Array.from({ length: count }, () => seconds));
    const wins = new Map<number, number>(COHORTS.map(([seconds]) => [seconds, 0]));
    const refusals = new Set<string>();
    for (let lot = 0; lot < LOTS; lot++) {
      const event = `show-${lot}`;
      await ledger.createEvent(event, 't');
      const byLot = allocation === 'fair-window';
      await ledger.defineDrop(event, terms({ variants: { default: UNITS }, allocation, ...(byLot && { commitment: await lots.promise(event, 'badge') }) }), 't');
      await ledger.unlock({ event, target: { achievement: 'won' }, viewers: delayOf.map((_, index) => index + 1), trace: 't' });
      const began = clock.time;
      const claims = delayOf.map((seconds, index) => ({ viewer: index + 1, at: seconds * 1_000 + reaction(random) })).sort((a, b) => a.at - b.at);
      for (const [place, { viewer, at }] of claims.entries()) {
        clock.time = Math.max(clock.time, Math.round(began + at));
        await lots.look(event, await ledger.drops(event)); // as often as the origin does, or oftener
        const [receipt] = (await ledger.claim([{ event, drop: 'badge', viewer, key: `key-number-${lot}-${place}`, trace: 't' }])) as [Receipt];
        if (receipt.status === 'refused') refusals.add(receipt.code);
      }
      clock.time = Math.max(clock.time, began + 12_000 + FAIR_CLAIM_MS + 10_000);
      await lots.look(event, await ledger.drops(event));
      for (const entry of await ledger.entries(event, 1, 10_000)) {
        if (entry.type === 'Granted') wins.set(delayOf[entry.viewer! - 1]!, wins.get(delayOf[entry.viewer! - 1]!)! + 1);
      }
    }
    return { wins, refusals };
  };
  /** Of wins against what the cohorts' numbers say. */
  const chiSquare = (wins: ReadonlyMap<number, number>): number =>
    COHORTS.reduce((sum, [seconds, count]) => {
      const wanted = (LOTS * UNITS * count) / CROWD;
      return sum + (wins.get(seconds)! - wanted) ** 2 / wanted;
    }, 0);

  it('[DRW5] win in proportion to their numbers where a drop is given by a fair window; first come first served they do not', async () => {
    const seed = Number(process.env['CROWDCUE_SEED'] ?? 20_261_121);
    const [fair, rush] = [await play('fair-window', seed), await play('first-come', seed)];
    const shares = ({ wins }: typeof fair): string => COHORTS.map(([seconds, count]) => `${seconds} s: ${((100 * wins.get(seconds)!) / (LOTS * UNITS)).toFixed(1)} % of wins for ${count} % of viewers`).join(' · ');
    console.log(`seed ${seed}, ${LOTS} drops of ${UNITS} units\n  fair window  ${shares(fair)} · chi-square ${chiSquare(fair.wins).toFixed(2)}\n  first come   ${shares(rush)} · chi-square ${chiSquare(rush.wins).toFixed(0)}`);
    expect([...fair.refusals]).toEqual([]); // nobody came too late for the list
    expect([...fair.wins.values()].reduce((sum, each) => sum + each, 0)).toBe(LOTS * UNITS);
    // Three degrees of freedom: a fair draw passes 21.1 once in 10,000 seeds. Taking without putting back only makes it smaller.
    expect(chiSquare(fair.wins)).toBeLessThan(21.1);
    expect(chiSquare(rush.wins)).toBeGreaterThan(100); // the measure sees what is unfair
  }, 120_000);
});
