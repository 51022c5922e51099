import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CodeVault, parseCodes, type NewCode } from '../src/drops/index.js';
import { Sealer, systemRandom } from '../src/identity/index.js';
import { lmdbRecords } from '../src/store/index.js';
import { tempStore } from './store-helper.js';

const codesOf = (texts: readonly string[], variant = 'default'): NewCode[] => texts.map((code, index) => ({ code, variant, line: index + 1 }));
const sealerOf = (event: string): Sealer => new Sealer(createSecretKey(Buffer.alloc(32, event)), systemRandom);
const bad = (code: string, message: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(message) as string });

const set = async () => {
  const store = await tempStore();
  const open = (): CodeVault => new CodeVault({ table: lmdbRecords(store).table('codes'), sealerOf });
  return { store, open, vault: open() };
};

describe('uploaded codes', () => {
  it('[COD1] a unit has its code for good: in the order of the uploads, of each variant, and after a restart', async () => {
    const { vault, open } = await set();
    await vault.upload('show', 'game', ['a', 'b'], [...codesOf(['A1', 'A2'], 'a'), ...codesOf(['B1'], 'b')]);
    await vault.upload('show', 'game', ['a', 'b'], codesOf(['A3'], 'a'));
    for (const each of [vault, open()]) {
      expect([1, 2, 3, 4, 0, -1].map((unit) => each.code('show', 'game', 'a', unit))).toEqual(['A1', 'A2', 'A3', undefined, undefined, undefined]);
      expect([each.code('show', 'game', 'b', 1), each.code('other', 'game', 'b', 1), each.count('show', 'game', 'a'), each.count('show', 'game', 'b')]).toEqual(['B1', undefined, 3, 1]);
    }
  });

  it('[COD2] at rest they are encrypted, and a record that was moved to another place or event does not open', async () => {
    const { vault, store, open } = await set();
    await vault.upload('show', 'game', ['default'], codesOf(['SECRET-ONE', 'SECRET-TWO']));
    const table = lmdbRecords(store).table<Record<string, string[]>>('codes');
    const [[, upload]] = [...table.entries()] as [[string, Record<string, string[]>]];
    expect(Buffer.from(upload['default']!.join('')).includes('SECRET')).toBe(false);
    expect(Buffer.from(upload['default']![0]!.split('.').at(-1)!, 'base64url').includes('SECRET')).toBe(false);
    await table.put('show|game|000000', { default: upload['default']!.toReversed() });
    await table.put('other|game|000000', upload);
    expect(() => open().code('show', 'game', 'default', 1)).toThrow();
    expect(() => open().code('other', 'game', 'default', 1)).toThrow();
  });

  it('[COD3] a list with repeats, within itself or of an upload before, over all variants, is refused whole and says which lines', async () => {
    const { vault } = await set();
    await vault.upload('show', 'game', ['a', 'b'], codesOf(['X', 'Y'], 'a'));
    await expect(vault.upload('show', 'game', ['a', 'b'], codesOf(['N', 'M', 'N'], 'b'))).rejects.toEqual(bad('codes_repeated', /line 3 repeats line 1/));
    await expect(vault.upload('show', 'game', ['a', 'b'], codesOf(['N', 'Y'], 'b'))).rejects.toEqual(bad('codes_repeated', /line 2 was uploaded before/));
    expect([vault.count('show', 'game', 'a'), vault.count('show', 'game', 'b')]).toEqual([2, 0]);
  });

  it('[COD4] what no code is comes back with its line, and nothing is taken', async () => {
    const { vault } = await set();
    const upload = (codes: NewCode[]) => vault.upload('show', 'game', ['default'], codes);
    await expect(upload([])).rejects.toEqual(bad('codes_bad_request', /no code/));
    await expect(upload(codesOf(['a', 'x'.repeat(257)]))).rejects.toEqual(bad('codes_bad_request', /line 2/));
    await expect(upload(codesOf(['two\nlines']))).rejects.toEqual(bad('codes_bad_request', /line 1/));
    await expect(upload(codesOf(['a'], 'none'))).rejects.toEqual(bad('codes_bad_request', /no variant none/));
    await expect(upload(codesOf(Array.from({ length: 20_001 }, (_, index) => `c${index}`)))).rejects.toEqual(bad('codes_bad_request', /at most 20000/));
    expect(vault.count('show', 'game', 'default')).toBe(0);
  });

  it('[COD5] of two processes that upload at once one is told to try again, and no code is lost or twice', async () => {
    const { open } = await set();
    const [one, two] = [open(), open()];
    const results = await Promise.allSettled([one.upload('show', 'game', ['default'], codesOf(['A', 'B'])), two.upload('show', 'game', ['default'], codesOf(['C']))]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((results.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'codes_busy', retryable: true });
    expect([1, 2].includes(open().count('show', 'game', 'default'))).toBe(true);
  });

  it('[COD6] reads a file as a spreadsheet writes it: headings, quotes, a byte order mark, any line ends, blanks', () => {
    expect(parseCodes('\uFEFFcode,variant\r\nAAA,red\r\n\r\n"B,""B""",blue\r\n', ['red', 'blue'])).toEqual([{ code: 'AAA', variant: 'red', line: 2 }, { code: 'B,"B"', variant: 'blue', line: 4 }]);
    expect(parseCodes('one\ntwo\rthree', ['default']).map(({ code }) => code)).toEqual(['one', 'two', 'three']);
    expect(() => parseCodes('one', ['red', 'blue'])).toThrow(bad('codes_bad_request', /line 1: names no variant/) as never);
    expect(() => parseCodes('a,b,c', ['default'])).toThrow(bad('codes_bad_request', /line 1: more than/) as never);
    expect(() => parseCodes('"open', ['default'])).toThrow(bad('codes_bad_request', /quote/) as never);
  });
});
