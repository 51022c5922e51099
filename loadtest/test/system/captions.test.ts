/** Captions from a provider to viewers whose pictures are 0, 5 and 12 s late, through real processes. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Session, type ShownCaption } from '@crowdcue/client';
import { CAPTION_LIMITS, type CaptionOverview, type EventOverview } from '@crowdcue/protocol';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

const SOON = { timeout: 40_000, interval: 50 };
const LINES = 12;
const EVERY_MS = 400;
/** ms that speech takes to become text. */
const RECOGNISER_MS = 1_500;
/** ms that a line stands: longer than this process may stall, or it would be over before the prompt viewer is told of it. */
const STANDS_MS = 15_000;
/** A report that comes too early for all lines is followed by the next within 75 s. */
const REPORTED = { timeout: 100_000, interval: 50 };
const DELAYS = [0, 5_000, 12_000] as const;

interface Seen { readonly session: Session; readonly shown: { caption: ShownCaption; stream: number }[] }

describe('captions', { timeout: 150_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  let key = '';
  const viewers: Seen[] = [];

  const post = async (lines: object[], bearer = key): Promise<{ status: number; body: { code?: string; taken?: number } }> => {
    const response = await fetch(`${system.origin.url}/api/events/show/captions`, { method: 'POST', headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }, body: JSON.stringify({ lines }) });
    return { status: response.status, body: await response.json() as { code?: string } };
  };
  const overview = (): Promise<EventOverview> => host.get<EventOverview>('/api/events/show');
  const enter = async (delay: number): Promise<Seen> => {
    const session = await connect({ origin: system.origin.url, event: 'show', delay });
    const seen: Seen = { session, shown: [] };
    session.on('caption', (caption) => seen.shown.push({ caption, stream: session.streamTime()! }));
    viewers.push(seen);
    return seen;
  };

  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
    await host.post('/api/events', { id: 'show', name: 'Show' });
    key = (await host.get<{ captionKey: string }>('/api/events/show/keys')).captionKey;
    for (const delay of DELAYS) await enter(delay);
  });

  afterAll(async () => {
    for (const { session } of viewers) session.leave();
    await system?.stop();
  });

  it('[CAP18] each viewer sees each line on its own picture’s time: late pictures punctually though the lines come late, and the desk is told how many', async () => {
    const [prompt] = viewers;
    const stalls = monitorEventLoopDelay();
    stalls.enable();
    for (let n = 0; n < LINES; n++) {
      const said = prompt!.session.eventTime()! - RECOGNISER_MS;
      expect((await post([{ id: `line-${n}`, lang: 'en', from: said, to: said + STANDS_MS, text: `Line ${n} <i>as text</i>` }])).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS)); // a speaker's pace, not a wait for something
    }
    for (const { shown } of viewers) await expect.poll(() => shown.length, SOON).toBe(LINES);
    // Each once. Whoever came just now may be told of a line before what stood already.
    for (const { shown } of viewers) expect(new Set(shown.map(({ caption }) => caption.text))).toEqual(new Set(Array.from({ length: LINES }, (_, n) => `Line ${n} <i>as text</i>`)));
    const late = viewers.map(({ shown }) => shown.map(({ caption, stream }) => stream - caption.from));
    expect(late[0]!.every((ms) => ms >= RECOGNISER_MS - 50)).toBe(true); // nobody can be told before it is known
    stalls.disable();
    const budget = CAPTION_LIMITS.budgetMs + stalls.max / 1e6; // what this process stood still is no lateness of theirs
    for (const each of late.slice(1)) expect(each.filter((ms) => !(ms >= 0 && ms <= budget))).toEqual([]);
    const told = async (): Promise<CaptionOverview | undefined> => (await overview()).captions;
    await expect.poll(async () => (await told())?.due ?? 0, REPORTED).toBeGreaterThanOrEqual(2 * LINES);
    const { languages, lines, due, inTime } = (await told())!;
    expect({ languages, lines }).toEqual({ languages: ['en'], lines: LINES });
    expect(inTime).toBeGreaterThan(0);
    expect(inTime).toBeLessThanOrEqual(due - (due >= 3 * LINES ? LINES : 0));
    const metrics = await (await fetch(`${system.origin.url}/metrics`)).text();
    expect(metrics).toContain(`crowdcue_origin_caption_lines_total ${LINES}`);
    expect(metrics).toMatch(/crowdcue_origin_captions_shown_total\{budget="in_time"\} [1-9]/);
  });

  it('[CAP2] a flood is refused with its code while viewers go on, and what was refused never shows', async () => {
    const [prompt] = viewers;
    const before = prompt!.shown.length;
    const now = prompt!.session.eventTime()!;
    const answers = await Promise.all(Array.from({ length: 40 }, (_, call) =>
      post(Array.from({ length: CAPTION_LIMITS.lines }, (_each, i) => ({ id: `flood-${call}-${i}`, lang: 'en', from: now, to: now + 9_000, text: 'spam' })))));
    const taken = answers.reduce((sum, { body }) => sum + (body.taken ?? 0), 0);
    expect(answers.filter(({ status }) => status === 429).every(({ body }) => body.code === 'caption_flood')).toBe(true);
    expect(taken).toBeLessThanOrEqual(CAPTION_LIMITS.atOnce + CAPTION_LIMITS.perSecond * 5);
    await expect.poll(() => prompt!.shown.length - before, SOON).toBe(taken);
    expect(prompt!.session.status).toBe('live');
  });

  it('[CAP19] whoever comes between two lines, or after the origin was killed, has the one that stands', async () => {
    const now = viewers[0]!.session.eventTime()!;
    await expect.poll(async () => (await post([{ id: 'standing', lang: 'de', from: now, to: now + 20_000, text: 'Steht noch' }])).status, SOON).toBe(200); // the flood is over
    const late = await enter(0);
    await expect.poll(() => late.shown.some(({ caption }) => caption.id === 'standing'), SOON).toBe(true);
    await system.origin.kill();
    await system.origin.start();
    await expect.poll(async () => (await enter(0)) !== undefined, SOON).toBe(true);
    const after = viewers.at(-1)!;
    await expect.poll(() => after.shown.some(({ caption }) => caption.id === 'standing'), SOON).toBe(true);
    expect((await post([{ id: 'standing', lang: 'de', from: now, to: now + 20_000, text: 'Steht noch' }])).body).toEqual({ taken: 0, repeated: 1 });
  });
});
