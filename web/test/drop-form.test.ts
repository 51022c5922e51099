import { describe, expect, it } from 'vitest';
import { draftOf, emptyDrop, isLimitedForm, shareSum } from '../src/host/drop-form.js';
import { dropProblems, needMore, ownProblems } from '../src/host/drop-problems.js';
import { ApiError } from '../src/shared/api.js';
import { parseDrop } from '../../server/src/drops/terms.js';

const rules = { achievements: new Set(['round-won']), unproven: false };
const form = (more: Partial<typeof emptyDrop> = {}) => ({ ...emptyDrop, name: ' Cap ', ...more });
/** As the origin answers: the table's sentence, then its own. */
const refused = (code: 'drop_bad_request' | 'drop_needs_proof' | 'drop_unfair_gate', said: string): ApiError => new ApiError(code, `A sentence of the table. ${said}`, false);
const told = (error: ApiError, forms = [form()]) => Object.fromEntries([...dropProblems(error, forms)!].map(([at, found]) => [at, Object.fromEntries([...found].map(([field, { text }]) => [field, text]))]));

describe('the form of a drop', () => {
  it('[HDR8] sends what was filled in and nothing else, as the origin takes it', () => {
    expect(draftOf(form())).toEqual({ name: 'Cap', kind: 'badge', supply: 100, unlockedBy: 'round-won' });
    expect(draftOf(form({ supply: '' }))).toMatchObject({ supply: -1 });
    const full = draftOf(form({
      kind: 'link', variants: [{ name: 'red', value: '3' }, { name: 'blue', value: '' }], opensAt: '2031-05-02T20:00', closesAt: '2031-05-03T20:00', early: [{ name: 'gold', value: '2031-05-02T19:00' }], tiers: 'gold, silver', countries: 'de US',
      minAge: '18', allocation: 'lottery', proof: 'any', checkout: ' https://shop.example/{entitlement} ', reserveMinutes: '5', entitlementHours: '48', restock: 'burn', restockPolicy: 'None.', refundPolicy: ' ', rules: 'https://ice.example',
      sponsor: 'North & Ice', split: [{ name: 'creator', value: '66.67' }, { name: 'platform', value: '33.33' }], test: true,
    }));
    expect(full).toEqual({
      name: 'Cap', kind: 'link', unlockedBy: 'round-won', variants: { red: 3, blue: null }, opensAt: new Date('2031-05-02T20:00').getTime(), closesAt: new Date('2031-05-03T20:00').getTime(), early: { gold: new Date('2031-05-02T19:00').getTime() },
      eligible: { tiers: ['gold', 'silver'], countries: ['DE', 'US'], minAge: 18 }, allocation: 'lottery', proof: 'any', checkout: 'https://shop.example/{entitlement}', reserveMinutes: 5, entitlementHours: 48, restock: 'burn',
      restockPolicy: 'None.', rules: 'https://ice.example', sponsor: 'North & Ice', split: { creator: 6_667, platform: 3_333 }, test: true,
    });
    expect(parseDrop({ id: 'cap', ...full }, rules)).toMatchObject({ variants: { red: 3, blue: null }, reserveMs: 300_000, test: true });
    expect(draftOf(form({ kind: 'code', variants: [{ name: 'red', value: '9' }] }))).toMatchObject({ variants: ['red'] });
    expect(parseDrop({ id: 'cap', ...draftOf(form({ kind: 'code', proof: 'email' })) }, rules)).toMatchObject({ coded: true, proof: 'email' });
    // A host who leaves the proof alone is never refused for it; one who chose to have none is told.
    expect(parseDrop({ id: 'cap', ...draftOf(form()) }, rules)).toMatchObject({ proof: 'any' });
    expect(() => parseDrop({ id: 'cap', ...draftOf(form({ proof: 'none' })) }, rules)).toThrow(expect.objectContaining({ code: 'drop_needs_proof' }));
    expect([isLimitedForm(form()), isLimitedForm(form({ supply: '' })), isLimitedForm(form({ test: true })), isLimitedForm(form({ kind: 'code', supply: '' }))]).toEqual([true, false, false, true]);
    expect([shareSum(form({ split: [{ name: 'a', value: '33.34' }, { name: 'b', value: '66.66' }] })), shareSum(form({ split: [{ name: 'a', value: 'x' }] })), shareSum(form({ split: [{ name: 'a', value: '' }] }))]).toEqual([100, undefined, undefined]);
  });

  it('[HDR8] a refusal finds its drop and its fields; what no field is about is said all the same', () => {
    expect(told(refused('drop_bad_request', 'eligible.countries.1: two capitals, as ISO 3166 has them; closesAt: must be after opensAt; early.A b: Invalid key in record; who: knows')))
      .toEqual({ 0: { 'eligible.countries': 'Two capitals, as ISO 3166 has them.', closesAt: 'Must be after “Opens”.', early: 'Invalid key in record.', '': 'Who: knows.' } });
    expect(told(refused('drop_bad_request', 'drops.2: supply: give supply or variants, one of them'))).toEqual({ 2: { supply: 'Give supply or variants, one of them.' } });
    const forms = [form({ supply: '', unlockedBy: 'fastest' }), form({ unlockedBy: 'fastest', proof: 'email' }), form({ proof: 'none' })];
    expect(Object.keys(told(refused('drop_needs_proof', 'A drop needs a proof.'), forms)[2]!)).toEqual(['proof']);
    expect(Object.keys(told(refused('drop_unfair_gate', 'A drop of limited supply cannot be unlocked by fastest: only games.'), forms)[1]!)).toEqual(['unlockedBy']);
    expect(dropProblems(new ApiError('store_unavailable', 'No.', true), [form()])).toBeUndefined();
    const twice = ownProblems(form({ variants: [{ name: 'red', value: '' }, { name: ' red', value: '1' }], split: [{ name: '', value: '' }, { name: '', value: '' }] }));
    expect([...twice].map(([field, { text }]) => [field, text])).toEqual([['variants', 'red stands there twice.'], ['split', 'Give each a name.']]);
    expect([needMore(twice), needMore(ownProblems(form())), needMore(new Map([['supply', { text: '', code: 'drop_bad_request' }]]))]).toEqual([true, false, false]);
  });
});
