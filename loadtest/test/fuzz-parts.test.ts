import { encodeAction, encodeBatch, FRAME, LIMITS, LINK, newActionColumns } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { Books } from '../src/fuzz/books.js';
import { judge, type Look } from '../src/fuzz/memory-book.js';
import { Chance } from '../src/fuzz/mutator.js';
import { rawFrame } from '../src/fuzz/raw-frames.js';
import { linkVerdict, viewerVerdict } from '../src/fuzz/verdicts.js';
import { afterWarmUp, slopeOf } from '../src/watch/slope.js';

const MIB = 2 ** 20;
/** Looks at a process that holds `alive` and `native` bytes more for every frame, on top of what a warm-up fills, with noise. */
const looks = (frames: number, { alive = 0, native = 0 }): Look[] => {
  const chance = new Chance(7);
  return Array.from({ length: 10 }, (_, i) => {
    const sofar = (frames * (i + 1)) / 10;
    const warm = 30 * MIB * Math.min(1, sofar / (frames * 0.3));
    const heapUsed = 20 * MIB + warm + sofar * alive + chance.below(200_000);
    return { frames: sofar, heapUsed, external: MIB, rss: 60 * MIB + warm + sofar * (alive + native) + chance.below(2 * MIB) };
  });
};

describe('what the fuzzer goes by', () => {
  it('[FUZ5] memory that stands still after the warm-up holds; a leak of 100 bytes a frame does not, in the heap or outside of it', () => {
    expect(judge('relay', looks(1_000_000, {})).problems).toEqual([]);
    expect(judge('relay', looks(1_000_000, { alive: 100 })).problems).toContainEqual(expect.stringMatching(/keeps (9|10)\d B of every frame/));
    expect(judge('relay', looks(1_000_000, { native: 100 })).problems).toContainEqual(expect.stringMatching(/grew by \d\d % after the warm-up/));
    expect(judge('relay', looks(25_000, {})).problems).toEqual([]);
    expect(judge('relay', looks(25_000, { alive: 250 })).problems).not.toEqual([]);
  });

  it('[FUZ5] a slope is that of least squares, and the warm-up is left out by its share of the span', () => {
    expect(slopeOf([{ x: 0, y: 1 }, { x: 1, y: 3 }, { x: 2, y: 5 }])).toBeCloseTo(2);
    expect(slopeOf([{ x: 0, y: 0 }, { x: 1, y: 1 }, { x: 2, y: 0 }])).toBeCloseTo(0);
    expect([slopeOf([]), slopeOf([{ x: 3, y: 9 }])]).toEqual([0, 0]);
    expect(afterWarmUp([10, 20, 30, 40].map((x) => ({ x, y: x })), 0.5).map(({ x }) => x)).toEqual([30, 40]);
  });

  it('[FUZ1] foretells what is an offence: what the wire’s own decoders refuse, and nothing else', () => {
    const action = encodeAction({ n: 1, round: 1, choice: 0, value: 1 });
    expect(viewerVerdict(action, 'direct')).toBe('taken');
    expect(viewerVerdict(action, 'stock')).toBe('frame_unknown');
    expect(viewerVerdict(action.subarray(0, 3), 'direct')).toBe('frame_truncated');
    expect(viewerVerdict(new Uint8Array(LIMITS.viewerFrameBytes + 1), 'direct')).toBe('frame_oversize');
    expect(viewerVerdict(Uint8Array.of(FRAME.leaveRoom), 'stock')).toBe('farewell');
    const batch = (n: number, slot?: number) => encodeBatch({
      n, time: 0, actions: newActionColumns(1), messages: [], leaves: [],
      joins: slot === undefined ? [] : [{ slot, connection: 1, viewer: 1, sessionId: 's', tier: 't', name: 'n', mac: 'm', direct: true }],
    });
    const run = { applied: 4, joins: 100 };
    expect([batch(4), batch(5), batch(6)].map((frame) => linkVerdict(frame, run))).toEqual(['taken', 'taken', 'frame_malformed']);
    expect([100, 150, 1_000].map((slot) => linkVerdict(batch(5, slot), run))).toEqual(['taken', 'unsure', 'frame_malformed']);
    expect(linkVerdict(Uint8Array.of(LINK.batch, 1), run)).toBe('frame_truncated');
  });

  it('[FUZ1] counts a failure when an offence is not answered with its frame, its close code and its reason', () => {
    const books = new Books();
    const ending = { code: 4104, reason: 'frame_text', told: 'frame_text: Frames are binary; this one is text.' };
    books.offence('a', 1, 'frame_text', ending, true, () => '');
    expect(books.failed).toBe(0);
    for (const wrong of [undefined, { ...ending, code: 1006 }, { ...ending, reason: '' }, { ...ending, told: undefined }]) books.offence('a', 1, 'frame_text', wrong, true, () => '');
    expect([books.failed, books.frames, books.connections]).toEqual([4, 5, 5]);
  });

  it('[FUZ1] the same seed sends the same; another one does not', () => {
    const frame = encodeAction({ n: 7, round: 1, choice: 1, value: 3 });
    const run = (seed: number) => {
      const chance = new Chance(seed);
      return Array.from({ length: 200 }, () => Buffer.from(chance.mutated(frame, frame)).toString('hex'));
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(new Set(run(1)).size).toBeGreaterThan(150);
  });

  it('[FUZ1] frames by hand are framed as RFC 6455 says', () => {
    expect([...rawFrame(2, Uint8Array.of(7))]).toEqual([0x82, 0x81, 0, 0, 0, 0, 7]);
    expect([...rawFrame(2, Uint8Array.of(7), { masked: false, fin: false, reserved: 7 })]).toEqual([0x72, 1, 7]);
    expect([...rawFrame(1, new Uint8Array(300)).subarray(0, 4)]).toEqual([0x81, 0xfe, 1, 44]);
    expect([...rawFrame(2, new Uint8Array(70_000)).subarray(0, 10)]).toEqual([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x11, 0x70]);
  });
});
