import { DATA_TYPE, decodeClientMessage, CAPTION_LIMITS, type CaptionLine } from '@crowdcue/protocol';
import { Unpackr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { CaptionDesk } from '../../src/rooms/caption-desk.js';
import { CaptionShelf } from '../../src/rooms/caption-shelf.js';
import { CoreHarness, HandRelay } from './core-harness.js';

const unpackr = new Unpackr({ useRecords: false });
const line = (id: string, from = 1_000, about: Partial<CaptionLine> = {}): CaptionLine => ({ id, lang: 'en', from, to: from + 2_000, text: `Line ${id}`, ...about });
const lines = (count: number, from = 1_000): CaptionLine[] => Array.from({ length: count }, (_, i) => line(`l${i}`, from));
const told = (frame: Uint8Array): CaptionLine[] => {
  const { type, payload } = decodeClientMessage(frame);
  expect(type).toBe(DATA_TYPE.captions);
  return unpackr.unpack(payload) as CaptionLine[];
};

/** A desk whose ticks are cranked by hand. */
const desk = () => {
  const shelf = new CaptionShelf();
  const clock = { now: 10_000 };
  const waiting: (() => void)[] = [];
  const metrics = { taken: 0, due: 0, inTime: 0 };
  const made = new CaptionDesk({
    shelf, now: () => clock.now,
    submit: (some) => new Promise((resolve) => waiting.push(() => (shelf.take(some), resolve()))),
    metrics: { captionsTaken: (n) => (metrics.taken += n), captionsShown: (r) => ((metrics.due += r.due), (metrics.inTime += r.inTime)) },
  });
  return { desk: made, shelf, clock, metrics, tick: () => waiting.splice(0).forEach((apply) => apply()) };
};
const code = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'taken', (error: { code: string }) => error.code);

describe('captions in a room', () => {
  it('[CAP1] a line that is posted again, at once or later, is told and kept once', async () => {
    const { desk: d, shelf, tick } = desk();
    const first = d.post([line('a', 10_000), line('b', 10_000), line('a', 10_000)]);
    const second = d.post([line('a', 10_000)]);
    tick();
    expect(await Promise.all([first, second])).toEqual([{ taken: 2, repeated: 1 }, { taken: 0, repeated: 1 }]);
    expect(await d.post([line('b', 10_000, { text: 'Changed' })])).toEqual({ taken: 0, repeated: 1 });
    expect(shelf.after(0).map(({ text }) => text)).toEqual(['Line a', 'Line b']);
    expect(shelf.take([line('a')])).toBeUndefined();
  });

  it('[CAP2] a flood is refused whole with caption_flood, and lines are taken again at the pace that an event takes', async () => {
    const { desk: d, clock, tick, metrics } = desk();
    for (let sent = 0; sent < CAPTION_LIMITS.atOnce; sent += 32) void d.post(Array.from({ length: 32 }, (_, i) => line(`${sent + i}`, 10_000)));
    expect(await code(d.post([line('more', 10_000)]))).toBe('caption_flood');
    clock.now += 1_000;
    expect(await code(d.post(Array.from({ length: CAPTION_LIMITS.perSecond + 1 }, (_, i) => line(`n${i}`, 10_000))))).toBe('caption_flood');
    void d.post(Array.from({ length: CAPTION_LIMITS.perSecond }, (_, i) => line(`n${i}`, 10_000)));
    tick();
    await new Promise((resolve) => setImmediate(resolve));
    expect(metrics.taken).toBe(CAPTION_LIMITS.atOnce + CAPTION_LIMITS.perSecond);
  });

  it('[CAP3] times that no viewer could meet are refused: over for long, far ahead, backwards, endless', async () => {
    const { desk: d, clock } = desk();
    clock.now = 1_000_000;
    expect(await code(d.post([line('past', clock.now - CAPTION_LIMITS.pastMs - 3_000)]))).toBe('caption_late');
    expect(await code(d.post([line('ahead', clock.now + CAPTION_LIMITS.aheadMs + 1)]))).toBe('caption_late');
    for (const to of [clock.now, clock.now - 1, clock.now + CAPTION_LIMITS.standsMs + 1, Number.NaN]) expect(await code(d.post([line('bad', clock.now, { to })]))).toBe('caption_bad_request');
  });

  it('[CAP3] an event has captions in twelve languages at most', async () => {
    const { desk: d, shelf } = desk();
    shelf.take(Array.from({ length: CAPTION_LIMITS.languages }, (_, i) => line(`l${i}`, 10_000, { lang: `x${String.fromCharCode(97 + i)}` })));
    expect(await code(d.post([line('one more', 10_000, { lang: 'de' })]))).toBe('caption_bad_request');
  });

  it('[CAP4] an event keeps its last lines and no more, and a room that opens again has them', () => {
    const h = new CoreHarness();
    h.step({ kind: 'captions', lines: lines(CAPTION_LIMITS.kept) });
    h.step({ kind: 'captions', lines: [line('last', 5_000, { lang: 'de' })] });
    const again = new CoreHarness();
    again.core.load(h.core.image());
    for (const { core } of [h, again]) {
      expect(core.captions.after(0)).toHaveLength(CAPTION_LIMITS.kept);
      expect(core.captions.after(0).at(-1)!.id).toBe('last');
      expect(core.captions.has('l0')).toBe(false);
      expect(core.captions.languages).toEqual(['de', 'en']);
      expect(core.captions.taken).toBe(CAPTION_LIMITS.kept + 1);
    }
  });

  it('[CAP5] lines go to everybody with the tick that took them, as one frame that a replay of the journal repeats', () => {
    const h = new CoreHarness();
    const relay = new HandRelay('r1');
    h.step(relay.up());
    const step = h.step({ kind: 'captions', lines: [line('a'), line('b')] });
    expect(step.recorded).toBe(true);
    expect(h.core.out.broadcasts.map(told)).toEqual([[line('a'), line('b')]]);
    h.core.out.clear();
    expect(h.core.out.broadcasts).toEqual([]);
  });

  it('[CAP6] what viewers report is added up, each of them once in ten seconds; what means nothing adds nothing', () => {
    const { desk: d, clock, shelf, metrics } = desk();
    shelf.take([line('a')]);
    d.report(1, { due: 10, inTime: 9 });
    d.report(1, { due: 10, inTime: 9 }); // too soon
    d.report(2, { due: 5, inTime: 5 });
    for (const bad of [null, undefined, 7, 'x', [], { due: 5, inTime: 6 }, { due: -1, inTime: -1 }, { due: 1.5, inTime: 1 }, { due: 1e9, inTime: 1e9 }, { due: '5', inTime: 5 }]) d.report(3, bad);
    clock.now += 10_000;
    d.report(1, { due: 1, inTime: 0 });
    expect(d.overview).toEqual({ languages: ['en'], lines: 1, due: 16, inTime: 14 });
    expect(metrics).toMatchObject({ due: 16, inTime: 14 });
  });
});
