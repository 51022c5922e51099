import { describe, expect, it } from 'vitest';
import { runSoak, soakTable } from '../../src/soak/soak.js';

describe('a crowd of which some go and others come all the time', { timeout: 180_000 }, () => {
  it('[SOK1] is exact for every viewer that was ever there, and leaves nothing behind', async () => {
    const verdict = await runSoak({ viewers: 150, seconds: 15, turnover: 0.05, rate: 1, lookMs: 500 });
    console.log(soakTable(verdict));
    expect(verdict.problems).toEqual([]);
    expect(verdict.holds).toBe(true);
    expect(verdict.gone).toBeGreaterThan(30);
    expect(verdict.renewed).toBeGreaterThanOrEqual(verdict.gone);
    expect(verdict.report.reconnects, 'some lost their connection and came back').toBeGreaterThan(0);
    expect(verdict.report.joins.count).toBe(150 + verdict.renewed);
  });
});
