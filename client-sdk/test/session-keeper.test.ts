import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CrowdcueError } from '@crowdcue/protocol';
import { CAPTION_MESSAGE } from '../src/caption-key.js';
import { SessionKeeper } from '../src/element/session-keeper.js';
import type { GameSession } from '../src/element/session-port.js';

type Listener = (value: unknown) => void;

/** A session that the test cranks. */
class Hands {
  readonly #listeners = new Map<string, Set<Listener>>();
  status = 'live';
  readonly session = this as unknown as GameSession;

  on(type: string, listener: Listener): () => void {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set.add(listener));
    return () => void set.delete(listener);
  }

  onMessage(type: string, listener: Listener): () => void {
    return this.on(type, listener);
  }

  emit(type: string, value?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(value);
  }

  setTier(): void {}
  leave(): void {}
  drops(): Promise<never[]> {
    return Promise.resolve([]);
  }
}

const AWAY_MS = 4_000;
const OPTIONS = { origin: 'http://origin.test', event: 'show' };
const none = (): void => undefined;

const bench = () => {
  const told: string[] = [];
  const keeper = new SessionKeeper({
    changed: none, confirmed: none, refused: none, unlocked: none, told: none, fallback: none,
    away: () => told.push('away'), back: (again) => told.push(again ? 'back again' : 'in at last'),
  });
  const opening: { resolve(session: GameSession): void; reject(error: unknown): void }[] = [];
  let onQueue: (place: { place: number; waitMs: number }) => void = none;
  const start = (event = 'show'): void => keeper.start((options) => new Promise((resolve, reject) => {
    opening.push({ resolve, reject });
    onQueue = options.onQueue!;
  }), { ...OPTIONS, event });
  /** Lets a viewer in. */
  const enter = async (): Promise<Hands> => {
    const hands = new Hands();
    opening.at(-1)!.resolve(hands.session);
    await vi.advanceTimersByTimeAsync(0);
    return hands;
  };
  return { keeper, told, start, enter, fail: (error: unknown) => opening.at(-1)!.reject(error), queue: () => onQueue({ place: 3, waitMs: 0 }) };
};

describe('the keeper of the element\'s session', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('navigator', { onLine: true });
    vi.stubGlobal('addEventListener', none);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const wait = (ms = AWAY_MS): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it('[ELM17] says that a viewer is back to one who was in, was told of being out of reach, and is in again', async () => {
    const { told, start, enter, keeper } = bench();
    start();
    const hands = await enter();
    hands.emit('reconnecting');
    await wait(AWAY_MS - 1);
    hands.emit('connected', { resumed: true });
    expect(told).toEqual([]); // less than a moment
    hands.emit('reconnecting');
    await wait();
    expect([told, keeper.away]).toEqual([['away'], true]);
    hands.emit('queue', { place: 2, waitMs: 0 });
    expect([told, keeper.away]).toEqual([['away'], false]); // in reach, but in line
    hands.emit('connected', { resumed: true });
    hands.emit('connected', { resumed: true });
    expect(told).toEqual(['away', 'back again']);
  });

  it('[ELM17] says it to nobody else: not at the first way in however long it took, at another event, at an end, nor when the element leaves', async () => {
    const slow = bench();
    slow.start();
    await wait();
    await slow.enter();
    expect(slow.told).toEqual(['away', 'in at last']);

    const line = bench();
    line.start();
    await wait();
    line.queue();
    expect([line.told, line.keeper.away]).toEqual([['away'], false]);

    const other = bench();
    other.start();
    (await other.enter()).emit('reconnecting');
    await wait();
    other.start('another');
    await other.enter();
    expect(other.told).toEqual(['away']);

    const refused = bench();
    refused.start();
    await wait();
    refused.fail(new CrowdcueError('event_full'));
    await wait(0);
    expect([refused.told, refused.keeper.ended?.ending, refused.keeper.away]).toEqual([['away'], 'event_full', false]);

    const left = bench();
    left.start();
    (await left.enter()).emit('reconnecting');
    await wait();
    left.keeper.stop();
    expect([left.told, left.keeper.away]).toEqual([['away'], false]);
    await wait();
    expect(left.told).toEqual(['away']);
  });

  it('[CAP20] what one session has posted is no caption of the next, also where the region for it is loaded later', async () => {
    vi.useRealTimers();
    vi.stubGlobal('customElements', { get: none, define: none });
    const { keeper } = bench();
    const hands: Hands[] = [];
    const open = (): Promise<GameSession> => Promise.resolve(hands[hands.push(new Hands()) - 1]!.session);
    const opened = async (): Promise<Hands> => {
      keeper.start(open, OPTIONS);
      await expect.poll(() => keeper.session).toBe(hands.at(-1)!.session);
      return hands.at(-1)!;
    };
    const first = await opened();
    first.emit(CAPTION_MESSAGE, ['first']);
    await expect.poll(() => keeper.captions, { timeout: 10_000 }).toEqual(['first']);
    const second = await opened();
    expect(keeper.captions).toBeUndefined();
    second.emit(CAPTION_MESSAGE, ['second']);
    const third = await opened(); // before the region of the second was there
    await new Promise((later) => setImmediate(later));
    expect(keeper.captions).toBeUndefined();
    third.emit(CAPTION_MESSAGE, ['third']);
    await expect.poll(() => keeper.captions).toEqual(['third']);
    third.emit('closed', { code: 4_000, reason: 'taken_over' });
    expect(keeper.captions).toBeUndefined();
  });
});
