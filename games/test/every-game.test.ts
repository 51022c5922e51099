import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { games, type GameDefinition } from '@crowdcue/games';
import { game as oddOneOut } from '../../examples/game-odd-one-out/rules.js';
import { bytesOf, runRound, unorderedOf, type RoundScript, type TestAction } from './run-round.js';

const START = 1_000_000;
const VIEWERS = 12;

/** Parameters for the games that need some. */
const PARAMS: Record<string, Record<string, string | number>> = {
  poll: { question: 'What next?', option1: 'Caves', option2: 'Sea', option4: 'Sky' },
  trivia: { question: 'Where?', answer1: 'Rome', answer2: 'Paris', answer3: 'Oslo', right: 2 },
  predict: { question: 'Who wins?', outcome1: 'Red', outcome2: 'Blue' },
};

const anyAction = (tick: number): fc.Arbitrary<TestAction> => fc.record({
  row: fc.nat(VIEWERS - 1), choice: fc.nat(7), value: fc.oneof(fc.constant(0), fc.nat(25), fc.nat(200)),
  at: fc.oneof(fc.constant(START + tick * 50), fc.integer({ min: START - 5000, max: START + 95_000 })), elapsed: fc.integer({ min: -1, max: 40_000 }),
});
const anyTicks = fc.integer({ min: 1, max: 60 }).chain((count) =>
  fc.tuple(...Array.from({ length: count }, (_, tick) => fc.array(anyAction(tick), { maxLength: 12 }))));

/** Ours, and one that is a package of its own: the rules are the same for all. */
describe.each([...games.values(), oddOneOut as unknown as GameDefinition])('$id', (game) => {
  const script = (ticks: TestAction[][], seed = 1): RoundScript =>
    ({ game, viewers: VIEWERS, seed, params: PARAMS[game.id] ?? {}, ticks, durationMs: 3000, settle: { tick: ticks.length - 1, choice: 1 } });

  it('[GAM7] gives the same bytes for the same inputs, memory and columns included', () => {
    fc.assert(fc.property(anyTicks, fc.integer(), (ticks, seed) => {
      expect(bytesOf(runRound(script(ticks, seed)))).toBe(bytesOf(runRound(script(ticks, seed))));
    }), { numRuns: 60 });
  });

  it('[GAM8] has no result that depends on the order of viewers within a tick', () => {
    fc.assert(fc.property(anyTicks, (ticks) => {
      const turned = ticks.map((actions) => [...actions].sort((a, b) => b.row - a.row)); // a stable sort: a viewer's own keep their order
      expect(unorderedOf(runRound(script(turned)))).toBe(unorderedOf(runRound(script(ticks))));
    }), { numRuns: 60 });
  });

  it('[GAM9] keeps to numbers that are finite and winners that play, and never throws, whatever stands in actions and columns', () => {
    const odd = fc.array(fc.oneof(fc.nat(3), fc.constant(0xffff_ffff)), { minLength: VIEWERS, maxLength: VIEWERS });
    fc.assert(fc.property(anyTicks, odd, fc.constantFrom(NaN, Infinity, -Infinity, 0), (ticks, column, time) => {
      const spoilt = ticks.map((actions) => actions.map((a, i) => (i % 5 === 4 ? { ...a, row: a.row * 9, at: time, elapsed: time } : a)));
      const report = runRound({ ...script(spoilt), prepare: (columns) => { for (const each of Object.values(columns)) each.set(column); } });
      for (const value of [...report.boards.flatMap((board) => Object.values(board)), ...Object.values(report.result.outcome), ...report.scores.values()]) {
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }
      for (const row of [...report.result.winners, ...(report.result.fastest ?? [])]) expect(row).toBeLessThan(VIEWERS);
    }), { numRuns: 60 });
  });

  it('[GAM20] refuses each choice that the round has not and each value above the game’s, and counts neither', () => {
    const choices = PARAMS[game.id] === undefined ? game.action.choices.length : { poll: 3, trivia: 3, predict: 2 }[game.id]!;
    const bad = [{ choice: choices, value: game.action.maxValue > 0 ? 1 : 0 }, { choice: 255, value: 0 }, { choice: 0, value: game.action.maxValue + 1 }, { choice: 0, value: 0xffff_ffff }];
    const report = runRound({ ...script([bad.map((each) => ({ row: 0, at: START, elapsed: 0, ...each }))]), settle: undefined as never });
    expect(report.refusals.map(({ code }) => code)).toEqual(['action_bad_choice', 'action_bad_choice', 'action_bad_value', 'action_bad_value']);
    expect([...report.players, ...report.scores.keys(), ...report.result.winners]).toEqual([]);
  });
});
