import { expect, it } from 'vitest';
import { games } from '@crowdcue/games';
import { editCue, moveCue, removeCue } from '../src/events/plan-edit.js';
import { makePlan, planView, type EventPlan } from '../src/events/plan.js';
import { startOrigin } from './support/test-origin.js';

const NOW = Date.UTC(2027, 0, 1);
const MINUTE = 60_000;
const DELAY = 12_000;
const made = (rounds: { game: string; offsetMs: number; durationMs?: number }[], weeks = 2): EventPlan =>
  makePlan({ template: 'weekly', zone: 'Europe/Berlin', startsAt: '2027-03-12T20:00', weeks, rounds }, games, NOW).plan;
const three = (): EventPlan => made([{ game: 'tug', offsetMs: 0 }, { game: 'quickdraw', offsetMs: 10 * MINUTE }, { game: 'boss', offsetMs: 20 * MINUTE }]);
const inShow = (plan: EventPlan, show = '1'): string[] => plan.cues.filter(({ id, state }) => id.startsWith(`${show}-`) && state !== 'removed').map(({ id, game }) => `${id} ${game}`);
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

it('[PLN9] a round is given another game or options; what no room would take is refused with its place, and nothing is changed', () => {
  const plan = three();
  const question = { question: 'Why?', answer1: 'Yes', answer2: 'No', right: 2 };
  const edited = editCue(plan, '1-2', { game: 'trivia', params: question, durationMs: 15_000 }, games, DELAY);
  expect(edited.cues[1]).toMatchObject({ id: '1-2', game: 'trivia', params: question, durationMs: 15_000, at: plan.cues[1]!.at, state: 'planned' });
  expect([inShow(plan), inShow(edited, '2')]).toEqual([['1-1 tug', '1-2 quickdraw', '1-3 boss'], ['2-1 tug', '2-2 quickdraw', '2-3 boss']]);
  const close = made([{ game: 'tug', offsetMs: 0, durationMs: 10_000 }, { game: 'tug', offsetMs: 30_000 }]);
  expect([
    codeOf(() => editCue(plan, '1-2', { game: 'chess' }, games, DELAY)), codeOf(() => editCue(plan, '1-2', { game: 'tug', params: { goal: 'x' } }, games, DELAY)),
    codeOf(() => editCue(plan, '1-2', { game: 'tug', durationMs: 90_001 }, games, DELAY)), codeOf(() => editCue(plan, '1-9', { game: 'tug' }, games, DELAY)),
    codeOf(() => editCue(close, '1-1', { game: 'tug', durationMs: 20_000 }, games, DELAY)), codeOf(() => editCue(close, '1-1', { game: 'tug', durationMs: 14_000 }, games, DELAY)),
    codeOf(() => editCue({ ...plan, cues: plan.cues.map((cue) => ({ ...cue, state: 'cued' as const })) }, '1-1', { game: 'tug' }, games, DELAY)),
  ]).toEqual(['game_unknown', 'plan_bad_request', 'plan_bad_request', 'plan_cue_unknown', 'plan_overlap', 'done', 'plan_cue_done']);
});

it('[PLN10] rounds of a show change places, times stay; not beyond its ends, not with one that was cued, not where they would overlap', () => {
  const plan = three();
  const moved = moveCue(plan, '1-3', -1, DELAY);
  expect([inShow(moved), inShow(moved, '2')]).toEqual([['1-1 tug', '1-2 boss', '1-3 quickdraw'], ['2-1 tug', '2-2 quickdraw', '2-3 boss']]);
  expect(moved.cues.map(({ at }) => at)).toEqual(plan.cues.map(({ at }) => at));
  expect(moveCue(moved, '1-2', 1, DELAY)).toEqual(plan);
  expect(inShow(moveCue(removeCue(plan, '1-2'), '1-3', -1, DELAY))).toEqual(['1-1 boss', '1-3 tug']); // over one that was taken out
  const tight = made([{ game: 'tug', offsetMs: 0, durationMs: 5_000 }, { game: 'tug', offsetMs: 22_000, durationMs: 60_000 }]);
  const cued = { ...plan, cues: plan.cues.map((cue) => (cue.id === '1-1' ? { ...cue, state: 'cued' as const } : cue)) };
  expect([
    codeOf(() => moveCue(plan, '1-1', -1, DELAY)), codeOf(() => moveCue(plan, '1-3', 1, DELAY)), codeOf(() => moveCue(plan, '2-1', -1, DELAY)), codeOf(() => moveCue(tight, '1-2', -1, DELAY)),
    codeOf(() => moveCue(cued, '1-2', -1, DELAY)), codeOf(() => moveCue(cued, '1-1', 1, DELAY)), codeOf(() => moveCue(plan, 'x', 1, DELAY)),
  ]).toEqual(['plan_bad_request', 'plan_bad_request', 'plan_bad_request', 'plan_overlap', 'plan_cue_done', 'plan_cue_done', 'plan_cue_unknown']);
});

it('[PLN11] a round that is taken out is told to nobody and cued by nobody, over a restart too, and is brought back by undo, where its place is still free', async () => {
  const test = await startOrigin();
  await test.host();
  const rounds = [{ game: 'tug', offsetMs: 0, durationMs: 5_000 }, { game: 'tug', offsetMs: 22_000, durationMs: 5_000 }, { game: 'tug', offsetMs: 120_000 }];
  const startsAt = `${new Date().getUTCFullYear() + 1}-06-01T20:00`;
  await test.call('POST', '/api/events', { bearer: test.session, body: { id: 'show', template: 'weekly', zone: 'UTC', startsAt, weeks: 1, rounds } });
  const ask = async (method: string, rest: string, body?: unknown, on = test) => {
    const { status, body: answer } = await on.call(method, `/api/events/show/plan/${rest}`, { bearer: test.session, body });
    return status === 200 ? answer.plan.cues.map(({ id, game, state }: { id: string; game: string; state: string }) => `${id} ${game} ${state}`) as string[] : answer.code as string;
  };
  expect(await ask('DELETE', '1-2')).toEqual(['1-1 tug planned', '1-3 tug planned']);
  expect([await ask('DELETE', '1-2'), await ask('PUT', '1-2', { game: 'tug' }), await ask('POST', '1-2/cue'), await ask('POST', '1-2/skip')]).toEqual(['plan_cue_unknown', 'plan_cue_unknown', 'plan_cue_done', 'plan_cue_done']);
  const again = await test.restart();
  expect(await ask('PUT', '1-1', { game: 'tug', durationMs: 60_000 }, again)).toEqual(['1-1 tug planned', '1-3 tug planned']);
  expect(await ask('POST', '1-2/undo', undefined, again)).toBe('plan_overlap');
  expect(await ask('PUT', '1-1', { game: 'quickdraw', durationMs: 5_000 }, again)).toEqual(['1-1 quickdraw planned', '1-3 tug planned']);
  expect(await ask('POST', '1-2/undo', undefined, again)).toEqual(['1-1 quickdraw planned', '1-2 tug planned', '1-3 tug planned']);
  expect(await ask('POST', '1-2/move', { by: -1 }, again)).toEqual(['1-1 tug planned', '1-2 quickdraw planned', '1-3 tug planned']);
  for (const body of [{}, { by: 2 }, { by: 0 }, { by: '1' }]) expect(await ask('POST', '1-2/move', body, again)).toBe('plan_bad_request');
  for (const body of [{}, { game: 5 }, { game: 'tug', params: { goal: [] } }, { game: 'x'.repeat(33) }]) expect(await ask('PUT', '1-2', body, again)).toBe('plan_bad_request');
  expect(await ask('POST', '1-1/cue', undefined, again)).toEqual(['1-1 tug cued', '1-2 quickdraw planned', '1-3 tug planned']);
  expect([await ask('DELETE', '1-1', undefined, again), await ask('PUT', '1-1', { game: 'tug' }, again), await ask('POST', '1-2/move', { by: -1 }, again)]).toEqual(['plan_cue_done', 'plan_cue_done', 'plan_cue_done']);
  expect(planView(removeCue(three(), '1-1'), NOW).cues.map(({ id }) => id)).not.toContain('1-1');
});
