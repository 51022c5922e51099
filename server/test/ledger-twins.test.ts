import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClaimRequest, type Entry, type FactStep, type Ledger, lmdbLedger, type MoveRequest, type MoveType, type Receipt, redisLedger } from '../src/ledger/index.js';
import { ask, terms } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

// Few of everything, so that calls meet: a revocation needs a grant, a repeat needs its first.
const viewer = fc.constantFrom(1, 1, 1, 2, 2, 2, 4, 4, 2 ** 52, 2 ** 52, 3, 0);
const viewers = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 });
const drop = fc.constantFrom('many-words', 'many-words', 'scarce', 'scarce', 'burnt', 'trial', 'timed', 'nothing', 'picky', 'proven', 'held', 'held', 'coded', 'lot', 'lot', 'held-lot', 'trial-lot');
const trace = fc.constantFrom('t', 'träce "\\ \n', '');
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
/** Nothing, somebody proven, somebody who says who they are, and what no front would let through. */
const traits: fc.Arbitrary<Partial<ClaimRequest>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: fc.record({ proof: fc.constantFrom('email' as const, 'email' as const, 'twitch' as const), subject: fc.constantFrom(1, 1, 2, 3, 2 ** 52) }) },
  { weight: 4, arbitrary: fc.record({ proof: fc.constant('email' as const), subject: fc.constantFrom(1, 2, 3, 4), tier: fc.constantFrom('sub', 'sub', '-', 'vip+'), country: fc.constantFrom('DE', 'DE', 'AT', 'FR'), age: fc.constantFrom(18, 17, 0, 150) }) },
  { weight: 1, arbitrary: fc.constantFrom<Partial<ClaimRequest>>({ proof: 'email' }, { subject: 1 }, { subject: 0, proof: 'email' }, { country: 'de' }, { age: 1.5 }, { age: -1 }, { tier: '' }, { tier: 'two words' }) },
);

const claim = fc.record({
  op: fc.constant('claim' as const),
  claims: fc.array(fc.record({ viewer, drop, key: fc.nat({ max: 150 }), variant: fc.constantFrom(undefined, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 'green', ''), trace, traits }), { maxLength: 12 }),
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
/** Which entitlement: a place among those that began so far, often the first ones, so that some go the whole way; or an id that is none. */
const move = fc.record({
  op: fc.constant('move' as const), at: fc.nat({ max: 5039 }), odd: fc.oneof({ weight: 14, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom('show:1', 'nowhere', 'E:1', 'E:-1', 'E:01', 'E:999999') }),
  type: fc.constantFrom<MoveType>('confirm', 'confirm', 'fulfil', 'fulfil', 'convert', 'convert', 'convert', 'refund', 'refund', 'refund', 'revoke', 'expire', 'expire'), key: fc.option(fc.nat({ max: 80 }), { nil: undefined, freq: 6 }),
  amount: fc.constantFrom(500, 500, 500, 500, 500, 500, 0, 2 ** 52), currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'USD', 'eur'), reason: maybe(trace), trace, data: maybe(fc.record({ order: trace, count: fc.double({ noNaN: true, noDefaultInfinity: true }) })),
});
/** The move before once more, as a shop that got no answer does. */
const repeat = fc.record({ op: fc.constant('repeat' as const) });
const expire = fc.record({ op: fc.constant('expire' as const), limit: fc.constantFrom(0, 1, 2, 100, 600), trace });
const restock = fc.record({ op: fc.constant('restock' as const), drop, variant: fc.constantFrom('default', 'red', 'blue moon', '__proto__'), add: fc.constantFrom(1, 1, 1, 0, 1.5, 10_000_000), reason: trace, trace });
const lotStep = fc.record({ op: fc.constant('lotStep' as const), drop, to: fc.constantFrom('frozen' as const, 'frozen' as const, 'listed' as const, 'drawn' as const, 'settled' as const), data: maybe(fc.record({ seed: trace })), trace });
/** Walks a lot to the end of its draw, which single steps seldom reach. */
const draw = fc.record({ op: fc.constant('draw' as const), drop: fc.constantFrom('lot', 'lot', 'held-lot', 'trial-lot'), until: fc.constantFrom('drawn', 'drawn', 'allotted', 'settled') });
const allot = fc.record({ op: fc.constant('allot' as const), drop: fc.constantFrom('lot', 'held-lot', 'lot', 'held-lot', 'trial-lot', 'trial', 'nothing'), count: fc.integer({ min: 0, max: 4 }), from: fc.constantFrom(undefined, undefined, undefined, 0, 1), odd: fc.constantFrom(undefined, undefined, undefined, 1, 0.5, -1, 99), wins: fc.nat(4), trace });
const anyOp = fc.oneof(
  { weight: 14, arbitrary: claim }, { weight: 3, arbitrary: unlock }, { weight: 3, arbitrary: ingest }, { weight: 2, arbitrary: revoke }, open, host, { weight: 2, arbitrary: clockTurn },
  { weight: 22, arbitrary: move }, { weight: 4, arbitrary: repeat }, { weight: 2, arbitrary: expire }, { weight: 3, arbitrary: restock }, { weight: 3, arbitrary: lotStep }, { weight: 2, arbitrary: draw }, { weight: 4, arbitrary: allot },
);
type Op = typeof anyOp extends fc.Arbitrary<infer T> ? T : never;

const DROPS = [
  terms({ id: 'many-words', variants: { default: null }, info: { rules: 'https://example.org/"rules"', share: 0.1, big: 123456789012345.6 } }),
  terms({ id: 'scarce', variants: { red: 1, 'blue moon': 2 } }),
  terms({ id: 'burnt', unlockedBy: 'played three', variants: { default: 1 }, restock: 'burn', entitlementMs: 30 }),
  terms({ id: 'trial', test: true, variants: { default: 1 }, entitlementMs: 1 }),
  terms({ id: 'timed', variants: { default: 3 }, opensAt: 1_000_050, closesAt: 1_000_200 }),
  terms({ id: 'picky', variants: { default: 3 }, opensAt: 1_000_200, early: { sub: 1_000_020, 'vip+': 1_000_300, constructor: 0 }, eligible: { tiers: ['sub', 'vip+'], countries: ['DE', 'AT'], minAge: 18 }, proof: 'any' }),
  terms({ id: 'proven', variants: { default: 3 }, proof: 'email' }),
  terms({ id: 'held', variants: { red: 1, 'blue moon': 2 }, reserveMs: 60 }),
  terms({ id: 'coded', variants: { red: 2, 'blue moon': 1 }, restock: 'burn', coded: true, reserveMs: 40, entitlementMs: 100 }),
  terms({ id: 'lot', variants: { red: 1, 'blue moon': 1 }, allocation: 'lottery', commitment: 'c0ffee' }),
  terms({ id: 'held-lot', variants: { default: 2 }, allocation: 'fair-window', reserveMs: 50, proof: 'any' }),
  terms({ id: 'trial-lot', test: true, variants: { default: 1 }, allocation: 'lottery', reserveMs: 30 }),
];

/** Of at most 80 calls each. */
const RUNS = 60;
const E = 'show';
const BEGINS: ReadonlySet<string> = new Set(['Entered', 'Reserved', 'Granted']);

/** The move that is meant, given what is in the ledger. */
const moveOf = (event: string, entries: readonly Entry[], op: Op & { op: 'move' }): MoveRequest => {
  const { at, odd, type, key, amount, currency, reason, data } = op;
  const begun = entries.filter((entry) => BEGINS.has(entry.type) && entry.of === undefined);
  const id = odd?.replace('E', event) ?? `${event}:${begun[at % (at % 2 === 0 ? begun.length : Math.min(begun.length, 5))]?.seq ?? 1}`;
  const paid = type === 'convert' || type === 'refund';
  return { event, id, type, trace: op.trace, ...(key !== undefined && { key: `key-number-${key}` }), ...(paid && { amount, currency }), ...(reason !== undefined && { reason }), ...(data !== undefined && { data }) };
};

/** Through the rest of a lot: every ticket in the order of their numbers turned round. */
async function drawAll(ledger: Ledger, event: string, id: string, until: string): Promise<unknown> {
  const told: unknown[] = [];
  for (const to of ['frozen', 'listed', 'drawn'] as const) told.push(await ledger.lotStep({ event, drop: id, to, trace: 't' }));
  if (until === 'drawn') return told;
  const { tickets } = await ledger.lotTickets(event, id);
  const from = (await ledger.state(event)).drops[id]!.lot!.allotted;
  // Those of single calls went first, in the order of their numbers.
  const rest = tickets.slice(from).reverse().map(({ ticket }) => ticket);
  told.push(await outcome(ledger.allot({ event, drop: id, from, winners: rest.slice(0, 2), losers: rest.slice(2), trace: 't' })));
  if (until === 'settled') told.push(await outcome(ledger.lotStep({ event, drop: id, to: 'settled', trace: 't' })));
  return told;
}

/** A number is the place of one of the drop's own. */
const variantOf = (each: { drop: string; variant: number | string | undefined }): { variant?: string } => {
  const { variant } = each;
  if (variant === undefined || typeof variant === 'string') return variant === undefined ? {} : { variant };
  const all = Object.keys(DROPS.find(({ id }) => id === each.drop)?.variants ?? { default: 1 });
  return { variant: all[variant % all.length]! };
};

async function allotSome(ledger: Ledger, event: string, op: Op & { op: 'allot' }): Promise<unknown> {
  const { tickets } = await ledger.lotTickets(event, op.drop);
  const done = (await ledger.state(event)).drops[op.drop]!.lot!.allotted;
  const next = tickets.slice(done, done + op.count).map(({ ticket }) => ticket);
  const all = op.odd === undefined ? next : [...next, op.odd];
  return [tickets, await ledger.allot({ event, drop: op.drop, from: op.from ?? done, winners: all.slice(0, op.wins), losers: all.slice(op.wins), trace: op.trace })];
}

const lastMove = new WeakMap<Ledger, MoveRequest>();

async function perform(event: string, ledger: Ledger, op: Op): Promise<unknown> {
  switch (op.op) {
    case 'claim':
      return ledger.claim(op.claims.map((each) => ask(each.viewer, { event, drop: each.drop, key: `key-number-${each.key}`, trace: each.trace, ...variantOf(each), ...each.traits })));
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
    case 'move': {
      const request = moveOf(event, await ledger.entries(event, 1, 100_000), op);
      lastMove.set(ledger, request);
      return ledger.move(request);
    }
    case 'repeat': {
      const request = lastMove.get(ledger);
      return request && ledger.move(request);
    }
    case 'expire':
      return ledger.expireDue(event, op.limit, op.trace);
    case 'restock':
      return ledger.restock({ event, drop: op.drop, variant: op.variant, add: op.add, reason: op.reason, trace: op.trace });
    case 'lotStep':
      return ledger.lotStep({ event, drop: op.drop, to: op.to, trace: op.trace, ...(op.data !== undefined && { data: op.data }) });
    case 'draw':
      return drawAll(ledger, event, op.drop, op.until);
    case 'allot':
      return allotSome(ledger, event, op);
  }
}

/** A call's outcome as data: an error by its code. */
const outcome = async (call: Promise<unknown>): Promise<{ value?: unknown; code?: unknown }> => {
  try {
    return { value: await call };
  } catch (error) {
    return { code: (error as { code?: unknown }).code ?? error };
  }
};

/** Answers that so many calls have dozens of; rarer ones are the contract's to ask for. */
const EXPECTED = [
  'granted', 'reserved', 'entered', 'claim_sold_out', 'claim_lot_closed', 'claim_subject_taken', 'claim_proof_needed', 'claim_tier', 'claim_not_open', 'claim_key_conflict',
  'confirm done', 'confirm again', 'fulfil done', 'convert done', 'expire done', 'revoke done', 'repeat again', 'draw done', 'allot lot_wrong_state', 'restock claim_bad_request',
];
/** Which answers the calls had, so that the test can say that it met them all. */
const met = new Map<string, number>();
const count = (what: string): unknown => met.set(what, (met.get(what) ?? 0) + 1);
function note(op: Op, told: { value?: unknown; code?: unknown }): void {
  if (op.op === 'claim') for (const receipt of told.value as Receipt[]) count(receipt.status === 'refused' ? receipt.code : receipt.status);
  else if (op.op === 'move') {
    const { status, code } = told.value as { status: string; code?: string };
    count(`${op.type} ${code ?? status}`);
  } else if (op.op === 'repeat') count(`repeat ${(told.value as { status: string } | undefined)?.status ?? 'of none'}`);
  else if (told.code !== undefined) count(`${op.op} ${String(told.code)}`);
  else if (op.op !== 'clock') count(`${op.op} done`);
}

describe.skipIf(!HAS_REDIS)('ledgers on LMDB and Redis', () => {
  const redis = sharedRedis();

  it('[LED21] give the same answers, entries and state for the same calls', async () => {
    const clock = handClock();
    let runs = 0;
    // One store each for all runs, an event a run: opening a store would be most of the test's time.
    const sides: [Ledger, Ledger] = [lmdbLedger(await tempStore(), clock), redisLedger(await redis.client(), clock)];
    const run = async (ops: Op[]): Promise<void> => {
      const event = `${E}-${runs++}`;
      clock.time = 1_000_000;
      for (const ledger of sides) {
        await ledger.createEvent(event, 't', { name: 'Ein "Fest"', size: 1e21 });
        for (const each of DROPS) await ledger.defineDrop(event, each, 't');
        await ledger.unlock({ event, target: { achievement: 'won' }, viewers: [1, 2, 4, 2 ** 52], trace: 't' });
        await ledger.unlock({ event, target: { achievement: 'played three' }, viewers: [1, 2, 4], trace: 't' });
      }
      for (const op of ops) {
        if (op.op === 'clock') clock.time += op.by;
        const [lmdb, onRedis] = await Promise.all([outcome(perform(event, sides[0], op)), outcome(perform(event, sides[1], op))]);
        expect(onRedis, JSON.stringify(op)).toEqual(lmdb);
        note(op, onRedis);
      }
      const seen = async (ledger: Ledger): Promise<unknown> => ({
        entries: await ledger.entries(event, 1, 100_000), some: await ledger.entries(event, 7, 3), state: await ledger.state(event), replay: await ledger.replay(event),
        differences: await ledger.reconcile(event), drops: await ledger.drops(event),
        receipts: await Promise.all([0, 1, 2, 2 ** 52].map(async (each) => (await ledger.receipts(event, each)).sort((a, b) => (a.drop < b.drop ? -1 : 1)))),
        tickets: await Promise.all(['lot', 'held-lot', 'trial-lot', 'scarce', 'nothing'].map((id) => outcome(ledger.lotTickets(event, id)))),
      });
      const [lmdb, onRedis] = await Promise.all(sides.map(seen));
      expect(onRedis).toEqual(lmdb);
      expect(onRedis).toMatchObject({ differences: [] });
    };
    // fast-check prints seed, path and operations on failure. Not shrunk: that takes minutes.
    await fc.assert(fc.asyncProperty(fc.array(anyOp, { minLength: 1, maxLength: 80, size: 'max' }), run), { numRuns: RUNS, endOnFailure: true });
    for (const answer of EXPECTED) expect([answer, met.get(answer) ?? 0]).not.toEqual([answer, 0]);
  }, 120_000);
});
