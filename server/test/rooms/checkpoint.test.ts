import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { lmdbJournal, type CheckpointChange, type JournalStore } from '../../src/journal/index.js';
import { CheckpointDesk } from '../../src/rooms/checkpoint-desk.js';
import { CHUNK_BYTES, imageOf, REFUSAL_ROWS, TEXT_ROWS, type RoomImage } from '../../src/rooms/checkpoint-parts.js';
import { CheckpointShadow } from '../../src/rooms/checkpoint-shadow.js';
import type { Step } from '../../src/rooms/crowd-core.js';
import type { RoomInput } from '../../src/rooms/inputs.js';
import { nextRandom } from '../../src/rooms/random.js';
import { tempStore } from '../store-helper.js';
import { CoreHarness, HandRelay } from './core-harness.js';

const imageNow = (h: CoreHarness): RoomImage => ({ state: h.state.toJSON(), refs: h.core.tick + 7, core: h.core.image() });

/** Everything that an image says, as values that can be compared; what only serves the comparison of rows is left out. */
const told = ({ core: { viewers: { refusals, past, revisions: _, columns, ...viewers }, runs, desk, ...core }, ...image }: RoomImage) => structuredClone({
  ...image, ...core, ...viewers,
  refusals: [...refusals].toSorted(([a], [b]) => a - b), past: [...past].toSorted(([a], [b]) => a - b),
  columns: Object.entries(columns).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
  runs: runs.map((run) => ({ ...run, rows: Buffer.from(run.rows).toString('base64') })),
  desk: { ...desk, round: desk.round && { ...desk.round, columns: Object.entries(desk.round.columns).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]) } },
});

const restored = (parts: ReadonlyMap<string, Uint8Array>): CoreHarness => {
  const image = imageOf(parts);
  const h = new CoreHarness(100_000);
  h.state.restore(image.state as never);
  h.core.load(image.core);
  h.time = image.core.time;
  return h;
};

/** A room that anything may happen in: viewers come, come back, act, are refused and go; relays start anew; rounds are cued and stopped. */
class RandomShow {
  readonly h = new CoreHarness(100_000);
  readonly #relays: { relay: HandRelay; slots: (number | undefined)[]; connections: number[] }[] = [];
  readonly #n = new Map<number, number>();
  #runs = 0;
  #viewers = 0;
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
    for (let i = 0; i < 3; i++) this.#relays.push({ relay: new HandRelay(`r${i}`), slots: [], connections: [] });
    this.h.step(...this.#relays.map(({ relay }) => relay.up()));
  }

  random(below: number): number {
    const { seed, value } = nextRandom(this.#seed);
    this.#seed = seed;
    return Math.floor(value * below);
  }

  /** What happens in one tick. */
  inputs(most: number): RoomInput[] {
    const time = this.h.time;
    const inputs: RoomInput[] = [];
    for (const each of this.#relays) {
      for (let i = this.random(most); i > 0; i--) this.#something(each);
      inputs.push(each.relay.batch(time));
      if (this.random(80) === 0) inputs.push(this.#restart(each));
    }
    switch (this.random(40)) {
      case 0: inputs.push({ kind: 'cue', game: this.random(2) === 0 ? 'counter' : 'streamed', params: { goal: 20_000 }, startsAt: time + 50, durationMs: 3_000 }); break;
      case 1: inputs.push({ kind: 'stop' }); break;
      case 2: inputs.push({ kind: 'ban', viewer: 1 + this.random(this.#viewers + 1), banned: this.random(2) === 0 }); break;
      case 3: inputs.push({ kind: 'drops', rows: [{ id: `d${this.random(3)}`, name: 'Drop', supply: 10, left: this.random(10), open: true }] }); break;
      default:
    }
    return inputs;
  }

  #something(each: { relay: HandRelay; slots: (number | undefined)[]; connections: number[] }): void {
    const { relay, slots, connections } = each;
    const taken = slots.flatMap((viewer, slot) => (viewer === undefined ? [] : [slot]));
    const slot = taken[this.random(taken.length)];
    const what = this.random(10);
    if (slot === undefined || what < 5) {
      const free = slots.indexOf(undefined);
      const at = free < 0 ? slots.length : free;
      const viewer = this.random(4) === 0 && this.#viewers > 0 ? 1 + this.random(this.#viewers) : ++this.#viewers;
      slots[at] = viewer;
      connections[at] = relay.join(at, viewer, { name: `Viewer ${viewer} ${'é'.repeat(this.random(6))}`, sessionId: `session-${viewer}-${this.random(3)}` });
    } else if (what < 6) {
      relay.builder.leave({ slot, connection: connections[slot]!, code: 1000 });
      slots[slot] = undefined;
    } else {
      const n = (this.#n.get(slots[slot]!) ?? 0) + 1 + this.random(3);
      this.#n.set(slots[slot]!, n);
      relay.act(slot, { n, round: this.h.state.round + (this.random(10) === 0 ? 1 : 0), choice: this.random(3), value: this.random(20) }, this.h.time);
    }
  }

  #restart(each: { relay: HandRelay; slots: (number | undefined)[]; connections: number[] }): RoomInput {
    each.relay = new HandRelay(each.relay.relayId, ++this.#runs + 1);
    each.slots = [];
    each.connections = [];
    return each.relay.up();
  }
}

describe('checkpoints in parts', () => {
  it.each([1, 2, 3])('[CKP1] at random ticks of a random show, some of them given up, each gives back the room byte for byte (seed %s)', async (seed) => {
    const journal = lmdbJournal(await tempStore());
    let { epoch } = await journal.open('show');
    let shadow = new CheckpointShadow();
    const kept = new Map<string, Uint8Array>();
    const show = new RandomShow(seed);
    let stored = 0;
    for (let tick = 0; tick < 240; tick++) {
      show.h.step(...show.inputs(tick % 60 === 0 ? 900 : 30));
      if (show.random(6) !== 0) continue;
      const capture = shadow.capture(imageNow(show.h));
      const expected = told(imageNow(show.h));
      for (let more = show.random(3); more > 0; more--) show.h.step(...show.inputs(60)); // the room goes on while it is written
      if (show.random(4) === 0) {
        shadow.dropped(capture);
        continue;
      }
      const change = { tick: expected.tick, time: expected.time, ...await shadow.packed(capture) };
      await journal.checkpoint('show', epoch, change);
      apply(change, kept);
      shadow.stored(capture);
      stored++;
      expect(told(imageOf(kept)), `seed ${seed}, checkpoint ${stored}`).toEqual(expected);
      expect(told({ ...imageNow(restored(kept)), refs: expected.refs })).toEqual(expected);
      if (show.random(5) !== 0) continue;
      const life = await journal.open('show');
      expect(told(imageOf(life.checkpoint!.parts))).toEqual(expected);
      shadow = new CheckpointShadow();
      epoch = life.epoch;
    }
    expect(stored).toBeGreaterThan(15);
    expect(show.h.core.viewers.length).toBeGreaterThan(CHUNK_BYTES / 8);
  });

  it('[CKP1] a restored room goes on as the one that was never stored', async () => {
    const show = new RandomShow(11);
    for (let tick = 0; tick < 80; tick++) show.h.step(...show.inputs(40));
    show.h.cue();
    const shadow = new CheckpointShadow();
    const { parts } = await shadow.packed(shadow.capture(imageNow(show.h)));
    const again = restored(parts);
    for (let tick = 0; tick < 120; tick++) {
      const inputs = show.inputs(40);
      const [live, replayed] = [show.h.step(...inputs), again.step(...inputs)];
      expect(replayed.facts).toEqual(live.facts);
    }
    expect(told(imageNow(again))).toEqual(told(imageNow(show.h)));
    expect(again.facts.length).toBeGreaterThan(0);
  });

  it('[CKP2] stores what changed and nothing else, however large the crowd', async () => {
    const h = new CoreHarness(100_000);
    const relay = new HandRelay('r');
    h.step(relay.up());
    for (let viewer = 0; viewer < 20_000; viewer++) relay.join(viewer, viewer + 1);
    h.step(relay.batch(h.time));
    const shadow = new CheckpointShadow();
    const take = async (): Promise<Pick<CheckpointChange, 'whole' | 'parts' | 'drop'>> => {
      const capture = shadow.capture(imageNow(h));
      const packed = await shadow.packed(capture);
      const copy = new Map([...packed.parts].map(([name, bytes]) => [name, Uint8Array.from(bytes)]));
      shadow.stored(capture);
      return { ...packed, parts: copy };
    };
    const first = await take();
    expect(first.whole).toBe(true);
    expect(first.parts.size).toBeGreaterThan(20_000 / TEXT_ROWS);
    for (const bytes of first.parts.values()) expect(bytes.length).toBeLessThanOrEqual(CHUNK_BYTES);
    h.cue();
    await take();
    relay.act(17_000, { n: 1, value: 5 }, h.time);
    relay.act(17_001, { n: 1, value: 7 }, h.time);
    h.step(relay.batch(h.time));
    const { whole, parts, drop } = await take();
    expect(whole).toBe(false);
    expect(drop).toEqual([]);
    const named = (prefix: string): string[] => [...parts.keys()].filter((name) => name.startsWith(prefix));
    expect(named('texts/')).toEqual([]);
    expect(named('refusals/')).toEqual([`refusals/${Math.floor(17_001 / REFUSAL_ROWS) * REFUSAL_ROWS}`]);
    expect([...parts.values()].reduce((sum, bytes) => sum + bytes.length, 0)).toBeLessThan(100_000);
    h.finish();
    expect((await take()).drop).toContain('round/sum/0');
  });

  it('[CKP2] keeps every part of a crowd that does its worst small enough for a few pages', async () => {
    const h = new CoreHarness(1_000);
    const relay = new HandRelay('r');
    h.step(relay.up());
    for (let session = 0; session < 10; session++) {
      for (let slot = 0; slot < 64; slot++) relay.join(slot, slot + 1, { name: '🎈'.repeat(16), tier: 'x'.repeat(32), sessionId: `${session}`.padStart(32, 's') });
      h.step(relay.batch(h.time));
    }
    for (let n = 1; n <= 300; n++) for (let slot = 0; slot < 64; slot++) relay.act(slot, { n: n * 70_000, round: n % 3 }, h.time);
    h.step(relay.batch(h.time));
    const shadow = new CheckpointShadow();
    const { parts } = await shadow.packed(shadow.capture(imageNow(h)));
    expect(Math.max(...[...parts.values()].map(({ length }) => length))).toBeLessThan(32 * 1024);
    expect(told({ ...imageNow(restored(parts)), refs: 0 })).toEqual({ ...told(imageNow(h)), refs: 0 });
    expect(restored(parts).core.viewers.refusalsOf(63)).toHaveLength(200);
  });

  it('[CKP3] a checkpoint that lacks a part, or is of another format, is refused and not taken for a smaller crowd', async () => {
    const h = new CoreHarness(10_000);
    const relay = new HandRelay('r');
    h.step(relay.up());
    for (let viewer = 0; viewer < 3_000; viewer++) relay.join(viewer, viewer + 1);
    h.step(relay.batch(h.time));
    h.cue();
    const shadow = new CheckpointShadow();
    const { parts } = await shadow.packed(shadow.capture(imageNow(h)));
    for (const name of parts.keys()) {
      if (name.startsWith('head/')) continue;
      const fewer = new Map(parts);
      fewer.delete(name);
      expect(() => imageOf(fewer), name).toThrow(expect.objectContaining({ code: 'internal' }) as Error);
    }
  });
});

/** What a journal does with a change. */
const apply = ({ whole, drop, parts }: CheckpointChange, kept: Map<string, Uint8Array>): void => {
  if (whole) kept.clear();
  for (const name of drop) kept.delete(name);
  for (const [name, bytes] of parts) kept.set(name, Uint8Array.from(bytes));
};

describe('when checkpoints are taken', () => {
  const setUp = async () => {
    const h = new CoreHarness(10_000);
    const relay = new HandRelay('r');
    h.step(relay.up());
    for (let viewer = 0; viewer < 2_000; viewer++) relay.join(viewer, viewer + 1);
    const journal = lmdbJournal(await tempStore());
    const { epoch } = await journal.open('show');
    const changes: CheckpointChange[] = [];
    const watched: JournalStore = { ...journal, checkpoint: async (room, of, change) => {
      await journal.checkpoint(room, of, change);
      changes.push({ ...change, parts: new Map(change.parts) });
    } };
    const failures: unknown[] = [];
    const desk = new CheckpointDesk(watched, 'show', epoch, pino({ level: 'silent' }), (error) => failures.push(error));
    const step = (...inputs: RoomInput[]): Step => {
      const done = h.step(...inputs);
      desk.consider(done, () => imageNow(h));
      return done;
    };
    return { h, relay, journal, desk, step, changes, failures };
  };

  it('[CKP4] says what the room was at its tick, though the room went on before that tick was durable', async () => {
    const { h, relay, journal, desk, step } = await setUp();
    const at = step(relay.batch(h.time));
    const expected = told(imageNow(h));
    for (let slot = 0; slot < 500; slot++) relay.builder.leave({ slot, connection: slot + 1, code: 1000 });
    const later = step(relay.batch(h.time));
    desk.released(at.tick, undefined);
    desk.released(later.tick, undefined);
    await desk.settled();
    const { checkpoint } = await journal.open('show');
    expect(checkpoint!.tick).toBe(at.tick);
    expect(told(imageOf(checkpoint!.parts))).toEqual(expected);
  });

  it('[CKP4] waits for its facts, and the next one says what one that was given up would have', async () => {
    const { h, relay, journal, desk, step, changes } = await setUp();
    const first = step(relay.batch(h.time));
    desk.released(first.tick, undefined);
    await desk.settled();
    for (let slot = 0; slot < 500; slot++) relay.builder.leave({ slot, connection: slot + 1, code: 1000 });
    h.time += 10_000;
    const second = step(relay.batch(h.time)); // taken, but its tick has not left when the room ends
    relay.join(0, 5_000);
    h.step(relay.batch(h.time));
    expect(changes.map(({ tick }) => tick)).toEqual([first.tick]);
    await desk.last({ tick: h.core.tick, time: h.core.time }, () => imageNow(h));
    expect(changes.map(({ tick, whole }) => [tick, whole])).toEqual([[first.tick, true], [h.core.tick, false]]);
    expect(second.tick).toBeLessThan(h.core.tick);
    expect(told(imageOf((await journal.open('show')).checkpoint!.parts))).toEqual(told(imageNow(h)));
  });

  it('[CKP4] is not written when its facts were not ledgered: they have to be stated again', async () => {
    const { h, relay, journal, desk, step, changes, failures } = await setUp();
    const first = step(relay.batch(h.time));
    let fail!: (error: Error) => void;
    desk.released(first.tick, new Promise<void>((_resolve, reject) => { fail = reject; }));
    fail(new Error('closed'));
    await desk.settled();
    await desk.last({ tick: h.core.tick, time: h.core.time }, () => imageNow(h));
    expect(changes).toEqual([]);
    expect(failures).toEqual([]);
    expect((await journal.open('show')).checkpoint).toBeUndefined();
  });
});
