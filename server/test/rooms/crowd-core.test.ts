import { describe, expect, it } from 'vitest';
import { decodeInputs } from '../../src/rooms/inputs.js';
import { CoreHarness, HandRelay } from './core-harness.js';
import { FLAG } from '../../src/rooms/viewer-table.js';

const start = (maxViewers?: number) => {
  const h = new CoreHarness(maxViewers);
  const relay = new HandRelay('r1');
  h.step(relay.up());
  relay.join(0, 11);
  relay.join(1, 22);
  h.step(relay.batch(h.time));
  h.part('r1');
  return { h, relay };
};

describe('crowd core', () => {
  it('[ROM1] applies an action once and confirms its number, however often its batch or the action comes', () => {
    const { h, relay } = start();
    h.cue();
    relay.act(0, { n: 1, value: 5 }, h.time);
    relay.act(0, { n: 2, value: 5 }, h.time);
    const batch = relay.batch(h.time);
    h.step(batch);
    h.step(batch); // the same batch again
    relay.act(0, { n: 2, value: 5 }, h.time); // the same action in a later batch
    h.step(relay.batch(h.time));
    expect(h.state.numbers.get('a')).toBe(10);
    expect(h.core.me(0)).toMatchObject({ applied: 2, appliedTotal: 2, score: 10 });
    expect(h.part('r1').confirms).toContainEqual({ slot: 0, n: 2 });
  });

  it('[ROM2] refuses with a code what is outside the round, not the game’s, or refused by the game, and still settles its number', () => {
    const { h, relay } = start();
    relay.act(0, { n: 1, round: 1 }, h.time);
    h.step(relay.batch(h.time));
    expect(h.part('r1').refusals).toEqual([{ slot: 0, n: 1, code: 'round_none' }]);
    h.cue();
    relay.act(0, { n: 2, choice: 9 }, h.time);
    relay.act(0, { n: 3, value: 101 }, h.time);
    relay.act(0, { n: 4, value: 7 }, h.time);
    relay.act(0, { n: 5, round: 2 }, h.time);
    relay.act(9, { n: 1 }, h.time);
    relay.act(1, { n: 1 }, h.core.state.endsAt + 1);
    h.step(relay.batch(h.time + 60_000));
    const part = h.part('r1');
    expect(part.refusals).toEqual(expect.arrayContaining([
      { slot: 0, n: 2, code: 'action_bad_choice' }, { slot: 0, n: 3, code: 'action_bad_value' }, { slot: 0, n: 4, code: 'action_bad_value' },
      { slot: 0, n: 5, code: 'round_none' }, { slot: 9, n: 1, code: 'action_spectator' }, { slot: 1, n: 1, code: 'round_over' },
    ]));
    expect(part.confirms).toContainEqual({ slot: 0, n: 5 });
    expect(h.core.me(0).applied).toBe(0);
    h.finish();
    relay.act(0, { n: 6, round: 1 }, h.time);
    h.step(relay.batch(h.time));
    expect(h.part('r1').refusals).toEqual([{ slot: 0, n: 6, code: 'round_over' }]);
  });

  it('[ROM3] lets the newest session of a viewer take over and keeps the score', () => {
    const { h, relay } = start();
    h.cue();
    relay.act(0, { n: 1, value: 9 }, h.time);
    h.step(relay.batch(h.time));
    h.part('r1');
    const other = new HandRelay('r2');
    h.step(other.up());
    other.join(0, 11, { sessionId: 'another-session-0001' });
    other.act(0, { n: 1, value: 1 }, h.time); // numbers begin anew with a session
    h.step(other.batch(h.time));
    expect(h.part('r1').kicks).toEqual([{ slot: 0, connection: 1, reason: 'taken_over' }]);
    expect(h.core.me(0)).toMatchObject({ applied: 2, score: 10 });
    expect(h.state.viewers).toBe(2);
    relay.builder.leave({ slot: 0, connection: 1, code: 1006 }); // the old connection's leave comes late
    h.step(relay.batch(h.time));
    expect(h.state.viewers).toBe(2);
    expect(h.core.viewers.is(0, FLAG.online)).toBe(true);
  });

  it('[ROM4] admits only whom the origin named, not the banned, and not more than the event holds', () => {
    const { h, relay } = start(3);
    relay.join(2, 33, { mac: 'made up', tier: 'vip' });
    relay.join(3, 44);
    relay.join(4, 55);
    h.step(relay.batch(h.time), { kind: 'ban', viewer: 11, banned: true });
    const kicks = h.part('r1').kicks.map(({ slot, reason }) => [slot, reason]);
    expect(kicks).toEqual([[2, 'token_tier_forged'], [4, 'event_full'], [0, 'viewer_banned']]);
    relay.join(5, 11);
    h.step(relay.batch(h.time));
    expect(h.part('r1').kicks).toMatchObject([{ slot: 5, reason: 'viewer_banned' }]);
    h.step({ kind: 'ban', viewer: 11, banned: false });
    relay.join(6, 11);
    h.step(relay.batch(h.time));
    expect(h.part('r1').kicks).toEqual([]);
  });

  it('[ROM5] forgets the viewers of a relay’s earlier run, and takes no batch of it any more', () => {
    const { h, relay } = start();
    const again = new HandRelay('r1', 2);
    h.step(again.up());
    expect(h.state.viewers).toBe(0);
    relay.join(7, 77);
    h.step(relay.batch(h.time));
    expect(h.state.viewers).toBe(0);
    again.join(0, 11);
    h.step(again.batch(h.time));
    expect(h.state.viewers).toBe(1);
  });

  it('[ROM6] states the facts of a round once, numbered within their tick', () => {
    const { h, relay } = start();
    h.cue({ goal: 40 });
    relay.act(0, { n: 1, value: 30 }, h.time);
    relay.act(1, { n: 1, choice: 1, value: 10 }, h.time);
    h.step(relay.batch(h.time));
    expect(h.facts.map((fact) => [fact.type, fact.viewers ?? []])).toEqual([
      ['RoundStarted', []], ['CrowdGoalReached', [11, 22]], ['RoundPlayed', [11, 22]], ['RoundWon', [11, 22]], ['FastestOfRound', [11]], ['RoundEnded', []],
    ]);
    const ids = h.facts.map(({ room, tick, ordinal }) => `${room}/${tick}/${ordinal}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(h.state.phase).toBe('over');
    expect(h.core.me(0)).toMatchObject({ result: 'won', rank: 1, fastest: true });
    expect(h.core.me(1)).toMatchObject({ result: 'won', rank: 2, fastest: false });
  });

  it('[ROM7] comes to the same state by the journal alone, and by checkpoint and journal', () => {
    const { h, relay } = start();
    h.cue();
    let image: ReturnType<typeof h.core.image> | undefined;
    let json: unknown;
    for (let i = 1; i <= 60; i++) {
      relay.act(i % 2, { n: i, choice: i % 2, value: i % 11 }, h.time - 20);
      if (i === 20) relay.join(5, 500);
      h.step(relay.batch(h.time));
      if (i === 30) {
        image = structuredClone(h.core.image());
        json = JSON.parse(JSON.stringify(h.state.toJSON()));
      }
    }
    h.finish();
    const replayOnto = (fresh: CoreHarness) => {
      for (const record of h.journal) {
        if (record.tick <= fresh.core.tick) continue;
        fresh.core.tick = record.tick - 1;
        fresh.time = record.time - 50;
        fresh.step(...decodeInputs(record.bytes));
      }
      return fresh;
    };
    const fromZero = replayOnto(new CoreHarness());
    const restored = new CoreHarness();
    restored.state.restore(json as never);
    restored.core.load(image!);
    replayOnto(restored);
    for (const other of [fromZero, restored]) {
      expect(other.state.toJSON()).toEqual(h.state.toJSON());
      expect(other.core.me(0)).toEqual(h.core.me(0));
      expect(other.core.desk.history).toEqual(h.core.desk.history);
    }
    expect(fromZero.facts).toEqual(h.facts);
  });
});


describe('crowd core and what connections lose', () => {
  it('[ROM17] knows the numbers of a session that was taken over and comes back: what it offers again does not count twice', () => {
    const { h, relay } = start();
    h.cue();
    relay.act(0, { n: 1, value: 5 }, h.time);
    relay.act(0, { n: 2, value: 5 }, h.time);
    h.step(relay.batch(h.time));
    relay.join(5, 11, { sessionId: 'the-second-tab-0001' });
    relay.act(5, { n: 1, value: 1 }, h.time);
    h.step(relay.batch(h.time));
    relay.join(6, 11); // the first tab reloads; the confirmation of 2 never reached it
    relay.act(6, { n: 2, value: 5 }, h.time);
    relay.act(6, { n: 3, value: 5 }, h.time);
    h.step(relay.batch(h.time));
    expect(h.core.me(0)).toMatchObject({ applied: 4, score: 16 });
  });

  it('[ROM18] tells whoever comes back that a number that never came was refused for now, before confirming a higher one', () => {
    const { h, relay } = start();
    h.cue();
    relay.act(0, { n: 1 }, h.time);
    relay.act(0, { n: 4 }, h.time); // the relay refused 2 and 3, and the connection broke before the viewer heard
    h.step(relay.batch(h.time));
    relay.join(7, 11);
    h.step(relay.batch(h.time));
    expect(h.core.viewers.refusalsOf(0)).toEqual([[2, 'action_busy'], [3, 'action_busy']]);
    expect(h.core.me(0).applied).toBe(2);
  });
});

describe('crowd core under bad relays', () => {
  it('[ROM14] passes over a batch that means nothing, and tells a viewer whose message is malformed', () => {
    const { h, relay } = start();
    const garbage = h.step({ kind: 'batch', relayId: 'r1', incarnation: 1, bytes: new Uint8Array([0x20, 0xff, 0xff]) });
    expect(garbage.offences).toEqual([{ relayId: 'r1', incarnation: 1, code: 'frame_truncated' }]);
    expect(h.step({ kind: 'batch', relayId: 'nobody', incarnation: 1, bytes: new Uint8Array([0x20]) }).offences).toEqual([]);
    relay.builder.message(0, new Uint8Array([0x0d]));
    h.step(relay.batch(h.time));
    expect(h.part('r1').directs).toHaveLength(1);
    h.cue();
    relay.act(0, { n: 1, value: 3 }, h.time);
    h.step(relay.batch(h.time));
    expect(h.core.me(0).score).toBe(3);
  });

  it('[FUZ3] names a relay that leaves out a batch, for nothing of it would be applied again; a repeat is no offence', () => {
    const { h, relay } = start();
    relay.act(0, { n: 1 }, h.time);
    const left = relay.batch(h.time);
    relay.act(0, { n: 2 }, h.time);
    expect(h.step(relay.batch(h.time)).offences).toEqual([{ relayId: 'r1', incarnation: 1, code: 'frame_malformed' }]);
    expect(h.step(left).offences).toEqual([]);
    expect(h.step(left).offences).toEqual([]);
  });

  it('[FUZ4] lets in nobody at a slot that a run cannot have by now, and names its relay; the table stays as small as its viewers are few', () => {
    const { h, relay } = start();
    const before = JSON.stringify(h.core.image().runs.map(({ rows }) => rows.length));
    const wrong = relay.join(1_000_000, 77);
    const step = h.step(relay.batch(h.time));
    expect(wrong).toBeGreaterThan(0);
    expect(step.offences).toEqual([{ relayId: 'r1', incarnation: 1, code: 'frame_malformed' }]);
    expect(h.core.viewers.rowOf(77)).toBeUndefined();
    expect(JSON.stringify(h.core.image().runs.map(({ rows }) => rows.length))).toBe(before);
    for (let slot = 2; slot < 200; slot++) relay.join(slot, 1_000 + slot); // each after as many as it needs
    expect(h.step(relay.batch(h.time)).offences).toEqual([]);
  });

  it('[ROM15] counts viewers again whose relay was away for long and came back, unless they went elsewhere', () => {
    const { h, relay } = start();
    h.step({ kind: 'relay-lost', relayId: 'r1', incarnation: 1 });
    expect(h.state.viewers).toBe(0);
    const other = new HandRelay('r2');
    h.step(other.up());
    other.join(0, 11);
    h.step(other.batch(h.time));
    h.step(relay.up());
    expect(h.state.viewers).toBe(2);
    h.part('r1');
    h.cue();
    relay.act(0, { n: 1 }, h.time);
    relay.act(1, { n: 1 }, h.time);
    h.step(relay.batch(h.time));
    expect(h.part('r1').refusals).toEqual([{ slot: 0, n: 1, code: 'action_spectator' }]);
    expect(h.core.me(1).applied).toBe(1);
  });

  it('[COH18] says which ticks are shifted: also when a round is taken back before it began, and after a restore', () => {
    const { h } = start();
    const flags: boolean[] = [];
    const step = (...inputs: Parameters<typeof h.step>): void => void flags.push(h.step(...inputs).shifted);
    step();
    step({ kind: 'cue', game: 'streamed', params: { goal: 1_000_000 }, startsAt: h.time + 5_000, durationMs: 10_000 });
    step();
    step({ kind: 'stop' });
    step();
    expect(flags).toEqual([false, true, true, true, false]);
    h.step({ kind: 'cue', game: 'streamed', params: { goal: 1_000_000 }, startsAt: h.time + 50, durationMs: 10_000 });
    h.step();
    const again = new CoreHarness();
    again.core.desk.load(h.core.desk.image());
    expect(again.step().shifted).toBe(true);
    const { h: live } = start();
    live.cue();
    expect(live.step().shifted).toBe(false);
  });
});
