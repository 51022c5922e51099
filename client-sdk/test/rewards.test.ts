/** What becomes of a viewer's drops, without a page. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CrowdcueError, type ClaimWords, type DropBoard, type ReceiptView, type ViewerDrop } from '@crowdcue/protocol';
import { startOrigin, type TestOrigin } from '../../server/test/support/test-origin.js';
import { Access } from '../src/access.js';
import { Claims } from '../src/claims.js';
import { systemClock } from '../src/clock.js';
import { backoff } from '../src/reconnect-policy.js';
import { clockText } from '../src/element/reward-countdown.js';
import { RewardSlot } from '../src/element/reward-slot.js';
import { RewardWatch } from '../src/element/reward-watch.js';
import { Rewards } from '../src/element/rewards.js';
import type { GameSession } from '../src/element/session-port.js';
import type { SessionParts } from '../src/session-events.js';

const BOARD: DropBoard = { name: 'Badge', supply: 100, left: 57, open: true };
const DROP: ViewerDrop = { ...BOARD, id: 'b', kind: 'badge', state: 'unlocked', unlockedBy: 'a', unlockTitle: 'You won' };
const RECEIPT: ReceiptView = { id: 'show:7', drop: 'b', status: 'granted', serial: 1, supply: 100, at: 1_000 };
const drop = (state: ViewerDrop['state'], receipt?: Partial<ReceiptView>, more: Partial<ViewerDrop> = {}): ViewerDrop => ({ ...DROP, ...more, state, ...(receipt && { receipt: { ...RECEIPT, ...receipt } }) });

const make = () => {
  const told: string[] = [];
  const rewards = new Rewards(() => undefined, ({ status, reason }) => told.push(reason ?? status));
  const claim = (answer: Partial<ReceiptView>, said?: ClaimWords) => rewards.claim({ claim: () => Promise.resolve({ ...RECEIPT, ...answer }) } as unknown as GameSession, 'b', said);
  return { rewards, told, claim, state: () => rewards.list[0] };
};

describe('rewards over their whole life', () => {
  it.each([
    [drop('entered', { status: 'entered', ticket: 7 }), { state: 'entered', receipt: { ticket: 7 } }],
    [drop('fulfilled', {}), { state: 'granted', handed: 'fulfilled' }], [drop('converted', {}), { state: 'granted', handed: 'converted' }],
    [drop('revoked', {}), { state: 'revoked' }], [drop('refunded', {}), { state: 'refunded' }], [drop('expired', {}), { state: 'expired' }],
    [drop('expired', { status: 'reserved' }), { state: 'unlocked', lapsed: true }],
    [drop('refused', { status: 'refused', reason: 'claim_lot_lost' }), { state: 'refused', why: 'lost' }],
    [drop('refused', { status: 'refused', reason: 'claim_sold_out' }, { left: 0 }), { state: 'refused', why: 'sold_out' }],
    [drop('refused', { status: 'refused', reason: 'claim_sold_out' }), { state: 'unlocked' }], // units came back
  ])('[VDR6] takes from the origin how a drop stands: %#', (given, stands) => {
    const { rewards, state } = make();
    rewards.take([given]);
    expect(state()).toMatchObject(stands);
  });

  it.each([
    ['claim_tier', 'tier'], ['claim_country', 'country'], ['claim_age', 'age'], ['claim_lot_closed', 'drawing'], ['claim_lot_lost', 'lost'], ['claim_subject_taken', 'taken'], ['ledger_frozen', 'frozen'],
  ])('[VDR6] a refusal with %s has a reason of its own, and takes another claim', async (code, why) => {
    const { rewards, claim, state, told } = make();
    rewards.take([DROP]);
    await claim({ status: 'refused', reason: code as never });
    expect(state()).toMatchObject({ state: 'refused', why });
    rewards.take([DROP]);
    expect(state()).toMatchObject({ why }); // what is known better stays
    await claim({});
    expect([state()!.state, told]).toEqual(['granted', ['granted']]);
  });

  it('[VDR6] a claim of what was refunded or taken back says so', async () => {
    for (const [code, state] of [['claim_refunded', 'refunded'], ['claim_revoked', 'revoked']] as const) {
      const { rewards, state: now } = make();
      rewards.take([DROP]);
      await rewards.claim({ claim: () => Promise.reject(new CrowdcueError(code)) } as unknown as GameSession, 'b');
      expect(now()).toMatchObject({ state });
    }
  });

  it('[VDR3] tells how a lot and a reservation ended, once, and shows it', async () => {
    for (const [end, word, state] of [
      [drop('granted', {}), 'granted', 'granted'], [drop('refused', { status: 'refused', reason: 'claim_lot_lost' }), 'claim_lot_lost', 'refused'], [drop('reserved', { status: 'reserved', until: 9_000, leftMs: 5_000 }), 'reserved', 'reserved'],
    ] as const) {
      const { rewards, claim, told, state: now } = make();
      rewards.take([DROP]);
      await claim({ status: 'entered', ticket: 7 });
      rewards.wanted = false;
      rewards.take([drop('entered', { status: 'entered', ticket: 7 })]);
      expect([now()!.state, rewards.wanted]).toEqual(['entered', false]);
      rewards.take([end]);
      rewards.take([end]);
      expect([now()!.state, rewards.wanted, told]).toEqual([state, true, ['entered', word]]);
    }
  });

  it('[VDR4] counts a reservation by the time that the origin says is left, whatever this device takes for now', async () => {
    vi.useFakeTimers({ now: 5_000_000 });
    const { rewards, claim, state } = make();
    rewards.take([drop('reserved', { status: 'reserved', until: 900_000, leftMs: 40_000 })]);
    expect(state()).toMatchObject({ state: 'reserved', endsAt: 5_040_000 });
    rewards.take([drop('expired', { status: 'reserved', until: 900_000 })]);
    await claim({ status: 'reserved', at: 900_000, until: 930_000 });
    expect(state()).toMatchObject({ state: 'reserved', endsAt: 5_030_000 });
    expect([clockText(598, 'en'), clockText(5, 'de'), clockText(3_661, 'en')]).toEqual(['9:58', '0:05', '61:01']);
    vi.useRealTimers();
  });
});

describe('the watch over drops', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const watched = (viewers: number, given: ViewerDrop) => {
    const asked: number[] = [];
    const state = { viewers, drops: new Map<string, DropBoard>([['b', { ...BOARD, draw: 'collecting' }]]) };
    let answer: () => Promise<ViewerDrop[]> = () => Promise.resolve([given]);
    const session = { status: 'live', state, drops: () => (asked.push(Date.now()), answer()) } as unknown as GameSession & { status: string };
    const rewards: Rewards = new Rewards(() => watch.look(session), () => undefined);
    const watch = new RewardWatch(rewards);
    rewards.take([given]);
    return { asked, state, session, rewards, watch, answers: (next: typeof answer) => (answer = next), settle: () => state.drops.set('b', { ...BOARD, draw: 'settled' }) };
  };

  it('[VDR3] asks when the shared state says that the lot is settled, not before, at moments spread over the crowd', async () => {
    const start = Date.now();
    const times: number[] = [];
    for (let viewer = 0; viewer < 200; viewer++) {
      const { asked, watch, session, settle, answers } = watched(50_000, drop('entered', { status: 'entered' }));
      answers(() => Promise.resolve([drop('granted', {})]));
      watch.look(session);
      settle();
      watch.look(session);
      watch.look(session);
      await vi.advanceTimersByTimeAsync(12_000);
      expect(asked).toHaveLength(1);
      times.push(asked[0]! - start - viewer * 12_000);
    }
    expect(Math.max(...times)).toBeLessThanOrEqual(11_500);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(8_000);
    const seconds = new Map<number, number>();
    for (const time of times) seconds.set(Math.floor(time / 1_000), (seconds.get(Math.floor(time / 1_000)) ?? 0) + 1);
    expect(Math.max(...seconds.values())).toBeLessThan(60); // 17 a second on average
  });

  it('[VDR3] asks again, ever more seldom, where it did not learn the end, and nobody once it left', async () => {
    const { asked, watch, session, settle, answers } = watched(1, drop('entered', { status: 'entered' }));
    settle();
    answers(() => Promise.reject(new CrowdcueError('unavailable')));
    watch.look(session);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThan(40);
    const before = asked.length;
    session.status = 'closed';
    await vi.advanceTimersByTimeAsync(200_000);
    expect(asked).toHaveLength(before);
  });

  it('[VDR4] asks when the time of a reservation is over', async () => {
    const { asked, rewards, answers, watch, session } = watched(1, drop('reserved', { status: 'reserved', until: 0, leftMs: 10_000 }));
    answers(() => Promise.resolve([drop('expired', { status: 'reserved' })]));
    await vi.advanceTimersByTimeAsync(9_999);
    watch.look(session);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    watch.look(session);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([asked.length, rewards.list]).toMatchObject([1, [{ state: 'unlocked', lapsed: true }]]);
  });

  it('[VDR3] an answer that was asked for before a claim does not undo what the claim got', async () => {
    const { rewards, answers, watch, session, settle } = watched(1, drop('entered', { status: 'entered' }));
    rewards.take([{ ...drop('unlocked'), id: 'c' }]);
    let arrive: (drops: ViewerDrop[]) => void = () => undefined;
    answers(() => new Promise((resolve) => (arrive = resolve)));
    settle();
    watch.look(session);
    await vi.advanceTimersByTimeAsync(2_000);
    await rewards.claim({ claim: () => Promise.resolve({ ...RECEIPT, drop: 'c', status: 'entered', ticket: 9 }) } as unknown as GameSession, 'c');
    arrive([{ ...drop('unlocked'), id: 'c' }]);
    await vi.advanceTimersByTimeAsync(0);
    expect(rewards.list.find(({ drop: id }) => id === 'c')).toMatchObject({ state: 'entered' });
  });

  it('[VDR1] what a viewer is told before a claim is asked when the drop comes to the event, and known before it may be claimed', async () => {
    const state = { viewers: 50_000, drops: new Map<string, DropBoard>() };
    let given: ViewerDrop[] = [];
    let asked = 0;
    const session = { status: 'live', state, drops: () => (asked++, Promise.resolve(given)) } as unknown as GameSession;
    const slot = new RewardSlot({ changed: () => undefined, told: () => undefined, moved: () => undefined });
    slot.follow(session); // nothing was asked yet, and is about to be
    await slot.take(session);
    slot.follow(session);
    expect(asked).toBe(1);
    state.drops.set('b', BOARD);
    given = [drop('none', undefined, { terms: { sponsor: 'North' } })];
    for (let patch = 0; patch < 100; patch++) slot.follow(session);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(asked).toBe(2);
    vi.useRealTimers();
    slot.unlock({ achievement: 'a', title: 't', drops: [{ id: 'b', name: 'Badge' }, { id: 'c', name: 'Cup' }] });
    await expect.poll(() => slot.desk?.rewards.list.length).toBe(2);
    const { rewards } = slot.desk!;
    expect([rewards.about('b')!.terms, rewards.isKnown('b'), rewards.isKnown('c')]).toEqual([{ sponsor: 'North' }, true, false]);
    await slot.take(session);
    expect(rewards.isKnown('c')).toBe(true); // the origin does not name it: there is nothing to tell
  });
});

describe('drops of an origin, by the SDK', () => {
  const asking = async (test: TestOrigin) => {
    const { token, viewer } = await test.join('show');
    const access = new Access({ origin: test.url, event: 'show', token, relays: ['ws://127.0.0.1:9'], clock: systemClock });
    const kept = new Map<string, string>();
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
    return { kept, viewer, claims: new Claims({ access, storage, clock: systemClock, policy: backoff({ attempts: 1 }) } as unknown as SessionParts) };
  };

  it('[VDR7] [VDR8] sends what the drop asks for, keeps a key until there is an answer, or a grant; a message is answered alike', async () => {
    const test = await startOrigin();
    const rules = 'https://example.org/rules';
    const base = { kind: 'badge', supply: 3, unlockedBy: 'round-won' };
    await test.event({ id: 'show', drops: [
      { ...base, id: 'cup', name: 'Cup', allocation: 'fair-window', eligible: { countries: ['DE'], minAge: 18 }, rules, sponsor: 'North', restockPolicy: 'None.' },
      { ...base, id: 'mug', name: 'Mug', kind: 'link', checkout: 'https://shop.example/{entitlement}', reserveMinutes: 5 }, { ...base, id: 'pin', name: 'Pin' },
    ] });
    const { claims, kept, viewer } = await asking(test);
    await test.won('show', [viewer]);
    expect(await claims.drops()).toMatchObject([
      { id: 'cup', state: 'unlocked', byLot: 'fair-window', draw: 'collecting', terms: { countries: ['DE'], minAge: 18, rules, sponsor: 'North', restockPolicy: 'None.' } },
      { id: 'mug', terms: { reserveMs: 300_000 } }, { id: 'pin', state: 'unlocked', terms: {} },
    ]);
    expect(await claims.claim('cup')).toMatchObject({ status: 'refused', reason: 'claim_country' });
    expect(await claims.claim('cup', { country: 'DE', age: 17 })).toMatchObject({ status: 'refused', reason: 'claim_age' });
    const entered = await claims.claim('cup', { country: 'DE', age: 18 });
    expect(entered).toMatchObject({ status: 'entered', ticket: expect.any(Number) as number });
    const reserved = await claims.claim('mug');
    expect(reserved).toMatchObject({ status: 'reserved', url: `https://shop.example/${encodeURIComponent(reserved.id)}`, leftMs: expect.any(Number) as number });
    expect(reserved.leftMs).toBeLessThanOrEqual(300_000);
    expect(reserved.leftMs).toBeGreaterThan(290_000);
    expect([...kept.keys()]).toEqual([]);
    expect(await claims.claim('pin')).toMatchObject({ status: 'granted', serial: 1 });
    expect([...kept.keys()]).toEqual([`crowdcue.claim.show.${viewer}.pin`]);
    expect((await claims.claim('cup')).id).toBe(entered.id); // another key, the same ticket

    const { request } = test.rooms.deps.messages;
    const same = (receipt: unknown) => ({ ...(receipt as ReceiptView), leftMs: undefined });
    const plain = (drops: unknown) => (drops as ViewerDrop[]).map((each) => ({ ...each, receipt: same(each.receipt) }));
    expect(plain(await request('show', viewer, 'drops', undefined, 'viewer'))).toEqual(plain(await claims.drops()));
    for (const [id, first] of [['cup', entered], ['mug', reserved]] as const) expect(same(await request('show', viewer, 'claim', { drop: id, key: `message-${id}` }, 'viewer'))).toEqual(same(first));
    for (const bad of [{ drop: 'cup', key: 'other-key-1', country: 'de' }, { drop: 'pin', key: 'other-key-2', age: -1 }]) expect(await request('show', viewer, 'claim', bad, 'viewer')).toMatchObject({ status: 'refused', reason: 'claim_bad_request' });
  });
});
