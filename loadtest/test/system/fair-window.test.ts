import { connect, type Session } from '@crowdcue/client';
import type { CrowdView, EventOverview, HostViewer } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

/** Of a viewer's own reaction, ms: a write period of the default tier, the beat of 50 ms, and what a busy machine's timers add. */
const STATED_ERROR_MS = 250;
const RIGHT = 'Ganymede';
const WRONG = 'Callisto';

/** A viewer whose every frame is kept with the event time at which it came. */
interface Watched {
  readonly session: Session;
  readonly delay: number;
  readonly frames: { readonly at: () => number; readonly bytes: Buffer }[];
}

/** How often a word stands in what was written to a viewer before an instant of event time. */
const saidBefore = ({ frames }: Watched, word: string, before: number): number =>
  frames.filter(({ at }) => at() < before).reduce((sum, { bytes }) => sum + bytes.toString('latin1').split(word).length - 1, 0);

describe('a fair window, on real processes', { timeout: 90_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  const all: Session[] = [];
  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
  });
  afterAll(async () => {
    for (const session of all) session.leave();
    await system.stop();
  });

  const enter = async (event: string, delay: number): Promise<Watched> => {
    const frames: { at: number; bytes: Buffer }[] = [];
    class Tapped extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        this.on('message', (data: Buffer) => frames.push({ at: performance.now(), bytes: Buffer.from(data) }));
      }
    }
    const session = await connect({ origin: system.origin.url, event, webSocket: Tapped as never, ...(delay > 0 && { delay }) });
    all.push(session);
    return { session, delay, get frames() { const now = performance.now(); const time = session.eventTime()!; return frames.map(({ at, bytes }) => ({ at: () => time - (now - at), bytes })); } };
  };
  /** Acts once, so many ms after what it waits for is on its own picture. */
  const actAfter = ({ session }: Watched, shown: (state: CrowdView) => boolean, ms: number): void => {
    let seen = false;
    session.on('state', (state) => {
      if (seen || !shown(state)) return;
      seen = true;
      setTimeout(() => session.act({ choice: 0 }), ms);
    });
  };
  const overview = (event: string): Promise<EventOverview> => host.get<EventOverview>(`/api/events/${event}`);
  const scoresOf = async (event: string): Promise<Map<number, number>> => {
    const { viewers } = await host.get<{ viewers: HostViewer[] }>(`/api/events/${event}/viewers?q=`);
    return new Map(viewers.map(({ viewer, score }) => [viewer, score]));
  };
  const over = async (event: string): Promise<void> => {
    await expect.poll(async () => (await overview(event)).phase, { timeout: 40_000 }).toBe('over');
  };

  it('[WIN15] viewers at 0, 2, 8 and 12 s who react alike to their own picture score alike; at 14 s one plays unscored; nobody gets the answer before the last window is over', async () => {
    await host.post('/api/events', { id: 'quiz', name: 'Quiz' });
    await host.post('/api/events', { id: 'duel', name: 'Duel' });
    const delays = [0, 0, 2_000, 8_000, 12_000, 12_000, 14_000];
    const [quiz, duel] = [await Promise.all(delays.map((delay) => enter('quiz', delay))), await Promise.all(delays.map((delay) => enter('duel', delay)))];
    await expect.poll(async () => (await overview('quiz')).delays, { timeout: 5_000 }).toEqual([
      { delay: 0, viewers: 2 }, { delay: 2_000, viewers: 1 }, { delay: 8_000, viewers: 1 }, { delay: 12_000, viewers: 2 }, { delay: 14_000, viewers: 1 },
    ]);
    for (const viewer of quiz) actAfter(viewer, ({ phase }) => phase === 'live', viewer.delay === 14_000 ? 200 : 1_000);
    for (const viewer of duel) actAfter(viewer, ({ texts }) => texts.get('signal') === 'go', 400);
    const [asked] = await Promise.all([
      host.post<{ endsAt: number }>('/api/events/quiz/cue', { game: 'trivia', inMs: 100, durationMs: 6_000, params: { question: 'Which is larger?', answer1: RIGHT, answer2: WRONG, right: 1 } }),
      host.post('/api/events/duel/cue', { game: 'quickdraw', inMs: 100, durationMs: 7_000 }),
    ]);
    await expect.poll(async () => (await overview('quiz')).phase, { timeout: 5_000 }).toBe('live');
    const { safeToRevealAt } = await overview('quiz');
    expect(safeToRevealAt).toBe(asked.endsAt + 13_300);
    await Promise.all([over('quiz'), over('duel')]);

    const [knew, drew] = [await scoresOf('quiz'), await scoresOf('duel')];
    const scored = (watched: readonly Watched[], scores: Map<number, number>): number[] => watched.filter(({ delay }) => delay <= 12_000).map(({ session }) => scores.get(session.viewer.viewer)!);
    // Trivia: 500 points over 5.9 s. Quickdraw: 1,000 points are one second.
    const reactions = { trivia: scored(quiz, knew).map((score) => 100 + (1_000 - score) / 500 * 5_900), quickdraw: scored(duel, drew).map((score) => 1_000_000 / score) };
    process.stdout.write(`reaction by delay, ms: ${JSON.stringify(Object.fromEntries(Object.entries(reactions).map(([game, ms]) => [game, ms.map((each, i) => `${delays[i]! / 1000} s: ${Math.round(each)}`)])))}\n`);
    for (const ms of reactions.trivia) expect(Math.abs(ms - 1_000)).toBeLessThan(STATED_ERROR_MS);
    for (const ms of reactions.quickdraw) expect(Math.abs(ms - 400)).toBeLessThan(STATED_ERROR_MS);

    const [lateQuiz, lateDuel] = [quiz.at(-1)!, duel.at(-1)!];
    expect([knew.get(lateQuiz.session.viewer.viewer), drew.get(lateDuel.session.viewer.viewer)]).toEqual([0, 0]);
    expect([lateQuiz.session.me?.unscored, quiz[0]!.session.me?.unscored]).toEqual([true, undefined]);
    const played = (await overview('quiz')).rounds[0]!;
    expect(played).toMatchObject({ players: 7, actions: 7, winners: 6 });

    await expect.poll(() => quiz[0]!.session.state!.phase, { timeout: 5_000 }).toBe('over');
    for (const viewer of quiz) { // each word once, with the question; the answer's a second time with the outcome
      const before = [RIGHT, WRONG].map((word) => saidBefore(viewer, word, safeToRevealAt!));
      expect(before, `${viewer.delay} ms`).toEqual([1, 1]);
    }
    expect(saidBefore(quiz[0]!, RIGHT, Infinity)).toBe(2);
  });

  it('[WIN16] the origin killed in the extra time goes on in it: who is late is still scored by its own time', async () => {
    await host.post('/api/events', { id: 'killed', name: 'Killed', maxDelay: 8_000 });
    const [prompt, late] = [await enter('killed', 0), await enter('killed', 8_000)];
    await expect.poll(async () => (await overview('killed')).delays?.length, { timeout: 5_000 }).toBe(2); // at the start it is fixed how long all wait
    for (const viewer of [prompt, late]) actAfter(viewer, ({ phase }) => phase === 'live', 1_500);
    const { endsAt } = await host.post<{ endsAt: number }>('/api/events/killed/cue', { game: 'trivia', inMs: 0, durationMs: 3_000, params: { question: 'Which?', answer1: RIGHT, answer2: WRONG, right: 1 } });
    await expect.poll(() => prompt.session.eventTime()!, { timeout: 10_000 }).toBeGreaterThan(endsAt + 1_000);
    await system.origin.kill();
    await system.origin.start();
    await over('killed');
    const { rounds: [round] } = await overview('killed');
    expect(round).toMatchObject({ players: 2, winners: 2, outcome: { knew: 2, answered: 2 } });
    const scores = await scoresOf('killed');
    const [first, second] = [prompt, late].map(({ session }) => 100 + (1_000 - scores.get(session.viewer.viewer)!) / 500 * 2_900);
    process.stdout.write(`reaction with the origin killed between, ms: ${Math.round(first!)} and ${Math.round(second!)}\n`);
    expect(Math.abs(first! - 1_500)).toBeLessThan(STATED_ERROR_MS);
    expect(Math.abs(second! - 1_500)).toBeLessThan(STATED_ERROR_MS);
  });
});
