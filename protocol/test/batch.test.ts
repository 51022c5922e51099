import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder, decodeBatch, encodeBatch, newActionColumns, type ActionColumns } from '@crowdcue/protocol';
import * as any from './support/arbitraries.js';
import { randomOf, toHex } from './support/bytes-of.js';

const NOW = 1_770_000_000_000;
const empty = { joins: [], messages: [], leaves: [] };

/** Actions of a tug round: one or few taps, ages within a flush, elapsed over a whole round of 90 s. */
const tugActions = (count: number, seed: number): ActionColumns => {
  const random = randomOf(seed);
  return any.columnsOf(Array.from({ length: count }, () => ({
    slot: random(19_000), n: random(20_000), round: 41, choice: random(2), value: 1 + random(5), age: random(51), elapsed: 1 + random(90_000),
  })));
};

describe('BatchBuilder', () => {
  const offered = fc.record({ slot: any.u32, n: any.u32, round: fc.nat(2), choice: any.u8, value: any.u32, ago: fc.double({ min: 0, max: 60_000, noNaN: true }), elapsed: fc.double({ min: -1, max: 90_000, noNaN: true }) });

  it('[PRO11] a batch holds what was put in, in order, ages and elapsed rounded to the ms', () => fc.assert(fc.property(
    any.safe, fc.array(any.join, { maxLength: 4 }), fc.array(offered, { maxLength: 80 }), fc.array(any.message, { maxLength: 4 }), fc.array(any.leave, { maxLength: 4 }),
    (n, joins, actions, messages, leaves) => {
      const builder = new BatchBuilder();
      for (const join of joins) builder.join(join);
      for (const a of actions) builder.action(a.slot, a, NOW - a.ago, a.elapsed);
      for (const message of messages) builder.message(message.slot, message.frame);
      for (const leave of leaves) builder.leave(leave);
      expect(builder.actionCount).toBe(actions.length);
      expect(builder.size).toBe(joins.length + actions.length + messages.length + leaves.length);
      const rows = actions.map(({ ago, elapsed, ...a }) => ({ ...a, age: Math.round(NOW - (NOW - ago)), elapsed: elapsed < 0 ? 0 : Math.round(elapsed) + 1 }));
      expect(any.rowBatchOf(decodeBatch(builder.encode(n, NOW)))).toEqual({ n, time: NOW, joins, rows, messages, leaves });
      expect(builder.size).toBe(0);
    })));

  it('[PRO11] is empty after a batch, grows past its first 1,024 actions and keeps every one', () => {
    const builder = new BatchBuilder();
    for (const count of [5000, 0, 3, 1025]) {
      for (let i = 0; i < count; i++) builder.action(i, { n: i + 1, round: 1, choice: 0, value: i }, NOW - (i % 50), i);
      const { actions } = decodeBatch(builder.encode(1, NOW));
      expect(any.rowsOf(actions)).toEqual(Array.from({ length: count }, (_, i) => ({ slot: i, n: i + 1, round: 1, choice: 0, value: i, age: i % 50, elapsed: i + 1 })));
    }
  });

  it('[PRO11] a message is copied: uWebSockets.js takes its buffer back', () => {
    const builder = new BatchBuilder();
    const lent = new Uint8Array([1, 2, 3]);
    builder.message(7, lent);
    lent.fill(0);
    expect(decodeBatch(builder.encode(1, NOW)).messages).toEqual([{ slot: 7, frame: new Uint8Array([1, 2, 3]) }]);
  });

  it('[PRO11] an arrival after the batch\'s time has age 0, an unknown elapsed is 0 and a known 0 is 1', () => {
    const builder = new BatchBuilder();
    builder.action(1, { n: 1, round: 1, choice: 0, value: 0 }, NOW + 5, -1);
    builder.action(1, { n: 2, round: 1, choice: 0, value: 0 }, NOW, 0);
    const { actions } = decodeBatch(builder.encode(1, NOW));
    expect(any.rowsOf(actions).map(({ age, elapsed }) => [age, elapsed])).toEqual([[0, 0], [0, 1]]);
  });

  it('[PRO11] two builders of one process do not mix', () => {
    const [a, b] = [new BatchBuilder(), new BatchBuilder()];
    a.leave({ slot: 1, connection: 1, code: 4000 });
    b.leave({ slot: 2, connection: 2, code: 4000 });
    const first = a.encode(1, NOW);
    const kept = toHex(first);
    b.encode(9, NOW);
    expect(toHex(first)).toBe(kept);
  });
});

describe('columns', () => {
  it('[PRO12] are decoded into those that the caller gives, when they are large enough', () => {
    const frame = encodeBatch({ n: 1, time: NOW, ...empty, actions: tugActions(100, 1) });
    const into = newActionColumns(100);
    expect(decodeBatch(frame, into).actions).toBe(into);
    expect(any.rowsOf(into)).toEqual(any.rowsOf(tugActions(100, 1)));
    expect(decodeBatch(frame, newActionColumns(99)).actions.slot.length).toBe(100);
  });

  it('[PRO12] that were used before show nothing of it', () => fc.assert(fc.property(any.rowBatch, any.rowBatch, (first, second) => {
    const into = newActionColumns(64);
    decodeBatch(encodeBatch(any.batchOf(first)), into);
    expect(any.rowBatchOf(decodeBatch(encodeBatch(any.batchOf(second)), into))).toEqual(second);
  })));
});

describe('size and speed', () => {
  it('[PRO4] an action takes 12 bytes at most at 10,000 a second, flushed every 50 ms, from 19,000 slots', () => {
    let bytes = 0;
    let actions = 0;
    for (let flush = 0; flush < 20; flush++) {
      bytes += encodeBatch({ n: 1000 + flush, time: NOW + flush * 50, ...empty, actions: tugActions(500, flush) }).length;
      actions += 500;
    }
    console.info(`bytes per action, batch heads included: ${(bytes / actions).toFixed(2)}`);
    expect(actions).toBe(10_000);
    expect(bytes / actions).toBeLessThanOrEqual(12);
  });
});
