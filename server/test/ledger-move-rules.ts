import { describe, expect, it } from 'vitest';
import type { DropTerms, Ledger, MoveRequest } from '../src/ledger/index.js';
import { all, ask, code, E, idOf, move, one, type OpenLedger, paid, said, setter, stock, typesOf } from './ledger-parts.js';

const MOVES = ['confirm', 'fulfil', 'convert', 'refund', 'revoke', 'expire'] as const;
type Way = readonly (readonly [(typeof MOVES)[number], Partial<MoveRequest>?])[];

/** How to bring a claim to each state, and what each move then says. The table of `docs/drops.md`. */
const STATES: readonly (readonly [state: string, terms: Partial<DropTerms>, way: Way, answers: readonly string[]])[] = [
  ['entered', { allocation: 'lottery' }, [], ['move_wrong_state', 'move_wrong_state', 'move_wrong_state', 'move_wrong_state', 'done', 'move_wrong_state']],
  ['reserved', { reserveMs: 100 }, [], ['done', 'move_wrong_state', 'done', 'move_wrong_state', 'done', 'done']],
  ['granted', {}, [], ['again', 'done', 'done', 'move_wrong_state', 'done', 'move_wrong_state']],
  ['granted', { reserveMs: 100 }, [['confirm']], ['again', 'done', 'done', 'move_wrong_state', 'done', 'move_wrong_state']],
  ['fulfilled', {}, [['fulfil']], ['again', 'again', 'done', 'move_wrong_state', 'done', 'move_wrong_state']],
  ['converted', { reserveMs: 100 }, [['convert', paid('order-000')]], ['again', 'again', 'move_wrong_state', 'done', 'move_wrong_state', 'move_wrong_state']],
  ['refunded', {}, [['convert', paid('order-000')], ['refund', paid('refund-00')]], MOVES.map(() => 'move_wrong_state')],
  ['revoked', {}, [['revoke']], MOVES.map(() => 'move_wrong_state')],
  ['expired', { reserveMs: 100 }, [['expire']], ['move_expired', 'move_wrong_state', 'move_wrong_state', 'move_wrong_state', 'move_wrong_state', 'again']],
];

/** What moves an entitlement after its claim. */
export function moveRules(name: string, open: OpenLedger): void {
  const set = setter(open);
  const granted = async (more: Partial<DropTerms> = {}) => {
    const made = await set(more);
    return { ...made, id: idOf(await one(made.ledger, ask(1))) };
  };

  describe(`moves on ${name}`, () => {
    it.each(STATES)('[MOV1] from %s %j each move is done, is a repeat, or says why not', async (state, more, way, answers) => {
      for (const [index, type] of MOVES.entries()) {
        const { ledger, clock, id } = await granted(more);
        clock.time += 100;
        for (const [step, details] of way) expect(await said(move(ledger, step, id, details))).toBe('done');
        expect((await ledger.state(E)).holdings['1/badge']?.state).toBe(state);
        const before = await all(ledger);
        const answer = await move(ledger, type, id, type === 'convert' || type === 'refund' ? paid('some-key') : { reason: 'r' });
        expect(answer.status === 'refused' ? answer.code : answer.status, type).toBe(answers[index]);
        const after = await all(ledger);
        if (answer.status !== 'done') expect(after).toEqual(before);
        else expect([after.length > before.length, answer.seq]).toEqual([true, after.at(-1)?.seq]);
        expect(await ledger.reconcile(E)).toEqual([]);
      }
    });

    it('[MOV3] tells of a converted reservation as a grant and its conversion, with what the shop said', async () => {
      const { ledger, id } = await granted({ reserveMs: 100, entitlementMs: 50 });
      const answer = await move(ledger, 'convert', id, paid('order-001', { data: { order: 'A-1', parcels: 2, gift: false }, reason: 'paid' }));
      const [grant, conversion] = (await all(ledger)).slice(-2);
      const of = Number(id.slice(E.length + 1));
      expect(grant).toMatchObject({ type: 'Granted', of, serial: 1, viewer: 1, drop: 'badge', variant: 'default', expiresAt: 1_000_050 });
      expect(conversion).toMatchObject({ type: 'Converted', of, viewer: 1, amount: 1990, currency: 'EUR', key: 'm:order-001', reason: 'paid', data: { order: 'A-1', parcels: 2, gift: false } });
      expect(answer).toEqual({ status: 'done', seq: conversion?.seq });
      expect((await ledger.receipts(E, 1))[0]).toMatchObject({ status: 'granted', serial: 1, standing: 'converted' });
      expect(await ledger.drops(E)).toMatchObject([{ granted: 1, converted: 1, refunded: 0, reserved: 0, left: 1 }]);
    });

    it('[MOV5] answers a repeated key with the first move, and a changed one as a conflict', async () => {
      const { ledger, id } = await granted();
      const other = idOf(await one(ledger, ask(2)));
      const first = await move(ledger, 'convert', id, paid('order-001'));
      const before = await all(ledger);
      expect(await move(ledger, 'convert', id, paid('order-001', { data: { again: true } }))).toEqual({ ...first, status: 'again' });
      for (const [type, at, more] of [
        ['convert', id, { amount: 1991 }], ['convert', id, { currency: 'USD' }], ['convert', other, {}], ['refund', id, {}],
        ['fulfil', id, { amount: undefined, currency: undefined }],
      ] as const) expect(await said(move(ledger, type, at, { ...paid('order-001'), ...more } as Partial<MoveRequest>))).toBe('move_conflict');
      expect(await said(move(ledger, 'convert', id, paid('order-002')))).toBe('move_wrong_state'); // a second order for one unit
      expect(await all(ledger)).toEqual(before);
      expect(await said(move(ledger, 'refund', id, paid('refund-01')))).toBe('done');
      expect(await said(move(ledger, 'refund', id, paid('refund-01')))).toBe('again');
      expect(await move(ledger, 'convert', id, paid('order-001'))).toEqual({ ...first, status: 'again' }); // a late repeat of the shop's
      expect(code(await one(ledger, ask(3, { key: 'order-001' })))).toBe('granted'); // claims have keys of their own
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[MOV5] keeps the keys of all moves, also one that is a word of JavaScript', async () => {
      const { ledger, id } = await granted({ reserveMs: 100 });
      expect(await said(move(ledger, 'confirm', id, { key: '__proto__' }))).toBe('done');
      expect(await said(move(ledger, 'confirm', id, { key: '__proto__' }))).toBe('again');
      expect(await said(move(ledger, 'fulfil', id, { key: 'constructor' }))).toBe('done');
      expect(await said(move(ledger, 'confirm', id, { key: 'unused-key' }))).toBe('again'); // it stands so: nothing is bound
      expect(Object.keys((await ledger.state(E)).keys).sort()).toEqual(['key-of-1', 'm:__proto__', 'm:constructor']);
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[MOV7] knows an entitlement by the id of its receipt alone, and none that was followed by another', async () => {
      const { ledger, clock, id } = await granted({ reserveMs: 100 });
      clock.time += 100;
      await ledger.expireDue(E, 1, 't');
      const next = idOf(await one(ledger, ask(1, { key: 'another-key' })));
      await move(ledger, 'confirm', next);
      const last = (await all(ledger)).at(-1)?.seq ?? 0;
      const before = await ledger.state(E);
      for (const unknown of [id, `${E}:1`, `${E}:2`, `${E}:3`, `${E}:${last}`, `${E}:999`, `${E}:0`, `${E}:-1`, `${E}:1e1`, `${E}: 7`, `${E}:`, E, '', 'other:7', `${E}:${'9'.repeat(40)}`, `${next}.0`, `${next} `]) {
        expect(await said(move(ledger, 'fulfil', unknown)), unknown).toBe('move_unknown');
      }
      expect(await said(ledger.move({ event: 'nowhere', id: 'nowhere:1', type: 'fulfil', trace: 't' }))).toBe('event_unknown');
      expect(await ledger.state(E)).toEqual(before);
      expect(await said(move(ledger, 'fulfil', next))).toBe('done');
    });

    it('[MOV9] refuses a move of the wrong shape and changes nothing', async () => {
      const { ledger, id } = await granted();
      const before = await ledger.state(E);
      const bad: [string, object][] = [
        ['convert', {}], ['convert', { amount: 1, currency: 'EUR' }], ['convert', { key: 'order-001', currency: 'EUR' }], ['convert', { key: 'order-001', amount: 1 }],
        ...[-1, 1.5, Number.NaN, 2 ** 53, '1990', null].map((amount): [string, object] => ['convert', { ...paid('order-001'), amount }]),
        ...['eur', 'EURO', '', 'E1R', 'EUR\n', ['EUR']].map((currency): [string, object] => ['refund', { ...paid('order-001'), currency }]),
        ...['short', 'x'.repeat(65), 'has a blank', 'm:order-001', 12_345_678, ['order-001']].map((key): [string, object] => ['fulfil', { key }]),
        ['fulfil', { amount: 1 }], ['confirm', { currency: 'EUR' }], ['revoke', paid('order-001')], ['cancel', {}], ['__proto__', {}], ['toString', {}],
        ...[{ deep: { er: 1 } }, { list: [1] }, { nothing: null }, { big: 'x'.repeat(1_025) }, { not: Number.NaN }, ['a'], 'text', null].map((data): [string, object] => ['fulfil', { data }]),
      ];
      for (const [type, more] of bad) expect(await said(move(ledger, type as 'fulfil', id, more as Partial<MoveRequest>)), JSON.stringify([type, more])).toBe('move_bad_request');
      expect(await ledger.state(E)).toEqual(before);
      expect(await said(move(ledger, 'convert', id, paid('order-001', { amount: 0 })))).toBe('done');
    });

    it('[MOV11] refunds the whole of a conversion, and gives the unit back where the policy is so', async () => {
      for (const [restock, left] of [['return', 2], ['burn', 1]] as const) {
        const { ledger, id } = await granted({ restock });
        await move(ledger, 'convert', id, paid('order-001'));
        for (const more of [{ amount: 1989 }, { amount: 1991 }, { currency: 'USD' }]) expect(await said(move(ledger, 'refund', id, paid('refund-01', more)))).toBe('move_amount');
        expect(await said(move(ledger, 'refund', id, paid('refund-01')))).toBe('done');
        expect(await ledger.drops(E)).toMatchObject([{ left, granted: 0, converted: 1, refunded: 1 }]);
        expect((await ledger.receipts(E, 1))[0]).toMatchObject({ standing: 'refunded' });
        expect(code(await one(ledger, ask(1, { key: 'another-key' })))).toBe('claim_refunded');
        expect(await ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'r', trace: 't' })).toBe(false);
        expect(await ledger.reconcile(E)).toEqual([]);
      }
    });

    it('[MOV13] expires what is due and not confirmed, the longest due first; its person and unit are free again', async () => {
      const { ledger, clock } = await set({ reserveMs: 100, variants: { default: 3 } });
      const reserve = async (viewer: number, more: object = {}) => idOf(await one(ledger, ask(viewer, { proof: 'email', subject: viewer + 70, ...more })));
      const ids = [await reserve(3)];
      clock.time += 10;
      ids.push(await reserve(1));
      clock.time += 10;
      ids.push(await reserve(2));
      expect(code(await one(ledger, ask(4)))).toBe('claim_sold_out');
      clock.time += 79;
      expect(await ledger.expireDue(E, 10, 't')).toBe(0);
      expect(await said(move(ledger, 'expire', ids[0] ?? ''))).toBe('move_not_due');
      clock.time += 1;
      expect(await said(move(ledger, 'confirm', ids[0] ?? ''))).toBe('done'); // due, but nobody expired it: the shop has the money
      expect(await ledger.expireDue(E, 10, 't')).toBe(0);
      clock.time += 20;
      expect([await ledger.expireDue(E, 0, 't'), await ledger.expireDue(E, 1, 't')]).toEqual([0, 1]);
      expect((await all(ledger)).at(-1)).toMatchObject({ type: 'Expired', viewer: 1, subject: 71 });
      expect(await ledger.expireDue(E, 10, 't')).toBe(1);
      expect(await stock(ledger)).toMatchObject({ taken: 1, reserved: 0, granted: 1 });
      expect(await ledger.state(E)).toMatchObject({ reservations: {}, subjects: { 'badge/73': 3 } });
      expect((await ledger.receipts(E, 1))[0]).toMatchObject({ status: 'reserved', standing: 'expired' });
      expect(await said(move(ledger, 'confirm', ids[1] ?? ''))).toBe('move_expired');
      const next = await one(ledger, ask(4, { proof: 'email', subject: 71, key: 'another-key' })); // the same person as another viewer
      expect(code(next)).toBe('reserved');
      expect(code(await one(ledger, ask(1, { proof: 'email', subject: 71, key: 'yet-another' })))).toBe('claim_subject_taken');
      expect(idOf(await one(ledger, ask(2, { key: 'yet-another' })))).not.toBe(ids[2]); // an expired viewer claims anew
      await expect(ledger.expireDue('nowhere', 1, 't')).rejects.toMatchObject({ code: 'event_unknown' });
      expect(await ledger.reconcile(E)).toEqual([]);
    });

    it('[MOV15] revokes whatever stands and is not paid; what was only reserved always goes back, and is no grant', async () => {
      const ends = async (ledger: Ledger): Promise<boolean> => ledger.revoke({ event: E, drop: 'badge', viewer: 1, reason: 'fraud', trace: 't' });
      const { ledger, id } = await granted({ reserveMs: 100, restock: 'burn' });
      expect(await ends(ledger)).toBe(true);
      expect(await stock(ledger)).toMatchObject({ taken: 0, reserved: 0, granted: 0, revoked: 0 });
      expect((await all(ledger)).at(-1)).toMatchObject({ type: 'Revoked', of: Number(id.slice(E.length + 1)), reason: 'fraud' });
      expect([await said(move(ledger, 'confirm', id)), await ends(ledger)]).toEqual(['move_wrong_state', false]);
      expect(await ledger.expireDue(E, 10, 't')).toBe(0);
      expect(code(await one(ledger, ask(1, { key: 'another-key' })))).toBe('claim_revoked');
      expect(await ledger.reconcile(E)).toEqual([]);

      const { ledger: fulfilled, id: handed } = await granted({ restock: 'burn' });
      await move(fulfilled, 'fulfil', handed);
      expect(await ends(fulfilled)).toBe(true);
      expect(await stock(fulfilled)).toMatchObject({ taken: 1, granted: 1, revoked: 1 });
      expect((await all(fulfilled)).at(-1)).toMatchObject({ type: 'Revoked', serial: 1 });

      const { ledger: paidFor, id: bought } = await granted();
      await move(paidFor, 'convert', bought, paid('order-001'));
      expect(await ends(paidFor)).toBe(false); // money moves back by a refund
      expect(typesOf(await all(paidFor)).at(-1)).toBe('Converted');
    });
  });
}
