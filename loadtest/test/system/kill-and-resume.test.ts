import { connect, type Session } from '@crowdcue/client';
import type { EventOverview, ReceiptView, ViewerDrop } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

/** Processes take a moment to be killed and started: what a viewer is promised is that it is back within five seconds. */
const BACK_MS = 5_000;

describe('kill and resume, on real processes', { timeout: 60_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  const sessions: Session[] = [];
  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
  });
  afterAll(async () => {
    for (const session of sessions) session.leave();
    await system.stop();
  });

  const event = async (id: string, drops: unknown[] = []) => { await host.post('/api/events', { id, name: id, drops }); };
  const enter = async (id: string): Promise<Session> => {
    const session = await connect({ origin: system.origin.url, event: id });
    sessions.push(session);
    return session;
  };
  const cue = async (id: string, durationMs: number, viewer: Session) => {
    await host.post(`/api/events/${id}/cue`, { game: 'tug', inMs: 0, durationMs });
    await expect.poll(() => viewer.state!.phase, { timeout: 5_000 }).toBe('live');
  };

  it('[KIL1] a relay killed and started again: viewers are back within 5 s, score intact, every confirmed action there once', async () => {
    await event('relay-killed');
    const viewers = await Promise.all([enter('relay-killed'), enter('relay-killed')]);
    await cue('relay-killed', 60_000, viewers[0]!);
    const handles = viewers.flatMap((viewer, side) => Array.from({ length: 5 }, () => viewer.act({ choice: side, value: 1 })));
    await Promise.all(handles.map((handle) => handle.settled));
    await expect.poll(() => viewers.map((viewer) => viewer.me?.applied)).toEqual([5, 5]);

    const back = viewers.map((viewer) => new Promise<number>((resolve) => { viewer.on('connected', () => resolve(performance.now())); }));
    await system.relays[0]!.kill();
    const late = viewers.map((viewer, side) => viewer.act({ choice: side, value: 1 })); // made while nobody listens
    await system.relays[0]!.start();
    const restarted = performance.now();
    for (const at of await Promise.all(back)) expect(at - restarted).toBeLessThan(BACK_MS);
    await Promise.all(late.map((handle) => handle.settled));
    expect(late.map((handle) => handle.status)).toEqual(['confirmed', 'confirmed']);
    await expect.poll(() => viewers.map((viewer) => viewer.me?.applied)).toEqual([6, 6]);
    const overview = await host.get<EventOverview>('/api/events/relay-killed');
    expect(overview.actions).toBe(12);
    expect(overview.viewers).toBe(2);
    await host.post('/api/events/relay-killed/stop', {});
  });

  it('[KIL2] the origin killed in the middle of a round and started again: the round goes on from the journal to the right result, ledger, event and drops as before, no reward twice', async () => {
    await event('origin-killed', [{ id: 'rope', name: 'Rope', kind: 'badge', supply: 5, unlockedBy: 'round-won' }, { id: 'first', name: 'First', kind: 'badge', supply: 5, unlockedBy: 'crowd-goal' }]);
    const [left, right] = await Promise.all([enter('origin-killed'), enter('origin-killed')]);
    await cue('origin-killed', 12_000, left!);
    const before = [...Array.from({ length: 6 }, () => left!.act({ choice: 0, value: 2 })), right!.act({ choice: 1, value: 1 })];
    await Promise.all(before.map((handle) => handle.settled));
    const scores = () => [left!.me?.score, right!.me?.score];
    await expect.poll(() => [left!.me?.applied, right!.me?.applied]).toEqual([6, 1]);
    const atKill = scores();

    await system.origin.kill();
    await expect.poll(() => left!.hold, { timeout: 5_000 }).toBe(true);
    const during = left!.act({ choice: 0, value: 1 });
    await system.origin.start();
    await during.settled;
    expect(during.status).toBe('confirmed');
    await expect.poll(() => left!.hold, { timeout: 5_000 }).toBe(false);
    expect(left!.state!.round).toBe(1);
    await expect.poll(() => left!.me?.applied).toBe(7);
    expect(scores()[1]).toBe(atKill[1]);
    await expect.poll(() => left!.state!.phase, { timeout: 20_000 }).toBe('over');
    await expect.poll(() => left!.me?.result).toBe('won');
    expect(right!.me?.result).toBe('played');

    await expect.poll(async () => (await left!.drops()).find(({ id }) => id === 'rope')?.state).toBe('unlocked');
    const receipt = await left!.claim('rope');
    expect(receipt).toMatchObject({ status: 'granted', serial: 1, supply: 5 });

    await system.origin.kill();
    await system.origin.start();
    const again: ReceiptView = await left!.claim('rope');
    expect(again).toEqual(receipt);
    const overview = await host.get<EventOverview>('/api/events/origin-killed');
    expect(overview.rounds).toHaveLength(1);
    expect(overview.rounds[0]).toMatchObject({ game: 'tug', players: 2, actions: 8, winners: 1 });
    expect(overview.drops.map(({ id, left: still, unlocked, granted }) => ({ id, still, unlocked, granted }))).toEqual([
      { id: 'first', still: 5, unlocked: 0, granted: 0 }, { id: 'rope', still: 4, unlocked: 1, granted: 1 },
    ]);
    const losing: readonly ViewerDrop[] = await right!.drops();
    expect(losing.find(({ id }) => id === 'rope')?.state).toBe('none');
  });

  it('[KIL3] both killed at once: whoever acted is confirmed once', async () => {
    await event('both-killed');
    const viewer = await enter('both-killed');
    await cue('both-killed', 60_000, viewer);
    const first = viewer.act({ choice: 0, value: 1 });
    await first.settled;
    await Promise.all([system.origin.kill(), system.relays[0]!.kill()]);
    const second = viewer.act({ choice: 0, value: 1 });
    await system.origin.start();
    await system.relays[0]!.start();
    await second.settled;
    expect([first.status, second.status]).toEqual(['confirmed', 'confirmed']);
    await expect.poll(() => viewer.me?.applied).toBe(2);
  });
});
