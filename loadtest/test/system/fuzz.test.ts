import { describe, expect, it } from 'vitest';
import { fuzzTable, runFuzz } from '../../src/fuzz/fuzz.js';

const SEED = Number(process.env['CROWDCUE_SEED'] ?? 20_261_121);

describe('garbage for a running system', { timeout: 180_000 }, () => {
  it('[FUZ1] random and mutated frames by every door: no crash, no growth, every offender closed with its code, and a crowd that plays sees nothing', async () => {
    const verdict = await runFuzz({ frames: 25_000, seed: SEED, viewers: 100 });
    console.log(fuzzTable(verdict));
    expect(verdict.problems).toEqual([]);
    expect(verdict.holds).toBe(true);
    expect(verdict.books.frames).toBeGreaterThanOrEqual(25_000);
    for (const category of ['direct', 'stock', 'link', 'offer', 'bytes', 'request, at the origin']) {
      expect(verdict.books.categories[category]?.offences, category).toBeGreaterThan(0);
    }
    expect(verdict.crowd.compared).toBe(100);
  });
});
