import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/shared/api.js';
import { backoffMs, Poller, type PollState } from '../src/shared/poller.js';

const refused = new ApiError('event_unknown', 'gone', false);

/** A poller on a clock that the test turns by hand; `answers` are taken one a question. */
const harness = (answers: (number | ApiError)[]) => {
  const states: PollState[] = [];
  const taken: number[] = [];
  const timers: { run: () => void; ms: number }[] = [];
  const poller = new Poller<number>({
    periodMs: 500,
    ask: () => {
      const next = answers.shift();
      return typeof next === 'number' ? Promise.resolve(next) : Promise.reject(next ?? ApiError.unreachable());
    },
    onAnswer: (answer) => taken.push(answer),
    onState: (state) => states.push(state),
    setTimer: (run, ms) => timers.push({ run, ms }),
    clearTimer: () => timers.splice(0),
  });
  const settle = () => new Promise((done) => setImmediate(done));
  return { poller, states, taken, timers, settle, turn: async () => { timers.shift()?.run(); await settle(); } };
};

describe('Poller', () => {
  it('[WEB13] asks at its period while answers come, ever more slowly while they do not, and at its period again afterwards', async () => {
    const { poller, states, taken, timers, settle, turn } = harness([1, ApiError.unreachable(), ApiError.unreachable(), ApiError.unreachable(), 2]);
    poller.start();
    await settle();
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      waits.push(timers[0]!.ms);
      if (i < 4) await turn();
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 500]);
    expect(states.map(({ kind }) => kind)).toEqual(['starting', 'live', 'unreachable', 'unreachable', 'unreachable', 'live']);
    expect(taken).toEqual([1, 2]);
    expect(backoffMs(20)).toBe(8_000);
  });

  it('[WEB13] stops at an error that asking again does not mend', async () => {
    const { poller, states, timers, settle } = harness([refused]);
    poller.start();
    await settle();
    expect(states.at(-1)).toEqual({ kind: 'refused', error: refused });
    expect(timers).toEqual([]);
  });

  it('[WEB13] drops the answer to a question that was asked before it was stopped', async () => {
    const { poller, states, taken, timers, settle } = harness([1]);
    poller.start();
    poller.stop();
    await settle();
    expect(taken).toEqual([]);
    expect(states.map(({ kind }) => kind)).toEqual(['starting']);
    expect(timers).toEqual([]);
  });
});
