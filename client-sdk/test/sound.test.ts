import { describe, expect, it } from 'vitest';
import { chimeOf, schedule, TONES, type Chime } from '../src/element/sound.js';
import type { Stage } from '../src/element/stage.js';

const armed = (seconds: number): Stage => ({ kind: 'armed', game: 'tug', seconds });
const live = (secondsLeft: number, open = true): Stage => ({ kind: 'live', game: 'tug', open, secondsLeft, wait: 0 });
const OVER: Stage = { kind: 'over', game: 'tug' };
const IDLE: Stage = { kind: 'idle' };
const me = (result: string): never => ({ result }) as never;

/** A graph that only writes down what is asked of it. */
const written = (chime: Chime, from: number) => {
  const oscillators: { hz: number; start: number; stop: number }[] = [];
  const peaks: number[] = [];
  const context = {
    destination: {},
    createOscillator: () => {
      const entry = { hz: 0, start: 0, stop: 0 };
      oscillators.push(entry);
      return { type: '', frequency: { set value(hz: number) { entry.hz = hz; } }, connect: (next: object) => next, start: (at: number) => { entry.start = at; }, stop: (at: number) => { entry.stop = at; } };
    },
    createGain: () => ({
      gain: { setValueAtTime: () => undefined, linearRampToValueAtTime: (value: number) => peaks.push(value), exponentialRampToValueAtTime: () => undefined }, connect: (next: object) => next,
    }),
  };
  schedule(context as never, chime, from);
  return { oscillators, peaks };
};

describe('what a viewer hears', () => {
  it('[SND1] counts the last three seconds into a round, its opening, and its own last three, each once', () => {
    const heard = [IDLE, armed(5), armed(4), armed(3), armed(3), armed(2), armed(1), armed(0), live(30), live(30), live(4), live(3), live(2), live(1), live(0, false), OVER, OVER]
      .reduce<{ before: Stage; chimes: (Chime | undefined)[] }>(({ before, chimes }, now) => ({ before: now, chimes: [...chimes, chimeOf(before, now, me('won'))] }), { before: { kind: 'loading' }, chimes: [] });
    expect(heard.chimes.filter((chime) => chime !== undefined)).toEqual(['count', 'count', 'count', 'open', 'last', 'last', 'last', 'won']);
  });

  it('[SND1] says nothing of a round that the viewer came too late to, of an outcome that is not its own, and of a closed window', () => {
    expect(chimeOf({ kind: 'loading' }, live(20), undefined)).toBeUndefined();
    expect(chimeOf({ kind: 'loading' }, OVER, me('won'))).toBeUndefined();
    expect(chimeOf(live(3), OVER, me('none'))).toBeUndefined();
    expect(chimeOf(live(3), OVER, undefined)).toBeUndefined();
    expect(chimeOf(live(3), OVER, me('played'))).toBe('played');
    expect(chimeOf(live(3, false), live(2, false), me('none'))).toBeUndefined();
  });

  it('[SND2] is short and never louder than a fifth of full scale', () => {
    for (const chime of Object.keys(TONES) as Chime[]) {
      const { oscillators, peaks } = written(chime, 10);
      expect(oscillators).toHaveLength(TONES[chime].length);
      for (const { hz, start, stop } of oscillators) {
        expect(hz).toBeGreaterThan(100);
        expect(start).toBeGreaterThanOrEqual(10);
        expect(stop).toBeLessThan(10.8);
      }
      expect(Math.max(...peaks)).toBeLessThanOrEqual(0.2);
    }
  });
});
