import { connect, type Session } from '@crowdcue/client';
import { LIMITS } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

describe('quickdraw, the whole way', { timeout: 60_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  const sessions: Session[] = [];
  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
    await host.post('/api/events', { id: 'duel', name: 'Duel', drops: [{ id: 'star', name: 'Star', kind: 'badge', supply: -1, unlockedBy: 'fastest' }] });
  });
  afterAll(async () => {
    for (const session of sessions) session.leave();
    await system.stop();
  });
  const enter = async (tier: 'focus' | 'hidden'): Promise<Session> => {
    const session = await connect({ origin: system.origin.url, event: 'duel', tier });
    sessions.push(session);
    return session;
  };

  it('[QDR1] counts from the write of the turn to each viewer: one whose frames come once a second loses nothing by it; a false start is told; the fastest unlocks', async () => {
    const [slow, quick, eager] = [await enter('hidden'), await enter('focus'), await enter('focus')];
    const seen = new Map<Session, number>();
    /** Draws so many ms after its own picture has turned, as a person would. */
    const drawAfter = (session: Session, ms: number) => session.on('state', (state) => {
      if (state.texts.get('signal') !== 'go' || seen.has(session)) return;
      seen.set(session, performance.now());
      setTimeout(() => session.act({ choice: 0 }), ms);
    });
    drawAfter(slow, 250);
    drawAfter(quick, 600);
    await host.post('/api/events/duel/cue', { game: 'quickdraw', inMs: 0, durationMs: 12_000 });
    await expect.poll(() => eager.state!.phase, { timeout: 5_000 }).toBe('live');
    eager.act({ choice: 0 });
    await expect.poll(() => eager.me?.score, { timeout: 5_000 }).toBe(-1);
    await expect.poll(() => slow.state!.phase, { timeout: 30_000 }).toBe('over');
    await expect.poll(() => [slow.me?.result, quick.me?.result, eager.me?.result], { timeout: 5_000 }).toEqual(['won', 'played', 'played']);
    expect([slow.me!.rank, quick.me!.rank]).toEqual([1, 2]);
    expect(slow.me!.fastest).toBe(true);
    const fastest = slow.state!.numbers.get('fastestMs')!;
    expect(fastest).toBeGreaterThanOrEqual(LIMITS.reactionFloorMs);
    expect(fastest, 'its own reaction, without the second that its frames were late').toBeLessThan(600);
    await expect.poll(async () => (await slow.drops())[0]?.state, { timeout: 5_000 }).toBe('unlocked');
    expect(await slow.claim('star')).toMatchObject({ status: 'granted', serial: 1, supply: -1 });
  });
});
