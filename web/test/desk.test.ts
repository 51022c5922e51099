import type { EventOverview } from '@crowdcue/protocol';
import { describe, expect, it } from 'vitest';
import { leftShare, outcomeText } from '../src/host/board-view.js';
import { draftOf, emptyDrop } from '../src/host/drop-fields.js';
import { linkNews, roundNews } from '../src/host/narration.js';
import { revealText, spreadOf, tenthsOf } from '../src/host/pictures.js';
import { patchAgeOf } from '../src/host/patch-age.js';
import { untilText } from '../src/host/plan-panel.js';
import { Growth, PulseHistory } from '../src/host/pulse-history.js';
import { troubleOf } from '../src/host/relays-panel.js';
import { shortcutOf } from '../src/host/shortcuts.js';
import { ApiError } from '../src/shared/api.js';
import { clockFace, count, counted, percent, words } from '../src/shared/format.js';

const press = (key: string, more: object = {}, path: readonly unknown[] = []) =>
  shortcutOf({ key, repeat: false, ctrlKey: false, metaKey: false, altKey: false, composedPath: () => path, ...more });

const overview = (change: Partial<EventOverview>): EventOverview => ({
  event: { id: 'e', name: 'E', code: 'KWTZRB', joinUrl: '', accent: '', maxViewers: 1, maxDelay: 12_000, createdAt: 0 }, phase: 'idle', round: 0, game: '', startsAt: 0, endsAt: 0, eventTime: 0,
  viewers: 0, players: 0, peakViewers: 0, actions: 0, actionsPerSecond: 0, board: {}, top: [], drops: [], relays: [], hold: false, rounds: [], ...change,
});

describe('desk', () => {
  it('[PAG4] tells the crowd’s patch age: halves weighed by viewers, the worst of the oldest, nothing of relays that say none or have nobody', () => {
    const relay = (viewers: number, patchAge?: { p50: number; p99: number }) => ({ id: 'r', viewers, standing: { region: '', load: 0, level: 0, draining: false, ...(patchAge && { patchAge }) } });
    expect(patchAgeOf([relay(30, { p50: 40, p99: 100 }), relay(10, { p50: 80, p99: 300 }), relay(0, { p50: 900, p99: 9_000 }), relay(50), { id: '@origin', viewers: 5 }])).toEqual({ p50: 50, p99: 300 });
    expect(patchAgeOf([relay(50), { id: '@origin', viewers: 5 }])).toBeUndefined();
  });


  it('[WEB15] takes its keys, but not while somebody types, holds a modifier or answers a dialog', () => {
    expect([press('c'), press('C'), press('s'), press('?'), press('x'), press('constructor')]).toEqual(['cue', 'cue', 'stop', 'help', undefined, undefined]);
    expect(press('c', { ctrlKey: true })).toBeUndefined();
    expect(press('c', { repeat: true })).toBeUndefined();
    expect(press('c', {}, [{ tagName: 'INPUT', type: 'search' }])).toBeUndefined();
    expect(press('c', {}, [{ tagName: 'BUTTON' }, { tagName: 'DIALOG' }])).toBeUndefined();
    expect(press('c', {}, [{ tagName: 'INPUT', type: 'radio' }])).toBe('cue');
  });

  it('[WEB16] tells a screen reader of rounds and of the connection, and of nothing else', () => {
    const idle = overview({});
    const armed = overview({ phase: 'armed', round: 1 });
    expect(roundNews(undefined, armed, 'Tug')).toBeUndefined();
    expect(roundNews(idle, armed, 'Tug')).toBe('Round 1, Tug, is about to start.');
    expect(roundNews(armed, { ...armed, viewers: 9 }, 'Tug')).toBeUndefined();
    expect(roundNews(armed, overview({ phase: 'over', round: 1, players: 1, actions: 2 }), 'Tug')).toBe('Round 1 is over. 1 player, 2 actions.');
    const gone = { kind: 'unreachable', failures: 1, retryInMs: 1, error: ApiError.unreachable() } as const;
    expect(linkNews({ kind: 'live' }, gone)).toContain('keeps trying');
    expect(linkNews(gone, gone)).toBeUndefined();
    expect(linkNews(gone, { kind: 'live' })).toBe('The server is back.');
  });

  it('[WEB17] draws the last minute of the pulse from its newest sample back, and forgets what is older', () => {
    const pulse = new PulseHistory();
    for (const [at, value] of [[0, 900], [30_000, 50], [70_000, 100]] as const) pulse.add(at, value);
    expect(pulse.peak).toBe(100);
    expect(pulse.points(300, 10)).toEqual([[100, 5], [300, 0]]);
    pulse.clear();
    expect(pulse.points(300, 10)).toEqual([]);
  });

  it('[WEB17] makes a rate of a count that grows, and none of the first one or of another event’s', () => {
    const granted = new Growth();
    expect([granted.perSecond(1_000, 40), granted.perSecond(3_000, 50), granted.perSecond(3_000, 60), granted.perSecond(4_000, 60), granted.perSecond(5_000, 3)]).toEqual([0, 5, 0, 0, 0]);
    granted.clear();
    expect(granted.perSecond(6_000, 9)).toBe(0);
  });

  it('[WEB18] shows the rope and the outcome in the game\'s words, and an unknown game as figures', () => {
    expect([leftShare({ rope: -100 }), leftShare({ rope: 0 }), leftShare({ rope: 150 }), leftShare({})]).toEqual([1, 0.5, 0, 0.5]);
    expect(outcomeText('tug', { winner: 'left', pullLeft: 12, pullRight: 3 })).toMatch(/^Left wins\. /);
    expect(outcomeText('bingo', { bestLine: 7, note: '' })).toBe('Best line 7');
  });

  it('[REG23] says what is wrong with a relay, and nothing of one that is well or of the origin\'s own door', () => {
    const standing = { region: 'eu', load: 0.4, level: 0, draining: false };
    expect(troubleOf({ id: 'a', viewers: 1, standing })).toBeUndefined();
    expect(troubleOf({ id: '@origin', viewers: 1 })).toBeUndefined();
    expect(troubleOf({ id: 'a', viewers: 1 })).toBe('silent');
    expect(troubleOf({ id: 'a', viewers: 1, standing: { ...standing, draining: true, level: 2 } })).toBe('draining');
    expect(troubleOf({ id: 'a', viewers: 1, standing: { ...standing, level: 2, load: 1 } })).toBe('slowed, step 2');
    expect(troubleOf({ id: 'a', viewers: 1, standing: { ...standing, load: 1 } })).toBe('full');
  });

  it('[WEB19] sends an empty supply as unlimited and trims names', () => {
    expect(draftOf({ ...emptyDrop, name: ' Badge ', supply: '' })).toEqual({ name: 'Badge', kind: 'badge', supply: -1, unlockedBy: 'round-won' });
    expect(draftOf({ ...emptyDrop, name: 'Badge', supply: '3' }).supply).toBe(3);
  });

  it('[WEB20] writes numbers and times for people', () => {
    expect([count(12_480), count(1_240_000), counted(1, 'viewer'), counted(0, 'viewer')]).toEqual(['12,480', '1.2M', '1 viewer', '0 viewers']);
    expect([clockFace(30_000), clockFace(59_001), clockFace(1), clockFace(-5)]).toEqual(['0:30', '1:00', '0:01', '0:00']);
    expect([clockFace(11_225_000), clockFace(65_000, 'ar-EG'), clockFace(65_000, 'no tag')]).toEqual(['3:07:05', '١:٠٥', '1:05']);
    expect([untilText(11_225_000), untilText(-42_000), untilText(2 * 86_400_000), untilText(-86_400_000)]).toEqual(['in 3:07:05', '0:42 ago', 'in 2 days', '1 day ago']);
    expect([percent(1, 3), percent(1, 0), words('winnersPercent'), words('crowd-goal')]).toEqual(['33%', '0%', 'Winners percent', 'Crowd goal']);
  });

  it('[CLK26] sums up how late pictures are, and says when the answer may be said on air', () => {
    expect(spreadOf([{ delay: 8_000, viewers: 4 }, { delay: 0, viewers: 50 }, { delay: 2_250, viewers: 46 }])).toEqual({ p50: 0, p95: 2_250, max: 8_000 });
    expect(spreadOf([{ delay: 3_000, viewers: 1 }])).toEqual({ p50: 3_000, p95: 3_000, max: 3_000 });
    expect([spreadOf([]), spreadOf(undefined)]).toEqual([undefined, undefined]);
    expect([tenthsOf(0), tenthsOf(2_250), tenthsOf(12_000)]).toEqual(['0.0 s', '2.3 s', '12.0 s']);
    const round = overview({ phase: 'live', round: 1, endsAt: 20_000, safeToRevealAt: 28_250 });
    expect(revealText(round, 20_000)).toBe('Safe to reveal in 9 s');
    expect(revealText(round, 28_250)).toBe('Safe to reveal now');
    expect(revealText({ ...round, phase: 'over' }, 20_000)).toBe('Safe to reveal now'); // the outcome is out
    expect(revealText({ ...round, phase: 'idle' }, 20_000)).toBeUndefined();
    expect(revealText({ ...round, safeToRevealAt: 0 }, 20_000)).toBeUndefined(); // nothing is held back
    expect(revealText(overview({ phase: 'live' }), 20_000)).toBeUndefined(); // an origin that does not say
  });
});
