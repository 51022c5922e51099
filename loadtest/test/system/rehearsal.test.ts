import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { EventOverview } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RehearsalVerdict } from '../../src/rehearsal/verdict.js';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

const CROWDCUE = fileURLToPath(new URL('../../../infra/crowdcue.mjs', import.meta.url));

describe('a rehearsal on real processes', { timeout: 120_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  beforeAll(async () => {
    system = await CrowdcueSystem.start({ relays: 2 });
    host = await system.host();
    await host.post('/api/events', {
      id: 'show', name: 'Show', maxDelay: 4_000, drops: [{ id: 'cup', name: 'Cup', kind: 'badge', supply: 2, unlockedBy: 'round-won' }, { id: 'pin', name: 'Pin', kind: 'badge', supply: null, unlockedBy: 'played-three' }],
    });
  });
  afterAll(() => system?.stop());

  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, [CROWDCUE, 'rehearse', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { out, err, code: child.exitCode };
  };

  it('[RHS2] simulated viewers with late pictures join, play, lose a relay and claim over the real relays; all is counted, and the real event is as it was', async () => {
    const { url } = await host.post<{ url: string }>('/api/host/links', {});
    const { out, err, code } = await run('show', '--host-link', url, '--viewers', '200', '--seconds', '5', '--delays', '0,1000,2000,3000,6000', '--games', 'quickdraw,tug', '--json');
    expect(err).toBe('');
    const verdict = JSON.parse(out.trimEnd().split('\n').at(-1)!) as RehearsalVerdict;
    console.log(out.split('\n').slice(-12, -2).join('\n'));
    expect(verdict.findings.filter(({ good }) => !good)).toEqual([]);
    expect([code, verdict.holds, verdict.event, verdict.rounds]).toEqual([0, true, 'show-rehearsal', 2]);
    expect(verdict.byDelay.map(({ delay, viewers }) => [delay, viewers])).toEqual([[0, 40], [1000, 40], [2000, 40], [3000, 40], [6000, 40]]);
    const real = await host.get<EventOverview>('/api/events/show');
    expect(real.drops.map(({ id, left, granted, unlocked }) => [id, left, granted, unlocked]).sort()).toEqual([['cup', 2, 0, 0], ['pin', -1, 0, 0]]);
    expect([real.round, real.peakViewers]).toEqual([0, 0]);
  });

  it('[RHS3] says plainly what it cannot do', async () => {
    const link = system.origin.ready.hostLink!; // traded already
    const runs = await Promise.all([
      run(), run('show'), run('show', '--host-link', 'nonsense'), run('show', '--host-link', link), run('show', '--origin', system.origin.url, '--host-session', 'x'),
      run('nope', '--origin', system.origin.url, '--host-session', host.session), run('show', '--viewers', '2001', '--host-link', link), run('show', '--delays', '0,-1', '--host-link', link),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([2, 2, 2, 1, 1, 1, 2, 2]);
    expect(runs.map(({ err }) => err.split('\n')[0])).toEqual([
      expect.stringContaining('the event to rehearse'), expect.stringContaining('--host-link'), expect.stringContaining('link of the console'), expect.stringContaining('host_link_used'),
      expect.stringMatching(/host_forbidden|token_malformed/), expect.stringContaining('event_unknown'), expect.stringContaining('1 to 2000'), expect.stringContaining('--delays'),
    ]);
  });
});
