/**
 * Joined patches against the real encoder and decoder of @colyseus/schema: one decoder gets every patch, another gets them joined.
 * The second decoder is a stock SDK's behind a relay with a slower write rate.
 */
import { Decoder, Encoder, MapSchema, schema, t, type Schema } from '@colyseus/schema';
import { describe, expect, it, vi } from 'vitest';
import { FRAME, joinPatches, ROOT_SWITCH } from '@crowdcue/protocol';
import { randomOf, seedOf } from './support/bytes-of.js';

const Item = schema({ label: t.string(), count: t.number() });
const Unit = schema({ name: t.string(), score: t.number(), held: t.ref(Item).optional(), items: t.map(Item) });
const World = schema({
  phase: t.string(), round: t.number(), note: t.string().optional(), lead: t.ref(Unit).optional(), units: t.map(Unit), tallies: t.map('number'),
});

const TICKS = 600;

/** One origin: a world, its encoder, and a way to change something of it at random. */
const originOf = (random: (below: number) => number) => {
  const world = new World();
  world.units = new MapSchema();
  world.tallies = new MapSchema();
  const encoder = new Encoder(world);
  const item = () => new Item().assign({ label: `item ${random(99)}`, count: random(1e6) });
  const unit = () => new Unit().assign({ name: `unit ${random(99)}`, score: random(1e6), items: new MapSchema() });
  const anyUnit = () => world.units.get(String(random(8)));
  const changes: readonly (() => unknown)[] = [
    () => { world.phase = `phase ${random(9)}`; },
    () => { world.round = random(1e6); },
    () => { world.note = random(2) === 0 ? undefined : `note ${random(99)}`; },
    () => { world.lead = random(3) === 0 ? undefined : unit(); },
    () => { if (world.lead !== undefined) world.lead.score = random(1e6); },
    () => world.units.set(String(random(8)), unit()),
    () => world.units.delete(String(random(8))),
    () => { const u = anyUnit(); if (u !== undefined) u.score = random(1e6); },
    () => { const u = anyUnit(); if (u !== undefined) u.held = random(3) === 0 ? undefined : item(); },
    () => { const u = anyUnit(); if (u?.held !== undefined) u.held.count = random(1e6); },
    () => anyUnit()?.items.set(String(random(4)), item()),
    () => anyUnit()?.items.delete(String(random(4))),
    () => { const held = anyUnit()?.items.get(String(random(4))); if (held !== undefined) held.label = `label ${random(99)}`; },
    () => world.tallies.set(String(random(12)), random(1e6)),
    () => world.tallies.delete(String(random(12))),
  ];
  const patch = (): Uint8Array => {
    for (let left = 1 + random(8); left > 0; left--) changes[random(changes.length)]!();
    const body = encoder.encode().slice();
    encoder.discardChanges();
    return body;
  };
  return { world, keyframe: () => encoder.encodeAll().slice(), patch };
};

const viewerOf = (keyframe: Uint8Array) => {
  const world = new World();
  const decoder = new Decoder(world);
  decoder.decode(keyframe);
  return { world, decode: (body: Uint8Array) => decoder.decode(body) };
};
/** State as text, its maps in one order: an entry that was deleted and set again may stand elsewhere. */
const stateOf = (state: Schema): string => JSON.stringify(state.toJSON(), (_key, value: unknown) =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined && v !== null).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value);

describe('joined patches', () => {
  const first = seedOf('joined patches');
  it.each([first, first + 1, first + 2])('[PRO21] seed %i: joins of 1 to 20 patches leave the state that one by one leaves, and the origin has', (seed) => {
    const random = randomOf(seed);
    const origin = originOf(random);
    origin.patch();
    const stepwise = viewerOf(origin.keyframe());
    const joined = viewerOf(origin.keyframe());
    let bodies: Uint8Array[] = [];
    let [compared, replaced] = [0, 0];
    for (let tick = 1, next = 1; tick <= TICKS; tick++) {
      const body = origin.patch();
      if (body.length === 0) continue;
      stepwise.decode(body);
      bodies.push(body);
      if (bodies.length < next) continue;
      const frame = joinPatches(bodies);
      expect(frame[0]).toBe(FRAME.roomStatePatch);
      expect(frame.length).toBe(1 + bodies.reduce((sum, b) => sum + b.length, 0) + ROOT_SWITCH.length * (bodies.length - 1));
      joined.decode(frame.subarray(1));
      const truth = stateOf(origin.world);
      expect(stateOf(stepwise.world), `one by one, tick ${tick}`).toBe(truth);
      expect(stateOf(joined.world), `joined, tick ${tick}`).toBe(truth);
      compared++;
      if (bodies.length > 1) replaced++;
      bodies = [];
      next = 1 + random(random(4) === 0 ? 20 : 4);
    }
    expect(compared).toBeGreaterThan(50);
    expect(replaced).toBeGreaterThan(25);
  });

  it('[PRO21] without the switch to the root between them they land on the wrong object: the two bytes are needed', () => {
    const random = randomOf(1);
    const origin = originOf(random);
    origin.world.units.set('a', new Unit().assign({ name: 'a', score: 1, items: new MapSchema() }));
    origin.patch();
    const [right, wrong] = [viewerOf(origin.keyframe()), viewerOf(origin.keyframe())];
    const bodies = Array.from({ length: 20 }, () => origin.patch());
    right.decode(joinPatches(bodies).subarray(1));
    const glued = new Uint8Array(bodies.flatMap((body) => [...body]));
    const quiet = (['warn', 'error'] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => undefined));
    try {
      wrong.decode(glued);
    } catch {
      // A throw is as wrong as a wrong state.
    }
    for (const spy of quiet) spy.mockRestore();
    expect(stateOf(right.world)).toBe(stateOf(origin.world));
    expect(stateOf(wrong.world)).not.toBe(stateOf(origin.world));
  });
});
