import type { EventOverview } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';
import { Swarm } from '../../src/swarm/swarm.js';

const VIEWERS = 150;
const OVERVIEW = '/api/events/arcade';
const SOON = { timeout: 30_000 };
/** Simulated viewers think for 7 s at most; a loaded machine hears of it a few later. */
const ROUND_MS = 12_000;

describe('every game, played by a crowd on real processes', { timeout: 180_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
    await host.post('/api/events', { id: 'arcade', name: 'Arcade' });
  });
  afterAll(() => system.stop());

  const overview = (): Promise<EventOverview> => host.get<EventOverview>(OVERVIEW);
  /** Plays a round to its end and gives its place in the history. */
  const play = async (game: string, params: Record<string, string | number>, during: () => Promise<void> = async () => undefined) => {
    await host.post(`${OVERVIEW}/cue`, { game, params, inMs: 0, durationMs: ROUND_MS });
    await expect.poll(async () => (await overview()).phase, SOON).toBe('live');
    await during();
    await expect.poll(async () => (await overview()).phase, SOON).toBe('over');
    return (await overview()).rounds[0]!;
  };

  it('[GAM56] takes each action of simulated viewers once in each game, none refused but what came after the end, and every picture is the same', async () => {
    const swarm = await Swarm.start({ origin: system.origin.url, event: 'arcade', viewers: VIEWERS, probeSecret: system.secrets.relay });
    const boss = await play('boss', { toughness: 10 });
    expect(boss).toMatchObject({ players: VIEWERS, outcome: { winner: 'crowd', health: 0 } });
    expect(boss.winners).toBeGreaterThan(VIEWERS / 2);

    const poll = await play('poll', { question: 'Where next?', option1: 'Caves', option2: 'Sea', option3: 'Sky' });
    expect(poll).toMatchObject({ players: VIEWERS, winners: 0, outcome: { votes: VIEWERS, leaders: 1 } });
    expect([1, 2, 3].reduce((sum, n) => sum + Number(poll.outcome[`share${n}`]), 0)).toBe(100);

    const trivia = await play('trivia', { question: 'Which?', answer1: 'Mars', answer2: 'Venus', right: 2 }, async () => {
      expect((await overview()).board).toMatchObject({ right: 0, rightAnswer: '', answered: 0, share1: 0, share2: 0 });
    });
    expect(trivia).toMatchObject({ players: VIEWERS, outcome: { answered: VIEWERS, right: 2, rightAnswer: 'Venus' } });
    expect(trivia.winners).toBe(trivia.outcome['knew']);

    const predict = await play('predict', { question: 'Who?', outcome1: 'Red', outcome2: 'Blue' }, async () => {
      await expect(host.post(`${OVERVIEW}/settle`, { outcome: 0 })).rejects.toThrow(/round_running/); // bets are open
      await expect.poll(async () => (await overview()).outcomes, SOON).toBe(2);
      await expect(host.post(`${OVERVIEW}/settle`, { outcome: 2 })).rejects.toThrow(/bad_request/);
      await host.post(`${OVERVIEW}/settle`, { outcome: 1 });
    });
    expect(predict).toMatchObject({ players: VIEWERS, outcome: { settled: 2, outcome: 'Blue' } });
    expect(predict.winners).toBe(predict.outcome['right']);

    const report = await swarm.finish();
    expect(Object.keys(report.refusedBy).filter((code) => code !== 'round_over')).toEqual([]); // on their way when the boss fell
    expect(report).toMatchObject({ unsettled: 0, confirmedNotApplied: 0, appliedNotConfirmed: 0, mismatches: 0 });
    expect(report.sent).toBeGreaterThan(VIEWERS * 4);
    await swarm.stop();
  });
});
