import { describe, expect, it } from 'vitest';
import type { ClaimRequest } from '../src/ledger/index.js';
import { claimRules } from './ledger-claim-rules.js';
import { lotRules } from './ledger-lot-rules.js';
import { moveRules } from './ledger-move-rules.js';
import { ask, code, E, one, type OpenLedger, setter, terms, typesOf } from './ledger-parts.js';

export { ask, type OpenLedger, terms } from './ledger-parts.js';

/** What every ledger promises; `open` gives an empty one that the running test owns. */
export function ledgerContract(name: string, open: OpenLedger): void {
  const set = setter(open);
  claimRules(name, open);
  moveRules(name, open);
  lotRules(name, open);

  describe(`ledger on ${name}`, () => {
    it('[LED3] grants with serials from 1 until the supply is gone, then refuses as sold out', async () => {
      const { ledger } = await set();
      const receipts = await ledger.claim([1, 2, 3].map((viewer) => ask(viewer)));
      expect(receipts.map((receipt) => (receipt.status === 'granted' ? receipt.serial : code(receipt)))).toEqual([1, 2, 'claim_sold_out']);
      expect(await ledger.drops(E)).toMatchObject([{ supply: 2, left: 0, granted: 2 }]);
    });

    it('[LED4] answers a repeated key, and another key of the same viewer, with the first receipt', async () => {
      const { ledger, clock } = await set();
      const [first, twin] = await ledger.claim([ask(1), ask(1)]);
      clock.time += 5000;
      expect(twin).toEqual(first);
      expect(await one(ledger, ask(1))).toEqual(first);
      expect(await one(ledger, ask(1, { key: 'other-key' }))).toEqual(first);
      await ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'fraud', trace: 't' });
      expect(await one(ledger, ask(1))).toEqual(first);
      expect(typesOf(await ledger.entries(E, 1, 100)).filter((type) => type === 'Granted')).toHaveLength(1);
    });

    it('[LED5] refuses a key that was used for another drop or viewer', async () => {
      const { ledger } = await set();
      await ledger.defineDrop(E, terms({ id: 'second' }), 't');
      await one(ledger, ask(1));
      expect(code(await one(ledger, ask(1, { drop: 'second' })))).toBe('claim_key_conflict');
      expect(code(await one(ledger, ask(2, { key: 'key-of-1' })))).toBe('claim_key_conflict');
      expect(code(await one(ledger, ask(2)))).toBe('granted');
    });

    it('[LED6] refuses with a stable code and writes nothing, whatever is wrong with a claim', async () => {
      const { ledger } = await set({ variants: { red: 1, blue: 1 } }, [1]);
      const before = await ledger.state(E);
      const wrong: [string, Partial<ClaimRequest>][] = [
        ['claim_not_unlocked', { viewer: 9, variant: 'red' }],
        ['claim_unknown_drop', { drop: 'nothing' }],
        ['claim_unknown_drop', { drop: '../badge' }],
        ['event_unknown', { event: 'nowhere' }],
        ['claim_bad_request', { drop: 'x'.repeat(5000) }],
        ['claim_bad_request', { drop: '\ud800' }],
        ['event_unknown', { event: 'x'.repeat(5000) }],
        ['event_unknown', { event: '\ud800' }],
        ['claim_bad_request', { variant: 'green' }],
        ['claim_bad_request', { variant: '__proto__' }],
        ['claim_bad_request', {}],
        ['claim_bad_request', { key: 'short', variant: 'red' }],
        ['claim_bad_request', { key: 'x'.repeat(65), variant: 'red' }],
        ['claim_bad_request', { key: 'has a blank', variant: 'red' }],
        ...[0, -1, 1.5, Number.NaN, 2 ** 53].map((viewer): [string, Partial<ClaimRequest>] => ['claim_bad_request', { viewer, variant: 'red' }]),
      ];
      const receipts = await ledger.claim(wrong.map(([, more]) => ask(1, more)));
      expect(receipts.map(code)).toEqual(wrong.map(([expected]) => expected));
      expect(await ledger.state(E)).toEqual(before);
    });

    it('[LED7] opens at opensAt and closes at closesAt, to the millisecond, and by the host\'s hand', async () => {
      const { ledger, clock } = await set({ opensAt: 2_000_000, closesAt: 3_000_000, variants: { default: null } });
      clock.time = 1_999_999;
      expect(code(await one(ledger, ask(1)))).toBe('claim_not_open');
      clock.time = 2_000_000;
      expect(code(await one(ledger, ask(1)))).toBe('granted');
      await ledger.setDropOpen(E, 'badge', false, 't', 'pause');
      await ledger.setDropOpen(E, 'badge', false, 't', 'pause');
      expect(code(await one(ledger, ask(2)))).toBe('claim_closed');
      await ledger.setDropOpen(E, 'badge', true, 't');
      clock.time = 2_999_999;
      expect(code(await one(ledger, ask(2)))).toBe('granted');
      clock.time = 3_000_000;
      expect(code(await one(ledger, ask(3)))).toBe('claim_closed');
      expect(typesOf(await ledger.entries(E, 1, 100)).filter((type) => type.startsWith('Drop'))).toEqual(['DropDefined', 'DropClosed', 'DropOpened']);
    });

    it('[LED8] never lets time go back, so a closed window stays closed when the clock is set back', async () => {
      const { ledger, clock } = await set({ closesAt: 2_000_000 });
      clock.time = 2_500_000;
      await ledger.recordHostAction(E, 'kill switch', 't');
      clock.time = 1_500_000;
      expect(code(await one(ledger, ask(1)))).toBe('claim_closed');
      const times = (await ledger.entries(E, 1, 100)).map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    it('[LED9] gives a revoked unit back when the policy says so, under a new serial, and never to the revoked viewer', async () => {
      const { ledger } = await set({ variants: { default: 1 } });
      await one(ledger, ask(1));
      expect(await ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'fraud', trace: 't' })).toBe(true);
      expect(await ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'fraud', trace: 't' })).toBe(false);
      expect(code(await one(ledger, ask(1, { key: 'once-more' })))).toBe('claim_revoked');
      expect(await one(ledger, ask(2))).toMatchObject({ status: 'granted', serial: 2 });
      expect((await ledger.receipts(E, 1))[0]).toMatchObject({ standing: 'revoked', serial: 1 });
    });

    it('[LED9] keeps a revoked unit off the shelf when the policy is to burn it', async () => {
      const { ledger } = await set({ variants: { default: 1 }, restock: 'burn' });
      await one(ledger, ask(1));
      await ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'fraud', trace: 't' });
      expect(code(await one(ledger, ask(2)))).toBe('claim_sold_out');
    });

    it('[LED10] records the first sold-out refusal of an unlocked viewer and none after it', async () => {
      const { ledger } = await set({ variants: { default: 1 } });
      await one(ledger, ask(1));
      const first = await one(ledger, ask(2));
      expect(await one(ledger, ask(2))).toEqual(first);
      expect(await one(ledger, ask(2, { key: 'another-key' }))).toEqual(first);
      expect(code(await one(ledger, ask(99)))).toBe('claim_not_unlocked');
      expect(typesOf(await ledger.entries(E, 1, 100)).filter((type) => type === 'Refused')).toHaveLength(1);
      await ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'fraud', trace: 't' });
      expect(await one(ledger, ask(2))).toEqual(first);
      expect(code(await one(ledger, ask(2, { key: 'another-key' })))).toBe('granted');
    });

    it('[LED11] never touches the supply of a test drop', async () => {
      const { ledger } = await set({ test: true, variants: { default: 1 } });
      const receipts = await ledger.claim([1, 2, 3].map((viewer) => ask(viewer)));
      expect(receipts).toMatchObject([1, 2, 3].map((serial) => ({ status: 'granted', serial, test: true })));
      expect(await ledger.drops(E)).toMatchObject([{ supply: 1, left: 1 }]);
    });

    it('[LED12] ends an entitlement at its expiry', async () => {
      const { ledger, clock } = await set({ entitlementMs: 1000 });
      expect(await one(ledger, ask(1))).toMatchObject({ expiresAt: clock.time + 1000 });
      clock.time += 999;
      expect((await ledger.receipts(E, 1))[0]?.standing).toBe('active');
      clock.time += 1;
      expect((await ledger.receipts(E, 1))[0]?.standing).toBe('expired');
    });

    it('[LED13] unlocks each viewer once, in bulk, for an achievement or one drop', async () => {
      const { ledger } = await set({}, []);
      const viewers = Array.from({ length: 2500 }, (_, index) => index + 1);
      const first = await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers, trace: 't' });
      expect(first.viewers).toEqual(viewers);
      expect((await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: [...viewers, 3000], trace: 't' })).viewers).toEqual([3000]);
      await ledger.unlock({ event: E, target: { drop: 'badge' }, viewers: [5000], trace: 't', reason: 'gift' });
      expect(code(await one(ledger, ask(5000)))).toBe('granted');
      expect(typesOf(await ledger.entries(E, 1, 10_000)).filter((type) => type === 'Unlocked')).toHaveLength(2502);
      await expect(ledger.unlock({ event: E, target: { drop: 'nothing' }, viewers: [1], trace: 't' })).rejects.toMatchObject({ code: 'claim_unknown_drop' });
      await expect(ledger.unlock({ event: E, target: { drop: 'badge' }, viewers: [0], trace: 't' })).rejects.toMatchObject({ code: 'claim_bad_request' });
    });

    it('[LED14] drops a fact that it has processed, also a big one and one of an interleaved call', async () => {
      const { ledger } = await set({}, []);
      const viewers = Array.from({ length: 2100 }, (_, index) => index + 1);
      const step = (tick: number, listed: number[]) => ({
        fact: { room: 'r', tick, ordinal: 0 },
        trace: 't',
        effects: [{ achievement: 'won', tag: `r/${tick}`, target: 1, scope: 'viewer' as const, viewers: listed }],
      });
      const [big, small] = await Promise.all([ledger.ingest(E, [step(1, viewers)]), ledger.ingest(E, [step(2, [9000])])]);
      expect([big[0]?.viewers.length, small[0]?.viewers]).toEqual([2100, [9000]]);
      const before = await ledger.state(E);
      expect(await ledger.ingest(E, [step(1, [7777]), step(2, [8888])])).toEqual([]);
      expect(await ledger.state(E)).toEqual(before);
      expect((await ledger.entries(E, before.seq, 1))[0]).toMatchObject({ type: 'Unlocked', viewer: 9000, fact: { room: 'r', tick: 2, ordinal: 0 } });
    });

    it('[LED15] refuses what exists or does not, as a typed error', async () => {
      const { ledger } = await set();
      await expect(ledger.createEvent(E, 't')).rejects.toMatchObject({ code: 'event_exists', retryable: false });
      await expect(ledger.defineDrop(E, terms(), 't')).rejects.toMatchObject({ code: 'drop_exists' });
      await expect(ledger.defineDrop('nowhere', terms(), 't')).rejects.toMatchObject({ code: 'event_unknown' });
      for (const call of [ledger.drops, ledger.state, ledger.replay, ledger.reconcile]) await expect(call('nowhere')).rejects.toMatchObject({ code: 'event_unknown' });
    });

    it('[LED6] takes any well-shaped key, also one that is a word of JavaScript', async () => {
      const { ledger } = await set();
      const odd = ['__proto__', 'constructor', 'hasOwnProperty'];
      await ledger.claim(odd.map((key, index) => ask(index + 1, { key })));
      expect(Object.keys((await ledger.state(E)).keys).sort()).toEqual([...odd].sort());
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it.each(['', 'x'.repeat(65), 'a b', '\ud800', 'ümlaut'])('[LED15] refuses %j as an id of an event or drop', async (id) => {
      const { ledger } = await set();
      await expect(ledger.createEvent(id, 't')).rejects.toMatchObject({ code: 'claim_bad_request' });
      await expect(ledger.defineDrop(E, terms({ id }), 't')).rejects.toMatchObject({ code: 'claim_bad_request' });
      expect(code(await one(ledger, ask(1)))).toBe('granted');
    });

    it('[LED20] counts the viewers of each gate and says which gates are open for one', async () => {
      const { ledger } = await set({}, [1, 2]);
      await ledger.defineDrop(E, terms({ id: 'second' }), 't');
      await ledger.unlock({ event: E, target: { drop: 'badge' }, viewers: [2, 3], trace: 't' });
      await ledger.unlock({ event: E, target: { achievement: 'won' }, viewers: [2, 2, 4, 4], trace: 't' });
      expect((await ledger.drops(E)).map(({ terms: { id }, unlocked }) => [id, unlocked])).toEqual([['badge', 5], ['second', 3]]);
      expect(await ledger.openGates(E, 2, ['a:won', 'd:badge', 'd:second'])).toEqual(new Set(['a:won', 'd:badge']));
      expect(await ledger.openGates(E, 3, ['a:won', 'd:badge', '', 'a:__proto__'])).toEqual(new Set(['d:badge']));
      expect(await ledger.openGates(E, 9, ['a:won'])).toEqual(new Set());
      expect(await ledger.openGates('nowhere', 1, ['a:won'])).toEqual(new Set());
      expect(await ledger.openGates(E, 1, [])).toEqual(new Set());
      expect(await ledger.state(E)).toMatchObject({ gates: { 'a:won': 3, 'd:badge': 2 } });
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LED16] keeps neighbouring events apart', async () => {
      const { ledger } = await set();
      await ledger.createEvent('show/entry', 't');
      expect(code(await one(ledger, ask(1, { event: 'show/entry' })))).toBe('claim_unknown_drop');
      expect((await ledger.entries('show/entry', 1, 10)).map(({ seq }) => seq)).toEqual([1]);
      expect(await ledger.reconcile(E)).toEqual([]);
    });
  });
}
