import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportTable } from '../../src/swarm/report.js';
import { Swarm } from '../../src/swarm/swarm.js';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';
import { findArtillery, runArtillery } from '../../src/tools/run-artillery.js';
import { findK6, K6_SCRIPTS, runK6 } from '../../src/tools/run-k6.js';

describe('load tools against the real system', { timeout: 120_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
  });
  afterAll(() => system.stop());
  const target = (event: string) => ({ origin: system.origin.url, event, hostSession: host.session });

  it('[SWM13] a swarm over processes and addresses, with an audience of several write rates: nothing lost, no state differs, each group told apart', async () => {
    await host.post('/api/events', { id: 'processes', name: 'Processes' });
    const swarm = await Swarm.start({
      origin: system.origin.url, event: 'processes', viewers: 200, threads: 2, processes: true, localAddresses: ['127.0.0.2', '127.0.0.3'],
      tiers: [0, 0, 1, 1, 1, 1, 1, 3, 3, 3], probeSecret: system.secrets.relay,
    });
    await host.post('/api/events/processes/cue', { game: 'tug', inMs: 500, durationMs: 4_000, params: { goal: 1_000_000 } });
    await expect.poll(() => swarm.progress().phase, { timeout: 30_000 }).toBe('over');
    const report = await swarm.finish();
    console.log(reportTable(report));
    expect(report.joins).toMatchObject({ count: 200, failed: 0 });
    expect(report).toMatchObject({ unsettled: 0, confirmedNotApplied: 0, appliedNotConfirmed: 0, compared: 200, mismatches: 0 });
    expect(report.confirmed).toBeGreaterThan(0);
    expect(report.groups.map(({ tier, viewers, early }) => [tier, viewers, early])).toEqual([[0, 40, 0], [1, 100, 0], [3, 60, 0]]);
  });

  it.skipIf(findK6() === undefined).each(K6_SCRIPTS)('[SWM14] k6 %s: thresholds hold, everybody is in, what its viewers counted as confirmed is what the room applied', async (script) => {
    await host.post('/api/events', { id: script, name: script });
    const report = await runK6({ script, ...target(script), viewers: 120, seconds: 8, quiet: true });
    expect(report).toMatchObject({ thresholds: true, joined: 120, lost: 0, applied: report.confirmed });
    expect(report.sent).toBe(report.confirmed + report.refused);
    expect(report.confirmed).toBeGreaterThan(0);
  });

  it.skipIf(findArtillery() === undefined)('[SWM15] Artillery over our SDK: thresholds hold, what its viewers counted as confirmed is what the room applied', async () => {
    await host.post('/api/events', { id: 'artillery', name: 'Artillery' });
    await host.post('/api/events/artillery/cue', { game: 'tug', inMs: 12_000, durationMs: 6_000, params: { goal: 1_000_000 } });
    const report = await runArtillery({ ...target('artillery'), arrivals: 20, seconds: 4, rate: 1, quiet: true });
    expect(report).toMatchObject({ thresholds: true, joined: 80, failed: 0, lost: 0, applied: report.confirmed });
    expect(report.confirmed).toBeGreaterThan(0);
  });
});
