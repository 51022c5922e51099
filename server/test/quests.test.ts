import { describe, expect, it } from 'vitest';
import { AchievementEngine, BUILT_IN_RULES, type Fact } from '../src/achievements/index.js';
import { QuestDesk } from '../src/events/quest-desk.js';
import { systemRandom } from '../src/identity/index.js';
import { lmdbLedger, redisLedger, type Ledger } from '../src/ledger/index.js';
import { lmdbRecords } from '../src/store/index.js';
import { terms } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';
import { startOrigin, tokens, type Answer, type TestOrigin } from './support/test-origin.js';
import { HAS_REDIS } from './support/redis-server.js';
import { sharedRedis } from './support/shared-redis.js';

const TOUR = {
  id: 'tour', title: 'The tour', steps: [
    { id: 'pull', title: 'Play a round of tug', when: { fact: 'RoundPlayed', game: 'tug' } },
    { id: 'twice', title: 'Play two rounds', when: { fact: 'RoundPlayed', count: 2 } },
    { id: 'win', title: 'Win a round', when: { fact: 'RoundWon', game: 'tug' } },
    { id: 'year', title: 'Since when?', untimed: true, answer: { question: 'Since when are we live?', choices: ['2015', '2019', '2024'], right: 1 } },
    { id: 'shop', title: 'Look into the shop', untimed: true, visit: { url: 'https://shop.example/' } },
  ],
};
const CUP = { id: 'cup', name: 'Cup', kind: 'badge', supply: 2, unlockedBy: 'quest-tour' };

const put = (test: TestOrigin, quests: unknown, bearer = test.session): Promise<Answer> => test.call('PUT', '/api/events/show/quests', { bearer, body: { quests } });
const quest = async (test: TestOrigin, token: string): Promise<{ done: boolean; steps: { id: string; done: boolean }[] }> =>
  (await test.call('GET', '/api/events/show/quests', { bearer: token })).body.quests[0];
const doneOf = async (test: TestOrigin, token: string): Promise<string[]> => (await quest(test, token)).steps.filter(({ done }) => done).map(({ id }) => id);
let key = 0;
const say = (test: TestOrigin, token: string, step: string, answer?: number, extra: object = {}): Promise<Answer> =>
  test.call('POST', `/api/events/show/quests/tour/steps/${step}`, { bearer: token, body: { key: `said-${String(++key).padStart(8, '0')}`, ...(answer === undefined ? {} : { answer }), ...extra } });

const withTour = async (): Promise<TestOrigin> => {
  const test = await startOrigin();
  await test.event({ id: 'show' });
  expect((await put(test, [TOUR])).status).toBe(200);
  expect((await test.call('POST', '/api/events/show/drops', { bearer: test.session, body: CUP })).status).toBe(201);
  return test;
};

describe('quests and scarce drops', () => {
  const step = (id: string, more: object): object => ({ id, title: id, ...more });
  const tour = (...steps: object[]): object[] => [{ id: 'tour', title: 'Tour', steps: [step('shop', { untimed: true, visit: { url: 'https://shop.example/' } }), ...steps] }];
  const UNFAIR = [
    step('won', { achievement: 'round-won' }), step('first', { achievement: 'fastest' }), step('any', { when: { fact: 'RoundWon' } }),
    step('trivia-won', { when: { fact: 'RoundWon', game: 'trivia', count: 2 } }), step('crowd', { when: { fact: 'FastestOfRound', game: 'quickdraw', scope: 'crowd' } }),
  ];
  const FAIR = [
    step('tug', { when: { fact: 'RoundWon', game: 'tug' } }), step('boss', { when: { fact: 'RoundWon', game: 'boss' } }), step('three', { achievement: 'played-three' }),
    step('trivia', { when: { fact: 'RoundPlayed', game: 'trivia' } }), step('goal', { when: { fact: 'CrowdGoalReached' } }),
  ];

  it('[WIN18] a limited drop is behind no quest with a step that liars win more of, whichever of the two comes second; what stands goes on', async () => {
    const test = await startOrigin();
    await test.event({ id: 'show' });
    const drop = async (more: object = {}): Promise<unknown[]> => {
      const { status, body } = await test.call('POST', '/api/events/show/drops', { bearer: test.session, body: { ...CUP, ...more } });
      return [status, body.code];
    };
    for (const bad of UNFAIR) {
      expect((await put(test, tour(bad))).status).toBe(200); // nothing limited is behind it yet
      expect(await drop(), JSON.stringify(bad)).toEqual([409, 'drop_unfair_gate']);
    }
    expect([await drop({ id: 'plenty', supply: null }), await drop({ id: 'trial', test: true })]).toEqual([[201, undefined], [201, undefined]]);
    expect((await put(test, tour(...UNFAIR))).status).toBe(200);
    expect((await put(test, tour(...FAIR))).status).toBe(200);
    expect(await drop()).toEqual([201, undefined]);
    for (const bad of UNFAIR) expect((await put(test, tour(...FAIR, bad))).body.code, JSON.stringify(bad)).toBe('drop_unfair_gate');
    const again = await test.restart();
    expect((await put(again, tour(UNFAIR[0]!))).body.code).toBe('drop_unfair_gate');
    expect((await put(again, [...tour(...FAIR), { id: 'other', title: 'Other', steps: [UNFAIR[0]] }])).status).toBe(200);
    const me = await again.join('show');
    expect((await quest(again, me.token)).steps.map(({ id }) => id)).toEqual(['shop', 'tug', 'boss', 'three', 'trivia', 'goal']);
  });
});

describe('quests', () => {
  it('[QST1] counts rounds, achievements and the viewer\'s word, in any order, and unlocks a drop when all are done; everything is in the ledger', async () => {
    const test = await withTour();
    expect((await test.call('GET', '/api/join/show')).body).toMatchObject({ quests: 1 }); // so that pages without quests load nothing
    const me = await test.join('show');
    expect(await doneOf(test, me.token)).toEqual([]);
    expect((await say(test, me.token, 'shop')).body).toMatchObject({ quest: 'tour', step: 'shop', first: true, done: false });
    await test.won('show', [me.viewer], 1, 'RoundPlayed');
    await test.won('show', [me.viewer], 2, 'RoundWon');
    expect(await doneOf(test, me.token)).toEqual(['pull', 'win', 'shop']);
    await test.won('show', [me.viewer], 3, 'RoundPlayed');
    expect(await doneOf(test, me.token)).toEqual(['pull', 'twice', 'win', 'shop']);
    const claim = (): Promise<Answer> => test.call('POST', '/api/events/show/claims', { bearer: me.token, body: { drop: 'cup', key: 'claim-key-1' } });
    expect((await claim()).body).toMatchObject({ code: 'claim_not_unlocked' });
    expect((await say(test, me.token, 'year', 1)).body).toMatchObject({ first: true, done: true });
    expect(await quest(test, me.token)).toMatchObject({ done: true });
    expect((await test.call('GET', '/api/events/show/drops', { bearer: me.token })).body.drops[0]).toMatchObject({ state: 'unlocked', unlockTitle: 'The tour' });
    expect((await claim()).body).toMatchObject({ status: 'granted', serial: 1 });
  });

  it('[QST1] is finished by a round too: viewers are told of the step, and of the drop as of any unlock', async () => {
    const test = await withTour();
    const [me, other] = [await test.join('show'), await test.join('show')];
    for (const [step, answer] of [['shop'], ['year', 1]] as [string, number?][]) await say(test, me.token, step, answer);
    await test.won('show', [me.viewer, other.viewer], 1, 'RoundPlayed');
    await test.won('show', [me.viewer], 2, 'RoundWon');
    await test.won('show', [me.viewer], 3, 'RoundPlayed');
    const room = test.rooms.get('show')!;
    expect(room.progress.filter(({ viewer }) => viewer === me.viewer).at(-1)!.progress).toMatchObject({ quest: 'tour', title: 'The tour', done: ['pull', 'twice', 'win', 'year', 'shop'], steps: 5 });
    expect(room.progress.filter(({ viewer }) => viewer === other.viewer).at(-1)!.progress).toMatchObject({ done: ['pull'] });
    expect(room.notices).toEqual([{ viewers: [me.viewer], view: { achievement: 'quest-tour', title: 'The tour', drops: [{ id: 'cup', name: 'Cup' }] } }]);
  });

  it('[QST2] goes on after a restart and on another device: progress is the viewer\'s, not the process\'s or the page\'s', async () => {
    const test = await withTour();
    const phone = await test.join('show');
    await say(test, phone.token, 'shop');
    await test.won('show', [phone.viewer], 1, 'RoundPlayed');
    const again = await test.restart();
    const laptop = await again.join('show', phone.token); // the same viewer, another token
    expect(laptop.viewer).toBe(phone.viewer);
    expect(await doneOf(again, laptop.token)).toEqual(['pull', 'shop']);
    await again.won('show', [phone.viewer], 1, 'RoundPlayed'); // the journal states the fact again
    expect(await doneOf(again, laptop.token)).toEqual(['pull', 'shop']);
    await again.won('show', [phone.viewer], 2, 'RoundPlayed');
    expect(await doneOf(again, phone.token)).toEqual(['pull', 'twice', 'shop']);
  });

  it('[QST3] counts a step once, whatever is sent twice, at once, with one key or another, from two devices', async () => {
    const test = await withTour();
    const me = await test.join('show');
    const other = await test.join('show', me.token);
    const answers = await Promise.all([me.token, other.token, me.token].map((token, i) => say(test, token, 'shop', undefined, i < 2 ? { key: 'the-same-key' } : {})));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.filter(({ body }) => body.first === true)).toHaveLength(1);
    for (const round of [1, 2]) await test.won('show', [me.viewer], round, 'RoundPlayed');
    await test.won('show', [me.viewer], 3, 'RoundWon');
    await say(test, me.token, 'year', 1);
    expect((await say(test, me.token, 'year', 1)).body).toMatchObject({ first: false, done: true });
    const claims = await Promise.all(['claim-a-1', 'claim-b-2'].map((each) => test.call('POST', '/api/events/show/claims', { bearer: me.token, body: { drop: 'cup', key: each } })));
    expect(claims.map(({ body }) => body.serial)).toEqual([1, 1]);
  });

  it('[QST4] refuses forged steps: timed ones by word, unknown ones, wrong answers, others\' tokens, odd keys; and trying answers through', async () => {
    const test = await withTour();
    const me = await test.join('show');
    await test.event({ id: 'elsewhere' });
    const foreign = await test.join('elsewhere');
    for (const [step, answer, status, code] of [
      ['pull', undefined, 403, 'quest_step_timed'], ['win', undefined, 403, 'quest_step_timed'], ['nothing', undefined, 404, 'quest_unknown'], ['quest-tour', undefined, 404, 'quest_unknown'],
      ['year', 0, 409, 'quest_answer_wrong'], ['year', undefined, 409, 'quest_answer_wrong'], ['year', 'x', 400, 'quest_bad_request'],
    ] as [string, number | undefined, number, string][]) expect(await say(test, me.token, step, answer), step).toMatchObject({ status, body: { code, retryable: false } });
    expect(await say(test, foreign.token, 'shop')).toMatchObject({ status: 403, body: { code: 'token_other_event' } });
    expect(await say(test, 'x', 'shop')).toMatchObject({ status: 401 });
    expect(await say(test, me.token, 'shop', undefined, { key: 'a b' })).toMatchObject({ status: 400, body: { code: 'quest_bad_request' } });
    expect(await doneOf(test, me.token)).toEqual([]);
    const patient = await test.join('show');
    const tries = await Promise.all([0, 2, 0, 2, 1].map((answer) => say(test, patient.token, 'year', answer)));
    expect(tries.map(({ status }) => status).sort()).toEqual([409, 409, 409, 429, 429]);
    await test.call('POST', `/api/events/show/viewers/${me.viewer}/ban`, { bearer: test.session });
    expect(await say(test, me.token, 'shop')).toMatchObject({ body: { code: 'viewer_banned' } });
    const seen = JSON.stringify((await test.call('GET', '/api/events/show/quests', { bearer: patient.token })).body);
    expect(seen).not.toContain('right'); // which answer it is stays at the origin
    expect(tokens().verify(patient.token, 'show').sub).toBe(patient.viewer);
  });

  it('[QST11] gives its host the quests back as they were given, and names the very field that is wrong', async () => {
    const test = await withTour();
    const given = (bearer: string): Promise<Answer> => test.call('GET', '/api/events/show/quests/given', { bearer });
    expect((await given(test.session)).body).toEqual({ quests: [TOUR] });
    expect(await given((await test.join('show')).token)).toMatchObject({ status: 403, body: { code: 'host_forbidden' } }); // right answers stand in them
    const wrong = async (step: object): Promise<string> => (await put(test, [{ ...TOUR, steps: [TOUR.steps[0], { id: 'a', title: 'A', ...step }] }])).body.error;
    expect(await wrong({ untimed: true, visit: { url: 'javascript:alert(1)' } })).toMatch(/ quests\.0\.steps\.1\.visit\.url: /);
    expect(await wrong({ untimed: true, answer: { question: '', choices: ['a', 'b'], right: 0 } })).toMatch(/ quests\.0\.steps\.1\.answer\.question: /);
    expect(await wrong({ untimed: true, answer: { question: 'Q', choices: ['a', ' '], right: 0 } })).toMatch(/ quests\.0\.steps\.1\.answer\.choices\.1: /);
    expect(await wrong({ title: '', when: { fact: 'RoundWon' } })).toMatch(/ quests\.0\.steps\.1\.title: /);
    expect(await wrong({ untimed: true })).toMatch(/ quests\.0\.steps\.1: must have one of /);
    for (const step of [null, 7, 'x', [], { __proto__: null }]) expect((await put(test, [{ ...TOUR, steps: [step] }])).body).toMatchObject({ code: 'quest_bad_request', error: expect.stringMatching(/ quests\.0\.steps\.0: /) });
    expect((await given(test.session)).body).toEqual({ quests: [TOUR] });
  });

  it('[QST5] takes only quests that can be done, from the host alone', async () => {
    const test = await withTour();
    const step = (change: object): unknown => [{ ...TOUR, steps: [{ id: 'a', title: 'A', ...change }] }];
    const bad: [unknown, RegExp][] = [
      [{}, /quests/], [[{ ...TOUR, id: 'A b' }], /id/], [[TOUR, TOUR], /id of its own/], [[{ ...TOUR, steps: [] }], /steps/], [[{ ...TOUR, steps: [TOUR.steps[0], TOUR.steps[0]] }], /id of its own/],
      [step({}), /steps\.0/], [step({ when: { fact: 'Nothing' } }), /steps\.0/], [step({ when: { fact: 'RoundWon', count: 101 } }), /steps\.0/], [step({ achievement: 'none' }), /no achievement none/],
      [step({ untimed: true }), /steps\.0/], [step({ visit: { url: 'https://a.example' } }), /steps\.0/], [step({ untimed: true, visit: { url: 'javascript:alert(1)' } }), /steps\.0/],
      [step({ untimed: true, answer: { question: 'Q', choices: ['1'], right: 0 } }), /steps\.0/], [step({ untimed: true, answer: { question: 'Q', choices: ['1', '2'], right: 2 } }), /steps\.0/],
      [step({ when: { fact: 'RoundWon' }, achievement: 'round-won' }), /steps\.0/], [Array.from({ length: 9 }, (_, i) => ({ ...TOUR, id: `q${i}` })), /quests/],
    ];
    for (const [quests, why] of bad) expect(await put(test, quests), JSON.stringify(quests).slice(0, 150)).toMatchObject({ status: 400, body: { code: 'quest_bad_request', error: expect.stringMatching(why) } });
    const me = await test.join('show');
    expect(await put(test, [TOUR], me.token)).toMatchObject({ status: 403, body: { code: 'host_forbidden' } });
    expect(await test.call('PUT', '/api/events/none/quests', { bearer: test.session, body: { quests: [] } })).toMatchObject({ body: { code: 'event_unknown' } });
    expect(await test.call('POST', '/api/events/show/drops', { bearer: test.session, body: { ...CUP, id: 'other', unlockedBy: 'quest-none' } })).toMatchObject({ body: { code: 'drop_bad_request' } });
    const again = await test.restart();
    expect((await again.call('GET', '/api/events/show/quests', { bearer: me.token })).body.quests).toHaveLength(1);
    expect((await put(again, [])).body).toEqual({ quests: [] });
    expect((await again.call('GET', '/api/events/show/quests', { bearer: me.token })).body).toEqual({ quests: [] });
  });
});

/** The same on both ledgers: what a process leaves that dies between a step and its quest. */
const broken = (name: string, open: () => Promise<{ ledger: Ledger; again(): Ledger }>): void => {
  describe(`a quest on ${name}`, () => {
    it('[QST6] is finished by the next look at it when the process died between the last step and the quest, once', async () => {
      const { ledger, again } = await open();
      const rooms = { local: () => undefined };
      const table = lmdbRecords(await tempStore()).table<never>('quests') as never;
      const dying: Ledger = { ...ledger, unlock: (request) => (request.reason === 'QuestDone' ? Promise.reject(new Error('killed')) : ledger.unlock(request)) };
      const desk = (on: Ledger): QuestDesk => new QuestDesk({ table, ledger: on, rules: BUILT_IN_RULES, rooms, random: systemRandom });
      await ledger.createEvent('show', 't');
      await ledger.defineDrop('show', terms({ id: 'cup', unlockedBy: 'quest-tour' }), 't');
      const first = desk(dying);
      await first.put('show', [{ id: 'tour', title: 'Tour', steps: [{ id: 'pull', title: 'Pull', when: { fact: 'RoundPlayed' } }, { id: 'win', title: 'Win', achievement: 'round-won' }] }]);
      const engine = new AchievementEngine(dying, BUILT_IN_RULES, undefined, (event) => first.rulesOf(event));
      const fact = (tick: number, type: Fact['type']): Fact => ({ room: 'r', tick, ordinal: 0, at: 0, trace: 't', type, game: 'tug', round: 1, viewers: [7, 8] });
      const facts = [fact(1, 'RoundPlayed'), fact(2, 'RoundWon')];
      const unlocks = await engine.process('show', facts);
      await expect(first.progressed('show', unlocks)).rejects.toThrow('killed');
      const next = desk(again());
      const restarted = new AchievementEngine(again(), BUILT_IN_RULES, undefined, (event) => next.rulesOf(event));
      expect(await next.progressed('show', await restarted.process('show', facts))).toEqual([]); // the ledger has the facts
      expect((await next.forViewer('show', 7))[0]).toMatchObject({ done: true, drops: [{ id: 'cup' }] });
      expect((await next.forViewer('show', 7))[0]).toMatchObject({ done: true });
      await next.settle('show', 8);
      const entries = await ledger.entries('show', 1, 100);
      expect(entries.filter(({ gate }) => gate === 'a:quest-tour').map(({ viewer, reason }) => [viewer, reason])).toEqual([[7, 'QuestDone'], [8, 'QuestDone']]);
      expect(entries.filter(({ gate }) => gate === 'a:quest-tour.pull').map(({ viewer, fact: id }) => [viewer, id?.tick])).toEqual([[7, 1], [8, 1]]);
      expect(await ledger.reconcile('show')).toEqual([]);
    });
  });
};

broken('files', async () => {
  const store = await tempStore();
  return { ledger: lmdbLedger(store, handClock()), again: () => lmdbLedger(store, handClock()) };
});

describe.skipIf(!HAS_REDIS)('with Redis', () => {
  const redis = sharedRedis();
  broken('Redis', async () => {
    const prefix = redis.freshPrefix();
    const [one, two] = await Promise.all([redis.client(prefix), redis.client(prefix)]);
    return { ledger: redisLedger(one, handClock()), again: () => redisLedger(two, handClock()) };
  });
});
