import { describe, expect, it } from 'vitest';
import type { DropTerms, Ledger } from '../src/ledger/index.js';
import { all, ask, code, E, idOf, move, one, type OpenLedger, paid, said, setter, stock, terms, typesOf } from './ledger-parts.js';

const STEPS = ['frozen', 'listed', 'drawn', 'settled'] as const;

/** What a drop by lot does between its first claim and its last. */
export function lotRules(name: string, open: OpenLedger): void {
  const set = setter(open);
  const lot = (more: Partial<DropTerms> = {}, unlocked = [1, 2, 3, 4]) => set({ allocation: 'lottery', ...more }, unlocked);
  const step = (ledger: Ledger, to: (typeof STEPS)[number], data?: Record<string, string>) => ledger.lotStep({ event: E, drop: 'badge', to, trace: 't', ...(data && { data }) });
  const allot = (ledger: Ledger, from: number, tickets: readonly number[]) => ledger.allot({ event: E, drop: 'badge', from, tickets, trace: 't' });
  const enter = async (ledger: Ledger, viewers: readonly number[], more: object = {}) =>
    (await ledger.claim(viewers.map((viewer) => ask(viewer, { proof: 'email', subject: 70 + viewer, ...more })))).map((receipt) => Number(idOf(receipt).slice(E.length + 1)));
  /** Takes the lot to `drawn` with these viewers in it. */
  const drawn = async (ledger: Ledger, viewers: readonly number[], more: object = {}) => {
    const tickets = await enter(ledger, viewers, more);
    for (const to of ['frozen', 'listed', 'drawn'] as const) expect(await step(ledger, to)).toBe(to);
    return tickets;
  };

  describe(`lots on ${name}`, () => {
    it('[LOT1] collects claims as tickets and takes no stock; the key, and every other, gets the ticket', async () => {
      const { ledger } = await lot({ variants: { default: 1 }, allocation: 'fair-window' });
      const [first, second] = await ledger.claim([ask(1), ask(2), ask(9)]);
      expect(first).toMatchObject({ status: 'entered', variant: 'default', key: 'key-of-1' });
      expect(await one(ledger, ask(1))).toEqual(first);
      expect(await one(ledger, ask(1, { key: 'another-key' }))).toEqual(first);
      expect(code(second)).toBe('entered');
      expect(await stock(ledger)).toMatchObject({ taken: 0, granted: 0 });
      expect(await ledger.drops(E)).toMatchObject([{ lot: 'collecting', entered: 2, left: 1, granted: 0 }]);
      expect((await ledger.receipts(E, 1))[0]).toMatchObject({ status: 'entered', standing: 'entered' });
      expect((await all(ledger)).slice(-2)).toMatchObject([{ type: 'Entered', key: 'key-of-1' }, { type: 'Entered', viewer: 2 }]);
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LOT1] takes one ticket a proven person', async () => {
      const { ledger } = await lot({ proof: 'email' });
      await enter(ledger, [1]);
      expect(code(await one(ledger, ask(2, { proof: 'email', subject: 71 })))).toBe('claim_subject_taken');
      expect(await ledger.drops(E)).toMatchObject([{ entered: 1 }]);
    });

    it('[LOT3] goes from collecting to settled one step at a time, each once, with what was said of it', async () => {
      const { ledger } = await lot();
      await enter(ledger, [1, 2]);
      for (const early of ['listed', 'drawn', 'settled'] as const) await expect(step(ledger, early)).rejects.toMatchObject({ code: 'lot_wrong_state' });
      expect(await step(ledger, 'frozen', { count: '2' })).toBe('frozen');
      const before = await all(ledger);
      expect(before.at(-1)).toMatchObject({ type: 'LotFrozen', drop: 'badge', data: { count: '2' } });
      expect(await step(ledger, 'frozen', { count: '3' })).toBe('frozen');
      await expect(step(ledger, 'drawn')).rejects.toMatchObject({ code: 'lot_wrong_state' });
      expect(await all(ledger)).toEqual(before);
      expect([await step(ledger, 'listed', { hash: 'ab' }), await step(ledger, 'drawn', { seed: 'cd' }), await step(ledger, 'listed')]).toEqual(['listed', 'drawn', 'drawn']);
      await expect(step(ledger, 'settled')).rejects.toMatchObject({ code: 'lot_wrong_state' });
      const { tickets } = await ledger.lotTickets(E, 'badge');
      expect(await allot(ledger, 0, tickets.map(({ ticket }) => ticket))).toBe(2);
      expect([await step(ledger, 'settled'), await step(ledger, 'frozen')]).toEqual(['settled', 'settled']);
      expect(typesOf(await all(ledger)).filter((type) => type.startsWith('Lot'))).toEqual(['LotFrozen', 'LotListed', 'LotDrawn', 'LotSettled']);
      expect(await ledger.drops(E)).toMatchObject([{ lot: 'settled', entered: 2 }]);
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LOT3] is no matter of a drop without a lot, or of none', async () => {
      const { ledger } = await set();
      for (const call of [() => step(ledger, 'frozen'), () => allot(ledger, 0, []), () => ledger.lotTickets(E, 'badge')]) await expect(call()).rejects.toMatchObject({ code: 'lot_wrong_state' });
      for (const [event, drop, expected] of [[E, 'none', 'claim_unknown_drop'], ['nowhere', 'badge', 'event_unknown']] as const) {
        await expect(ledger.lotStep({ event, drop, to: 'frozen', trace: 't' })).rejects.toMatchObject({ code: expected });
        await expect(ledger.allot({ event, drop, from: 0, tickets: [], trace: 't' })).rejects.toMatchObject({ code: expected });
        await expect(ledger.lotTickets(event, drop)).rejects.toMatchObject({ code: expected });
      }
      expect((await ledger.drops(E))[0]).not.toHaveProperty('lot');
    });

    it('[LOT5] freezes the list: nobody joins or leaves it after that', async () => {
      const { ledger } = await lot({ variants: { red: 1, blue: 1 } });
      const [first, left, third] = [...(await enter(ledger, [1, 2], { variant: 'red' })), ...(await enter(ledger, [3], { variant: 'blue' }))];
      await expect(ledger.lotTickets(E, 'badge')).rejects.toMatchObject({ code: 'lot_wrong_state' });
      await ledger.revoke({ event: E, drop: 'badge', viewer: 2, reason: 'bot', trace: 't' });
      expect(await ledger.drops(E)).toMatchObject([{ entered: 2 }]);
      await step(ledger, 'frozen');
      const listed = { tickets: [{ ticket: first, variant: 'red' }, { ticket: third, variant: 'blue' }] };
      expect(await ledger.lotTickets(E, 'badge')).toEqual(listed);
      expect(left).toBeGreaterThan(0);
      for (const to of ['listed', 'drawn'] as const) {
        expect(code(await one(ledger, ask(4, { variant: 'red' })))).toBe('claim_lot_closed');
        await step(ledger, to);
      }
      await ledger.revoke({ event: E, drop: 'badge', viewer: 3, reason: 'bot', trace: 't' });
      expect(await ledger.lotTickets(E, 'badge')).toEqual(listed);
      expect(await ledger.drops(E)).toMatchObject([{ entered: 2 }]);
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LOT7] allots in the order of the draw: units while there are any, then the recorded word that they are gone', async () => {
      const { ledger } = await lot({ variants: { default: 2 }, coded: true, restock: 'burn', entitlementMs: 500 });
      const [a = 0, b = 0, c = 0, d = 0] = await drawn(ledger, [1, 2, 3, 4]);
      await ledger.revoke({ event: E, drop: 'badge', viewer: 4, reason: 'bot', trace: 't' });
      expect(await allot(ledger, 0, [c, d])).toBe(2);
      expect(await allot(ledger, 2, [a, b])).toBe(4);
      const outcome = (await all(ledger)).slice(-4);
      expect(outcome).toMatchObject([
        { type: 'Granted', of: c, viewer: 3, subject: 73, serial: 1, unit: 1, expiresAt: 1_000_500 }, { type: 'Refused', of: d, viewer: 4, reason: 'claim_revoked' },
        { type: 'Granted', of: a, viewer: 1, subject: 71, serial: 2, unit: 2 }, { type: 'Refused', of: b, viewer: 2, subject: 72, reason: 'claim_lot_lost' },
      ]);
      expect(outcome.filter((entry) => 'key' in entry)).toEqual([]);
      expect((await ledger.receipts(E, 3))[0]).toMatchObject({ status: 'granted', id: `${E}:${c}`, standing: 'active' });
      expect((await ledger.receipts(E, 2))[0]).toMatchObject({ status: 'refused', code: 'claim_lot_lost', standing: 'refused' });
      expect((await ledger.receipts(E, 4))[0]).toMatchObject({ standing: 'revoked' });
      expect(await one(ledger, ask(3, { proof: 'email', subject: 73 }))).toMatchObject({ status: 'entered' }); // the key's first receipt
      expect(await said(move(ledger, 'fulfil', `${E}:${c}`))).toBe('done');
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LOT9] allots each ticket once: a call that is behind, ahead or wrong does nothing', async () => {
      const { ledger } = await lot();
      const [a = 0, b = 0] = await drawn(ledger, [1, 2]);
      expect(await allot(ledger, 0, [a])).toBe(1);
      const before = await ledger.state(E);
      expect([await allot(ledger, 0, [a]), await allot(ledger, 0, [b]), await allot(ledger, 2, [b]), await allot(ledger, 1, [])]).toEqual([1, 1, 1, 1]);
      for (const bad of [[a], [b, b], [b, 1], [b, b + 1], [0], [-1], [1.5], [Number.NaN], Array.from({ length: 513 }, () => b)]) {
        await expect(allot(ledger, 1, bad)).rejects.toMatchObject({ code: 'claim_bad_request' });
      }
      expect(await ledger.state(E)).toEqual(before);
      expect(await allot(ledger, 1, [b])).toBe(2);
      await step(ledger, 'settled');
      await expect(allot(ledger, 2, [])).rejects.toMatchObject({ code: 'lot_wrong_state' });
    });

    it('[LOT9] takes tickets of one drop only, 512 in a call', async () => {
      const crowd = Array.from({ length: 600 }, (_, index) => index + 1);
      const { ledger } = await lot({ variants: { default: 580 } }, crowd);
      await ledger.defineDrop(E, terms({ id: 'second', allocation: 'lottery' }), 't');
      const other = Number(idOf(await one(ledger, ask(1, { drop: 'second', key: 'key-second' }))).slice(E.length + 1));
      const tickets = await drawn(ledger, crowd);
      await expect(allot(ledger, 0, [other])).rejects.toMatchObject({ code: 'claim_bad_request' });
      expect(await allot(ledger, 0, tickets.slice(0, 512))).toBe(512);
      expect(await allot(ledger, 512, tickets.slice(512))).toBe(600);
      expect(await ledger.drops(E)).toMatchObject([{ granted: 580, left: 0, entered: 600 }, { entered: 1, lot: 'collecting' }]);
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LOT11] goes on first come when it is settled: losers and late comers alike get what comes back', async () => {
      const { ledger, clock } = await lot({ variants: { default: 1 }, reserveMs: 100, closesAt: 2_000_000 });
      const [a = 0, b = 0] = await drawn(ledger, [1, 2]);
      expect(await allot(ledger, 0, [a, b])).toBe(2);
      expect((await ledger.receipts(E, 1))[0]).toMatchObject({ status: 'reserved', id: `${E}:${a}`, until: clock.time + 100, standing: 'reserved' });
      expect(await ledger.state(E)).toMatchObject({ subjects: { 'badge/71': 1 } }); // the loser's person is free
      await step(ledger, 'settled');
      const lost = (await ledger.receipts(E, 2))[0];
      expect(code(await one(ledger, ask(2, { key: 'another-key' })))).toBe('claim_lot_lost');
      expect(code(await one(ledger, ask(3)))).toBe('claim_sold_out');
      expect(lost).toMatchObject({ code: 'claim_lot_lost' });
      clock.time += 100;
      expect(await ledger.expireDue(E, 10, 't')).toBe(1);
      expect(await said(move(ledger, 'convert', `${E}:${a}`, paid('order-001')))).toBe('move_wrong_state');
      expect(code(await one(ledger, ask(2, { key: 'yet-another' })))).toBe('reserved');
      clock.time = 2_000_000;
      expect(code(await one(ledger, ask(4)))).toBe('claim_closed');
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LOT11] confirms and pays what a lot reserved', async () => {
      const { ledger } = await lot({ variants: { default: 2 }, reserveMs: 100 });
      const [a = 0, b = 0] = await drawn(ledger, [1, 2]);
      await allot(ledger, 0, [a]);
      expect(await said(move(ledger, 'confirm', `${E}:${a}`))).toBe('done');
      expect(await said(move(ledger, 'confirm', `${E}:${b}`))).toBe('move_wrong_state');
      await allot(ledger, 1, [b]);
      expect(await said(move(ledger, 'convert', `${E}:${b}`, paid('order-001')))).toBe('done');
      expect((await ledger.receipts(E, 2))[0]).toMatchObject({ status: 'granted', id: `${E}:${b}`, serial: 2, standing: 'converted' });
      expect(await ledger.state(E)).toMatchObject({ reservations: {}, drops: { badge: { lot: { allotted: 2, entered: 2 } } } });
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[LOT13] draws a test drop without touching its stock: everybody wins', async () => {
      const { ledger } = await lot({ test: true, variants: { default: 1 } });
      const tickets = await drawn(ledger, [1, 2, 3]);
      expect(await allot(ledger, 0, tickets)).toBe(3);
      expect(await step(ledger, 'settled')).toBe('settled');
      expect(await stock(ledger)).toMatchObject({ taken: 0, granted: 3 });
      expect((await all(ledger)).filter(({ test }) => test)).toHaveLength(6);
      expect(await ledger.reconcile(E)).toEqual([]);
    });
  });
}
