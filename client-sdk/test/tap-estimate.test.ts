import { describe, expect, it } from 'vitest';
import { flashAt, FLASH_MS, FLASH_SERIES_MS, flashTimes } from '@crowdcue/protocol';
import { estimateDelay, REACTION_MS } from '../src/stream-clock/tap-estimate.js';

const FROM = 100_000;
const FLASHES = flashTimes(FROM);
const PEOPLE = 50;
const TAPS = 5;

/** A small generator with a seed that is printed: mulberry32. */
const chance = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};
const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const quantile = (values: readonly number[], q: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!;

/**
 * One person before a picture: reactions of 250 ms on average, 50 apart between people and 40 within one, skewed as reactions are (never
 * below 120), one flash in twelve missed, one tap in twenty too early by up to 400 ms, a stream of 30 frames a second.
 */
const tapsOf = (delay: number, random: () => number): number[] => {
  const own = Math.max(150, 250 + 50 * normal(random));
  const taps: number[] = [];
  for (const flash of FLASHES) {
    if (random() < 1 / 12) continue;
    const shown = Math.ceil((flash + delay) / (1000 / 30)) * (1000 / 30);
    const reaction = random() < 1 / 20 ? -400 * random() : Math.max(120, own + 40 * normal(random));
    taps.push(shown + reaction);
  }
  return taps;
};

describe('one-tap calibration', () => {
  it('[CLK6] no four successive flashes of a series fit another place of it, and none comes sooner than a second after the last', () => {
    let closest = Infinity;
    for (let at = 0; at + 3 < FLASHES.length; at++) {
      for (let to = 0; to < FLASHES.length; to++) {
        if (to === at) continue;
        const off = [0, 1, 2, 3].map((i) => {
          const place = FLASHES[at + i]! + FLASHES[to]! - FLASHES[at]!;
          return FLASHES.reduce((best, flash) => (Math.abs(place - flash) < Math.abs(best) ? place - flash : best), Infinity);
        });
        closest = Math.min(closest, Math.max(...off) - Math.min(...off));
      }
    }
    expect(closest).toBeGreaterThanOrEqual(500);
    for (const [i, flash] of FLASHES.entries()) if (i > 0) expect(flash - FLASHES[i - 1]!).toBeGreaterThan(1_000);
    expect(FLASHES.at(-1)! + FLASH_MS - FROM).toBe(FLASH_SERIES_MS);
  });

  it('[CLK6] `flashAt` tells an overlay which flash stands in the picture, and how much of it is over', () => {
    expect(flashAt(FROM, FROM - 1)).toBeUndefined();
    expect(flashAt(FROM, FROM)).toEqual({ index: 0, progress: 0 });
    expect(flashAt(FROM, FLASHES[7]! + FLASH_MS / 2)).toEqual({ index: 7, progress: 0.5 });
    expect(flashAt(FROM, FLASHES[7]! + FLASH_MS)).toBeUndefined();
    expect(flashAt(0, 100)).toBeUndefined(); // no series
  });

  it(`[CLK7] knows the delay of ${PEOPLE} simulated people after ${TAPS} taps, 95 of 100 within 150 ms, and says so`, () => {
    const seed = 4_242;
    const random = chance(seed);
    const errors: number[] = [];
    const covered: boolean[] = [];
    let more = 0;
    for (let run = 0; run < 20; run++) {
      for (let person = 0; person < PEOPLE; person++) {
        const delay = 500 + random() * 25_000;
        const all = tapsOf(delay, random);
        let taps = TAPS;
        let estimate = estimateDelay(all.slice(0, taps), FLASHES);
        while (estimate === undefined && taps < all.length) estimate = estimateDelay(all.slice(0, ++taps), FLASHES);
        if (taps > TAPS) more++;
        errors.push(Math.abs(estimate!.delay - delay));
        covered.push(errors.at(-1)! <= estimate!.error);
      }
    }
    const within = covered.filter(Boolean).length / covered.length;
    const first = errors.slice(0, PEOPLE);
    console.log(`one-tap calibration, ${PEOPLE} people, ${TAPS} taps, seed ${seed}: error p50 ${quantile(first, 0.5).toFixed(0)} ms, p95 ${quantile(first, 0.95).toFixed(0)} ms, worst ${Math.max(...first).toFixed(0)} ms; `
      + `over ${errors.length} people p50 ${quantile(errors, 0.5).toFixed(0)}, p95 ${quantile(errors, 0.95).toFixed(0)}, p99 ${quantile(errors, 0.99).toFixed(0)}, worst ${Math.max(...errors).toFixed(0)} ms; `
      + `within the error that it states: ${(within * 100).toFixed(1)} %; needed a sixth tap or more: ${more}`);
    expect(quantile(first, 0.95)).toBeLessThanOrEqual(150);
    expect(quantile(errors, 0.95)).toBeLessThanOrEqual(150);
    expect(within).toBeGreaterThan(0.9);
  });

  it('[CLK8] takes the reaction off, leaves out taps that fit no flash, and does not guess', () => {
    const late = (delay: number, ...which: number[]): number[] => which.map((i) => FLASHES[i]! + delay + REACTION_MS);
    expect(estimateDelay(late(7_300, 0, 1, 2, 3, 4), FLASHES)).toMatchObject({ delay: 7_300, taps: 5 });
    expect(estimateDelay([...late(7_300, 2, 3, 5, 6), FLASHES[4]! + 6_100], FLASHES)).toMatchObject({ delay: 7_300, taps: 4 });
    expect(estimateDelay(late(0, 3, 4, 5, 6), FLASHES)!.delay).toBe(0);
    expect(estimateDelay(late(-150, 3, 4, 5, 6), FLASHES)!.delay).toBe(0); // somebody fast in front of a prompt picture
    expect(estimateDelay([], FLASHES)).toBeUndefined();
    expect(estimateDelay(late(7_300, 0, 1, 2), FLASHES)).toBeUndefined();
    expect(estimateDelay(late(31_500, 0, 3, 4, 5), FLASHES)).toBeUndefined(); // later than any event takes
    expect(estimateDelay(late(7_300, 0, 1, 2, 3), [])).toBeUndefined();
  });

  it('[CLK8] somebody who taps without looking seldom gets a delay out of it', () => {
    const random = chance(99);
    let guessed = 0;
    for (let run = 0; run < 200; run++) {
      let at = FROM + 5_000;
      const taps = Array.from({ length: TAPS }, () => (at += 600 + 3_000 * random()));
      if (estimateDelay(taps, FLASHES) !== undefined) guessed++;
    }
    console.log(`taps at random: ${guessed} of 200 people got a delay after ${TAPS} taps`);
    expect(guessed).toBeLessThan(20);
  });
});
