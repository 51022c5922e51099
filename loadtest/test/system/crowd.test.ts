import type { EventOverview } from '@crowdcue/protocol';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportTable } from '../../src/swarm/report.js';
import { Swarm } from '../../src/swarm/swarm.js';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

const VIEWERS = 2_000;
const ROUND_MS = 30_000;

describe('the crowd', { timeout: 180_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
  });
  afterAll(() => system.stop());

  it('[CRW1] 2,000 viewers through one relay act once a second for a 30 s round: all that is confirmed is applied, each once, none missing; no state differs', async () => {
    await host.post('/api/events', { id: 'crowd', name: 'Crowd', maxViewers: 10_000 });
    const swarm = await Swarm.start({ origin: system.origin.url, event: 'crowd', viewers: VIEWERS, probeSecret: system.secrets.relay });
    await host.post('/api/events/crowd/cue', { game: 'tug', inMs: 1_000, durationMs: ROUND_MS, params: { goal: 1_000_000 } });
    await expect.poll(() => swarm.progress().phase, { timeout: ROUND_MS + 20_000, interval: 200 }).toBe('over');
    const report = await swarm.finish();
    const table = reportTable(report);
    console.log(table);
    mkdirSync('test-output', { recursive: true });
    writeFileSync('test-output/crowd.txt', `${table}\n`);

    const overview = await host.get<EventOverview>('/api/events/crowd');
    expect(report.joins).toMatchObject({ count: VIEWERS, failed: 0 });
    expect(report.sent).toBeGreaterThan(VIEWERS * (ROUND_MS / 1000) * 0.8);
    expect(report.unsettled).toBe(0);
    expect(report.confirmed + report.refused).toBe(report.sent);
    expect([report.confirmedNotApplied, report.appliedNotConfirmed]).toEqual([0, 0]);
    expect(overview.actions).toBe(report.confirmed);
    expect(report.applied).toBe(report.confirmed);
    expect(report.quiet).toBe(true);
    expect([report.compared, report.mismatches]).toEqual([VIEWERS, 0]);
    expect(report.patchAge!.unmatched).toBe(0);
  });
});
