import { describe, expect, it } from 'vitest';
import { AchievementEngine, achievementRuleSchema, type AchievementRule, BUILT_IN_RULES, type Fact } from '../src/achievements/index.js';
import { lmdbLedger } from '../src/ledger/index.js';
import { terms } from './ledger-contract.js';
import { handClock, tempStore } from './store-helper.js';

const E = 'show';
const fact = (tick: number, type: Fact['type'], more: Partial<Fact> = {}): Fact => ({
  room: 'r', tick, ordinal: 0, at: tick * 50, trace: `trace-${tick}`, type, game: 'tug', round: tick, viewers: [1], ...more,
});
const set = async (rules: readonly AchievementRule[] = BUILT_IN_RULES) => {
  const store = await tempStore();
  const ledger = lmdbLedger(store, handClock());
  await ledger.createEvent(E, 't');
  // A second engine over the same store is what a restarted process has.
  return { ledger, engine: new AchievementEngine(ledger, rules), restarted: () => new AchievementEngine(lmdbLedger(store, handClock()), rules) };
};
const brief = (unlocks: Awaited<ReturnType<AchievementEngine['process']>>) => unlocks.map(({ achievement, viewers }) => [achievement, viewers]);

describe('achievements', () => {
  it('[ACH1] unlocks by each built-in rule, and says which drops that opens', async () => {
    const { ledger, engine } = await set();
    await ledger.defineDrop(E, terms({ id: 'cup', unlockedBy: 'round-won' }), 't');
    await ledger.defineDrop(E, terms({ id: 'other', unlockedBy: 'fastest' }), 't');
    expect(await engine.process(E, [fact(1, 'RoundWon', { viewers: [1, 2] })])).toEqual([{ event: E, achievement: 'round-won', drops: ['cup'], viewers: [1, 2] }]);
    expect(brief(await engine.process(E, [fact(2, 'FastestOfRound'), fact(3, 'CrowdGoalReached', { viewers: [1, 2, 3] })]))).toEqual([['fastest', [1]], ['crowd-goal', [1, 2, 3]]]);
    expect(await engine.process(E, [fact(4, 'RoundStarted'), fact(5, 'RoundEnded')])).toEqual([]);
  });

  it('[ACH2] counts distinct rounds of each viewer, also across a restart', async () => {
    const { engine, restarted } = await set();
    expect(await engine.process(E, [fact(1, 'RoundPlayed', { round: 1, viewers: [1, 2] }), fact(2, 'RoundPlayed', { round: 1, viewers: [1] }), fact(3, 'RoundPlayed', { round: 2 })])).toEqual([]);
    expect(brief(await restarted().process(E, [fact(4, 'RoundPlayed', { round: 3, viewers: [1, 2] })]))).toEqual([['played-three', [1]]]);
  });

  it('[ACH3] drops facts that are emitted again after a crash, and counts each once', async () => {
    const { ledger, engine, restarted } = await set();
    const facts = [fact(1, 'RoundPlayed'), fact(2, 'RoundPlayed'), fact(2, 'RoundWon', { ordinal: 1 })];
    await engine.process(E, facts);
    const before = await ledger.state(E);
    expect(await restarted().process(E, facts)).toEqual([]);
    expect(await ledger.state(E)).toEqual(before);
    expect(brief(await engine.process(E, [fact(3, 'RoundPlayed')]))).toEqual([['played-three', [1]]]);
    // Another room has a story of its own.
    expect(brief(await engine.process(E, [fact(1, 'RoundWon', { room: 'r2', viewers: [5] })]))).toEqual([['round-won', [5]]]);
  });

  it('[ACH4] takes the facts of one call in any order', async () => {
    const { engine } = await set();
    expect(brief(await engine.process(E, [fact(9, 'RoundWon'), fact(2, 'FastestOfRound')]))).toEqual([['fastest', [1]], ['round-won', [1]]]);
  });

  it('[ACH5] applies game, data conditions and crowd scope of a host\'s rule', async () => {
    const rules = [
      { id: 'sharp', title: 'Sharp', when: { fact: 'RoundWon', game: 'tug', where: { ms: { lte: 200, gte: 100 }, team: { eq: 'red' } } } },
      { id: 'together', title: 'Together', when: { fact: 'RoundEnded', count: 2, scope: 'crowd' } },
    ].map((rule) => achievementRuleSchema.parse(rule));
    const { engine } = await set(rules);
    const won = (tick: number, data: NonNullable<Fact['data']>, game = 'tug') => fact(tick, 'RoundWon', { data, game, viewers: [tick] });
    const unlocks = await engine.process(E, [
      won(1, { ms: 201, team: 'red' }), won(2, { ms: 99, team: 'red' }), won(3, { ms: 150, team: 'blue' }), won(4, { team: 'red' }),
      won(5, { ms: 150, team: 'red' }, 'quickdraw'), won(6, { ms: 150, team: 'red' }),
    ]);
    expect(brief(unlocks)).toEqual([['sharp', [6]]]);
    expect(await engine.process(E, [fact(10, 'RoundEnded', { viewers: [1] })])).toEqual([]);
    expect(brief(await engine.process(E, [fact(11, 'RoundEnded', { viewers: [2, 3] })]))).toEqual([['together', [2, 3]]]);
  });

  it('[ACH6] unlocks 50,000 viewers of one fact, each with one entry', async () => {
    const { ledger, engine } = await set();
    const viewers = Array.from({ length: 50_000 }, (_, index) => index + 1);
    const start = performance.now();
    const [unlock] = await engine.process(E, [fact(1, 'CrowdGoalReached', { viewers })]);
    console.info(`50,000 unlocks in ${Math.round(performance.now() - start)} ms`);
    expect(unlock?.viewers).toEqual(viewers);
    expect(await ledger.entries(E, 2, 100_000)).toHaveLength(50_000);
  });

  it.each([
    ['an unknown fact', { id: 'a', title: 'A', when: { fact: 'Nothing' } }],
    ['a count of 0', { id: 'a', title: 'A', when: { fact: 'RoundWon', count: 0 } }],
    ['a huge count', { id: 'a', title: 'A', when: { fact: 'RoundWon', count: 1e9 } }],
    ['an id with a slash', { id: 'a/b', title: 'A', when: { fact: 'RoundWon' } }],
    ['an empty condition', { id: 'a', title: 'A', when: { fact: 'RoundWon', where: { ms: {} } } }],
    ['an unknown key', { id: 'a', title: 'A', when: { fact: 'RoundWon' }, code: 'x' }],
  ])('[ACH7] refuses a rule with %s', (_, rule) => {
    expect(achievementRuleSchema.safeParse(rule).success).toBe(false);
    for (const good of BUILT_IN_RULES) expect(achievementRuleSchema.parse(good)).toEqual(good);
  });
});
