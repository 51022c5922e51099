import { connect, type Session } from '@crowdcue/client';
import type { EventOverview } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

describe('several origins on one Redis', { timeout: 90_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  const sessions: Session[] = [];
  beforeAll(async () => {
    system = await CrowdcueSystem.start({ origins: 2 });
    host = await system.host();
  });
  afterAll(async () => {
    for (const session of sessions) session.leave();
    await system.stop();
  });

  it('[ORG90] goes', async () => {
    const [first, second] = system.origins;
    await host.at(second!).post('/api/events', { id: 'one', name: 'one' });
    await expect.poll(() => host.get<EventOverview>('/api/events/one').then((o) => o.phase, (e) => String(e)), { timeout: 10_000 }).toBe('idle');
    const viewer = await connect({ origin: first!.url, event: 'one' });
    sessions.push(viewer);
    await host.post('/api/events/one/cue', { game: 'tug', inMs: 0, durationMs: 20_000 });
    await expect.poll(() => viewer.state!.phase, { timeout: 5_000 }).toBe('live');
    await Promise.all([1, 2, 3].map(() => viewer.act({ choice: 0, value: 1 }).settled));
    await expect.poll(() => viewer.me?.applied).toBe(3);
    const t0 = performance.now();
    await second!.kill();
    await expect.poll(() => viewer.hold, { timeout: 5_000 }).toBe(true);
    const held = performance.now();
    const late = viewer.act({ choice: 0, value: 1 });
    await late.settled;
    console.log('hold after', held - t0, 'late settled after', performance.now() - t0, late.status);
    await expect.poll(() => viewer.state!.phase, { timeout: 30_000 }).toBe('over');
    expect((await host.get<EventOverview>('/api/events/one')).rounds[0]).toMatchObject({ actions: 4, players: 1 });
  });
});
