import { decidesScarce, games } from '@crowdcue/games';
import { describe, expect, it } from 'vitest';
import { GAMES, HONEST, KINDS, yieldOf, type Yield } from './support/liars.js';

const ROUNDS = 10;
/** Share of rounds by which chance alone may differ. */
const NIL = 0.05;

const gained = (liar: Yield, honest: Yield): number => Math.max(liar.won - honest.won, liar.fastest - honest.fastest);
const signed = (value: number): string => (value > 0 ? `+${value}` : `${value}`);
const percent = (share: number): string => `${Math.round(share * 100)} %`;

describe('liars', { timeout: 120_000 }, () => {
  it('[WIN17] of each game is measured what each kind of liar wins more than an honest player; where that is not nil the game says so', () => {
    expect(GAMES.map(({ id }) => id).sort()).toEqual([...games.keys()].sort());
    const rows: Record<string, string>[] = [];
    for (const game of GAMES) {
      const honest = yieldOf(game, HONEST, ROUNDS);
      const gains = KINDS.map((kind) => {
        const liar = yieldOf(game, kind, ROUNDS);
        rows.push({
          game: game.id, liar: kind.name, 'score, honest': honest.score.toFixed(0), 'score, liar': liar.score.toFixed(0),
          gain: honest.score === 0 ? signed(Math.round(liar.score)) : signed(Math.round((liar.score / honest.score - 1) * 100)) + ' %',
          'wins, honest': percent(honest.won), 'wins, liar': percent(liar.won), 'fastest, liar': percent(liar.fastest),
        });
        return { kind, liar, gain: gained(liar, honest) };
      });
      // Our frames give a late picture nothing, whatever the game.
      expect(gains[0]!.liar, game.id).toEqual(honest);
      // Nor does it pay to be late by a second relay what one was early by the first: the time is the first one's.
      const hopper = gains.find(({ kind }) => kind.hops === true)!.liar;
      expect([hopper.score <= honest.score, hopper.fastest <= honest.fastest], game.id).toEqual([true, true]);
      const worst = Math.max(...gains.map(({ gain }) => gain));
      expect(decidesScarce(games.get(game.id)!), `${game.id}: the most that a liar wins more is ${percent(worst)} of the rounds`).toBe(worst <= NIL);
    }
    console.table(rows);
  });
});
