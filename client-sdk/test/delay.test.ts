import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeDelay, FRAME } from '@crowdcue/protocol';
import { backoff, connect, type ConnectOptions, type Session } from '../src/index.js';
import { Connection } from '../src/connection.js';
import { FakeRelay, fakeToken, until, type FakeViewer } from './fake-relay.js';

const open: { sessions: Session[]; relays: FakeRelay[] } = { sessions: [], relays: [] };

const start = async (): Promise<FakeRelay> => {
  const relay = await FakeRelay.start();
  relay.patch((state) => void (state.phase = 'idle'));
  open.relays.push(relay);
  return relay;
};
const enter = async (relay: FakeRelay, options: Partial<ConnectOptions> = {}): Promise<Session> => {
  const session = await connect({ event: 'show', token: fakeToken(), relays: [relay.url], reconnect: backoff({ firstMs: 20, maxMs: 100 }), ...options });
  open.sessions.push(session);
  return session;
};
const delays = (viewer: FakeViewer) => viewer.frames.filter((frame) => frame[0] === FRAME.delay).map((frame) => decodeDelay(frame));
const partOf = (viewer: FakeViewer): string | undefined => viewer.protocols.find((part) => part.startsWith('delay.'));

afterEach(async () => {
  for (const session of open.sessions.splice(0)) session.leave();
  for (const relay of open.relays.splice(0)) await relay.crash();
});

describe('how late the picture is', () => {
  it('[COH14] is said as the session comes and whenever it is known better, and again after a break', async () => {
    const relay = await start();
    const session = await enter(relay, { delay: 7_900.4 });
    expect(partOf(relay.last)).toBe('delay.7900');
    session.setDelay({ delay: 8_100, error: 250 });
    await until('the new one is told', () => delays(relay.last).some(({ delay }) => delay === 8_100));
    expect(delays(relay.last).at(-1)).toEqual({ delay: 8_100, error: 250 });
    relay.last.socket.terminate();
    await until('it is back', () => relay.viewers.length === 2 && session.status === 'live');
    expect(partOf(relay.last)).toBe('delay.8100');
    await until('it is told again', () => delays(relay.last).length > 0);
    expect(delays(relay.last)).toEqual([{ delay: 8_100, error: 250 }]);
  });

  it('[COH14] is no frame for a relay that does not know it, and none at all while nobody says so', async () => {
    const old = await start();
    old.version = 1;
    const session = await enter(old, { delay: 3_000 });
    session.setDelay({ delay: 2_000, error: 10 });
    session.act({ choice: 0, round: 1 });
    await until('the action is there', () => old.last.actions.length === 1);
    expect(delays(old.last)).toEqual([]);
    expect(session.streamTime()! - session.eventTime()!).toBeGreaterThan(-50); // nothing is held back by such a relay
    const relay = await start();
    const prompt = await enter(relay);
    prompt.act({ choice: 0, round: 1 });
    await until('the action is there', () => relay.last.actions.length === 1);
    expect(partOf(relay.last)).toBeUndefined();
    expect(delays(relay.last)).toEqual([]);
  });

  it('[COH15] is taken from event time as it counts: a change in a round only after it', async () => {
    const relay = await start();
    const session = await enter(relay, { delay: 5_000 });
    const late = (): number => Math.round((session.eventTime()! - session.streamTime()!) / 100) * 100;
    expect(late()).toBe(5_000);
    session.setDelay({ delay: 6_000, error: 0 });
    expect(late()).toBe(6_000);
    relay.patch((state) => void (state.phase = 'armed'));
    await until('armed', () => session.state?.phase === 'armed');
    session.setDelay({ delay: 2_000, error: 0 });
    expect(late()).toBe(6_000);
    relay.patch((state) => void (state.phase = 'over'));
    await until('over', () => session.state?.phase === 'over');
    expect(late()).toBe(2_000);
  });

  it('[COH14] that means nothing is refused, one beyond every limit is cut', async () => {
    const relay = await start();
    const session = await enter(relay);
    for (const delay of [-1, Number.NaN, 'soon' as never]) expect(() => session.setDelay({ delay, error: 0 })).toThrow(/bad_request|delay/);
    expect(() => session.setDelay({ delay: 1, error: -1 })).toThrow();
    await expect(enter(relay, { delay: -1 })).rejects.toMatchObject({ code: 'bad_request' });
    session.setDelay({ delay: 1e12, error: 0 });
    await until('told', () => delays(relay.last).length === 1);
    expect(delays(relay.last)[0]!.delay).toBe(30_000);
  });

  it('[COH14] is added to the time after which a relay that shows no state is given up', () => {
    vi.useFakeTimers();
    try {
      const ends: string[] = [];
      class Silent { binaryType = ''; readyState = 1; onopen = null; onmessage = null; onclose = null; onerror = null; send(): void {} close(): void {} }
      const waits = (delay: number): number => {
        const before = ends.length;
        const events = { frame: () => undefined, down: (_code: number, reason: string) => void ends.push(reason), ask: () => new Uint8Array(1), now: () => 0 };
        const connection = new Connection(Silent as never, { relay: 'ws://x', event: 'show', token: 't', sessionId: 's', resume: false, delay }, events);
        expect(connection.send(new Uint8Array(1))).toBe(true);
        let ms = 0;
        for (; ends.length === before; ms += 100) vi.advanceTimersByTime(100);
        return ms;
      };
      expect(waits(12_000) - waits(0)).toBe(12_000);
      expect(ends).toEqual(['join_timeout', 'join_timeout']);
    } finally {
      vi.useRealTimers();
    }
  });
});
