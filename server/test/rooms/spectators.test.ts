import { encodeClientMessage, MOST_OVERLAYS, spectatorTier } from '@crowdcue/protocol';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { viewersOf } from '../../src/rooms/overview.js';
import { CoreHarness, HandRelay } from './core-harness.js';

const packr = new Packr({ useRecords: false });
const tier = spectatorTier(1);

const withOverlay = () => {
  const h = new CoreHarness(1);
  const relay = new HandRelay('r1');
  h.step(relay.up());
  relay.join(0, 100, { tier });
  relay.join(1, 7);
  h.step(relay.batch(h.time));
  return { h, relay };
};

describe('overlays in a room', () => {
  it('[OVL1] an overlay is no viewer: it takes no place, is not counted and not listed, and its relay has one viewer less', () => {
    const { h, relay } = withOverlay();
    expect(h.state.viewers).toBe(1); // of one place, which the viewer has
    expect(h.core.attendance.relayCounts()).toEqual([{ id: 'r1', viewers: 1 }]);
    expect(viewersOf(h.core, '', 50).map(({ viewer }) => viewer)).toEqual([7]);
    expect(h.core.attendance.spectators()).toEqual([100]);
    relay.builder.leave({ slot: 0, connection: 1, code: 1000 });
    h.step(relay.batch(h.time));
    expect(h.state.viewers).toBe(1);
    expect(h.core.attendance.spectators()).toEqual([]);
  });

  it('[OVL1] a room restored from its checkpoint counts as before', () => {
    const { h, relay } = withOverlay();
    const again = new CoreHarness(1);
    again.core.load(h.core.image());
    again.time = h.time;
    again.step(relay.up());
    expect(again.state.viewers).toBe(1);
    expect(again.core.attendance.spectators()).toEqual([100]);
  });

  it('[OVL19] an overlay comes in while the event is off the air, a new viewer does not; after its end neither', () => {
    const { h, relay } = withOverlay();
    h.step({ kind: 'air', to: 'off' });
    relay.join(2, 101, { tier });
    relay.join(3, 8);
    h.step(relay.batch(h.time));
    expect([h.core.attendance.spectators(), h.state.viewers]).toEqual([[100, 101], 1]);
    h.step({ kind: 'air', to: 'ended' });
    expect([h.core.attendance.spectators(), h.state.viewers]).toEqual([[], 0]);
    relay.join(4, 102, { tier });
    h.step(relay.batch(h.time));
    expect(h.core.attendance.spectators()).toEqual([]);
  });

  it('[OVL2] an overlay cannot act: its actions and messages are refused, nothing is scored, and the viewer beside it plays on', () => {
    const { h, relay } = withOverlay();
    h.cue();
    relay.act(0, { n: 1, value: 5 }, h.time);
    relay.act(1, { n: 1, value: 5 }, h.time);
    relay.builder.message(0, encodeClientMessage({ kind: 'data', requestId: 0, type: 'act', payload: packr.pack({ choice: 0, value: 5 }) }));
    const step = h.step(relay.batch(h.time));
    expect(step.applied).toBe(1);
    const { refusals, directs } = h.part('r1');
    expect(refusals).toEqual([{ slot: 0, n: 1, code: 'action_spectator' }]);
    expect(Buffer.from(directs.find(({ slot }) => slot === 0)!.frame).toString()).toContain('action_spectator');
    h.finish();
    expect(h.state.players).toBe(1);
  });

  it('[OVL3] a key that was taken back ends what it let in, also after a restore, and a newer one opens', () => {
    const { h, relay } = withOverlay();
    h.part('r1');
    h.step({ kind: 'dismiss', version: 1 });
    expect(h.part('r1').kicks).toEqual([{ slot: 0, connection: 1, reason: 'key_forbidden' }]);
    const again = new CoreHarness(1);
    again.core.load(h.core.image());
    again.time = h.time;
    relay.join(2, 100, { tier });
    relay.join(3, 101, { tier: spectatorTier(2) });
    again.step(relay.batch(again.time));
    expect(again.part('r1').kicks).toEqual([{ slot: 2, connection: 3, reason: 'key_forbidden' }]);
    expect(again.core.attendance.spectators()).toEqual([101]);
    again.step({ kind: 'dismiss', version: 3 }); // one that was raised twice before the room heard of it
    expect(again.core.attendance.spectators()).toEqual([]);
  });

  it('[OVL4] no more overlays watch at once than an event takes, whatever the number of viewers', () => {
    const h = new CoreHarness(1);
    const relay = new HandRelay('r1');
    h.step(relay.up());
    for (let slot = 0; slot <= MOST_OVERLAYS; slot++) relay.join(slot, 1_000 + slot, { tier });
    relay.join(MOST_OVERLAYS + 1, 7);
    h.step(relay.batch(h.time));
    expect(h.part('r1').kicks).toEqual([{ slot: MOST_OVERLAYS, connection: MOST_OVERLAYS + 1, reason: 'too_many_requests' }]);
    expect(h.state.viewers).toBe(1);
  });
});
