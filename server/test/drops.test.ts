import { describe, expect, it } from 'vitest';
import { type DropRules, DropService, parseDrop, variantFor } from '../src/drops/index.js';
import { type ClaimRequest, lmdbLedger } from '../src/ledger/index.js';
import { ask } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';

const rules: DropRules = { achievements: new Set(['round-won']), unproven: true };
const good = { id: 'badge', name: 'Badge', kind: 'badge', supply: 2, unlockedBy: 'round-won' };

describe('drop definitions', () => {
  it('[DRP1] turns a definition into the ledger\'s terms', () => {
    const full = { ...good, opensAt: 1, closesAt: 2, entitlementHours: 48, rules: 'https://example.org/rules', sponsor: 'Acme', test: true, restock: 'burn' };
    expect(parseDrop(full, rules)).toEqual({
      id: 'badge', name: 'Badge', kind: 'badge', unlockedBy: 'round-won', variants: { default: 2 }, opensAt: 1, closesAt: 2,
      entitlementMs: 172_800_000, restock: 'burn', test: true, info: { rules: 'https://example.org/rules', sponsor: 'Acme' },
    });
    expect(parseDrop({ ...good, supply: null }, rules).variants).toEqual({ default: null });
  });

  it('[DRP7] a code drop starts with no unit, a link reserves for ten minutes, and what a host says of eligibility, windows and money is kept', () => {
    expect(parseDrop({ ...good, kind: 'code', supply: undefined, variants: ['red', 'blue'] }, rules)).toMatchObject({ variants: { red: 0, blue: 0 }, restock: 'burn', coded: true });
    expect(parseDrop({ ...good, kind: 'link', checkout: 'https://shop.example/?e={entitlement}' }, rules)).toMatchObject({ reserveMs: 600_000, info: { checkout: 'https://shop.example/?e={entitlement}' } });
    const more = { opensAt: 9, closesAt: 20, early: { gold: 3 }, eligible: { tiers: ['gold'], minAge: 18 }, allocation: 'lottery', proof: 'any', split: { creator: 10_000 } };
    expect(parseDrop({ ...good, ...more }, rules)).toMatchObject(more);
    expect(parseDrop({ ...good, allocation: 'first-come', proof: 'none' }, rules)).not.toMatchObject({ allocation: expect.anything() as unknown, proof: expect.anything() as unknown });
  });

  it('[DRP8] what is scarce needs a proof of one person each, unless this origin is set to do without: any where the host says nothing, never none; tests and unlimited drops need none', () => {
    const strict: DropRules = { ...rules, unproven: false };
    const code = { ...good, kind: 'code', supply: undefined };
    for (const scarce of [good, code]) {
      expect(() => parseDrop({ ...scarce, proof: 'none' }, strict)).toThrow(expect.objectContaining({ code: 'drop_needs_proof' }));
      expect(parseDrop(scarce, strict)).toMatchObject({ proof: 'any' });
      expect(parseDrop(scarce, rules).proof).toBeUndefined();
    }
    expect(parseDrop({ ...good, proof: 'email' }, strict)).toMatchObject({ proof: 'email' });
    for (const free of [{ ...good, supply: null }, { ...good, test: true }, { ...good, test: true, proof: 'none' }]) expect(parseDrop(free, strict).proof).toBeUndefined();
  });

  it('[DRP9] offers a viewer one variant, always the same, in proportion to what each was defined with', () => {
    const drop = { id: 'shirt', variants: { red: 300, blue: 100 } };
    const offered = Array.from({ length: 4_000 }, (_, viewer) => variantFor(drop, viewer + 1));
    expect(offered.map((_, viewer) => variantFor(drop, viewer + 1))).toEqual(offered);
    const red = offered.filter((each) => each === 'red').length;
    expect(Math.abs(red - 3_000)).toBeLessThan(150); // five standard deviations; the viewers are fixed
    expect(variantFor({ id: 'x', variants: { only: null } }, 7)).toBe('only');
    expect(new Set(offered.map((_, viewer) => variantFor({ id: 'codes', variants: { a: 0, b: 0 } }, viewer)))).toEqual(new Set(['a', 'b']));
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a negative supply', { supply: -1 }, 'supply'],
    ['no supply at all', { supply: undefined }, 'supply'],
    ['a supply of 0', { supply: 0 }, 'supply'],
    ['a huge supply', { supply: 1e12 }, 'supply'],
    ['a NaN supply', { supply: Number.NaN }, 'supply'],
    ['half a unit', { supply: 1.5 }, 'supply'],
    ['an inverted window', { opensAt: 2, closesAt: 1 }, 'closesAt'],
    ['an empty window', { opensAt: 2, closesAt: 2 }, 'closesAt'],
    ['an unknown achievement', { unlockedBy: 'nothing' }, 'unlockedBy'],
    ['an unknown kind', { kind: 'car' }, 'kind'],
    ['an unknown key', { price: 3 }, 'price'],
    ['a script as rules link', { rules: 'javascript:alert(1)' }, 'rules'],
    ['an id that climbs', { id: '../badge' }, 'id'],
    ['an entitlement without end', { entitlementHours: Infinity }, 'entitlementHours'],
    ['supply and variants', { variants: { red: 1 } }, 'supply'],
    ['a variant without supply', { supply: undefined, variants: ['red'] }, 'variants'],
    ['a variant of a negative supply', { supply: undefined, variants: { red: -1 } }, 'variants.red'],
    ['variants of more than there may be', { supply: undefined, variants: { red: 9_999_999, blue: 2 } }, 'variants'],
    ['a hundred variants', { supply: undefined, variants: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`v${n}`, 1])) }, 'variants'],
    ['codes with a supply of their own', { kind: 'code' }, 'supply'],
    ['codes that come back', { kind: 'code', supply: undefined, restock: 'return' }, 'restock'],
    ['a code variant named twice', { kind: 'code', supply: undefined, variants: ['red', 'red'] }, 'variants'],
    ['an early window without a public one', { early: { gold: 5 } }, 'early'],
    ['an early window after the public one', { opensAt: 5, early: { gold: 5 } }, 'early'],
    ['an early window for a tier that may not claim', { opensAt: 5, early: { gold: 4 }, eligible: { tiers: ['silver'] } }, 'eligible.tiers'],
    ['a country that is none', { eligible: { countries: ['Germany'] } }, 'eligible.countries'],
    ['an age below 1', { eligible: { minAge: 0 } }, 'eligible.minAge'],
    ['an unknown allocation', { allocation: 'auction' }, 'allocation'],
    ['a lottery without end', { allocation: 'lottery' }, 'closesAt'],
    ['an unknown proof', { proof: 'passport' }, 'proof'],
    ['a link without a shop', { kind: 'link' }, 'checkout'],
    ['a shop for a badge', { checkout: 'https://shop.example/' }, 'checkout'],
    ['a script as shop', { kind: 'link', checkout: 'javascript:alert(1)' }, 'checkout'],
    ['a reservation of a badge', { reserveMinutes: 10 }, 'reserveMinutes'],
    ['a reservation of years', { kind: 'link', checkout: 'https://shop.example/', reserveMinutes: 1e6 }, 'reserveMinutes'],
    ['a split that does not add up', { split: { creator: 9_000 } }, 'split'],
  ])('[DRP2] refuses %s and names the field', (_, bad, field) => {
    const parse = (): unknown => parseDrop({ ...good, ...bad }, rules);
    expect(parse).toThrow(field);
    expect(parse).toThrow(expect.objectContaining({ code: 'drop_bad_request', retryable: false }));
  });

  it.each([null, undefined, 'drop', 7, []])('[DRP2] refuses %j as a definition', (input) => {
    expect(() => parseDrop(input, rules)).toThrow(expect.objectContaining({ code: 'drop_bad_request' }));
  });
});

describe('claims', () => {
  const set = async () => {
    const ledger = lmdbLedger(await tempStore(), handClock());
    const calls: number[] = [];
    const counted = { ...ledger, claim: (requests: readonly ClaimRequest[]) => (calls.push(requests.length), ledger.claim(requests)) };
    const service = new DropService(counted);
    await ledger.createEvent('show', 't');
    await ledger.defineDrop('show', parseDrop(good, rules), 't');
    await ledger.unlock({ event: 'show', target: { achievement: 'round-won' }, viewers: [1, 2, 3], trace: 't' });
    return { ledger, service, calls };
  };

  it('[DRP3] joins the claims of one turn into one ledger call and answers each with its own receipt', async () => {
    const { service, calls } = await set();
    const receipts = await Promise.all([3, 1, 2].map((viewer) => service.claim(ask(viewer))));
    expect(calls).toEqual([3]);
    expect(receipts).toMatchObject([
      { viewer: 3, status: 'granted', serial: 1 },
      { viewer: 1, status: 'granted', serial: 2 },
      { viewer: 2, status: 'refused', code: 'claim_sold_out' },
    ]);
    await service.claim(ask(1));
    expect(calls).toEqual([3, 1]);
  });

  it('[DRP4] splits a rush into calls of bounded size and never oversells', async () => {
    const { ledger, service, calls } = await set();
    const viewers = Array.from({ length: 600 }, (_, index) => index + 1);
    await ledger.unlock({ event: 'show', target: { achievement: 'round-won' }, viewers, trace: 't' });
    const receipts = await Promise.all(viewers.map((viewer) => service.claim(ask(viewer))));
    expect(calls).toEqual([256, 256, 88]);
    expect(receipts.filter(({ status }) => status === 'granted')).toHaveLength(2);
  });

  it('[DRP5] rejects all claims of a call that failed, as retryable', async () => {
    const store = await tempStore();
    const service = new DropService(lmdbLedger(store, handClock()));
    await store.close();
    const results = await Promise.allSettled([service.claim(ask(1)), service.claim(ask(2))]);
    expect(results).toMatchObject([1, 2].map(() => ({ status: 'rejected', reason: { code: 'store_unavailable', retryable: true } })));
  });
});
