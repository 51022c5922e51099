/** Persons who prove themselves on several viewers, claim, are erased and come back, in any order, over the ledger as it is. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { Keys, systemRandom } from '../src/identity/index.js';
import { lmdbLedger, redisLedger, type DropTerms, type Ledger } from '../src/ledger/index.js';
import { PeopleTable, type PersonRecord } from '../src/people/index.js';
import { lmdbRecords, openRedisRecords, type RecordStore } from '../src/store/index.js';
import { handClock, tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

const VIEWERS = 12;
const PERSONS = ['ada', 'eve', 'bob', 'cid'];
const STEPS = 120;
/** `CROWDCUE_RUNS=1000` for more; `CROWDCUE_SEED` repeats one. */
const RUNS = Number(process.env['CROWDCUE_RUNS'] ?? 5);

/** mulberry32. */
const chanceOf = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const drop = (id: string, more: Partial<DropTerms> = {}): DropTerms => ({
  id, name: id, kind: 'badge', unlockedBy: 'won', variants: { default: 100 }, restock: 'return', test: false, proof: 'email', ...more,
});

/** One random story; the model knows who holds what as whom. */
const story = async (ledger: Ledger, records: RecordStore, E: string, seed: number): Promise<void> => {
  const chance = chanceOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
  const clock = handClock();
  const people = new PeopleTable({ table: records.table<PersonRecord>('people'), keys: new Keys(Buffer.alloc(32, 7)), clock, random: systemRandom });
  await ledger.createEvent(E, 't');
  for (const terms of [drop('rope'), drop('cup', { proof: 'any' })]) await ledger.defineDrop(E, terms, 't');
  await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: Array.from({ length: VIEWERS }, (_, at) => at + 1), trace: 't' });
  /** `<viewer>/<drop>` and `<subject>/<drop>` that have, or had, a grant. */
  const [held, taken] = [new Map<string, 'granted' | 'revoked'>(), new Set<string>()];
  const bound = new Map<number, string>(); // viewer to who proved themselves last
  const subjects = new Map<string, number>();
  const told: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    clock.time += 1;
    const viewer = 1 + Math.floor(chance() * VIEWERS);
    const id = pick(['rope', 'cup']);
    const person = pick(PERSONS);
    const roll = chance();
    told.push(`${step}: ${roll.toFixed(2)} viewer ${viewer} ${id} ${person}`);
    if (roll < 0.35) {
      const { subject } = await people.prove(E, viewer, 'email', `${person}@example.org`, { email: `${person}@example.org` });
      expect(subject, told.join('\n')).toBe(subjects.get(person) ?? subject);
      subjects.set(person, subject);
      bound.set(viewer, person);
    } else if (roll < 0.8) {
      const [known] = people.of(E, viewer);
      const who = bound.get(viewer);
      expect(known?.subject, told.join('\n')).toBe(who === undefined ? undefined : subjects.get(who));
      const [receipt] = await ledger.claim([{ event: E, drop: id, viewer, key: `key-${seed}-${step}`, trace: 't', ...(known && { proof: known.proof, subject: known.subject }) }]);
      const mine = held.get(`${viewer}/${id}`);
      const expected = mine === 'granted' ? 'granted' : mine === 'revoked' ? 'claim_revoked' : known === undefined ? 'claim_proof_needed' : taken.has(`${known.subject}/${id}`) ? 'claim_subject_taken' : 'granted';
      expect(receipt!.status === 'refused' ? receipt!.code : receipt!.status, told.join('\n')).toBe(expected);
      if (expected === 'granted' && mine === undefined) {
        held.set(`${viewer}/${id}`, 'granted');
        taken.add(`${known!.subject}/${id}`);
      }
    } else if (roll < 0.9) {
      const known = people.find(E, 'email', `${person}@example.org`);
      if (known !== undefined) await people.erase(known);
      subjects.delete(person);
      // Who was somebody else before, on the same viewer, is that one again: the newest proof that is left counts.
      for (const [each, who] of bound) {
        if (who !== person) continue;
        const left = people.of(E, each)[0];
        const before = left && [...subjects].find(([, subject]) => subject === left.subject)?.[0];
        if (before === undefined) bound.delete(each);
        else bound.set(each, before);
      }
    } else {
      const was = await ledger.revoke({ event: E, drop: id, viewer, reason: 'test', trace: 't' });
      expect(was, told.join('\n')).toBe(held.get(`${viewer}/${id}`) === 'granted');
      if (was) held.set(`${viewer}/${id}`, 'revoked');
    }
  }
  expect(await ledger.reconcile(E), told.join('\n')).toEqual([]);
  expect(await ledger.replay(E)).toEqual(await ledger.state(E));
  for (const known of people.all(E)) await people.erase(known);
  expect(await ledger.reconcile(E)).toEqual([]);
  expect(JSON.stringify(await ledger.entries(E, 1, 10_000))).not.toMatch(/example|@/);
};

const first = Number(process.env['CROWDCUE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const fuzz = (name: string, open: () => Promise<{ ledger: Ledger; records: RecordStore }>): void => {
  it(`[PPL11] whoever proves, claims, is erased and comes back in whatever order, on ${name}: one grant a person and drop until they are erased, and replay and reconcile stay clean`, async () => {
    console.log(`people on ${name}: CROWDCUE_SEED=${first}`);
    const { ledger, records } = await open();
    for (let run = 0; run < RUNS; run++) await story(ledger, records, `show-${run}`, first + run);
  }, Math.max(60_000, RUNS * 3_000));
};

describe('people and the ledger', () => {
  fuzz('lmdb', async () => {
    const store = await tempStore();
    return { ledger: lmdbLedger(store, handClock()), records: lmdbRecords(store) };
  });
});

describe.skipIf(!HAS_REDIS)('people and the ledger that origins share', () => {
  const redis = sharedRedis();
  fuzz('redis', async () => {
    const client = await redis.client(redis.freshPrefix());
    const records = await openRedisRecords(client, ['people']);
    onTestFinished(() => records.close());
    return { ledger: redisLedger(client, handClock()), records };
  });
});
