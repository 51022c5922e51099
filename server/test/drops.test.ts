import { describe, expect, it } from 'vitest';
import { DropService, parseDrop } from '../src/drops/index.js';
import { type ClaimRequest, lmdbLedger } from '../src/ledger/index.js';
import { ask } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';

const known = new Set(['round-won']);
const good = { id: 'badge', name: 'Badge', kind: 'badge', supply: 2, unlockedBy: 'round-won' };

describe('drop definitions', () => {
  it('[DRP1] turns a definition into the ledger\'s terms', () => {
    const full = { ...good, opensAt: 1, closesAt: 2, entitlementHours: 48, rules: 'https://example.org/rules', sponsor: 'Acme', test: true, restock: 'burn' };
    expect(parseDrop(full, known)).toEqual({
      id: 'badge', name: 'Badge', kind: 'badge', unlockedBy: 'round-won', variants: { default: 2 }, opensAt: 1, closesAt: 2,
      entitlementMs: 172_800_000, restock: 'burn', test: true, info: { rules: 'https://example.org/rules', sponsor: 'Acme' },
    });
    expect(parseDrop({ ...good, supply: null }, known).variants).toEqual({ default: null });
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
  ])('[DRP2] refuses %s and names the field', (_, bad, field) => {
    const parse = (): unknown => parseDrop({ ...good, ...bad }, known);
    expect(parse).toThrow(field);
    expect(parse).toThrow(expect.objectContaining({ code: 'drop_bad_request', retryable: false }));
  });

  it.each([null, undefined, 'drop', 7, []])('[DRP2] refuses %j as a definition', (input) => {
    expect(() => parseDrop(input, known)).toThrow(expect.objectContaining({ code: 'drop_bad_request' }));
  });
});

describe('claims', () => {
  const set = async () => {
    const ledger = lmdbLedger(await tempStore(), handClock());
    const calls: number[] = [];
    const counted = { ...ledger, claim: (requests: readonly ClaimRequest[]) => (calls.push(requests.length), ledger.claim(requests)) };
    const service = new DropService(counted);
    await ledger.createEvent('show', 't');
    await service.define('show', good, known, 't');
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
