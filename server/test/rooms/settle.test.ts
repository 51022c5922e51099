import { games } from '@crowdcue/games';
import { describe, expect, it } from 'vitest';
import { CrowdCore } from '../../src/rooms/crowd-core.js';
import { decodeInputs, encodeInputs, type RoomInput } from '../../src/rooms/inputs.js';
import { CrowdState } from '../../src/rooms/state.js';
import { HandRelay } from './core-harness.js';

const params = { question: 'Who wins?', outcome1: 'Red', outcome2: 'Blue' };

/** A core with the games that ship; what it applies goes through the journal's codec. */
class Play {
  readonly state = new CrowdState();
  readonly core = new CrowdCore(this.state, { event: 'show', maxViewers: 10, games, genuine: () => true });
  readonly journal: { time: number; bytes: Uint8Array }[] = [];
  readonly facts: unknown[] = [];
  time = 1_000;

  step(...inputs: RoomInput[]): void {
    this.run(this.time + 50, encodeInputs(inputs));
  }

  run(time: number, bytes: Uint8Array): void {
    this.time = time;
    this.journal.push({ time, bytes });
    this.facts.push(...this.core.step(time, decodeInputs(bytes)).facts);
  }
}

const start = () => {
  const h = new Play();
  const relay = new HandRelay('r1');
  h.step(relay.up());
  relay.join(0, 11);
  relay.join(1, 22);
  h.step(relay.batch(h.time));
  h.step({ kind: 'cue', game: 'predict', params, startsAt: h.time + 50, durationMs: 3_000 });
  h.step();
  relay.act(0, { n: 1, choice: 0, value: 30 }, h.time);
  relay.act(1, { n: 1, choice: 1, value: 20 }, h.time);
  h.step(relay.batch(h.time));
  return { h, relay };
};
const settle = (outcome: number, round = 1) => ({ kind: 'settle', round, outcome } as const);

describe('settlement', () => {
  it('[GAM52] keeps a round that the host settles past its end, closed for actions, until the host names the outcome', () => {
    const { h, relay } = start();
    h.step(settle(0));
    expect([h.state.phase, h.core.desk.outcomes]).toEqual(['live', 0]); // too early: bets are open
    for (let i = 0; i < 200; i++) h.step();
    expect([h.state.phase, h.core.desk.outcomes, h.state.texts.get('bets')]).toEqual(['live', 2, 'closed']);
    relay.act(1, { n: 2, choice: 0 }, h.time);
    h.step(relay.batch(h.time));
    expect(h.core.out.takePart(h.core.attendance.runOf('r1')!.index).refusals).toEqual([{ slot: 1, n: 2, code: 'round_over' }]);
    h.step(settle(2), settle(0, 7)); // no such outcome, and another round
    expect(h.state.phase).toBe('live');
    h.step(settle(1));
    expect([h.state.phase, h.core.desk.outcomes, h.state.texts.get('outcome')]).toEqual(['over', 0, 'Blue']);
    expect([h.core.me(0), h.core.me(1)]).toMatchObject([{ score: -30, result: 'played' }, { score: 50, result: 'won' }]);
    expect(h.facts).toContainEqual(expect.objectContaining({ type: 'RoundWon', viewers: [22] }));
  });

  it('[GAM53] gives the same state when its journal is replayed, and is void when the host stops it', () => {
    const { h } = start();
    for (let i = 0; i < 80; i++) h.step();
    h.step(settle(0));
    const again = new Play();
    for (const { time, bytes } of h.journal) again.run(time, bytes);
    expect(again.state.toJSON()).toEqual(h.state.toJSON());
    expect([0, 1].map((row) => again.core.me(row))).toEqual([0, 1].map((row) => h.core.me(row)));

    const { h: stopped } = start();
    stopped.step({ kind: 'stop' });
    expect([stopped.state.phase, stopped.state.numbers.get('settled')]).toEqual(['over', 0]);
    expect([stopped.core.me(0), stopped.core.me(1)]).toMatchObject([{ score: 0, result: 'played' }, { score: 0, result: 'played' }]);
  });
});
