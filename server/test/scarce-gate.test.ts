import { decidesScarce, games, type GameDefinition } from '@crowdcue/games';
import { describe, expect, it } from 'vitest';
import { AchievementEngine, achievementOf, BUILT_IN_RULES, type Fact, ScarceGates } from '../src/achievements/index.js';
import { parseDrop } from '../src/drops/index.js';
import { lmdbLedger } from '../src/ledger/index.js';
import { ask } from './ledger-contract.js';
import { startOrigin } from './support/test-origin.js';
import { handClock, tempStore } from './store-helper.js';

const gates = new ScarceGates(BUILT_IN_RULES, games);
const known = new Set(BUILT_IN_RULES.map(({ id }) => id));
const drop = (unlockedBy: string, more: object = {}) =>
  parseDrop({ id: 'cup', name: 'Cup', kind: 'badge', supply: 5, unlockedBy, ...more }, { achievements: known, scarceGate: (id) => gates.gateOf(id), unproven: true });
const fact = (tick: number, type: Fact['type'], game: string, viewers: number[]): Fact =>
  ({ room: 'r', tick, ordinal: 0, at: tick, trace: 't', type, game, round: tick, viewers });

describe('what unlocks a limited drop', () => {
  it('[WIN18] is not what only games give in which lying about time wins: such a drop is refused, unless it is unlimited or a test', async () => {
    expect(() => drop('fastest')).toThrow(expect.objectContaining({ code: 'drop_unfair_gate', retryable: false }));
    expect(drop('fastest', { supply: null }).unlockedBy).toBe('fastest');
    expect(drop('fastest', { test: true }).unlockedBy).toBe('fastest');
    expect([drop('played-three').unlockedBy, drop('crowd-goal').unlockedBy]).toEqual(['played-three', 'crowd-goal']); // open to all alike
    const test = await startOrigin();
    await test.host();
    const { status, body } = await test.call('POST', '/api/events', { bearer: test.session, body: { name: 'x', drops: [{ name: 'Star', kind: 'badge', supply: 3, unlockedBy: 'fastest' }] } });
    expect([status, body.code]).toEqual([409, 'drop_unfair_gate']);
    expect((await test.call('GET', '/api/games')).body.games.filter(({ scarce }: { scarce: boolean }) => scarce).map(({ id }: { id: string }) => id).sort()).toEqual(['boss', 'poll', 'tug']);
  });

  it('[WIN18] is a win in a game that no liar wins more of; a win in another unlocks what is unlimited', async () => {
    const ledger = lmdbLedger(await tempStore(), handClock());
    await ledger.createEvent('show', 't');
    const scarce = drop('round-won');
    const plenty = drop('round-won', { id: 'badge', supply: null });
    for (const terms of [scarce, plenty]) await ledger.defineDrop('show', terms, 't');
    const engine = new AchievementEngine(ledger, BUILT_IN_RULES, gates);
    expect(await engine.process('show', [fact(1, 'RoundWon', 'trivia', [1])])).toEqual([{ event: 'show', achievement: 'round-won', drops: ['badge'], viewers: [1] }]);
    expect(await engine.process('show', [fact(2, 'RoundWon', 'tug', [1, 2])])).toEqual([
      { event: 'show', achievement: 'round-won', drops: ['badge'], viewers: [2] }, { event: 'show', achievement: 'round-won', drops: ['cup'], viewers: [1, 2] },
    ]);
    expect(await engine.process('show', [fact(3, 'RoundWon', 'a game that left', [3])])).toMatchObject([{ drops: ['badge'] }]);
    const claims = await ledger.claim([1, 3].map((viewer) => ({ ...ask(viewer), drop: 'cup' })));
    expect(claims.map((receipt) => receipt.status === 'refused' ? receipt.code : receipt.status)).toEqual(['granted', 'claim_not_unlocked']);
    expect(achievementOf(scarce.unlockedBy)).toBe('round-won'); // as it is shown
    expect(await ledger.reconcile('show')).toEqual([]);
  });

  it('[WIN18] a game that does not say so decides over what is scarce only when its rounds have one time for all', () => {
    const game = (about: Partial<GameDefinition>) => decidesScarce({ sync: 'live', ...about });
    expect([game({}), game({ sync: 'stream' }), game({ sync: 'stream', scarce: true }), game({ scarce: false })]).toEqual([true, false, true, false]);
  });
});
