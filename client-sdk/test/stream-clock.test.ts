import { describe, expect, it } from 'vitest';
import { flashTimes, type CrowdView, type StreamDelay } from '@crowdcue/protocol';
import { DelayFilter } from '../src/stream-clock/delay-filter.js';
import { textFrames } from '../src/stream-clock/id3.js';
import { StreamClock, type DelayReading, type HlsLike, type Player, type StreamClockOptions } from '../src/stream-clock/index.js';

const EPOCH = 1_700_000_000_000;

/** A video as the clock sees it: the test moves it. */
class HandVideo extends EventTarget {
  currentTime = 100;
  paused = false;
  seeking = false;
  readyState = 4;
  readonly textTracks: { kind: string; mode: string; cues: { startTime: number; value?: unknown }[] | null }[] = [];
  /** Program date at place 0, ms; what Safari tells. */
  startDate = Number.NaN;

  getStartDate(): Date {
    return new Date(this.startDate);
  }

  says(type: string, change: Partial<Pick<HandVideo, 'paused' | 'seeking' | 'readyState' | 'currentTime'>> = {}): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event(type));
  }
}

class HandHls implements Pick<HlsLike, 'playingDate'> {
  playingDate: Date | null = null;
  readonly listeners = new Map<string, Set<(event: string, data: never) => void>>();
  constructor(public media: HandVideo | null) {}
  on(event: string, listener: (event: string, data: never) => void): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }
  off(event: string, listener: (event: string, data: never) => void): void {
    this.listeners.get(event)?.delete(listener);
  }
  emit(event: string, data: unknown): void {
    for (const listener of this.listeners.get(event) ?? []) listener(event, data as never);
  }
}

/** A stream that is watched: event time and video go on together, a second a look. */
const watch = (player?: unknown, options: StreamClockOptions = {}) => {
  let now = 1_000_000;
  let look = (): void => undefined;
  let stopped = false;
  const told: StreamDelay[] = [];
  const readings: (DelayReading | undefined)[] = [];
  const state = { flashFrom: 0, packagerEpoch: EPOCH, packagerError: 1_000 };
  const session = { state: state as unknown as CrowdView, eventTime: () => now, clockError: 5, setDelay: (delay: StreamDelay) => void told.push(delay) };
  const clock = new StreamClock(session, {
    player: player as Player, ...options,
    repeat: (each) => {
      look = each;
      return () => (stopped = true);
    },
  });
  clock.on('reading', (reading) => readings.push(reading));
  return {
    clock, told, readings, state,
    get now() { return now; },
    get stopped() { return stopped; },
    /** So many seconds pass, with a look each. `rate` is how fast the picture goes on. */
    seconds(n: number, move: (ms: number) => void = () => undefined): void {
      for (let i = 0; i < n; i++) {
        now += 1_000;
        move(1_000);
        look();
      }
    },
    pass: (ms: number) => void (now += ms),
  };
};
const plays = (video: HandVideo, rate = 1) => (ms: number): void => void (video.currentTime += (ms / 1000) * rate);
/** Sets what Safari tells so that the picture is late by `delay` now. */
const dated = (video: HandVideo, now: number, delay: number): void => void (video.startDate = EPOCH + now - delay - video.currentTime * 1000);

describe('the filter of a delay', () => {
  it('[CLK9] follows a picture that catches up, and drops what is far from the rest', () => {
    const filter = new DelayFilter();
    let wrong = 0;
    for (let i = 0; i < 60; i++) {
      const delay = 9_000 - i * 50 + (i % 3) * 20; // five in a hundred faster, read with a jitter
      if (i % 7 === 3) expect(filter.add(i * 1_000, delay + 900)).toBe(i < 3 ? 'taken' : 'outlier');
      else filter.add(i * 1_000, delay);
      if (i >= 10) wrong = Math.max(wrong, Math.abs(filter.at(i * 1_000)!.delay - delay));
    }
    expect(wrong).toBeLessThan(60);
    expect(filter.at(60_000)!.spread).toBeLessThan(40);
  });

  it('[CLK9] takes three far ones that agree for a jump, and three that do not for noise', () => {
    const filter = new DelayFilter();
    for (let i = 0; i < 10; i++) filter.add(i * 1_000, 4_000);
    for (const [i, delay] of [12_000, 700, 21_000, 9_000].entries()) expect(filter.add(10_000 + i * 1_000, delay)).toBe('outlier');
    expect(filter.at(14_000)!.delay).toBe(4_000);
    expect([14, 15, 16].map((s) => filter.add(s * 1_000, 8_000 + s))).toEqual(['outlier', 'outlier', 'jump']);
    expect(filter.at(16_000)!.delay).toBe(8_015);
    filter.reset();
    expect(filter.at(17_000)).toBeUndefined();
  });
});

describe('the rungs', () => {
  it('[CLK10] metadata: marks of event time as cues of text tracks, by ID3 or DATERANGE', () => {
    const video = new HandVideo();
    const run = watch(video);
    expect(run.clock.reading).toBeUndefined();
    const at = (place: number, delay: number): string => String(run.now - delay - Math.round((video.currentTime - place) * 1000));
    video.textTracks.push({ kind: 'subtitles', mode: 'showing', cues: [{ startTime: 100, value: { key: 'X-CROWDCUE-TIME', data: at(100, 1_000) } }] });
    const track = { kind: 'metadata', mode: 'disabled', cues: [
      { startTime: 98, value: { key: 'X-CROWDCUE-TIME', data: at(98, 6_500) } },
      { startTime: 99.5, value: { key: 'TXXX', info: 'crowdcue', data: at(99.5, 6_500) } },
      { startTime: 99.9, value: { key: 'TXXX', info: 'somebody-else', data: '17' } },
      { startTime: 99.9, value: { key: 'X-CROWDCUE-TIME', data: '-4' } }, { startTime: 99.9, value: { key: 'X-CROWDCUE-TIME', data: '1e9' } },
      { startTime: 99.9, value: { key: 'X-CROWDCUE-TIME', data: '9'.repeat(15) + '9' } }, { startTime: Number.NaN, value: { key: 'X-CROWDCUE-TIME', data: '5' } },
      { startTime: 99.9 },
    ] };
    video.textTracks.push(track);
    run.seconds(3, plays(video));
    expect(track.mode).toBe('hidden');
    expect(run.clock.reading).toEqual({ rung: 'metadata', origin: 'event time, as it was written into the stream', delay: 6_500, error: 105 });
    expect(run.told).toEqual([{ delay: 6_500, error: 105 }]); // once: it has not changed
  });

  it('[CLK10] metadata: ID3 tags as hls.js parsed them, where a page has no cues of them', () => {
    const video = new HandVideo();
    const hls = new HandHls(video);
    const run = watch(hls);
    const tag = id3('crowdcue', String(run.now - 3_000));
    hls.emit('hlsFragParsingMetadata', { samples: [{ pts: 90, data: new Uint8Array([1, 2, 3]) }, { pts: 100, data: tag }] });
    hls.emit('hlsFragParsingMetadata', {});
    run.seconds(2, plays(video));
    expect(run.clock.reading).toMatchObject({ rung: 'metadata', delay: 3_000 });
    run.clock.stop();
    expect([...hls.listeners.values()].every((each) => each.size === 0)).toBe(true);
    expect(run.stopped).toBe(true);
  });

  it('[CLK10] an ID3 tag that breaks off or lies about its sizes is no mark', () => {
    const tag = id3('crowdcue', '12345');
    expect(textFrames(tag)).toEqual([{ description: 'crowdcue', value: '12345' }]);
    for (let cut = 0; cut < tag.length; cut++) expect(textFrames(tag.slice(0, cut))).toEqual([]);
    for (let at = 0; at < tag.length; at++) {
      const wrong = tag.slice();
      wrong[at] = 0xff;
      expect(() => textFrames(wrong)).not.toThrow();
    }
    expect(textFrames(id3('crowdcue', '12345', 3))).toEqual([{ description: 'crowdcue', value: '12345' }]);
  });

  it('[CLK11] program date: by hls.js, or by a video that plays HLS itself, as the host calibrated the packager', () => {
    const video = new HandVideo();
    const hls = new HandHls(video);
    const run = watch(hls);
    hls.playingDate = new Date(EPOCH + run.now - 5_000);
    run.clock.look();
    expect(run.clock.reading).toEqual({ rung: 'program-date-time', origin: 'the packager’s clock', delay: 5_000, error: 1_065 });
    run.state.packagerEpoch = EPOCH + 700; // the packager is ahead: what it dates 5 s ago was 5.7 s ago
    run.state.packagerError = 40;
    const move = (ms: number): void => void (hls.playingDate = new Date(hls.playingDate!.getTime() + ms));
    run.seconds(1, move);
    expect(run.clock.reading).toMatchObject({ delay: 5_700, error: 105 }); // at once: it is no outlier
    hls.playingDate = null;
    run.seconds(12);
    expect(run.clock.reading).toBeUndefined();

    dated(video, run.now, 9_250);
    run.clock.attach(video as unknown as Player);
    expect(run.clock.reading).toMatchObject({ rung: 'program-date-time', delay: 9_950 });
  });

  it('[CLK11] a program date of another day, or ahead of the host, is no delay', () => {
    const video = new HandVideo();
    const run = watch(video);
    for (const delay of [86_400_000, 31_000, -5_000]) {
      dated(video, run.now, delay);
      run.clock.look();
      expect(run.clock.reading).toBeUndefined();
    }
    expect(run.told).toEqual([]);
    dated(video, run.now, -300); // within the error: the picture is prompt
    run.clock.look();
    expect(run.clock.reading).toMatchObject({ delay: 0 });
  });

  it('[CLK12] Twitch: the latency that its player or its extension helper tells, in seconds, once it knows', () => {
    let stats: { hlsLatencyBroadcaster?: number } | undefined;
    const run = watch({ getPlaybackStats: () => stats });
    run.seconds(2);
    stats = { hlsLatencyBroadcaster: 0 };
    run.seconds(2);
    expect(run.clock.reading).toBeUndefined();
    stats = { hlsLatencyBroadcaster: 4.25 };
    run.seconds(1);
    expect(run.clock.reading).toMatchObject({ rung: 'twitch', delay: 4_250, error: 1_005 });

    let context: (context: { hlsLatencyBroadcaster?: number }) => void = () => undefined;
    const panel = watch({ onContext: (listener: typeof context) => (context = listener) });
    panel.seconds(1);
    expect(panel.clock.reading).toBeUndefined();
    context({ hlsLatencyBroadcaster: 7 });
    panel.seconds(1);
    expect(panel.clock.reading).toMatchObject({ rung: 'twitch', delay: 7_000 });
  });

  it('[CLK12] Twitch: its extension helper, which takes no listener off, is listened to once, and what it said last holds', () => {
    const listeners: ((context: { hlsLatencyBroadcaster?: number; theme?: string }) => void)[] = [];
    const helper = { onContext: (listener: (typeof listeners)[number]) => void listeners.push(listener) };
    const first = watch(helper);
    listeners[0]!({ hlsLatencyBroadcaster: 3 });
    listeners[0]!({ theme: 'dark' }); // a part of its context at a time
    first.seconds(1);
    expect(first.clock.reading).toMatchObject({ delay: 3_000 });
    first.clock.attach(helper);
    const second = watch(helper);
    second.seconds(1);
    expect([listeners.length, second.clock.reading?.delay]).toEqual([1, 3_000]);
  });

  it('[CLK13] taps: known after four that fit, tied to the place in the video, kept for a television', () => {
    const video = new HandVideo();
    for (const player of [video, undefined]) {
      const run = watch(player);
      run.state.flashFrom = run.now + 500;
      const known: boolean[] = [];
      for (const flash of flashTimes(run.state.flashFrom).slice(0, 5)) {
        const step = flash + 8_000 + 250 - run.now;
        video.currentTime += step / 1000;
        run.pass(step + 30);
        known.push(run.clock.tap(30));
        run.pass(-30);
      }
      expect(known.at(-1)).toBe(true);
      expect(known[0]).toBe(false);
      expect(run.clock.taps).toEqual({ made: 5, fitting: 5 });
      expect(run.clock.reading).toMatchObject({ rung: 'tap' });
      expect(Math.abs(run.clock.reading!.delay - 8_000)).toBeLessThan(31);
      // The video stalls for 3 s and goes on: who has one is 3 s later, a television beside a phone says nothing.
      video.says('waiting', { readyState: 2 });
      run.seconds(3);
      video.says('playing', { readyState: 4 });
      run.seconds(2, plays(video));
      expect(Math.abs(run.clock.reading!.delay - (player === undefined ? 8_000 : 11_000))).toBeLessThan(31);
    }
  });

  it('[CLK13] a tap while there is no series, or before event time is known, is nothing', () => {
    const run = watch();
    expect(run.clock.tap()).toBe(false);
    expect(run.clock.taps.made).toBe(0);
    const early = new StreamClock({ state: undefined, eventTime: () => undefined, setDelay: () => expect.fail('nothing is known') }, { repeat: () => () => undefined });
    expect(early.tap()).toBe(false);
    early.look();
    expect(early.reading).toBeUndefined();
  });
});

describe('the ladder', () => {
  const marked = (video: HandVideo, now: number, delay: number): void =>
    void (video.textTracks[0] = { kind: 'metadata', mode: 'hidden', cues: [{ startTime: video.currentTime, value: { key: 'X-CROWDCUE-TIME', data: String(now - delay) } }] });

  it('[CLK14] takes the rung with the smallest error, and the next one when it dries up', () => {
    const video = new HandVideo();
    const run = watch(video);
    dated(video, run.now, 6_400);
    run.seconds(3, plays(video));
    expect(run.clock.reading).toMatchObject({ rung: 'program-date-time', delay: 6_400 });
    marked(video, run.now, 6_000);
    run.seconds(1, plays(video));
    expect(run.clock.reading).toMatchObject({ rung: 'metadata', delay: 6_000 });
    video.textTracks.length = 0;
    run.seconds(9, plays(video));
    expect(run.clock.reading).toMatchObject({ rung: 'metadata', delay: 6_000 }); // the line goes on for a while
    run.seconds(3, plays(video));
    expect(run.clock.reading).toMatchObject({ rung: 'program-date-time', delay: 6_400 });
    video.startDate = Number.NaN;
    run.seconds(12, plays(video));
    expect(run.clock.reading).toBeUndefined();
    expect(run.readings.map((reading) => reading?.rung)).toEqual(['program-date-time', 'metadata', 'program-date-time', undefined]);
    expect(run.told.at(-1)).toEqual({ delay: 6_400, error: 30_000 }); // the delay stands, and nothing is known of it
  });

  it('[CLK15] sees a seek, a stall and a pause at once, and says the delay after them, not during', () => {
    const video = new HandVideo();
    const run = watch(video);
    run.state.packagerError = 20;
    dated(video, run.now, 4_000);
    run.seconds(5, plays(video));
    const said = run.told.length;
    video.says('pause', { paused: true });
    run.seconds(40);
    expect(run.told).toHaveLength(said);
    video.says('playing', { paused: false });
    expect(run.clock.reading).toBeUndefined(); // 44 s: later than any event takes
    expect(run.told.at(-1)).toEqual({ delay: 4_000, error: 30_000 });
    video.says('seeking', { seeking: true, currentTime: video.currentTime + 38 });
    run.seconds(1);
    video.says('seeked', { seeking: false });
    expect(run.clock.reading).toMatchObject({ rung: 'program-date-time', delay: 7_000 }); // in the same turn
    expect(run.told.at(-1)).toMatchObject({ delay: 7_000 });
    video.says('waiting', { readyState: 2 });
    run.seconds(2);
    expect(run.told.at(-1)).toMatchObject({ delay: 7_000 });
    video.says('playing', { readyState: 4 });
    expect(run.told.at(-1)).toMatchObject({ delay: 9_000 });
  });

  it('[CLK15] another player, or one that gets its video late, begins anew', () => {
    const hls = new HandHls(null);
    const run = watch(hls);
    run.seconds(2);
    expect(run.clock.reading).toBeUndefined();
    hls.media = new HandVideo();
    hls.playingDate = new Date(EPOCH + run.now - 2_000);
    hls.emit('hlsMediaAttached', {});
    expect(run.clock.reading).toMatchObject({ rung: 'program-date-time', delay: 2_000 });
    run.clock.attach({ getPlaybackStats: () => ({ hlsLatencyBroadcaster: 3 }) });
    expect(run.clock.reading).toMatchObject({ rung: 'twitch', delay: 3_000 });
    hls.emit('hlsMediaAttached', {});
    expect(run.clock.reading).toMatchObject({ rung: 'twitch' });
    run.clock.attach(undefined);
    expect(run.clock.reading).toBeUndefined();
  });

  it('[CLK16] does not tell the relay of less than half of a cohort', () => {
    const video = new HandVideo();
    const run = watch(video);
    run.state.packagerError = 20;
    dated(video, run.now, 5_000);
    run.seconds(3, plays(video));
    const said = run.told.length;
    for (let i = 0; i < 60; i++) {
      dated(video, run.now + 1_000, 5_000 + (i % 2 === 0 ? 15 : -15));
      run.seconds(1);
    }
    expect(run.told).toHaveLength(said);
    run.seconds(40, plays(video, 0.98)); // it falls behind by 20 ms a second
    const late = run.told.slice(said).map(({ delay }) => delay);
    expect(late.length).toBeGreaterThan(3);
    expect(late.length).toBeLessThan(10);
    expect(Math.abs(late.at(-1)! - 5_800)).toBeLessThan(200);
  });
});

/** An ID3 tag with one TXXX frame, and a frame of another kind before it. */
const id3 = (description: string, value: string, version = 4): Uint8Array => {
  const text = new TextEncoder().encode(`\u0003${description}\0${value}`);
  const frame = (id: string, body: Uint8Array): number[] => [...new TextEncoder().encode(id), 0, 0, 0, body.length, 0, 0, ...body];
  const frames = [...frame('PRIV', new Uint8Array([1, 2])), ...frame('TXXX', text)];
  return new Uint8Array([0x49, 0x44, 0x33, version, 0, 0, 0, 0, frames.length >> 7, frames.length & 127, ...frames]);
};
