import { connect, QuestQueue, type QuestView, type Session } from '@crowdcue/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

const SOON = { timeout: 15_000, interval: 50 };

/** A storage as a browser has one. */
const storage = () => {
  const map = new Map<string, string>();
  return { getItem: (key: string) => map.get(key) ?? null, setItem: (key: string, value: string) => void map.set(key, value), removeItem: (key: string) => void map.delete(key) };
};

describe('a quest, on real processes', { timeout: 60_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  const sessions: Session[] = [];
  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
  });
  afterAll(async () => {
    for (const session of sessions) session.leave();
    await system?.stop();
  });

  const enter = async (options: object = {}): Promise<Session> => {
    const session = await connect({ origin: system.origin.url, event: 'show', ...options });
    sessions.push(session);
    return session;
  };
  const stepsOf = async (session: Session): Promise<string[]> => {
    const { quests } = (await session.ask('/quests')) as { quests: QuestView[] };
    return quests.flatMap(({ steps }) => steps.filter(({ done }) => done).map(({ id }) => id));
  };
  const round = async (viewer: Session): Promise<void> => {
    const before = viewer.state!.round;
    await host.post('/api/events/show/cue', { game: 'tug', inMs: 0, durationMs: 3_000 });
    await expect.poll(() => [viewer.state?.round, viewer.state?.phase], SOON).toEqual([before + 1, 'live']);
    await viewer.act({ choice: 0, value: 1 }).settled;
  };

  it('[QST9] outlives a kill of the origin in the middle of its last round, goes on on a second device, and counts what was said while nobody listened once', async () => {
    await host.post('/api/events', { id: 'show', name: 'Show' });
    const answer = await fetch(`${system.origin.url}/api/events/show/quests`, {
      method: 'PUT', headers: { authorization: `Bearer ${host.session}`, 'content-type': 'application/json' },
      body: JSON.stringify({ quests: [{ id: 'tour', title: 'Tour', steps: [
        { id: 'twice', title: 'Play two rounds', when: { fact: 'RoundPlayed', count: 2 } }, { id: 'win', title: 'Win', when: { fact: 'RoundWon', game: 'tug' } },
        { id: 'shop', title: 'Look', untimed: true, visit: { url: 'https://shop.example' } },
      ] }] }),
    });
    expect(answer.status).toBe(200);
    await host.post('/api/events/show/drops', { id: 'cup', name: 'Cup', kind: 'badge', supply: 5, unlockedBy: 'quest-tour' });
    const phone = { storage: storage(), sessionStorage: storage() };
    const first = await enter(phone);
    const told: unknown[] = [];
    first.onMessage('__quest', (progress) => told.push(progress));
    await round(first);
    await expect.poll(() => stepsOf(first), SOON).toEqual(['win']);
    await expect.poll(() => told, SOON).toEqual([{ quest: 'tour', title: 'Tour', done: ['win'], steps: 3 }]);

    // The last round: what was tapped is journalled, then the origin dies. The step by word is said into the silence.
    await round(first);
    await system.origin.kill();
    const queue = new QuestQueue(phone.storage, 'words', { ask: (path, body) => first.ask(path, body), settled: () => undefined });
    queue.say({ quest: 'tour', step: 'shop' });
    await queue.flush();
    expect(queue.waiting).toHaveLength(1);
    await system.origin.start();
    await expect.poll(async () => (await queue.flush(), queue.waiting.length), SOON).toBe(0);

    // Another device with the viewer's token takes the stay over and sees the quest finished by the round that went on.
    const laptop = storage();
    for (const key of ['crowdcue.join.' + system.origin.url + '.show']) laptop.setItem(key, phone.storage.getItem(key)!);
    const second = await enter({ storage: laptop, sessionStorage: storage() });
    expect(second.viewer.viewer).toBe(first.viewer.viewer);
    await expect.poll(() => stepsOf(second), SOON).toEqual(['twice', 'win', 'shop']);
    const receipts = await Promise.all([second.claim('cup'), second.claim('cup')]);
    expect(receipts.map(({ status, serial }) => [status, serial])).toEqual([['granted', 1], ['granted', 1]]);
    expect((await second.drops()).filter(({ state }) => state === 'granted')).toHaveLength(1);
    expect((await host.get<{ drops: { granted: number; unlocked: number }[] }>('/api/events/show')).drops[0]).toMatchObject({ granted: 1, unlocked: 1 });
  });
});
