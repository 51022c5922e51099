import { Encoder } from '@colyseus/schema';
import { FRAME, joinPatches } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { actionTrace } from '../src/bench/lib/action-trace.js';
import { Ages } from '../src/bench/lib/ages.js';
import { Beat, beatJson, BeatState, BODY_BYTES, BODY_SEQ_AT, BODY_SEQ_END, BODY_TIME_AT, EncodedBeat } from '../src/bench/lib/beat-state.js';
import { SeenPatches } from '../src/bench/lib/seen-patches.js';
import { decodeBatch } from '@crowdcue/protocol';
import { now } from '../src/clock.js';

const frameOf = (...bodies: Uint8Array[]): Uint8Array => joinPatches(bodies);
const keyframeOf = (body: Uint8Array): Uint8Array => Uint8Array.of(FRAME.roomState, ...body);

describe('the state of a comparison', () => {
  it('[BEN9] a patch of it is 64 bytes, and time and number stand where they are looked for', () => {
    const encoded = new EncodedBeat();
    for (let i = 0; i < 300; i++) {
      const body = Buffer.from(encoded.patch());
      expect(body).toHaveLength(BODY_BYTES);
      expect(Number(body.toString('latin1', BODY_SEQ_AT, BODY_SEQ_END))).toBe(encoded.beat.seq);
      expect(body.readDoubleLE(BODY_TIME_AT)).toBe(encoded.beat.state.time);
      expect(Math.abs(now() - body.readDoubleLE(BODY_TIME_AT))).toBeLessThan(60_000);
    }
  });

  it('[BEN9] the number stands at the same place in a keyframe, also in one of a state that another encoder has', () => {
    const beat = new Beat(new BeatState());
    const encoder = new Encoder(beat.state);
    beat.change();
    encoder.encode();
    encoder.discardChanges();
    const body = Buffer.from(encoder.encodeAll());
    expect(Number(body.toString('latin1', BODY_SEQ_AT, BODY_SEQ_END))).toBe(1);
  });
});

describe('who has seen what', () => {
  const stage = () => {
    const encoded = new EncodedBeat();
    const seen = new SeenPatches();
    const viewer = seen.viewer(new Ages());
    viewer.take(keyframeOf(encoded.keyframe()));
    const verdict = () => seen.verdict(encoded.reflection, { seq: encoded.beat.seq, json: beatJson(encoded.beat.state) });
    return { encoded, seen, viewer, verdict };
  };

  it('[BEN10] a viewer that got every change once, joined or not, is equal', () => {
    const { encoded, seen, viewer, verdict } = stage();
    const late = seen.viewer(undefined);
    const bodies = Array.from({ length: 7 }, () => encoded.patch());
    viewer.take(frameOf(bodies[0]!));
    viewer.take(frameOf(...bodies.slice(1)));
    late.take(keyframeOf(encoded.keyframe()));
    expect(verdict()).toEqual({ viewers: 2, equal: 2, patches: 7, frames: 2, resyncs: 0, fault: undefined });
  });

  it.each([
    ['missed a change', (bodies: Uint8Array[]) => [frameOf(bodies[0]!), frameOf(bodies[2]!)], /3 came after 2|change \d+ came after/],
    ['missed the last one', (bodies: Uint8Array[]) => [frameOf(bodies[0]!, bodies[1]!)], /the room at/],
    ['got one twice', (bodies: Uint8Array[]) => bodies.flatMap((body, i) => (i === 1 ? [frameOf(body), frameOf(body)] : [frameOf(body)])), /came after/],
    ['got them in another order', (bodies: Uint8Array[]) => [frameOf(bodies[1]!, bodies[0]!, bodies[2]!)], /came after/],
    ['got bytes that are cut off', (bodies: Uint8Array[]) => [frameOf(bodies[0]!).subarray(0, 60), ...bodies.slice(1).map((body) => frameOf(body))], /no run of patches|came after/],
  ])('[BEN10] a viewer that %s is found', (_what, framesOf, fault) => {
    const { encoded, viewer, verdict } = stage();
    const bodies = Array.from({ length: 3 }, () => encoded.patch());
    for (const frame of framesOf(bodies)) viewer.take(frame);
    expect(verdict().fault).toMatch(fault);
  });

  it('[BEN10] a viewer whose patch has another byte is found, even when every number is right', () => {
    const { encoded, seen, viewer, verdict } = stage();
    const other = seen.viewer(undefined);
    other.take(keyframeOf(encoded.keyframe()));
    const body = encoded.patch();
    viewer.take(frameOf(body));
    other.take(frameOf(body.map((byte, i) => (i === body.length - 1 ? byte ^ 1 : byte))));
    expect(verdict().fault).toMatch(/not the same for everybody/);
  });

  it('[BEN10] a whole crowd with the same wrong bytes is found by the state that they decode to', () => {
    const { encoded, viewer, verdict } = stage();
    const body = encoded.patch();
    viewer.take(frameOf(body.map((byte, i) => (i === body.length - 1 ? byte ^ 1 : byte))));
    expect(verdict()).toMatchObject({ equal: 0, fault: expect.stringMatching(/another state/) as string });
  });
});

describe('the ages of patches', () => {
  it('[BEN11] percentiles are those of what was added since the last look, to a tenth of a millisecond', () => {
    const ages = new Ages();
    for (let ms = 1; ms <= 1_000; ms++) ages.add(ms - 0.05);
    expect(ages.take()).toEqual({ count: 1_000, p50: 500, p99: 990, max: 1_000 });
    expect(ages.take()).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
    ages.add(-3);
    ages.add(1e9, 2);
    expect(ages.take()).toMatchObject({ count: 3, max: 10_000 });
  });
});

describe('a trace of actions', () => {
  it('[BEN12] says of each batch how many of its actions come for the first time, and numbers of a viewer never skip', () => {
    const { batches, firsts } = actionTrace({ viewers: 50, batches: 20, actionsPerBatch: 100, repeatEvery: 10, start: 1_000, stepMs: 1, firstN: 7 });
    const last = new Map<number, number>();
    batches.forEach((bytes, i) => {
      const { n, actions } = decodeBatch(bytes);
      expect(n).toBe(7 + i);
      let first = 0;
      for (let at = 0; at < actions.length; at++) {
        const before = last.get(actions.slot[at]!) ?? 0;
        expect([before, before + 1]).toContain(actions.n[at]!);
        if (actions.n[at]! > before) first++;
        last.set(actions.slot[at]!, actions.n[at]!);
      }
      expect(first).toBe(firsts[i]);
    });
    expect(firsts.reduce((sum, each) => sum + each, 0)).toBeLessThan(2_000);
  });
});
