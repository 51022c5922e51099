import { spectatorTier } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import type { CoreImage } from '../../src/rooms/crowd-core.js';
import { closingOf, delaysOf, FairWindow, latestScored } from '../../src/rooms/fair-window.js';
import { FLAG, ViewerTable } from '../../src/rooms/viewer-table.js';
import { CoreHarness, HandRelay } from './core-harness.js';

const DURATION = 10_000;

/** A room of one relay whose viewers' pictures are late by `delays`, ms. */
const roomWith = (delays: readonly number[], maxDelay?: number) => {
  const h = new CoreHarness(1_000, maxDelay);
  const relay = new HandRelay('r1');
  h.step(relay.up());
  delays.forEach((delay, slot) => {
    relay.join(slot, slot + 1);
    if (delay > 0) relay.delay(slot, delay);
  });
  h.step(relay.batch(h.time));
  const numbers = delays.map(() => 0);
  const room = {
    h, relay, numbers,
    cue: (game = 'streamed') => {
      h.step({ kind: 'cue', game, params: { goal: 1_000_000 }, startsAt: h.time + 50, durationMs: DURATION });
      h.step();
    },
    /** Event time since the round's start. */
    get since() { return h.time - h.state.startsAt; },
    /** Ticks until so long after the start. */
    until: (ms: number) => { while (room.since < ms) h.step(); },
    /** One action, `elapsed` ms after the viewer's own mark; answers how it was refused. */
    act: (slot: number, elapsed: number, about: { choice?: number; value?: number; round?: number } = {}) => {
      relay.act(slot, { n: ++numbers[slot]!, round: h.state.round, value: 1, choice: 0, ...about }, h.time, elapsed);
      h.step(relay.batch(h.time));
      return h.core.out.takePart(h.core.attendance.runOf('r1')!.index).refusals.map(({ code }) => code)[0];
    },
    score: (slot: number) => h.core.viewers.columns.score[slot],
  };
  return room;
};

describe('fair window', () => {
  it('[WIN1] a round in stream time stays open for the latest scored cohort, and no longer when nobody is late', () => {
    for (const [delays, closes] of [[[0, 0], 300], [[0, 2_000, 8_000], 9_300], [[0, 12_000, 14_000], 13_300]] as const) {
      const room = roomWith(delays);
      room.cue();
      expect(room.h.state.closesAt).toBe(room.h.state.endsAt + closes);
      room.until(DURATION + closes - 50);
      expect(room.h.state.phase).toBe('live');
      room.h.step();
      expect(room.h.state.phase).toBe('over');
    }
    const live = roomWith([0, 12_000]);
    live.cue('counter');
    expect(live.h.state.closesAt).toBe(0);
    live.until(DURATION + 300);
    expect(live.h.state.phase).toBe('over'); // a live round is one for all
  });

  it('[WIN2] each viewer has the same window, from the write to its own cohort', () => {
    const room = roomWith([0, 8_000, 12_000]);
    room.cue();
    room.until(DURATION);
    expect(room.act(0, DURATION)).toBeUndefined();
    room.until(DURATION + 1_000);
    expect(room.act(0, DURATION + 1_000)).toBe('round_over'); // the room is open, the window is not
    expect(room.act(1, DURATION - 7_000)).toBeUndefined();
    room.until(DURATION + 8_400);
    expect(room.act(1, DURATION + 400)).toBe('round_over');
    expect(room.act(2, DURATION - 3_600)).toBeUndefined();
    room.until(DURATION + 12_000);
    expect(room.act(2, DURATION)).toBeUndefined();
    expect([0, 1, 2].map(room.score)).toEqual([1, 1, 2]);
    room.until(DURATION + 13_350);
    expect(room.act(2, DURATION)).toBe('round_over');
  });

  it('[WIN3] an action of unknown window counts by event time and the delay of its cohort', () => {
    const room = roomWith([0, 8_000]);
    room.cue();
    room.until(DURATION + 200);
    expect([room.act(0, -1), room.act(1, -1)]).toEqual(['round_over', undefined]);
    room.until(DURATION + 8_200);
    expect(room.act(1, -1)).toBe('round_over');
  });

  it('[WIN4] what event time does not allow is unknown, and less than a reaction counts as one', () => {
    const table = new ViewerTable();
    const row = table.admit(1, 'One', 'free');
    const window = new FairWindow(1_000, 11_000, 12_000, 12_000, table);
    expect(window.elapsedOf(row, 3_000, 2_000)).toBe(2_000);
    expect(window.elapsedOf(row, 3_000, 2_251)).toBe(-1); // the round began 2,000 ms ago
    expect(window.elapsedOf(row, 3_000, -1)).toBe(-1);
    expect(window.elapsedOf(row, 3_000, 3)).toBe(100);
    window.markAt = 6_000; // a second mark, which a relay has not got yet: what counts from the first one is for the rules to judge
    expect(window.isOver(row, 6_010, 5_010)).toBe(false);
    expect(window.isOver(row, 11_200, 5_150)).toBe(true);
  });

  it('[WIN5] who comes late keeps nobody waiting: the end is fixed when the round starts', () => {
    const room = roomWith([0, 2_000]);
    room.cue();
    const { closesAt } = room.h.state;
    room.relay.join(2, 3);
    room.relay.delay(2, 12_000);
    room.h.step(room.relay.batch(room.h.time));
    expect(room.h.state.closesAt).toBe(closesAt);
    room.until(DURATION + 3_300);
    expect(room.h.state.phase).toBe('over');
  });

  it('[WIN6] a picture later than the event scores plays unscored, is told so, and is heard of by no rule', () => {
    const room = roomWith([0, 5_000, 6_000], 5_000);
    room.cue();
    expect(room.h.state.closesAt).toBe(room.h.state.endsAt + 6_300);
    expect([0, 1, 2].map((row) => room.h.core.me(row).unscored)).toEqual([undefined, undefined, true]);
    room.until(7_000);
    expect([room.act(1, 2_000, { value: 5 }), room.act(2, 1_000, { value: 50 })]).toEqual([undefined, undefined]);
    expect(room.h.state.numbers.get('a')).toBe(5);
    expect(room.act(2, 1_000, { choice: 9 })).toBe('action_bad_choice');
    room.until(DURATION + 6_300);
    expect(room.h.core.me(2)).toMatchObject({ score: 0, rank: 0, applied: 1, appliedTotal: 1, result: 'played', unscored: true });
    expect(room.h.core.me(1)).toMatchObject({ score: 5, rank: 1, result: 'won' });
    expect([...room.h.state.top.values()].map(({ name }) => name)).toEqual(['Viewer 2']);
    expect(room.h.facts.find(({ type }) => type === 'RoundPlayed')?.viewers).toEqual([2, 3]);
    expect(room.h.facts.find(({ type }) => type === 'RoundWon')?.viewers).toEqual([2]);
    expect(room.h.facts.find(({ type }) => type === 'RoundEnded')?.data).toMatchObject({ actions: 2 });
  });

  it('[WIN7] a window that was opened once is open: coming back by another relay, later, does not start it anew', () => {
    const room = roomWith([0, 0]);
    const other = new HandRelay('r2');
    room.h.step(other.up());
    room.cue();
    const opened = room.h.time;
    room.until(5_000);
    other.join(0, 1); // the same viewer, by another relay that says it is late and was written the mark just now
    other.delay(0, 4_000);
    room.h.step(other.batch(room.h.time));
    const { window } = room.h.core.desk.round!;
    const at = room.h.time;
    expect(window!.elapsedOf(0, at, 150)).toBe(at - opened - 1_300);
    expect(window!.elapsedOf(1, at, 150)).toBe(150); // nobody moved here
  });

  it('[WIN8] the extra time replays to the same bytes, also from a checkpoint in its middle', () => {
    const room = roomWith([0, 2_000, 8_000, 14_000]);
    room.cue();
    room.until(3_000);
    for (const [slot, elapsed] of [[0, 2_900], [1, 900]] as const) room.act(slot, elapsed);
    room.until(DURATION + 4_000);
    // What counts the changes of rows serves the checkpoints, and is no part of the state.
    const told = ({ viewers: { revisions: _, ...viewers }, ...core }: CoreImage) => ({ ...core, viewers });
    const image = structuredClone(room.h.core.image());
    const state = structuredClone(room.h.state.toJSON());
    const { tick } = room.h.core;
    room.act(2, DURATION - 4_000, { value: 9 });
    room.act(3, DURATION - 10_000);
    room.h.finish();
    const replayed = room.h.replay();
    expect(replayed.state.toJSON()).toEqual(room.h.state.toJSON());
    expect(told(replayed.core.image())).toEqual(told(room.h.core.image()));
    const resumed = room.h.replay({ image, state, after: tick });
    expect(resumed.state.toJSON()).toEqual(room.h.state.toJSON());
    expect(told(resumed.core.image())).toEqual(told(room.h.core.image()));
  });

  it('[WIN13] a room that is opened again in a round leaves relays time to bring what was not journalled', () => {
    const room = roomWith([0, 2_000]);
    room.h.step({ kind: 'relay-up', relayId: '@origin', incarnation: 1 });
    room.cue();
    room.until(DURATION + 3_000);
    const late = room.h.time;
    room.relay.act(1, { n: ++room.numbers[1]!, round: 1, value: 4 }, room.h.time - 1_500, DURATION - 500); // on its way when the origin died
    room.h.time += 9_000; // nobody had the room
    room.h.step({ kind: 'relay-up', relayId: '@origin', incarnation: 2 });
    expect([room.h.state.phase, room.h.state.closesAt]).toEqual(['live', late + 9_050 + 3_000]);
    room.until(DURATION + 14_000);
    room.h.step(room.relay.batch(late));
    expect(room.act(1, DURATION + 2_000)).toBe('round_over'); // more time to bring it, not to act
    room.until(DURATION + 15_050);
    expect([room.h.state.phase, room.score(1)]).toEqual(['over', 4]);
    const replayed = room.h.replay();
    expect(replayed.core.image()).toEqual(room.h.core.image());
  });

  it('[WIN9] the host is told from when on the answer may be shown, and how late the pictures are', () => {
    const room = roomWith([0, 0, 2_000, 14_000]);
    expect(delaysOf(room.h.core.viewers)).toEqual([{ delay: 0, viewers: 2 }, { delay: 2_000, viewers: 1 }, { delay: 14_000, viewers: 1 }]);
    expect(latestScored(room.h.core.viewers, 12_000)).toBe(2_000);
    room.h.core.viewers.set(2, FLAG.online, false);
    expect(latestScored(room.h.core.viewers, 12_000)).toBe(0);
    expect([closingOf(1_000, 0), closingOf(1_000, 250)]).toEqual([1_300, 2_550]);
  });

  it('[WIN20] an overlay that says it is late keeps no round open, and is in no list of delays; a viewer as late does', () => {
    const room = roomWith([0, 2_000]);
    room.relay.join(2, 100, { tier: spectatorTier(1) });
    room.relay.delay(2, 11_000);
    room.h.step(room.relay.batch(room.h.time));
    expect(delaysOf(room.h.core.viewers)).toEqual([{ delay: 0, viewers: 1 }, { delay: 2_000, viewers: 1 }]);
    room.cue();
    expect(room.h.state.closesAt).toBe(room.h.state.endsAt + 3_300);
    room.until(DURATION + 3_300);
    expect(room.h.state.phase).toBe('over');
    room.relay.join(3, 4);
    room.relay.delay(3, 11_000);
    room.h.step(room.relay.batch(room.h.time));
    room.cue();
    expect(room.h.state.closesAt).toBe(room.h.state.endsAt + 12_300);
    room.until(DURATION + 12_250);
    expect(room.h.state.phase).toBe('live');
  });

  it('[WIN10] a relay that says nonsense of delays is left out of it', () => {
    const room = roomWith([0]);
    room.relay.delay(7, 12_000); // nobody is behind this slot
    room.h.step(room.relay.batch(room.h.time));
    expect(delaysOf(room.h.core.viewers)).toEqual([{ delay: 0, viewers: 1 }]);
    const { relay } = room;
    relay.join(0, 1); // the same connection's viewer comes anew: nothing is known of it
    relay.delay(0, 3_000);
    room.h.step(relay.batch(room.h.time));
    expect(delaysOf(room.h.core.viewers)).toEqual([{ delay: 3_000, viewers: 1 }]);
    relay.join(0, 1);
    room.h.step(relay.batch(room.h.time));
    expect(delaysOf(room.h.core.viewers)).toEqual([{ delay: 0, viewers: 1 }]);
  });
});
