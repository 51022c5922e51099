import { describe, expect, it } from 'vitest';
import type { ClaimRequest, DropTerms } from '../src/ledger/index.js';
import { all, ask, code, E, idOf, move, one, type OpenLedger, paid, setter, stock, terms, typesOf } from './ledger-parts.js';

const proven = (viewer: number, subject: number, more: Partial<ClaimRequest> = {}): ClaimRequest => ask(viewer, { proof: 'email', subject, ...more });

/** Who may claim, and what reserves. */
export function claimRules(name: string, open: OpenLedger): void {
  const set = setter(open);

  describe(`claims on ${name}`, () => {
    it('[LED31] refuses what is wrong with tier, country, age, proof or person, and writes nothing', async () => {
      const { ledger } = await set();
      const before = await ledger.state(E);
      const wrong: object[] = [
        { tier: '' }, { tier: 'x'.repeat(65) }, { tier: 'a b' }, { tier: 'ü' }, { country: 'de' }, { country: 'DEU' }, { country: '' }, { country: 'D\n' },
        { age: -1 }, { age: 151 }, { age: 17.5 }, { age: Number.NaN }, { age: '18' }, { country: ['DE'] }, { tier: 7 }, { key: 12_345_678 }, { drop: ['badge'] }, { proof: 'email' }, { subject: 7 }, { proof: 'passport', subject: 7 },
        { proof: 'any', subject: 7 }, { proof: 'email', subject: 0 }, { proof: 'email', subject: 2 ** 53 }, { proof: 'twitch', subject: 1.5 },
      ];
      const receipts = await ledger.claim(wrong.map((more, index) => ask(1, { key: `key-wrong-${index}`, ...more })));
      expect(receipts.map(code)).toEqual(wrong.map(() => 'claim_bad_request'));
      expect(await ledger.state(E)).toEqual(before);
      expect(code(await one(ledger, ask(1, { tier: 'Gold!', country: 'DE', age: 0, proof: 'twitch', subject: 2 ** 52 })))).toBe('granted');
    });

    it('[LED33] gives a drop to the tiers, countries and ages that it is for', async () => {
      const { ledger } = await set({ variants: { default: null }, eligible: { tiers: ['gold', 'silver'], countries: ['DE', 'FR'], minAge: 18 } });
      const fit = { tier: 'gold', country: 'FR', age: 18 };
      const tries: [string, Partial<ClaimRequest>][] = [
        ['claim_tier', { country: 'FR', age: 18 }], ['claim_tier', { ...fit, tier: 'bronze' }], ['claim_tier', { ...fit, tier: 'constructor' }],
        ['claim_country', { tier: 'gold', age: 18 }], ['claim_country', { ...fit, country: 'US' }],
        ['claim_age', { tier: 'gold', country: 'FR' }], ['claim_age', { ...fit, age: 17 }],
        ['claim_tier', { tier: 'bronze', country: 'US', age: 3 }], // the most lasting reason first
        ['granted', fit],
      ];
      const receipts = await ledger.claim(tries.map(([, more], index) => ask(1, { key: `key-try-${index}`, ...more })));
      expect(receipts.map(code)).toEqual(tries.map(([expected]) => expected));
      expect(code(await one(ledger, ask(99, fit)))).toBe('claim_not_unlocked');
    });

    it('[LED35] lets a tier in before everybody, from its own instant to the same end', async () => {
      const { ledger, clock } = await set({ variants: { default: null }, opensAt: 3_000_000, closesAt: 4_000_000, early: { gold: 2_000_000, late: 3_500_000 } });
      const at = async (time: number, viewer: number, tier?: string): Promise<string | undefined> => {
        clock.time = time;
        return code(await one(ledger, ask(viewer, { key: `key-${time}-${viewer}`, ...(tier !== undefined && { tier }) })));
      };
      expect(await at(1_999_999, 1, 'gold')).toBe('claim_not_open');
      expect(await at(2_000_000, 2)).toBe('claim_not_open');
      expect(await at(2_000_000, 2, 'constructor')).toBe('claim_not_open');
      expect(await at(2_000_000, 1, 'gold')).toBe('granted');
      expect(await at(2_999_999, 3, 'late')).toBe('claim_not_open');
      expect(await at(3_000_000, 3, 'late')).toBe('granted'); // the earlier of the two
      expect(await at(4_000_000, 4, 'gold')).toBe('claim_closed');
      await ledger.setDropOpen(E, 'badge', false, 't');
      expect(code(await one(ledger, ask(4, { tier: 'gold' })))).toBe('claim_closed');
    });

    const NEEDED = 'claim_proof_needed';
    it.each<[asked: DropTerms['proof'] & string, tries: [given: ClaimRequest['proof'], expected: string][]]>([
      ['email', [[undefined, NEEDED], ['twitch', NEEDED], ['email', 'granted']]],
      ['twitch', [[undefined, NEEDED], ['email', NEEDED], ['twitch', 'granted']]],
      ['any', [[undefined, NEEDED], ['twitch', 'granted']]],
    ])('[LED37] asks for the proof that a drop names: %s', async (proof, tries) => {
      const { ledger } = await set({ proof });
      for (const [given, expected] of tries) {
        expect(code(await one(ledger, ask(1, given === undefined ? {} : { proof: given, subject: 70 })))).toBe(expected);
      }
      expect(typesOf(await all(ledger)).filter((type) => type === 'Refused')).toEqual([]);
    });

    it('[LED39] gives one proven person a drop once, whatever viewers they are, also where the drop asks for no proof', async () => {
      const { ledger } = await set({ variants: { default: null } });
      await ledger.defineDrop(E, terms({ id: 'second', variants: { default: null }, proof: 'any' }), 't');
      const receipts = await ledger.claim([proven(1, 70), proven(2, 70), proven(2, 71), proven(3, 70, { drop: 'second', key: 'key-second-3' })]);
      expect(receipts.map(code)).toEqual(['granted', 'claim_subject_taken', 'granted', 'granted']);
      expect((await ledger.state(E)).subjects).toEqual({ 'badge/70': 1, 'badge/71': 2, 'second/70': 3 });
      expect((await all(ledger)).find(({ type }) => type === 'Granted')).toMatchObject({ viewer: 1, subject: 70 });
      await ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'fraud', trace: 't' });
      expect(code(await one(ledger, proven(4, 70)))).toBe('claim_subject_taken'); // a new browser does not undo it
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LED39] does not bind a person to a refusal', async () => {
      const { ledger } = await set({ variants: { default: 1 } });
      await one(ledger, ask(1));
      expect(code(await one(ledger, proven(2, 70)))).toBe('claim_sold_out');
      await ledger.restock({ event: E, drop: 'badge', variant: 'default', add: 1, reason: 'more', trace: 't' });
      expect(code(await one(ledger, proven(3, 70)))).toBe('granted');
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LED41] reserves a unit where the drop reserves, and grants it under a serial when that is confirmed', async () => {
      const { ledger, clock } = await set({ reserveMs: 60_000, entitlementMs: 500 });
      const [first, second, third] = await ledger.claim([1, 2, 3].map((viewer) => ask(viewer)));
      expect(first).toMatchObject({ status: 'reserved', variant: 'default', until: clock.time + 60_000, id: `${E}:${first && 'seq' in first ? first.seq : 0}` });
      expect([code(second), code(third)]).toEqual(['reserved', 'claim_sold_out']);
      expect(await stock(ledger)).toMatchObject({ taken: 2, reserved: 2, granted: 0 });
      expect(Object.values((await ledger.state(E)).reservations)).toEqual([clock.time + 60_000, clock.time + 60_000]);
      expect(await ledger.drops(E)).toMatchObject([{ left: 0, reserved: 2, granted: 0 }]);
      clock.time += 1000;
      expect(await move(ledger, 'confirm', idOf(second))).toMatchObject({ status: 'done' });
      const [standing] = await ledger.receipts(E, 2);
      expect(standing).toMatchObject({ status: 'granted', id: idOf(second), serial: 1, standing: 'active', expiresAt: clock.time + 500, key: '' });
      expect(await one(ledger, ask(2))).toEqual(second); // the key's first receipt
      expect(await one(ledger, ask(2, { key: 'another-key' }))).toMatchObject({ status: 'granted', serial: 1 });
      expect(await stock(ledger)).toMatchObject({ taken: 2, reserved: 1, granted: 1 });
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LED43] numbers the codes of each variant from 1, and never gives one again', async () => {
      const { ledger } = await set({ variants: { red: 2, blue: 2 }, coded: true, restock: 'burn' });
      const asked = [[1, 'red'], [2, 'blue'], [3, 'blue']] as const;
      const receipts = await ledger.claim(asked.map(([viewer, variant]) => ask(viewer, { variant })));
      expect(receipts.map((receipt) => receipt.status === 'granted' && [receipt.serial, receipt.unit])).toEqual([[1, 1], [2, 1], [3, 2]]);
      await ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'fraud', trace: 't' });
      expect(await one(ledger, ask(4, { variant: 'red' }))).toMatchObject({ serial: 4, unit: 2 });
      expect((await ledger.receipts(E, 3))[0]).toMatchObject({ unit: 2 });
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LED45] goes through everything with a test drop and moves no stock', async () => {
      const { ledger, clock } = await set({ test: true, variants: { default: 1 }, reserveMs: 1000 });
      const receipts = await ledger.claim([1, 2, 3].map((viewer) => ask(viewer)));
      expect(receipts).toMatchObject([1, 2, 3].map(() => ({ status: 'reserved', test: true })));
      expect(await move(ledger, 'convert', idOf(receipts[0]), paid('order-001'))).toMatchObject({ status: 'done' });
      expect(await move(ledger, 'refund', idOf(receipts[0]), paid('refund-001'))).toMatchObject({ status: 'done' });
      expect(await move(ledger, 'confirm', idOf(receipts[1]))).toMatchObject({ status: 'done' });
      await ledger.revoke({ event: E, drop: 'badge', viewer: 2, reason: 'r', trace: 't' });
      clock.time += 1000;
      expect(await ledger.expireDue(E, 10, 't')).toBe(1);
      expect(await stock(ledger)).toEqual({ supply: 1, taken: 0, reserved: 0, granted: 2, revoked: 1, converted: 1, refunded: 1 });
      expect((await all(ledger)).filter(({ type }) => type === 'Granted')).toMatchObject([{ test: true, serial: 1 }, { test: true, serial: 2 }]);
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LED47] adds units to a limited variant, and to nothing else', async () => {
      const { ledger } = await set({ variants: { few: 1, many: null } });
      const add = (more: object): Promise<number> => ledger.restock({ event: E, drop: 'badge', variant: 'few', add: 2, reason: 'more', trace: 't', ...more });
      expect(code(await one(ledger, ask(1, { variant: 'few' })))).toBe('granted');
      const sold = await one(ledger, ask(2, { variant: 'few' }));
      expect(code(sold)).toBe('claim_sold_out');
      const before = await ledger.state(E);
      for (const bad of [{ variant: 'many' }, { variant: 'none' }, { variant: '__proto__' }, { add: 0 }, { add: -1 }, { add: 1.5 }, { add: Number.NaN }, { add: 10_000_000 }]) {
        await expect(add(bad)).rejects.toMatchObject({ code: 'claim_bad_request' });
      }
      await expect(add({ drop: 'none' })).rejects.toMatchObject({ code: 'claim_unknown_drop' });
      await expect(add({ event: 'nowhere' })).rejects.toMatchObject({ code: 'event_unknown' });
      expect(await ledger.state(E)).toEqual(before);
      expect(await add({})).toBe(3);
      expect((await all(ledger)).at(-1)).toMatchObject({ type: 'DropRestocked', drop: 'badge', variant: 'few', count: 2, reason: 'more' });
      expect(await one(ledger, ask(2, { variant: 'few' }))).toEqual(sold);
      expect(await one(ledger, ask(2, { variant: 'few', key: 'another-key' }))).toMatchObject({ serial: 2 });
      expect(await ledger.reconcile(E)).toEqual([]);
    });
  });
}
