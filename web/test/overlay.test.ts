import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DEFAULT_ACCENT } from '@crowdcue/games/design-tokens';
import type { NewsView, Phase } from '@crowdcue/protocol';
import { readAddress } from '../src/overlay/address.js';
import { NEWS_MS, NewsQueue } from '../src/overlay/news-queue.js';
import { paintAccent } from '../src/overlay/page.js';
import { OUTCOME_MS, SceneKeeper } from '../src/overlay/scene.js';
import { SponsorMeter } from '../src/overlay/sponsor-meter.js';
import { revealIn } from '../src/shared/reveal.js';

const state = (phase: Phase, about: Partial<{ round: number; game: string; startsAt: number; endsAt: number; closesAt: number }> = {}) => ({ phase, round: 1, game: 'trivia', startsAt: 1_000, endsAt: 11_000, ...about });

describe('what is on the stream', () => {
  it('[OVL9] counts to the start and to the end, and takes the join card back when the outcome has stood', () => {
    const keeper = new SceneKeeper();
    expect(keeper.scene(undefined, 0)).toEqual({ kind: 'idle' });
    expect(keeper.scene(state('idle'), 0)).toEqual({ kind: 'idle' });
    expect(keeper.scene(state('armed'), -1_500)).toEqual({ kind: 'armed', secondsLeft: 3 });
    expect(keeper.scene(state('live'), 6_000)).toEqual({ kind: 'live', secondsLeft: 5, left: .5 });
    expect(keeper.scene(state('live'), 20_000)).toEqual({ kind: 'live', secondsLeft: 0, left: 0 });
    expect(keeper.scene(state('over'), 40_000)).toEqual({ kind: 'over' }); // a prediction that was settled late
    expect(keeper.scene(state('over'), 40_000 + OUTCOME_MS - 1)).toEqual({ kind: 'over' });
    expect(keeper.scene(state('over'), 40_000 + OUTCOME_MS)).toEqual({ kind: 'idle' });
    expect(keeper.scene(state('later' as Phase), 0)).toEqual({ kind: 'idle' });
  });

  it('[OVL19] invites nobody while the event is off the air or over for good, and goes on when it is put back', () => {
    const keeper = new SceneKeeper();
    expect([keeper.scene(state('live'), 6_000).kind, keeper.scene(state('off'), 6_050).kind, keeper.scene(state('idle'), 7_000).kind, keeper.scene(state('ended'), 8_000).kind]).toEqual(['live', 'off', 'idle', 'off']);
    expect([revealIn('off', 23_000, 0), revealIn('ended', 23_000, 0)]).toEqual([undefined, undefined]);
  });

  it('[OVL10] after a reload an outcome has stood since the round’s end', () => {
    expect(new SceneKeeper().scene(state('over'), 11_000 + OUTCOME_MS - 1)).toEqual({ kind: 'over' });
    expect(new SceneKeeper().scene(state('over'), 11_000 + OUTCOME_MS)).toEqual({ kind: 'idle' });
    const stopped = new SceneKeeper();
    expect(stopped.scene(state('over'), 5_000)).toEqual({ kind: 'over' }); // before its time
    expect(stopped.scene(state('over'), 5_000 + OUTCOME_MS)).toEqual({ kind: 'idle' });
  });

  it('[OVL12] holds an answer back until the latest scored picture has seen the end of its round, of games in stream time only', () => {
    const seconds = (phase: Phase, now: number, closesAt = 23_000) => revealIn(phase, closesAt, now);
    expect([seconds('idle', 0), seconds('live', 0, 0)]).toEqual([undefined, undefined]);
    expect([seconds('armed', 0), seconds('live', 10_500), seconds('live', 22_999), seconds('live', 23_000), seconds('over', 22_000)]).toEqual([23, 13, 1, 0, 0]);
  });

  it('[OVL21] sets the event’s colour when it changes, and not with each drawing', () => {
    const set = vi.fn<(name: string, value: string) => void>();
    vi.stubGlobal('document', { documentElement: { style: { setProperty: set } } });
    onTestFinished(() => void vi.unstubAllGlobals());
    for (let drawing = 0; drawing < 100; drawing++) paintAccent('#ffc21a');
    expect(set.mock.calls).toEqual([['--cc-accent-fill', '#ffc21a'], ['--cc-accent-ink', '#000000']]);
    paintAccent('#102030');
    paintAccent('red; background: url(x)');
    paintAccent('#ffc21a');
    expect(set.mock.calls.slice(2).map(([, value]) => value)).toEqual(['#102030', '#ffffff', DEFAULT_ACCENT, expect.stringMatching(/^#/) as string, '#ffc21a', '#000000']);
  });

  it('[OVL5] takes its key from behind the #, or from the query of a tool that drops what is there', () => {
    expect(readAddress('https://x.test/shows/overlay/my-show#key=o1.1.abc&mode=host&lang=de', 'en')).toEqual({ event: 'my-show', key: 'o1.1.abc', host: true, lang: 'de' });
    expect(readAddress('https://x.test/overlay/my-show?key=o1.1.abc', 'ja')).toEqual({ event: 'my-show', key: 'o1.1.abc', host: false, lang: 'ja' });
    expect(readAddress('https://x.test/overlay/%zz', 'en')).toMatchObject({ event: '%zz', key: '' });
  });
});

describe('beside the boards', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('[OVL15] tells unlocks one after the other, those of one kind as one, and no more than anybody can follow', () => {
    const told: (string | undefined)[] = [];
    const queue = new NewsQueue(() => told.push(queue.present && `${queue.present.title} ${queue.present.viewers}`));
    const news = (title: string, viewers: number): NewsView => ({ achievement: title, title, drops: [{ id: 'd', name: 'Drop' }], viewers });
    queue.add(news('Won', 3));
    queue.add(news('Won', 2));
    queue.add(news('Played', 1));
    queue.add(news('Played', 9));
    for (const bad of [undefined, {}, { ...news('x', 0) }, { ...news('x', 1), drops: 'no' }]) queue.add(bad as NewsView);
    for (let i = 0; i < 50; i++) queue.add(news(`Flood ${i}`, 1));
    expect(told).toEqual(['Won 3', 'Won 5']);
    vi.advanceTimersByTime(NEWS_MS + 1_000);
    expect(told.slice(2)).toEqual([undefined, 'Played 10']);
    vi.advanceTimersByTime(60 * 60_000);
    expect(told.filter((each) => each?.startsWith('Flood'))).toHaveLength(5);
    expect(queue.present).toBeUndefined();
  });

  it('[OVL14] counts a sponsor that stood for 8 s in one piece, and tells it until it counts', async () => {
    const told: [string, number][] = [];
    let answers = [0, 1];
    let slot = 'test.7';
    const meter = new SponsorMeter(() => slot, {
      tell: (sponsor, shown) => {
        told.push([sponsor, shown]);
        const answer = answers.shift();
        return answer === undefined ? Promise.reject(new Error('away')) : Promise.resolve(answer);
      },
      later: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
    meter.shows('Fjord');
    await vi.advanceTimersByTimeAsync(7_900);
    meter.shows(undefined);
    meter.shows('Fjord');
    await vi.advanceTimersByTimeAsync(7_900);
    meter.shows('Fjord');
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toEqual([['Fjord', 1]]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([['Fjord', 1], ['Fjord', 1]]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(told).toHaveLength(2); // it counts, and it is one showing still
    answers = [];
    meter.shows(undefined);
    meter.shows('Fjord');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(told.slice(2).every(([, shown]) => shown === 2) && told.length >= 4).toBe(true);
    answers = [2, 1];
    await vi.advanceTimersByTimeAsync(10_000);
    slot = 'test.8'; // a copy of the page is another overlay
    meter.shows(undefined);
    meter.shows('Fjord');
    await vi.advanceTimersByTimeAsync(8_000);
    expect(told.at(-1)).toEqual(['Fjord', 1]);
  });
});
