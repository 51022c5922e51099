import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../src/ledger/index.js';
import { Books, csvOf, splitAmount, splitFault, statementCsv, statementOf } from '../src/settlement/index.js';
import { terms } from './ledger-contract.js';

const SPLIT = { creator: 7_000, platform: 1_000, 'sponsor-a': 2_000 };
const E = 'show';
let seq = 0;
const entry = (type: Entry['type'], more: Partial<Entry>): Entry => ({ seq: ++seq, event: E, at: 1_000_000 + seq, trace: 't', type, ...more });
const defined = (id: string, more: object = {}): Entry => entry('DropDefined', { drop: id, terms: terms({ id, ...more }) });
const converted = (of: number, amount: number, currency = 'EUR', drop = 'shirt'): Entry => entry('Converted', { drop, variant: 'default', viewer: of, of, amount, currency });
const refunded = (of: number, amount: number, currency = 'EUR', drop = 'shirt'): Entry => entry('Refunded', { drop, variant: 'default', viewer: of, of, amount, currency });
const booksOf = (...entries: Entry[]): Books => {
  const books = new Books();
  for (const each of entries) books.add(each);
  return books;
};

describe('settlement', () => {
  it('[SET1] shares add up to the amount to the unit: whole parts first, what is left to the largest fractions, then by name', () => {
    expect(Object.fromEntries(splitAmount(1_999, SPLIT))).toEqual({ creator: 1_399, platform: 200, 'sponsor-a': 400 });
    expect(Object.fromEntries(splitAmount(1, { b: 5_000, a: 5_000 }))).toEqual({ a: 1, b: 0 });
    expect(Object.fromEntries(splitAmount(100, { a: 3_333, b: 3_333, c: 3_334 }))).toEqual({ a: 33, b: 33, c: 34 });
    expect(Object.fromEntries(splitAmount(0, SPLIT))).toEqual({ creator: 0, platform: 0, 'sponsor-a': 0 });
    const split = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 8 }).map((cuts) => {
      const at = [...cuts.sort((a, b) => a - b), 10_000];
      return Object.fromEntries(at.map((cut, index) => [`p${index}`, cut - (at[index - 1] ?? 0)]));
    });
    fc.assert(fc.property(fc.maxSafeNat(), split, (amount, points) => {
      const shares = splitAmount(amount, points);
      expect([...shares.values()].reduce((sum, share) => sum + BigInt(share), 0n)).toBe(BigInt(amount));
      for (const [party, share] of shares) expect(Math.abs(share - (amount * points[party]!) / 10_000)).toBeLessThan(1 + amount * 2 ** -50);
    }));
  });

  it('[SET2] a split that does not add up, or names nobody, says what is wrong', () => {
    expect([SPLIT, {}, { a: 9_999 }, { a: 10_001 }, { a: 5_000.5, b: 4_999.5 }, { a: -1, b: 10_001 }, { 'A b': 10_000 }].map(splitFault)).toEqual([
      undefined, 'a split names 1 to 16 parties', 'the shares add up to 9999 basis points of 10000', 'the shares add up to 10001 basis points of 10000',
      'a share is a whole number of basis points', 'a share is a whole number of basis points', 'a party is lower-case letters, digits and dashes, at most 64',
    ]);
  });

  it('[SET3] whatever is converted and refunded, each currency adds up to 0 after every entry, and a refund leaves nothing', () => {
    const sale = fc.record({ amount: fc.nat(10 ** 9), currency: fc.constantFrom('EUR', 'USD', 'JPY'), drop: fc.constantFrom('shirt', 'plain'), back: fc.boolean() });
    fc.assert(fc.property(fc.array(sale, { maxLength: 40 }), (sales) => {
      const books = booksOf(defined('shirt', { split: SPLIT }), defined('plain'));
      sales.forEach(({ amount, currency, drop }, index) => {
        books.add(converted(index + 10_000, amount, currency, drop));
        expect(books.unbalanced()).toEqual([]);
      });
      sales.forEach(({ amount, currency, drop, back }, index) => back && books.add(refunded(index + 10_000, amount, currency, drop)));
      const kept = (of: string): number => sales.filter(({ currency, back }) => currency === of && !back).reduce((sum, { amount }) => sum + amount, 0);
      for (const currency of ['EUR', 'USD', 'JPY']) expect(books.balances[`${currency} shop`] ?? 0).toBe(kept(currency));
      expect([books.unbalanced(), books.faults]).toEqual([[], []]);
    }));
  });

  it('[SET4] money that cannot be is named: a refund of nothing, of another amount, a second conversion, a drop that never was', () => {
    const books = booksOf(defined('shirt', { split: SPLIT }), converted(5, 1_000), refunded(9, 1_000), refunded(5, 900), refunded(5, 1_000, 'USD'), converted(5, 1_000), converted(7, 1, 'EUR', 'nothing'));
    expect(books.faults.map(({ what }) => what)).toEqual([
      'show:9 is refunded, but was not converted', 'a refund of 900 EUR of a conversion of 1000 EUR', 'a refund of 1000 USD of a conversion of 1000 EUR',
      'show:5 was converted before', 'a conversion of nothing, which was never defined',
    ]);
    expect(books.balances).toEqual({ 'EUR party:creator': -700, 'EUR party:platform': -100, 'EUR party:sponsor-a': -200, 'EUR shop': 1_000 });
  });

  it('[SET5] a test drop moves no money', () => {
    expect(booksOf(defined('shirt', { test: true, split: SPLIT }), converted(5, 1_000), refunded(5, 1_000))).toMatchObject({ postings: [], faults: [] });
  });

  it('[SET6] a statement opens where the last one closed, and a closed one must say what the entries say', () => {
    const start = seq;
    const books = booksOf(defined('shirt', { split: SPLIT }), converted(50, 1_000), converted(51, 500));
    const first = statementOf(E, books, 1, books.seq);
    books.add(entry('Settled', { data: { statement: 1, to: books.seq, ...books.balances } }));
    books.add(refunded(50, 1_000));
    const second = statementOf(E, books, first.to + 1, books.seq);
    expect(first.rows.map(({ account, opening, converted: sold, refunded: back, closing }) => [account, opening, sold, back, closing])).toEqual([
      ['party:creator', 0, 1_050, 0, 1_050], ['party:platform', 0, 150, 0, 150], ['party:sponsor-a', 0, 300, 0, 300], ['shop', 0, 1_500, 0, 1_500],
    ]);
    expect(second.rows.map(({ account, opening, refunded: back, closing }) => [account, opening, back, closing])).toEqual([
      ['party:creator', 1_050, -700, 350], ['party:platform', 150, -100, 50], ['party:sponsor-a', 300, -200, 100], ['shop', 1_500, -1_000, 500],
    ]);
    expect(books.faults).toEqual([]);
    books.add(entry('Settled', { data: { statement: 2, to: books.seq, ...books.balances, 'EUR party:creator': -351 } }));
    expect(books.faults).toEqual([{ seq, what: 'statement 2 says -351 EUR party:creator; the entries say -350' }]);
    expect(seq - start).toBe(6);
  });

  it('[SET7] as CSV each posting is a line, quoted where it must be, and nothing in it is a formula', () => {
    const books = booksOf(defined('shirt', { variants: { '=cmd|"x"': null }, split: { creator: 10_000 } }), entry('Converted', { drop: 'shirt', variant: '=cmd|"x"', viewer: 1, of: 3, amount: 250, currency: 'EUR' }));
    const [head, line, ...rest] = statementCsv(statementOf(E, books, 1, books.seq)).split('\r\n');
    expect([head, line?.split(',').slice(2, 9)]).toEqual(['seq,at,type,entitlement,drop,variant,account,currency,minor_units', ['Converted', 'show:3', 'shirt', `"'=cmd|""x"""`, 'shop', 'EUR', '250']]);
    expect(rest).toHaveLength(2);
    expect(csvOf(['a'], [['+1'], [-1], ['two\nlines']])).toBe("a\r\n'+1\r\n-1\r\n\"two\nlines\"\r\n");
  });
});
