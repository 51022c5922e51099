import { expect, it } from 'vitest';
import { HELD_NAME } from '../../src/rooms/ranking.js';
import { answerRequest, RemoteRoom } from '../../src/rooms/remote-room.js';
import { MemoryRoom } from '../support/memory-rooms.js';
import { CoreHarness, HandRelay } from './core-harness.js';

const start = () => {
  const h = new CoreHarness();
  const relay = new HandRelay('r1');
  h.step(relay.up());
  relay.join(0, 11);
  relay.join(1, 22);
  h.step(relay.batch(h.time));
  h.part('r1');
  return { h, relay };
};
const topOf = (h: CoreHarness): (readonly [string, number])[] => [...h.state.top.values()].map(({ name, score }) => [name, score] as const);

it('[WSP9] off the air a round is gone without winners, new viewers are kept out, who is in stays; on again all goes on, and a replay comes to the same', () => {
  const { h, relay } = start();
  h.cue();
  relay.act(0, { n: 1, value: 9 }, h.time);
  h.step(relay.batch(h.time));
  const told = h.facts.length;
  h.step({ kind: 'air', to: 'off' });
  expect([h.state.phase, h.state.numbers.size, h.state.top.size, h.core.desk.running]).toEqual(['off', 0, 0, false]);
  h.part('r1');
  relay.act(0, { n: 2, value: 9 }, h.time);
  relay.join(2, 33);
  relay.join(3, 22, { sessionId: 'the-same-viewer-again' });
  h.step(relay.batch(h.time), { kind: 'cue', game: 'counter', params: {}, startsAt: h.time + 50, durationMs: 5_000 });
  const part = h.part('r1');
  expect(part.refusals).toEqual([{ slot: 0, n: 2, code: 'round_none' }]);
  expect(part.kicks.map(({ slot, reason }) => [slot, reason])).toEqual([[2, 'event_off'], [1, 'taken_over']]);
  expect([h.state.phase, h.state.viewers, h.facts.length]).toEqual(['off', 2, told]);
  h.step({ kind: 'air', to: 'off' });
  h.step({ kind: 'air', to: 'on' });
  relay.join(4, 33);
  h.step(relay.batch(h.time));
  expect([h.state.phase, h.state.viewers]).toEqual(['idle', 3]);
  h.cue();
  h.finish();
  expect([h.state.phase, h.state.round]).toEqual(['over', 2]);
  const { state, core } = h.replay();
  expect([state.toJSON(), core.viewers.columns.flags.slice(0, 3)]).toEqual([h.state.toJSON(), h.core.viewers.columns.flags.slice(0, 3)]);
});

it('[WSP9] an event that is over sends everybody away, takes nobody, and does not come back', () => {
  const { h, relay } = start();
  h.step({ kind: 'air', to: 'ended' });
  expect(h.part('r1').kicks.map(({ reason }) => reason)).toEqual(['event_ended', 'event_ended']);
  relay.join(0, 11);
  h.step(relay.batch(h.time), { kind: 'air', to: 'on' });
  expect(h.part('r1').kicks.map(({ reason }) => reason)).toEqual(['event_ended']);
  expect([h.state.phase, h.state.viewers]).toEqual(['ended', 0]);
});

it('[WSP10] a name that is held is a placeholder to others at once, in rounds that come too, and itself again when it is approved', () => {
  const { h, relay } = start();
  h.cue();
  relay.act(0, { n: 1, value: 9 }, h.time);
  relay.act(1, { n: 1, value: 4 }, h.time);
  h.step(relay.batch(h.time));
  for (let i = 0; i < 20; i++) h.step();
  expect(topOf(h)).toEqual([['Viewer 11', 9], ['Viewer 22', 4]]);
  h.step({ kind: 'hold', viewer: 11, held: true });
  expect(topOf(h)).toEqual([[HELD_NAME, 9], ['Viewer 22', 4]]);
  expect(h.core.me(0).name).toBe('Viewer 11'); // to the viewer nothing is held
  h.finish();
  expect(topOf(h)).toEqual([[HELD_NAME, 9], ['Viewer 22', 4]]);
  h.step({ kind: 'hold', viewer: 11, held: false }, { kind: 'hold', viewer: 99, held: true });
  expect(topOf(h)).toEqual([['Viewer 11', 9], ['Viewer 22', 4]]);
  expect(h.replay().state.toJSON()).toEqual(h.state.toJSON());
});

it('[WSP9] [WSP10] reach a room of another process', async () => {
  const room = new MemoryRoom({ id: 'show', maxViewers: 10, createdAt: 0 });
  const remote = new RemoteRoom('show', (_event, request) => answerRequest(room, request, () => undefined));
  await remote.hold(5, true);
  await remote.air('off');
  expect([room.holds.get(5), room.airs]).toEqual([true, ['off']]);
});
