import { CrowdcueError, type ErrorCode } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { instantOf, localOf, offsetMinutes, readLocal } from '../src/events/local-time.js';
import type { EventRecord } from '../src/events/event-record.js';
import { PlanDesk } from '../src/events/plan-desk.js';
import { makePlan, planView, type PlannedCue, type PlanSpec } from '../src/events/plan.js';
import { TEMPLATES } from '../src/events/plan-templates.js';
import { games } from '@crowdcue/games';
import { LeapingClock } from './support/manual-clock.js';
import { startOrigin, until, type Answer, type TestOrigin } from './support/test-origin.js';

const NOW = Date.UTC(2027, 0, 1);
const MINUTE = 60_000;
const plan = (spec: Partial<PlanSpec>) => makePlan({ template: 'weekly', zone: 'Europe/Berlin', startsAt: '2027-03-12T20:00', weeks: 4, ...spec }, games, NOW).plan;
const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const utc = (at: number): string => new Date(at).toISOString().slice(0, 16);

describe('plans', () => {
  it.each([
    ['Europe/Berlin', '2027-03-12T20:00', ['2027-03-12T19:00', '2027-03-19T19:00', '2027-03-26T19:00', '2027-04-02T18:00']],
    ['America/New_York', '2027-10-24T20:00', ['2027-10-25T00:00', '2027-11-01T00:00', '2027-11-08T01:00', '2027-11-15T01:00']],
    ['Asia/Kolkata', '2027-03-12T20:00', ['2027-03-12T14:30', '2027-03-19T14:30', '2027-03-26T14:30', '2027-04-02T14:30']],
    ['Australia/Lord_Howe', '2027-03-21T20:00', ['2027-03-21T09:00', '2027-03-28T09:00', '2027-04-04T09:30', '2027-04-11T09:30']],
  ])('[PLN1] a weekly show stays at its local time while clocks change: %s', (zone, startsAt, instants) => {
    const { shows, cues } = planView(plan({ zone, startsAt }), NOW);
    expect(shows.map(({ at }) => utc(at))).toEqual(instants);
    expect(new Set(shows.map(({ local }) => local.slice(11)))).toEqual(new Set([`${startsAt.slice(11)}:00`]));
    expect(cues.map(({ at, local }) => [utc(at), local.slice(11)]).slice(0, 3)).toEqual([5, 20, 40].map((minutes) => [utc(shows[0]!.at + minutes * MINUTE), `20:${String(minutes).padStart(2, '0')}:00`]));
    expect(cues.map(({ id }) => id).slice(2, 5)).toEqual(['1-3', '2-1', '2-2']);
    expect(cues[0]!.eventAt).toBe(cues[0]!.at - NOW);
  });

  it.each([
    ['Europe/Berlin', '2027-03-28T02:30', '2027-03-28T03:00'],
    ['America/New_York', '2027-03-14T02:00', '2027-03-14T03:00'],
    ['Australia/Lord_Howe', '2027-10-03T02:15', '2027-10-03T02:30'],
  ])('[PLN2] a local time that clocks leave out is refused, and the next one that there is named: %s %s', (zone, startsAt, next) => {
    expect(() => plan({ zone, startsAt, weeks: 1 })).toThrow(expect.objectContaining({ code: 'plan_time_gap', message: expect.stringContaining(next) as string }) as Error);
    expect(plan({ zone, startsAt: next, weeks: 1 }).shows[0]!.twice).toBe(false);
    const weekBefore = localOf(instantOf(readLocal(next) - 7 * 86_400_000, zone).at, zone).slice(0, 11) + startsAt.slice(11); // and so is a cadence that comes to it
    expect(codeOf(() => plan({ zone, startsAt: weekBefore, weeks: 2 }))).toBe('plan_time_gap');
  });

  it.each([
    ['Europe/Berlin', '2027-10-31T02:30', '2027-10-31T00:30', 120],
    ['America/New_York', '2027-11-07T01:30', '2027-11-07T05:30', -240],
    ['Australia/Lord_Howe', '2027-04-04T01:45', '2027-04-03T14:45', 660],
  ])('[PLN2] of a local time that comes twice the first is meant, and it is said: %s', (zone, startsAt, first, minutes) => {
    const [show] = planView(plan({ zone, startsAt, weeks: 1 }), NOW).shows;
    expect([utc(show!.at), show!.offsetMinutes, show!.twice]).toEqual([first, minutes, true]);
    expect(offsetMinutes(show!.at, zone)).toBe(minutes);
  });

  it('[PLN3] what cannot be is refused with its own code', () => {
    const round = (offsetMs: number, more: object = {}) => ({ game: 'tug', offsetMs, ...more });
    expect([
      { zone: 'Europe/Atlantis' }, { zone: '+02:00' }, { zone: '' }, { zone: 'Europe/Berlin; drop' }, { startsAt: '2026-12-31T20:00' }, { startsAt: '2030-12-31T20:00' },
      { startsAt: '2027-02-30T20:00' }, { startsAt: '2027-02-20T24:01' }, { startsAt: '2027-02-20T20:00Z' }, { startsAt: 'Friday' }, { template: 'none' },
      { rounds: [round(0, { durationMs: 90_001 })] }, { rounds: [round(0, { game: 'chess' })] }, { rounds: [round(0, { params: { goal: 'x' } })] },
      { rounds: [round(0), round(45_999)] }, { rounds: [round(60_000), round(0)] },
    ].map((spec) => codeOf(() => plan(spec)))).toEqual([
      'plan_zone_unknown', 'plan_zone_unknown', 'plan_zone_unknown', 'plan_zone_unknown', 'plan_time_past', 'plan_bad_request',
      'plan_bad_request', 'plan_bad_request', 'plan_bad_request', 'plan_bad_request', 'template_unknown',
      'plan_bad_request', 'game_unknown', 'plan_bad_request', 'plan_overlap', 'plan_overlap',
    ]);
    expect(plan({ rounds: [round(0), round(46_000)], weeks: 1 }).cues).toHaveLength(2); // 30 s, 12 s for late pictures, 4 s of countdown
    expect(() => plan({ rounds: [round(0), round(60_000, { durationMs: 90_001 })] })).toThrow(/ rounds\.1: durationMs must be/);
  });

  it('[PLN4] drops open in the first show and close in the last', () => {
    const { plan: { shows }, drops } = makePlan({ template: 'weekly', zone: 'Europe/Berlin', startsAt: '2027-03-26T20:00', weeks: 2 }, games, NOW);
    expect(drops).toMatchObject([{ name: 'Winner', opensAt: shows[0]!.at, closesAt: shows[1]!.at + 180 * MINUTE }, { name: 'Regular' }]);
  });

  it('[PLN3] every template is a plan that rooms take', () => {
    for (const template of TEMPLATES.keys()) expect(plan({ template, weeks: 1 }).cues.length, template).toBe(3);
  });
});

describe('two origins that cue one planned round', () => {
  /** A desk before a record that another origin writes too, while the room is asked. */
  const desk = (meanwhile: Partial<PlannedCue>, answer: () => { round: number }) => {
    const cue: PlannedCue = { id: '1-1', game: 'tug', params: {}, at: NOW, durationMs: 5_000, state: 'planned' };
    let record = { id: 'show', createdAt: NOW, plan: { template: 'weekly', zone: 'UTC', auto: true, shows: [], cues: [cue] } } as unknown as EventRecord;
    const room = { cue: async () => {
      record = { ...record, plan: { ...record.plan!, cues: [{ ...cue, ...meanwhile }] } };
      return answer();
    } };
    const events = { get: () => record, room: () => room, list: () => [record], change: async (_: string, change: (record: EventRecord) => EventRecord) => (record = change(record)) };
    const plans = new PlanDesk({ events: events as never, rooms: { local: () => ({}) as never }, games, clock: { now: () => NOW, monotonic: () => 0 }, publicUrl: () => '', logger: { error: (fields) => { throw fields; } } });
    return { plans, state: () => record.plan!.cues.map(({ state, round }) => [state, round])[0] };
  };
  const refuse = (code: ErrorCode) => (): never => { throw new CrowdcueError(code); };

  it('[PLN8] the plan says of the round that runs that it was cued, whoever writes last; it is not cued again', async () => {
    const taken = desk({ state: 'planned' }, () => ({ round: 4 })); // the other one was refused, and takes its mark off
    await taken.plans.run();
    expect(taken.state()).toEqual(['cued', 4]);
    const refused = desk({ state: 'cued', round: 4 }, refuse('round_running')); // the other one's was taken
    await refused.plans.run();
    expect(refused.state()).toEqual(['cued', 4]);
    const alone = desk({ state: 'cued' }, refuse('round_running'));
    await alone.plans.run();
    expect(alone.state()).toEqual(['planned', undefined]); // and is tried again
    const gone = desk({ state: 'cued' }, refuse('game_unknown'));
    await gone.plans.run();
    expect(gone.state()).toEqual(['missed', undefined]);
  });
});

const inTwoHours = (clock: { now(): number }): string => localOf(clock.now() + 120 * MINUTE, 'Asia/Kolkata').slice(0, 16);
const ROUNDS = [{ game: 'tug', offsetMs: 0, durationMs: 5_000 }, { game: 'tug', offsetMs: 60_000 }, { game: 'tug', offsetMs: 120_000 }];

describe('plans over HTTP', () => {
  const planned = async (spec: object = {}) => {
    const clock = new LeapingClock(systemClock);
    const test = await startOrigin({}, { clock });
    await test.host();
    const startsAt = inTwoHours(clock);
    const made = await test.call('POST', '/api/events', { bearer: test.session, body: { id: 'show', template: 'weekly', zone: 'Asia/Kolkata', startsAt, weeks: 1, rounds: ROUNDS, ...spec } });
    return { clock, test, made, startsAt };
  };
  const post = (test: TestOrigin, rest: string, bearer: string | undefined = test.session): Promise<Answer> => test.call('POST', `/api/events/show/plan/${rest}`, { bearer });
  const statesOf = (body: { plan: { cues: { state: string }[] } }): string[] => body.plan.cues.map(({ state }) => state);

  it('[PLN4] an event is made of a template with its drops; a planned round is cued now, skipped, and taken back while it counts down; all of it outlives a restart', async () => {
    const { test, made, startsAt } = await planned();
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ id: 'show', name: 'Weekly show', plan: { zone: 'Asia/Kolkata', auto: false, shows: [{ local: `${startsAt}:00`, offsetMinutes: 330, twice: false }] } });
    expect((await test.call('GET', '/api/templates', { bearer: test.session })).body.templates.map(({ id }: { id: string }) => id)).toEqual(['weekly', 'pre-drop', 'activation']);
    expect((await test.call('GET', '/api/events/show', { bearer: test.session })).body.drops.map(({ name, open }: { name: string; open: boolean }) => [name, open]).sort()).toEqual([['Regular', false], ['Winner', false]]);
    const cued = await post(test, '1-1/cue');
    expect([cued.status, statesOf(cued.body), cued.body.plan.cues[0].round]).toEqual([200, ['cued', 'planned', 'planned'], 1]);
    expect(test.rooms.get('show')!.cues).toEqual([{ game: 'tug', params: { goal: 500 }, durationMs: 5_000 }]);
    expect((await post(test, '1-2/cue')).body.code).toBe('round_running');
    expect(statesOf((await post(test, '1-1/undo')).body)).toEqual(['skipped', 'planned', 'planned']);
    expect(test.rooms.get('show')!.running).toBe(false);
    expect(statesOf((await post(test, '1-1/undo')).body)).toEqual(['planned', 'planned', 'planned']);
    await post(test, '1-3/skip');
    expect(statesOf((await post(test, '1-2/cue')).body)).toEqual(['planned', 'cued', 'skipped']);
    const again = await test.restart();
    expect((await again.call('GET', '/api/events/show', { bearer: again.session })).body.event.plan.cues.map(({ state }: { state: string }) => state)).toEqual(['planned', 'cued', 'skipped']);
  });

  it('[DRP8] [PLN4] in production an event is made of each template all the same, and its limited drops ask for a proof', async () => {
    const clock = new LeapingClock(systemClock);
    const test = await startOrigin({ NODE_ENV: 'production' }, { clock });
    await test.host();
    for (const { id: template, drops } of TEMPLATES.values()) {
      const { status, body } = await test.call('POST', '/api/events', { bearer: test.session, body: { id: template, template, zone: 'Asia/Kolkata', startsAt: inTwoHours(clock), weeks: 1 } });
      expect(status, JSON.stringify(body)).toBe(201);
      const { entries } = (await test.call('GET', `/api/events/${template}/ledger`, { bearer: test.session })).body as { entries: { type: string; terms: { name: string; proof?: string } }[] };
      const asked = entries.filter(({ type }) => type === 'DropDefined').map(({ terms: { name, proof } }) => [name, proof] as const);
      expect(new Map(asked)).toEqual(new Map(drops.map(({ name, supply }) => [name, supply === null ? undefined : 'any'])));
    }
  });

  it('[PLN4] [TIR3] the soft pre-drop opens to members half an hour before everybody, and members have a link', async () => {
    const { test } = await planned({ template: 'pre-drop', rounds: undefined });
    const { entries } = (await test.call('GET', '/api/events/show/ledger', { bearer: test.session })).body as { entries: { type: string; terms: { name: string; opensAt: number; early?: Record<string, number> } }[] };
    const { opensAt, early } = entries.find(({ type, terms }) => type === 'DropDefined' && terms.name === 'Winner')!.terms;
    expect(early).toEqual({ members: opensAt - 30 * MINUTE });
    expect((await test.call('GET', '/api/events/show/tiers', { bearer: test.session })).body.tiers).toMatchObject([{ tier: 'members' }]);
  });

  it('[PLN5] where the host wants it rounds open by themselves at their time, once, after one that is late, and not when they are skipped or long over', async () => {
    const { clock, test } = await planned({ auto: true });
    const room = test.rooms.get('show')!;
    const states = async (): Promise<string[]> => statesOf((await test.call('GET', '/api/events/show', { bearer: test.session })).body.event);
    clock.leap(118 * MINUTE);
    expect(await states()).toEqual(['planned', 'planned', 'planned']);
    const { plan: { cues } } = (await test.call('GET', '/api/events/show', { bearer: test.session })).body.event as { plan: { cues: { at: number }[] } };
    clock.leap(cues[0]!.at - clock.now() - 3_500);
    await until(() => room.cues.length === 1, 'the first round is cued');
    expect(room.cues[0]!.inMs).toBeGreaterThan(0);
    expect(room.cues[0]!.inMs).toBeLessThanOrEqual(3_500);
    clock.leap(cues[1]!.at - clock.now());
    await expect.poll(states, { timeout: 5_000 }).toEqual(['cued', 'planned', 'planned']); // the first still runs
    room.running = false;
    await until(() => room.cues.length === 2, 'the second round is cued late');
    room.running = false;
    clock.leap(cues[2]!.at - clock.now() + 61_000);
    await expect.poll(states, { timeout: 5_000 }).toEqual(['cued', 'cued', 'missed']);
    expect(room.cues).toHaveLength(2);
    expect((await post(test, '1-3/cue')).status).toBe(200); // by hand it still may
  });

  it('[PLN6] every route refuses who is no host, and what makes no sense', async () => {
    const { test } = await planned();
    const me = await test.join('show');
    const put = (body: unknown, bearer: string | undefined = test.session, id = 'show') => test.call('PUT', `/api/events/${id}/plan`, { bearer, body });
    for (const bearer of [me.token, 'x', undefined]) {
      const answers = [await test.call('GET', '/api/templates', { bearer }), await put({ auto: true }, bearer ?? ''), ...(await Promise.all(['cue', 'skip', 'undo'].map((verb) => post(test, `1-1/${verb}`, bearer ?? '')))),
        await test.call('POST', '/api/events/show/rehearsal', { bearer })];
      expect(answers.every(({ status }) => status === 403 || status === 401), `${bearer}`).toBe(true);
    }
    const make = async (body: object): Promise<string> => (await test.call('POST', '/api/events', { bearer: test.session, body })).body.code;
    const base = { template: 'weekly', zone: 'Asia/Kolkata', startsAt: '2027-08-01T20:00' };
    expect([
      (await put({})).body.code, (await put({ auto: 'yes' })).body.code, (await put({ auto: true }, test.session, 'nope')).body.code, (await post(test, '9-9/cue')).body.code, (await post(test, '__proto__/skip')).body.code,
      await make({ ...base, weeks: 0 }), await make({ ...base, weeks: 13 }), await make({ ...base, rounds: [] }), await make({ ...base, rounds: [{ game: 'tug', offsetMs: -1 }] }), await make({ template: 'weekly' }),
      await make({ name: 'x', zone: 'Asia/Kolkata' }), await make({ ...base, template: 'constructor' }), await make({ ...base, startsAt: '2020-01-01T00:00' }),
    ]).toEqual(['plan_bad_request', 'plan_bad_request', 'event_unknown', 'plan_cue_unknown', 'plan_cue_unknown', 'bad_request', 'bad_request', 'bad_request', 'bad_request', 'plan_bad_request', 'plan_bad_request', 'template_unknown', 'plan_time_past']);
    expect((await test.call('GET', '/api/events', { bearer: test.session })).body.events).toHaveLength(1);
    expect((await Promise.all([1, 2, 3].map(() => post(test, '1-1/cue')))).map(({ status }) => status).sort()).toEqual([200, 409, 409]); // at once, it is cued once
    expect(test.rooms.get('show')!.cues).toHaveLength(1);
    expect([(await post(test, '1-1/cue')).body.code, (await post(test, '1-1/skip')).body.code]).toEqual(['plan_cue_done', 'plan_cue_done']);
    test.rooms.get('show')!.overview = async () => ({ ...(await Object.getPrototypeOf(test.rooms.get('show')!).overview.call(test.rooms.get('show')!)), phase: 'live' });
    expect((await post(test, '1-1/undo')).body.code).toBe('plan_cue_done');
    const plain = await test.event({ id: 'plain' });
    expect((await put({ auto: true }, test.session, plain.id)).body.code).toBe('plan_cue_unknown');
  });

  it('[RHS1] a rehearsal is an event beside the real one with its drops and quests in test mode: what is won and claimed there leaves the real stock alone', async () => {
    const { test } = await planned({ drops: [{ id: 'cup', name: 'Cup', kind: 'badge', supply: 1, unlockedBy: 'round-won' }] });
    const open = (id: string) => test.call('POST', `/api/events/${id}/rehearsal`, { bearer: test.session });
    const [made, twin] = await Promise.all([open('show'), open('show')]);
    expect(made.body).toMatchObject({ id: 'show-rehearsal', name: 'Weekly show (rehearsal)', rehearsalOf: 'show' });
    expect(made.body.plan).toBeUndefined(); // nothing of it opens by itself
    expect(twin.body.id).toBe('show-rehearsal');
    expect((await open('show-rehearsal')).body.id).toBe('show-rehearsal');
    await test.call('POST', '/api/events/show/drops', { bearer: test.session, body: { id: 'late', name: 'Late', kind: 'badge', supply: 5, unlockedBy: 'round-won' } });
    await open('show'); // what came since comes too
    const viewers = [await test.join('show-rehearsal'), await test.join('show-rehearsal')];
    await test.won('show-rehearsal', viewers.map(({ viewer }) => viewer));
    const claims = await Promise.all(viewers.flatMap(({ token }, i) => ['cup', 'late'].map((drop) => test.call('POST', '/api/events/show-rehearsal/claims', { bearer: token, body: { drop, key: `rehearsed-${drop}-${i}` } }))));
    expect(claims.map(({ body }) => body.status)).toEqual(['granted', 'granted', 'granted', 'granted']); // two of a supply of one: a test
    const stock = async (id: string) => Object.fromEntries((await test.call('GET', `/api/events/${id}`, { bearer: test.session })).body.drops.map(({ id: drop, left, granted }: { id: string; left: number; granted: number }) => [drop, [left, granted]]));
    expect(await stock('show')).toMatchObject({ cup: [1, 0], late: [5, 0] });
    expect((await stock('show-rehearsal'))['cup'][0]).toBe(1);
    await test.event({ id: 'taken' });
    await test.event({ id: 'taken-rehearsal' });
    expect((await open('taken')).body.code).toBe('event_exists');
    expect((await open('nope')).body.code).toBe('event_unknown');
    const long = await test.event({ id: 'a'.repeat(40) });
    expect((await open(long.id)).body.id).toHaveLength(40);
  });
});
