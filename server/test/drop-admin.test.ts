import { randomBytes } from 'node:crypto';
import { checkLot, type DropReport } from '@crowdcue/protocol';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { FAIR_CLAIM_MS, sha256Hex } from '../src/drops/index.js';
import { LeapingClock } from './support/manual-clock.js';
import { startOrigin, type TestOrigin, until } from './support/test-origin.js';

const BADGE = { id: 'cup', name: 'Cup', kind: 'badge', supply: 2, unlockedBy: 'round-won' };

const set = async (drop: object, viewers = 3) => {
  const clock = new LeapingClock(systemClock);
  const test = await startOrigin({}, { clock });
  await test.event({ id: 'show', drops: [{ ...BADGE, ...drop }] });
  const crowd = await Promise.all(Array.from({ length: viewers }, () => test.join('show')));
  await test.won('show', crowd.map(({ viewer }) => viewer));
  const host = (method: string, path: string, body?: unknown) => test.call(method, `/api/events/show${path}`, { bearer: test.session, ...(body !== undefined && { body }) });
  const claim = async (index: number, more: object = {}) =>
    (await test.call('POST', '/api/events/show/claims', { bearer: crowd[index]!.token, body: { drop: 'cup', key: `key-of-${index}`, ...more } })).body;
  const mine = async (index: number) => (await test.call('GET', '/api/events/show/drops', { bearer: crowd[index]!.token })).body.drops[0];
  const report = async (): Promise<DropReport> => (await test.call('GET', '/api/events/show/reports/cup')).body as DropReport;
  return { test, clock, crowd, host, claim, mine, report };
};
const codeOf = async (answer: ReturnType<TestOrigin['call']>): Promise<unknown> => (await answer).body.code ?? (await answer).status;

describe('codes over HTTP', () => {
  it('[DRP10] the supply is what was uploaded; each code goes to one viewer, who alone sees it, until it is taken back', async () => {
    const { host, claim, mine, report } = await set({ kind: 'code', supply: undefined });
    expect(await claim(0)).toMatchObject({ code: 'claim_sold_out', status: 'refused' });
    expect((await host('POST', '/drops/cup/codes', { csv: 'code\nAAA\nBBB\n' })).body).toEqual({ supply: { default: 2 } });
    expect([await claim(1), await claim(2)]).toMatchObject([{ status: 'granted', serial: 1, code: 'AAA' }, { status: 'granted', serial: 2, code: 'BBB' }]);
    expect(await mine(1)).toMatchObject({ state: 'granted', receipt: { code: 'AAA' } });
    expect(JSON.stringify([(await host('GET', '/ledger')).body, (await host('GET', '')).body, await report(), (await host('GET', '/drops/cup/winners')).body])).not.toMatch(/AAA|BBB/);
    expect((await host('POST', '/drops/cup/codes', { csv: 'CCC' })).body).toEqual({ supply: { default: 3 } });
    expect(await claim(0, { key: 'another-key' })).toMatchObject({ status: 'granted', serial: 3, code: 'CCC' });
  });

  it('[DRP10] a list with repeats or nonsense changes nothing, nor does one for a drop of another kind', async () => {
    const { test, host } = await set({ kind: 'code', supply: undefined });
    await host('POST', '/drops', { ...BADGE, id: 'plain' });
    const upload = (csv: unknown, drop = 'cup') => codeOf(host('POST', `/drops/${drop}/codes`, { csv }));
    expect([await upload('A\nB\nA'), await upload(''), await upload(7), await upload('x,y,z'), await upload('A', 'plain'), await upload('A', 'none'), await upload('A'.repeat(3_000_000))])
      .toEqual(['codes_repeated', 'codes_bad_request', 'codes_bad_request', 'codes_bad_request', 'drop_bad_request', 'not_found', 'body_too_large']);
    expect((await test.call('POST', '/api/events/show/drops/cup/codes', { bearer: (await test.join('show')).token, body: { csv: 'A' } })).status).toBe(403);
    expect((await host('GET', '')).body.drops).toMatchObject([{ id: 'cup', supply: 0 }, { id: 'plain', supply: 2 }]);
    expect(await upload('A\nB')).toBe(200);
  });
});

describe('reservations over HTTP', () => {
  it('[DRP11] a checkout holds its unit for its minutes; who does not buy gives it back, and may try again', async () => {
    const { clock, claim, mine, report } = await set({ kind: 'link', supply: 1, checkout: 'https://shop.example/buy?e={entitlement}', reserveMinutes: 5 });
    const held = await claim(0);
    expect(held).toMatchObject({ status: 'reserved', url: `https://shop.example/buy?e=${encodeURIComponent(held.id)}` });
    expect(held.until - held.at).toBe(300_000);
    expect(await claim(1)).toMatchObject({ code: 'claim_sold_out' });
    clock.leap(301_000);
    expect(await until(async () => (await mine(0)).state === 'expired', 'the reservation expires')).toBe(true);
    expect((await mine(0)).receipt.url).toBeUndefined();
    expect(await claim(1, { key: 'again-and-again' })).toMatchObject({ status: 'reserved' });
    expect(await report()).toMatchObject({ variants: { default: { supply: 1, taken: 1, reserved: 1, expired: 1, granted: 0 } } });
  });
});

describe('lots over HTTP', () => {
  it('[DRP12] a fair window collects until the slowest had its time, then draws what anybody can draw again', async () => {
    const { clock, crowd, claim, mine, report } = await set({ allocation: 'fair-window', supply: 3 }, 12);
    const promised = (await report()).lot;
    expect(promised).toMatchObject({ state: 'collecting', tickets: 0, listHash: null, proof: null });
    for (let index = 0; index < 10; index++) expect(await claim(index)).toMatchObject({ status: 'entered', ticket: expect.any(Number) as number });
    expect((await mine(0)).state).toBe('entered');
    clock.leap(12_000 + FAIR_CLAIM_MS);
    const settled = await until(async () => { const told = await report(); return told.lot?.state === 'settled' && told; }, 'the lot is settled', 15_000);
    const { proof, commitment } = settled.lot!;
    expect(commitment).toBe(promised!.commitment);
    expect(proof!.winners).toHaveLength(3);
    expect(await checkLot(proof!, sha256Hex)).toEqual([]);
    const states = await Promise.all(crowd.slice(0, 10).map((_, index) => mine(index)));
    for (const { state, receipt } of states) expect(state === 'granted' ? receipt.serial : receipt.reason).toEqual(state === 'granted' ? expect.any(Number) : 'claim_lot_lost');
    expect(states.filter(({ state }) => state === 'granted').map(({ receipt }) => Number(receipt.id.split(':')[1])).sort()).toEqual([...proof!.winners].sort());
    expect(await claim(10)).toMatchObject({ code: 'claim_sold_out' });
    expect(settled).toMatchObject({ soldOutAt: expect.any(Number) as number, variants: { default: { taken: 3, granted: 3, refused: 7 } } });
  });

  it('[DRP12] a lottery is drawn at the end of its window, once, though the origin is started anew in between', async () => {
    const { test, clock, claim, report } = await set({ allocation: 'lottery', closesAt: Date.now() + 3_600_000, supply: 1 });
    await claim(0);
    await claim(1);
    const { commitment } = (await report()).lot!;
    clock.leap(60_000);
    expect((await report()).lot!.state).toBe('collecting');
    const later = new LeapingClock(systemClock);
    later.leap(3_600_000);
    await test.close();
    const again = await startOrigin({}, { clock: later }, test.dataDir);
    const { lot } = await until(async () => { const told = (await again.call('GET', '/api/events/show/reports/cup')).body as DropReport; return told.lot?.state === 'settled' && told; }, 'the lot is settled', 15_000);
    expect(lot).toMatchObject({ commitment, tickets: 2, proof: { winners: [expect.any(Number) as number] } });
    expect(await checkLot(lot!.proof!, sha256Hex)).toEqual([]);
  });
});

describe('the public report', () => {
  it('[RPT1] may be kept for a moment by whatever stands between, and is anew with each entry', async () => {
    const { test, claim, host } = await set({});
    const read = () => test.call('GET', '/api/events/show/reports/cup');
    const [first, again] = [await read(), await read()];
    expect([first.headers.get('cache-control'), first.headers.get('content-type')]).toEqual(['public, max-age=5', 'application/json; charset=utf-8']);
    expect(again.body).toEqual(first.body);
    await claim(0);
    expect((await read()).body).toMatchObject({ soldOutAt: null, variants: { default: { granted: 1, supply: 2 } } });
    await host('POST', '/drops/cup/restock', { add: 3 });
    expect((await read()).body).toMatchObject({ variants: { default: { granted: 1, supply: 5 } }, restock: { done: [{ count: 3 }] } });
  });
});

describe('a host\'s hand on drops', () => {
  it('[DRP13] restocks, opens and closes, takes back, and lists the winners; out of shape it is a code and changes nothing', async () => {
    const { host, claim, crowd, report } = await set({});
    expect([(await claim(0)).serial, (await claim(1)).serial, (await claim(2)).code]).toEqual([1, 2, 'claim_sold_out']);
    for (const bad of [{ add: 0 }, { add: -5 }, { add: 1.5 }, { add: 1e12 }, { add: '3' }, { add: 1, variant: 'none' }, {}, { add: 1, price: 3 }]) expect(await codeOf(host('POST', '/drops/cup/restock', bad))).toMatch(/bad_request$/);
    expect((await host('POST', '/drops/cup/restock', { add: 1, reason: 'found one' })).body).toEqual({ supply: 3 });
    expect(await codeOf(host('POST', '/drops/cup/open', { open: false, reason: 'pause' }))).toBe(204);
    expect((await claim(2, { key: 'second-key' })).code).toBe('claim_closed');
    await host('POST', '/drops/cup/open', { open: true });
    expect((await claim(2, { key: 'second-key' })).serial).toBe(3);
    expect([await codeOf(host('DELETE', `/drops/cup/viewers/${crowd[0]!.viewer}`, { reason: 'bot' })), await codeOf(host('DELETE', `/drops/cup/viewers/${crowd[0]!.viewer}`, { reason: 'bot' }))]).toEqual([204, 'not_found']);
    for (const bad of ['x', '-1', '0', '1e3', '99999999999999999']) expect(await codeOf(host('DELETE', `/drops/cup/viewers/${bad}`, { reason: '' }))).toBe('bad_request');
    expect((await claim(0)).status).toBe('granted'); // the first receipt; it stands as revoked
    const { winners } = (await host('GET', '/drops/cup/winners')).body;
    expect(winners).toMatchObject([{ serial: 1, state: 'revoked', viewer: crowd[0]!.viewer }, { serial: 2, state: 'granted' }, { serial: 3, state: 'granted' }]);
    const file = await host('GET', '/drops/cup/winners.csv');
    expect([file.headers.get('content-type'), (file.body as string).split('\r\n').length]).toEqual(['text/csv; charset=utf-8', 5]);
    expect(await report()).toMatchObject({ restock: { returns: true, done: [{ count: 1, reason: 'found one' }] }, variants: { default: { defined: 2, supply: 3, taken: 2, granted: 3, revoked: 1, refused: 1 } }, soldOutAt: null });
  });

  it('[DRP14] anybody reads a drop\'s report, nobody but hosts its winners, money and ledger; positions are read on from', async () => {
    const { test, host, claim, report } = await set({});
    await claim(0);
    expect(JSON.stringify(await report())).not.toMatch(/"viewer"|key-of/);
    for (const path of ['/drops/cup/winners', '/drops/cup/winners.csv', '/settlement', '/settlement.csv', '/ledger']) {
      expect((await test.call('GET', `/api/events/show${path}`)).status).toBe(403);
      expect((await test.call('GET', `/api/events/show${path}`, { bearer: (await test.join('show')).token })).status).toBe(403);
    }
    const all = (await host('GET', '/ledger')).body.entries as { seq: number; type: string }[];
    expect((await host('GET', '/ledger?from=3&limit=2')).body.entries).toEqual(all.slice(2, 4));
    expect((await host('GET', `/ledger?from=${all.length + 1}`)).body.entries).toEqual([]);
    for (const bad of ['from=0', 'from=x', 'from=-1', 'limit=0', 'from=1e9']) expect(await codeOf(host('GET', `/ledger?${bad}`))).toBe('bad_request');
    expect([await codeOf(test.call('GET', '/api/events/show/reports/none')), await codeOf(test.call('GET', '/api/events/nowhere/reports/cup')), await codeOf(host('POST', '/settlement'))]).toEqual(['not_found', 'event_unknown', 'settlement_empty']);
  });

  it('[DRP15] who may not have a drop is told why: tier, country, age, proof', async () => {
    const { claim } = await set({ eligible: { tiers: ['gold'], countries: ['DE'], minAge: 18 } });
    expect((await claim(0)).code).toBe('claim_tier');
    const open = await set({ eligible: { countries: ['DE'], minAge: 18 }, proof: 'email' });
    expect([(await open.claim(0)).code, (await open.claim(0, { country: 'FR' })).code, (await open.claim(0, { country: 'DE' })).code, (await open.claim(0, { country: 'DE', age: 17 })).code, (await open.claim(0, { country: 'DE', age: 18 })).code, (await open.claim(0, { country: 'de', age: 18 })).code, (await open.claim(0, { country: 'DE', age: 1e9 })).code])
      .toEqual(['claim_country', 'claim_country', 'claim_age', 'claim_age', 'claim_proof_needed', 'claim_bad_request', 'claim_bad_request']);
  });
});

describe('money over HTTP', () => {
  it('[SET9] what the shop reports is split, stated, closed, and unwound when it is refunded', async () => {
    const { test, host, claim } = await set({ kind: 'link', checkout: 'https://shop.example/', split: { creator: 7_000, platform: 1_000, 'sponsor-a': 2_000 } });
    const { secret } = (await host('POST', '/commerce/secret', {})).body as { secret: string };
    const report = async (body: object) => {
      const [id, raw] = [`msg_${randomBytes(8).toString('hex')}`, JSON.stringify(body)];
      const headers = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(Date.now() / 1_000)), 'webhook-signature': new Webhook(secret).sign(id, new Date(), raw) };
      return (await test.call('POST', '/api/events/show/commerce', { raw, headers })).status;
    };
    const statement = async () => (await host('GET', '/settlement')).body;
    const owed = async () => Object.fromEntries((await statement()).rows.map(({ account, closing }: { account: string; closing: number }) => [account, closing]));
    const { id } = await claim(0);
    const money = { amount: 1_999, currency: 'EUR' };
    expect([await report({ type: 'converted', entitlement: id, ...money, order: 'A-1' }), await owed()]).toEqual([200, { 'party:creator': 1_399, 'party:platform': 200, 'party:sponsor-a': 400, shop: 1_999 }]);
    expect((await host('POST', '/settlement', {})).body.rows).toHaveLength(4);
    expect(await codeOf(host('POST', '/settlement', {}))).toBe('settlement_empty');
    expect(await statement()).toMatchObject({ closed: [{ number: 1 }], faults: [], postings: [] });
    expect([await report({ type: 'refunded', entitlement: id, ...money }), await owed()]).toEqual([200, { 'party:creator': 0, 'party:platform': 0, 'party:sponsor-a': 0, shop: 0 }]);
    expect((await host('GET', '/settlement.csv?all')).body.split('\r\n')).toHaveLength(10); // a heading, four postings twice, and the end
    expect((await host('POST', '/settlement', {})).body.rows.map(({ opening, refunded }: { opening: number; refunded: number }) => opening + refunded)).toEqual([0, 0, 0, 0]);
    expect((await statement()).faults).toEqual([]);
  });
});
