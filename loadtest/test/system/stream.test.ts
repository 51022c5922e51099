/**
 * The real thing: a live stream of ffmpeg, three Chromium viewers who are seconds apart, the origin's and the relay's processes, and a
 * question that is cued on the picture. What the picture shows is read from the picture itself.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { LIMITS, type EventOverview, type MeView } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';
import { ffmpegCandidates, LiveStream } from '../support/live-stream.js';
import { streamPage, type Watched } from '../support/stream-page.js';
import { WireTap } from '../support/wire-tap.js';

const CHROMIUM = process.env['CROWDCUE_CHROMIUM'] || '/usr/bin/chromium';
const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
const FFMPEG = ffmpegCandidates.find(isProgram);
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'];
const OVERVIEW = '/api/events/stream';
/** The packager's clock is ahead by this, ms. */
const AHEAD_MS = 1_700;
const COUNTDOWN_MS = 1_500;
const ROUND_MS = 5_000;
const ANSWER_MS = 1_500;
const TRIES = 3;
/** Between two writes to a viewer who looks, and between two frames, ms. */
const WRITE_MS = 50;
const FRAME_MS = 40;
/** Viewers: what their player keeps between them and the stream's edge, s, and whether their playlist has marks of event time. */
const VIEWERS = [{ latency: 3, playlist: 'live.m3u8' }, { latency: 5, playlist: 'marked.m3u8' }, { latency: 7, playlist: 'live.m3u8' }] as const;
const SOON = { timeout: 30_000, interval: 100 };
const AGAIN = { timeout: 20_000, interval: 2_000 };
/** The machine's monotonic clock, ms. */
const monotonic = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
/** From a page's clock to the machine's, ms, by the tightest of several questions. */
const pageClock = async (page: Page): Promise<number> => {
  let best = { took: Infinity, add: 0 };
  for (let i = 0; i < 10; i++) {
    const asked = monotonic();
    const now = await page.evaluate<number>('performance.now()');
    const took = monotonic() - asked;
    if (took < best.took) best = { took, add: asked + took / 2 - now };
  }
  return best.add;
};

interface Person { readonly page: Page; readonly context: BrowserContext; readonly tap: WireTap }

describe.skipIf(!existsSync(CHROMIUM) || FFMPEG === undefined)('a question cued on a real stream', { timeout: 90_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  let stream: LiveStream;
  let browser: Browser;
  const people: Person[] = [];
  /** Event time less the machine's monotonic clock, ms. */
  let offset = 0;
  let round = 0;
  let startsAt = 0;
  /** When the last scored window closes: that of the latest cohort. */
  let closes = 0;

  const overview = (): Promise<EventOverview> => host.get<EventOverview>(OVERVIEW);
  const seen = ({ page }: Person): Promise<Watched> => page.evaluate('globalThis.watched');

  const segments = async (): Promise<number> => (await (await fetch(`${stream.url}/live.m3u8`)).text()).split('#EXTINF').length - 1;
  /** How late each picture is, ms: the time that its bars show against the time at which they were on screen. */
  const truths = (): Promise<{ readonly reading: NonNullable<Watched['reading']>; readonly late: number }[]> => Promise.all(people.map(async (person) => {
    const toMonotonic = await pageClock(person.page);
    const { reading, frames } = await seen(person);
    return { reading: reading!, late: median(frames.map(({ eventTime, shownAt }) => shownAt + toMonotonic + offset - eventTime)) };
  }));
  /** Looks at the last two seconds' pictures, and again at later ones: a machine that shows pictures late for a moment is no error of the reading. */
  const agree = (which: readonly number[]): Promise<void> => vi.waitFor(async () => {
    const truth = await truths();
    for (const i of which) {
      const { reading, late } = truth[i]!;
      console.log(`stream: viewer ${i + 1}: ${reading.rung} says ${reading.delay} ms late, within ${reading.error}; the picture says ${late.toFixed(0)}`);
      expect(Math.abs(reading.delay - late)).toBeLessThanOrEqual(reading.error);
    }
  }, AGAIN);

  /** The tightest of several readings of event time. */
  const readClock = async (): Promise<void> => {
    let tightest = Infinity;
    for (let i = 0; i < 20; i++) {
      const asked = monotonic();
      const { eventTime } = await overview();
      const took = monotonic() - asked;
      if (took >= tightest) continue;
      tightest = took;
      offset = eventTime - (asked + took / 2);
    }
  };

  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
    await host.post('/api/events', { id: 'stream', name: 'Stream night' });
    await readClock();
    stream = await LiveStream.start({ ffmpeg: FFMPEG!, eventTime: () => monotonic() + offset, aheadMs: AHEAD_MS, page: streamPage(system.origin.url) });
    browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
    await vi.waitUntil(async () => await segments() > 2, SOON);
    for (const viewer of VIEWERS) {
      const context = await browser.newContext({ viewport: { width: 400, height: 640 } });
      const page = await context.newPage();
      const tap = await WireTap.on(await context.newCDPSession(page) as never);
      await page.goto(`${stream.url}/?event=stream&latency=${viewer.latency}&playlist=${viewer.playlist}`);
      people.push({ page, context, tap });
    }
  });

  afterAll(async () => {
    await browser?.close();
    await stream?.stop();
    await system?.stop();
  });

  it('[CLK23] the host calibrates the packager’s clock once, and every viewer knows its delay to within the error that it states', async () => {
    const settled = async (): Promise<boolean> => (await Promise.all(people.map(seen))).every(({ frames }) => frames.length === 50);
    await expect.poll(settled, SOON).toBe(true);
    await expect.poll(segments, SOON).toBeGreaterThan(9);
    for (const { page } of people) await page.evaluate('rewindToLive()'); // they began with what there was: a jump, for the clock
    await expect.poll(settled, SOON).toBe(true);
    const before = await truths();
    expect(before.map(({ reading }) => reading.rung)).toEqual(['program-date-time', 'metadata', 'program-date-time']);
    await agree([1]); // event time itself stands in its stream
    expect(Math.abs(before[0]!.reading.delay - before[0]!.late)).toBeGreaterThan(AHEAD_MS / 2); // the packager's clock is wrong

    const { event } = await overview();
    const offsets = (await seen(people[0]!)).frames.map(({ date, eventTime }) => date - eventTime - event.createdAt);
    const offsetMs = median(offsets);
    const errorMs = Math.ceil(Math.max(...offsets.map((each) => Math.abs(each - offsetMs))));
    console.log(`stream: the packager is ahead by ${offsetMs.toFixed(0)} ms (${AHEAD_MS} on purpose, the rest is what drawing and encoding take), within ${errorMs}`);
    await host.post(`${OVERVIEW}/packager`, { offsetMs, errorMs });
    await expect.poll(async () => (await Promise.all(people.map(seen))).every(({ reading }) => reading!.error < 500), SOON).toBe(true);
    await agree([0, 1, 2]);
    await expect.poll(async () => (await overview()).delayError?.told, SOON).toBe(3);
  });

  it('[CLK24] the question opens for each viewer within 500 ms of the same frame, and takes its answer there', async () => {
    do { // a picture that stands still in the round is the machine's: then it is cued again
      if (round > 0) await expect.poll(() => people.every(({ tap }) => tap.outcome(round).at !== undefined), SOON).toBe(true);
      const declared = (await Promise.all(people.map(seen))).map(({ reading }) => reading!.delay);
      const cue = await host.post<{ round: number; startsAt: number }>(`${OVERVIEW}/cue`, {
        game: 'trivia', params: { question: 'Which planet?', answer1: 'Mars', answer2: 'Venus', right: 2 }, inMs: COUNTDOWN_MS, durationMs: ROUND_MS,
      });
      ({ round, startsAt } = cue);
      closes = startsAt + ROUND_MS + Math.ceil(Math.max(...declared) / LIMITS.cohortBucketMs) * LIMITS.cohortBucketMs;
      for (const { page } of people) await page.evaluate(`play(${startsAt + ANSWER_MS})`);
      await expect.poll(async () => (await Promise.all(people.map(seen))).every(({ answeredAt, stalls }) => answeredAt > 0 || stalls > 0), SOON).toBe(true);
    } while (round < TRIES && (await Promise.all(people.map(seen))).some(({ stalls }) => stalls > 0));
    const all = await Promise.all(people.map(seen));
    const opened = all.map(({ openedAt }) => openedAt - startsAt);
    const delays = all.map(({ reading }) => reading!.delay);
    console.log(`stream: pictures ${delays.join(', ')} ms late; the question opened ${opened.map((ms) => ms.toFixed(0)).join(', ')} ms after the frame that it was cued on`);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(2_000);
    for (const ms of opened) expect(Math.abs(ms)).toBeLessThanOrEqual(500);
    expect(Math.max(...opened) - Math.min(...opened)).toBeLessThanOrEqual(500);
  });

  it('[CLK25] nobody receives the answer before the last scored window has closed, and the same answer at the same frame has the same score', async () => {
    const standings = () => people.map(({ tap }) => tap.outcome(round).me).map((me) => (me?.round === round ? me.result : 'none'));
    await expect.poll(standings, SOON).toEqual(['won', 'won', 'won']);
    const outcomes = people.map(({ tap }) => tap.outcome(round));
    const after = outcomes.map(({ at }) => at! + offset - closes);
    console.log(`stream: the answer came ${after.map((ms) => ms.toFixed(0)).join(', ')} ms after the last scored window had closed`);
    for (const { others } of outcomes) expect(others).toEqual([]);
    for (const { tap } of people) expect(tap.handshakes).toBeGreaterThan(0);
    for (const ms of after) expect(ms).toBeGreaterThanOrEqual(0);
    // At once 1,000, at the end 500: what cohorts, writes, frames and clocks are off by, and no more.
    const scores = outcomes.map(({ me }) => (me as MeView).score);
    const errors = (await Promise.all(people.map(seen))).map(({ reading }) => reading!.error);
    const fair = (500 / ROUND_MS) * (LIMITS.cohortBucketMs + WRITE_MS + FRAME_MS + Math.max(...errors) * 2);
    console.log(`stream: scores ${scores.join(', ')}; they may differ by ${fair.toFixed(0)}`);
    expect(Math.max(...scores) - Math.min(...scores)).toBeLessThanOrEqual(fair);
    expect(stream.said).toBe('');
  });
});
