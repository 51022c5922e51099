import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLOSE, CrowdcueError, ERRORS, type CrowdView, type ReceiptView, type ViewerDrop } from '@crowdcue/protocol';
import type { ActionHandle } from '../src/action-queue.js';
import { Announcer } from '../src/element/announcer.js';
import { OwnTaps } from '../src/element/own-taps.js';
import { RewardDesk } from '../src/element/reward-desk.js';
import { RewardGate } from '../src/element/reward-gate.js';
import { RewardSlot } from '../src/element/reward-slot.js';
import { Rewards } from '../src/element/rewards.js';
import type { GameSession } from '../src/element/session-port.js';
import { speechOf } from '../src/element/speech.js';
import { canRetry, endingOf, sameStage, stageOf } from '../src/element/stage.js';
import { elementTexts } from '../src/element/text.js';

const view = (part: Partial<CrowdView>): CrowdView => ({
  phase: 'idle', round: 0, game: '', startsAt: 0, endsAt: 0, viewers: 1, players: 0, numbers: new Map(), texts: new Map(), top: new Map(), drops: new Map(), ...part,
});

describe('stage', () => {
  it('[ELM1] shows one stage for each phase, counts seconds up to the start and down to the end, and closes at the end', () => {
    const at = (state: CrowdView | undefined, now?: number) => stageOf({ state, ended: undefined, now });
    expect(at(undefined)).toEqual({ kind: 'loading' });
    expect(at(view({}))).toEqual({ kind: 'idle' });
    expect(at(view({ phase: 'armed', game: 'tug', startsAt: 5_001 }), 1_000)).toEqual({ kind: 'armed', game: 'tug', seconds: 5 });
    expect(at(view({ phase: 'armed', game: 'tug', startsAt: 5_000 }), 6_000)).toMatchObject({ seconds: 0 });
    const live = view({ phase: 'live', game: 'tug', startsAt: 0, endsAt: 30_000 });
    expect(at(live, 10_000)).toEqual({ kind: 'live', game: 'tug', open: true, secondsLeft: 20, wait: 0 });
    expect(at(live, 30_001)).toMatchObject({ open: false, secondsLeft: 0 });
    expect(at(view({ phase: 'over', game: 'tug' }))).toEqual({ kind: 'over', game: 'tug' });
    expect(at(view({ phase: 'later' as never }))).toEqual({ kind: 'idle' });
    expect(sameStage(at(live, 10_000), at(live, 10_001))).toBe(true);
    expect(sameStage(at(live, 9_999), at(live, 10_001))).toBe(false);
  });

  it('[WIN11] a round in stream time ends on the viewer\'s own picture, and tells the others how long the outcome takes', () => {
    const live = view({ phase: 'live', game: 'trivia', startsAt: 0, endsAt: 15_000, closesAt: 28_300 });
    const at = (now: number, delay: number) => stageOf({ state: live, ended: undefined, now, streamNow: now - delay });
    expect(at(10_000, 0)).toMatchObject({ open: true, secondsLeft: 5, wait: 0 });
    expect(at(16_000, 0)).toMatchObject({ open: false, secondsLeft: 0, wait: 13 });
    expect(at(22_000, 12_000)).toMatchObject({ open: true, secondsLeft: 5, wait: 0 }); // its picture is at 10 s
    expect(at(27_001, 12_000)).toMatchObject({ open: false, secondsLeft: 0 });
    expect(at(28_000, 14_000)).toMatchObject({ open: true, secondsLeft: 1 }); // the room closes before its own picture does
    expect(at(28_301, 14_000)).toMatchObject({ open: false });
    const prompt = view({ phase: 'live', game: 'trivia', startsAt: 0, endsAt: 15_000, closesAt: 15_300 });
    expect(stageOf({ state: prompt, ended: undefined, now: 15_100 })).toMatchObject({ open: false, wait: 0 }); // nothing to speak of
    const tug = view({ phase: 'live', game: 'tug', startsAt: 0, endsAt: 15_000, closesAt: 0 });
    expect(stageOf({ state: tug, ended: undefined, now: 16_000, streamNow: 4_000 })).toMatchObject({ open: false }); // a live round is now for everybody
    const armed = view({ phase: 'armed', game: 'trivia', startsAt: 5_000, closesAt: 28_300 });
    expect(stageOf({ state: armed, ended: undefined, now: 4_000, streamNow: -8_000 })).toMatchObject({ seconds: 13 });
    expect(elementTexts.en.outcomeIn(13)).toContain('13 s');
  });

  it('[WSP12] off the air the component says that the show is back soon, in words and to a screen reader, and who comes new may try again', () => {
    const text = elementTexts.en;
    const stage = stageOf({ state: view({ phase: 'off' }), ended: undefined, now: 0 });
    expect(stage).toEqual({ kind: 'off' });
    const heard = { state: view({ phase: 'off' }), me: undefined, game: undefined, text };
    expect(speechOf({ ...heard, stage, before: 'live' })).toEqual({ said: 'Back soon. The host is taking a break. You are in as soon as it goes on.', urgent: true });
    expect(speechOf({ ...heard, stage, before: 'off' })).toBeUndefined();
    expect([endingOf({ reason: 'event_off' }), canRetry('event_off')]).toEqual(['event_off', true]);
  });

  it('[LIN12] shows whoever waits in line their place and about how long it takes, and says so again when that changes', () => {
    const text = elementTexts.en;
    const stage = stageOf({ state: undefined, ended: undefined, queue: { place: 1_204, waitMs: 180_000 }, now: undefined });
    expect(stage).toEqual({ kind: 'queued', place: 1_204, waitMs: 180_000 });
    expect(stageOf({ state: view({ phase: 'live' }), ended: undefined, queue: { place: 1, waitMs: 0 }, now: 0 }).kind).toBe('queued');
    expect(stageOf({ state: undefined, ended: { ending: 'banned', code: 'viewer_banned' }, queue: { place: 1, waitMs: 0 }, now: 0 }).kind).toBe('ended');
    const heard = { state: undefined, me: undefined, game: undefined, text };
    expect(speechOf({ ...heard, stage, before: 'loading' })).toEqual({ said: 'You are in line. You are number 1,204. About 3 minutes.', urgent: false });
    expect(speechOf({ ...heard, stage, before: 'queued' })!.said).toBe('About 3 minutes.');
    expect([text.queue.place(1), text.queue.wait(0), text.queue.wait(70_000)]).toEqual(['You are next.', 'You will get in as soon as there is a place.', 'About a minute, or less.']);
  });

  it('[ELM2] has words for every way in which an event can end, and offers another try where one can help', () => {
    const reasons = ['taken_over', 'left', ...Object.keys(ERRORS)];
    for (const reason of reasons) {
      const words = elementTexts.en.endings[endingOf({ reason })];
      expect(words.title.length * words.body.length).toBeGreaterThan(0);
    }
    expect(endingOf({ reason: 'taken_over' })).toBe('taken_over');
    expect(endingOf({ reason: '', code: CLOSE.banned })).toBe('banned');
    expect(endingOf({ reason: 'event_ended' })).toBe('event_ended');
    expect(endingOf({ reason: 'something of a later version' })).toBe('other');
    expect((['banned', 'event_ended', 'misused'] as const).map(canRetry)).toEqual([false, false, false]);
    expect((['taken_over', 'unavailable', 'event_full', 'token', 'other'] as const).map(canRetry)).toEqual([true, true, true, true, true]);
  });
});

describe('announcer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('[ELM3] says no more than it can be heard: of what comes meanwhile the latest, and what is urgent at once', () => {
    const said: string[] = [];
    const announcer = new Announcer((text) => said.push(text));
    announcer.announce('one');
    announcer.announce('one');
    announcer.announce('two');
    announcer.announce('three');
    expect(said).toEqual(['one']);
    vi.advanceTimersByTime(2_500);
    expect(said).toEqual(['one', 'three']);
    announcer.announce('four');
    announcer.announce('Draw now!', true);
    expect(said).toEqual(['one', 'three', 'Draw now!']);
    vi.advanceTimersByTime(10_000);
    expect(said).toHaveLength(3);
    announcer.announce('five');
    announcer.announce('six');
    announcer.stop();
    vi.advanceTimersByTime(10_000);
    expect(said.at(-1)).toBe('five');
  });
});

const memory = (): Storage => {
  const map = new Map<string, string>();
  return { getItem: (k: string) => map.get(k) ?? null, setItem: (k: string, v: string) => void map.set(k, v), removeItem: (k: string) => void map.delete(k) } as unknown as Storage;
};
const action = (part: Partial<ActionHandle>): ActionHandle => ({
  n: 1, round: 1, choice: 0, value: 1, status: 'pending', code: undefined, settled: new Promise(() => undefined), ...part,
});

describe('own taps', () => {
  it('[ELM4] counts a tap at once, takes it off when it is settled, and knows of no tap of another round', () => {
    const taps = new OwnTaps(memory(), () => 'k');
    taps.enter(1, []);
    for (let i = 0; i < 5; i++) taps.tap(1);
    expect([taps.chosen, taps.pending]).toEqual([1, 5]);
    taps.settled([action({ value: 3, choice: 1 }), action({ round: 0, value: 9 })]);
    expect(taps.pending).toBe(2);
    taps.enter(2, []);
    expect([taps.chosen, taps.pending]).toEqual([undefined, 0]);
    taps.settled([action({ round: 1, value: 2 })]);
    expect(taps.pending).toBe(0);
  });

  it('[ELM5] keeps the team over a reload, and takes up what was not settled before it', () => {
    const storage = memory();
    const before = new OwnTaps(storage, () => 'k');
    before.enter(4, []);
    before.tap(1);
    const after = new OwnTaps(storage, () => 'k');
    after.enter(4, [action({ round: 4, choice: 1, value: 3 }), action({ round: 3, value: 7 })]);
    expect([after.chosen, after.pending]).toEqual([1, 3]);
    storage.setItem('k', '{"round":4,"choice":');
    const damaged = new OwnTaps(storage, () => 'k');
    damaged.enter(4, []);
    expect(damaged.chosen).toBeUndefined();
  });

  it('[ELM5] learns from a refusal that the viewer is on the other side', () => {
    const taps = new OwnTaps(memory(), () => 'k');
    taps.enter(1, []);
    taps.tap(0);
    taps.refused(action({ code: 'action_bad_choice', status: 'refused' }), 2);
    expect([taps.chosen, taps.pending]).toEqual([1, 0]);
  });
});

describe('rewards', () => {
  const receipt: ReceiptView = { id: 'r1', drop: 'b', status: 'granted', serial: 1, supply: 100, at: 0 };
  const unlock = { achievement: 'a', title: 'You won', drops: [{ id: 'b', name: 'Badge' }] };
  const session = (claim: () => Promise<ReceiptView>, drops: readonly ViewerDrop[] = []): GameSession =>
    ({ claim, drops: () => Promise.resolve(drops) }) as unknown as GameSession;
  const EVENTS = { changed: () => undefined, told: () => undefined, moved: () => undefined };
  const make = () => {
    const granted: ReceiptView[] = [];
    return { granted, rewards: new Rewards(() => undefined, (r) => granted.push(r)) };
  };

  it('[ELM6] leads from an unlock over one claim to the receipt, however often the button is pressed', async () => {
    const { rewards, granted } = make();
    let claims = 0;
    let answer: (receipt: ReceiptView) => void = () => undefined;
    const slow = session(() => (claims++, new Promise<ReceiptView>((resolve) => (answer = resolve))));
    rewards.unlock(unlock);
    rewards.unlock(unlock);
    expect(rewards.list).toMatchObject([{ drop: 'b', state: 'unlocked', reason: 'You won' }]);
    expect(rewards.wanted).toBe(true);
    const first = rewards.claim(slow, 'b');
    const second = rewards.claim(slow, 'b');
    expect(rewards.list[0]!.state).toBe('claiming');
    answer(receipt);
    await Promise.all([first, second]);
    await rewards.claim(slow, 'b');
    expect(claims).toBe(1);
    expect(granted).toEqual([receipt]);
    expect(rewards.list).toMatchObject([{ state: 'granted', receipt }]);
  });

  it.each([
    ['claim_sold_out', 'sold_out'], ['claim_not_open', 'not_open'], ['claim_closed', 'closed'], ['claim_not_unlocked', 'failed'],
  ] as const)('[ELM7] says why a claim was refused with %s, and takes another try', async (code, why) => {
    const { rewards, granted } = make();
    rewards.unlock(unlock);
    await rewards.claim(session(() => Promise.resolve({ ...receipt, status: 'refused', reason: code })), 'b');
    expect(rewards.list).toMatchObject([{ state: 'refused', why }]);
    await rewards.claim(session(() => Promise.reject(new CrowdcueError(code))), 'b');
    expect(rewards.list).toMatchObject([{ state: 'refused', why }]);
    await rewards.claim(session(() => Promise.resolve(receipt)), 'b');
    expect(rewards.list[0]!.state).toBe('granted');
    expect(granted).toHaveLength(1);
  });

  it('[ELM8] takes receipts and open unlocks from the origin after a reload, without bothering with what is done', async () => {
    const drop = (part: Partial<ViewerDrop>): ViewerDrop =>
      ({ id: 'b', name: 'Badge', supply: 100, left: 57, open: true, kind: 'badge', state: 'none', unlockedBy: 'a', unlockTitle: 'You won', ...part });
    const rewards = new RewardSlot(EVENTS);
    const knows = (...drops: ViewerDrop[]) => session(() => Promise.resolve(receipt), drops);
    await rewards.take(knows(drop({ state: 'granted', receipt }), drop({ id: 'c' })));
    await expect.poll(() => rewards.list).toMatchObject([{ drop: 'b', state: 'granted' }]);
    expect(rewards.desk!.rewards.wanted).toBe(false);
    await rewards.take(knows(drop({ id: 'd', state: 'unlocked' }), drop({ id: 'e', state: 'unlocked', left: 0 })));
    expect(rewards.list).toMatchObject([{ drop: 'e', state: 'refused', why: 'sold_out' }, { drop: 'd', state: 'unlocked' }, { drop: 'b', state: 'granted' }]);
    expect(rewards.desk!.rewards.wanted).toBe(true);
    await rewards.take({ drops: () => Promise.reject(new CrowdcueError('unavailable')) } as unknown as GameSession);
    expect(rewards.list).toHaveLength(3);
  });

  it('[ELM15] loads what rewards need with the first one, once, and keeps what comes meanwhile', async () => {
    let loads = 0;
    let arrive: (module: { RewardDesk: typeof RewardDesk }) => void = () => undefined;
    const slot = new RewardSlot(EVENTS, () => (loads++, new Promise((resolve) => (arrive = resolve))));
    const none: ViewerDrop = { id: 'c', name: 'Cup', supply: 1, left: 1, open: true, kind: 'badge', state: 'none', unlockedBy: 'a', unlockTitle: '' };
    await slot.take(session(() => Promise.resolve(receipt), [none]));
    expect([loads, slot.list]).toEqual([0, []]);
    slot.unlock(unlock);
    slot.unlock({ ...unlock, drops: [{ id: 'c', name: 'Cup' }] });
    expect(slot.list).toEqual([]);
    arrive({ RewardDesk });
    await expect.poll(() => slot.list.map(({ drop }) => drop)).toEqual(['c', 'b']);
    slot.unlock({ ...unlock, drops: [{ id: 'd', name: 'Disc' }] });
    expect([loads, slot.list.length]).toEqual([1, 3]);
  });

  it('[ELM16] loses no reward when that fails to load: it says so, and the next press or reward tries again', async () => {
    let loads = 0;
    let changes = 0;
    const slot = new RewardSlot({ ...EVENTS, changed: () => void changes++ }, () => (++loads < 3 ? Promise.reject(new TypeError('offline')) : Promise.resolve({ RewardDesk })));
    slot.retry();
    expect(loads).toBe(0);
    slot.unlock(unlock);
    await expect.poll(() => [slot.broken, changes]).toEqual([true, 1]);
    slot.retry();
    slot.retry();
    await expect.poll(() => changes).toBe(2);
    expect([loads, slot.broken]).toEqual([2, true]);
    slot.unlock({ ...unlock, drops: [{ id: 'c', name: 'Cup' }] });
    await expect.poll(() => slot.broken).toBe(false);
    expect(slot.list.map(({ drop }) => drop)).toEqual(['c', 'b']);
  });
});

describe('reward gate', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('[ELM20] lets what is new come by itself over a calm stage only, two seconds after an outcome, and what is opened stand until a round', () => {
    let changes = 0;
    const gate = new RewardGate(() => changes++);
    const desk = { rewards: { wanted: true } } as unknown as RewardDesk;
    const slot = { desk, list: [{}] } as unknown as RewardSlot;
    const shown = (): boolean => gate.desk(slot) === desk;
    expect(shown()).toBe(false);
    gate.entered('idle');
    expect(shown()).toBe(true);
    gate.entered('live');
    expect(shown()).toBe(false);
    gate.entered('over');
    vi.advanceTimersByTime(1_999);
    expect([shown(), changes]).toEqual([false, 0]);
    vi.advanceTimersByTime(1);
    expect([shown(), changes]).toEqual([true, 1]);
    desk.rewards.wanted = false;
    expect(shown()).toBe(false);
    gate.open(true);
    gate.entered('idle');
    expect(shown()).toBe(true);
    gate.entered('armed');
    gate.entered('over');
    gate.entered('armed'); // before the outcome has stood
    vi.advanceTimersByTime(5_000);
    expect([shown(), gate.calm, changes]).toEqual([false, false, 2]);
  });
});
