import { afterEach, describe, expect, it, vi } from 'vitest';
import { CAPTION_LIMITS, DATA_TYPE, decodeClientMessage, encodeRoomData, encodeRoomResponse, FRAME, type CaptionLine } from '@crowdcue/protocol';
import { pack } from 'msgpackr';
import { CaptionFeed, readCaptions, type ShownCaption } from '../src/caption-feed.js';
import { CAPTION_MESSAGE } from '../src/caption-key.js';
import { languageFor } from '../src/element/caption-choice.js';
import { backoff, connect, type Session } from '../src/index.js';
import { FakeRelay, fakeToken, until } from './fake-relay.js';

const line = (id: string, from: number, about: Partial<CaptionLine> = {}): CaptionLine => ({ id, lang: 'en', from, to: from + 2_000, text: `Line ${id}`, ...about });

/** A feed whose picture is cranked by hand, in steps of 50 ms. */
class Picture {
  time = 100_000;
  delay = 0;
  readonly told: ShownCaption[] = [];
  #timers: { at: number; run: () => void }[] = [];
  readonly feed = new CaptionFeed({
    streamTime: () => this.time - this.delay,
    tell: (caption) => this.told.push(caption),
    later: (ms, run) => {
      const timer = { at: this.time + ms, run };
      this.#timers.push(timer);
      return () => { this.#timers = this.#timers.filter((each) => each !== timer); };
    },
  });

  turn(ms: number): void {
    for (const end = this.time + ms; this.time < end;) {
      this.time = Math.min(end, this.time + 50);
      const due = this.#timers.filter(({ at }) => at <= this.time);
      this.#timers = this.#timers.filter(({ at }) => at > this.time);
      for (const { run } of due) run();
    }
  }

  get ids(): string[] {
    return this.told.map(({ id }) => id);
  }

  get waiting(): number {
    return this.#timers.length;
  }
}

describe('captions on the picture', () => {
  it('[CAP10] a line is told when the picture is there, in the order of the picture, however the lines came', () => {
    const p = new Picture();
    p.feed.take([line('c', 103_000), line('a', 101_000)]);
    p.feed.take([line('b', 102_000), line('a', 101_000)]);
    expect(p.ids).toEqual([]);
    p.turn(1_000);
    expect(p.ids).toEqual(['a']);
    p.turn(2_000);
    expect(p.ids).toEqual(['a', 'b', 'c']);
    expect(p.told.every(({ lateMs }) => lateMs <= 50)).toBe(true);
    expect(p.waiting).toBe(0); // nothing runs while nothing waits
  });

  it('[CAP11] a picture of 12 s ago has its lines on its own time, also those that were posted 3 s late', () => {
    const prompt = new Picture();
    const late = new Picture();
    late.delay = 12_000;
    for (let second = 0; second < 30; second++) {
      // Speech of three seconds ago, as a recogniser brings it.
      for (const p of [prompt, late]) {
        p.feed.take([line(`l${second}`, p.time - 3_000, { to: p.time })]);
        p.turn(1_000);
      }
    }
    late.turn(12_000);
    expect(late.feed.takeReport()).toEqual({ due: 30, inTime: 30 });
    expect(late.told).toHaveLength(30);
    expect(prompt.feed.takeReport()).toEqual({ due: 30, inTime: 0 });
  });

  it('[CAP11] a delay that shrinks brings what is due at once, one that grows holds back what is not', () => {
    const p = new Picture();
    p.delay = 10_000;
    p.feed.take([line('a', 95_000, { to: 110_000 }), line('b', 99_000, { to: 110_000 })]);
    p.turn(1_000);
    p.delay = 4_000;
    p.turn(250);
    expect(p.ids).toEqual(['a']);
    p.delay = 12_000;
    p.turn(9_000);
    expect(p.ids).toEqual(['a']);
    p.turn(1_000);
    expect(p.ids).toEqual(['a', 'b']);
  });

  it('[CAP12] a line that came after its end is never shown and counts as late; one of before the viewer came counts not at all', () => {
    const p = new Picture();
    p.feed.take([line('gone', 90_000), line('now', 99_000), line('next', 100_500)], true);
    p.turn(1_000);
    expect(p.ids).toEqual(['now', 'next']);
    expect(p.feed.takeReport()).toEqual({ due: 1, inTime: 1 });
    p.feed.take([line('missed', 90_000)]);
    expect(p.ids).toEqual(['now', 'next']);
    expect(p.feed.takeReport()).toEqual({ due: 1, inTime: 0 });
    expect(p.feed.takeReport()).toBeUndefined();
  });

  it('[CAP12] what is no line is passed over, and a flood of lines leaves no more behind than the room keeps', () => {
    const p = new Picture();
    p.feed.take([null, 7, 'x', {}, { ...line('n', 0), from: Number.NaN }, { ...line('o', 0), text: { html: 1 } }, line('ok', 100_000)]);
    expect(p.ids).toEqual(['ok']);
    for (let i = 0; i < 10 * CAPTION_LIMITS.kept; i++) p.feed.take([line(`f${i}`, 100_000)]);
    expect(p.told.length).toBe(1 + 10 * CAPTION_LIMITS.kept);
  });

  it('[CAP13] a viewer gets the language that was chosen, or another of the same first part; of a language that nobody posts nothing', () => {
    expect(languageFor('pt-BR', ['en', 'pt-BR', 'pt'])).toBe('pt-BR');
    expect(languageFor('pt', ['en', 'pt-BR'])).toBe('pt-BR');
    expect(languageFor('PT-pt', ['en', 'pt-BR'])).toBe('pt-BR');
    expect(languageFor('tlh', ['en', 'de'])).toBeUndefined();
    expect(languageFor('', ['en'])).toBeUndefined();
  });
});

describe('captions of a session', () => {
  const open: { sessions: Session[]; relays: FakeRelay[] } = { sessions: [], relays: [] };
  afterEach(async () => {
    vi.useRealTimers();
    for (const session of open.sessions.splice(0)) session.leave();
    for (const relay of open.relays.splice(0)) await relay.crash();
  });

  it('[CAP14] whoever listens gets what comes and what was there before, once each, and again after a break', async () => {
    const relay = await FakeRelay.start();
    open.relays.push(relay);
    const session = await connect({ event: 'show', token: fakeToken(), relays: [relay.url], reconnect: backoff({ firstMs: 20, maxMs: 100 }) });
    open.sessions.push(session);
    const got: ShownCaption[] = [];
    const asked = () => relay.last.frames.filter((frame) => frame[0] === FRAME.roomRequest).map((frame) => decodeClientMessage(frame));
    session.on('caption', (caption) => got.push(caption));
    session.on('caption', () => undefined);
    await until('the room is asked once', () => asked().length === 1);
    expect(asked()[0]!.type).toBe('captions');
    const now = session.eventTime()!;
    relay.last.send(encodeRoomResponse(asked()[0]!.requestId, 0, pack([line('before', now - 500)])));
    relay.last.send(encodeRoomData(CAPTION_MESSAGE, pack([line('before', now - 500), line('live', now)])));
    await until('both are told', () => got.length === 2);
    expect(got.map(({ id }) => id)).toEqual(['before', 'live']);
    relay.last.socket.terminate();
    await until('it is back and asks again', () => relay.viewers.length === 2 && asked().length === 1);
    relay.last.send(encodeRoomResponse(asked()[0]!.requestId, 0, pack([line('live', now), line('meanwhile', now)])));
    await until('what it missed is told', () => got.length === 3);
    expect(got[2]!.id).toBe('meanwhile');
    expect(CAPTION_MESSAGE).toBe(DATA_TYPE.captions);
  });

  it('[CAP21] the feed ends with its last listener, over a break too, and begins anew with the next', async () => {
    const relay = await FakeRelay.start();
    open.relays.push(relay);
    const session = await connect({ event: 'show', token: fakeToken(), relays: [relay.url], reconnect: backoff({ firstMs: 20, maxMs: 100 }) });
    open.sessions.push(session);
    const asked = () => relay.viewers.map(({ frames }) => frames.filter((frame) => frame[0] === FRAME.roomRequest).length);
    const got: string[] = [];
    const listen = (): (() => void) => session.on('caption', ({ id }) => got.push(id));
    const offs = [listen(), listen()];
    offs[0]!();
    await until('the one that is left is served', () => asked()[0] === 1);
    offs[1]!();
    offs[1]!();
    const now = session.eventTime()!;
    relay.last.send(encodeRoomData(CAPTION_MESSAGE, pack([line('unheard', now, { to: now + 60_000 })])));
    relay.last.socket.terminate();
    await until('it is back', () => relay.viewers.length === 2);
    session.act({ choice: 0, round: 1 });
    await until('and plays', () => relay.last.actions.length === 1);
    expect(asked()).toEqual([1, 0]);
    listen()(); // gone before the next is there
    listen();
    await until('the next listener is served', () => asked()[1] === 1);
    relay.last.send(encodeRoomData(CAPTION_MESSAGE, pack([line('heard', now)])));
    await until('with what comes from now on', () => got.length > 0);
    expect(got).toEqual(['heard']);
  });

  it('[CAP21] leaves no timer and no listener behind, nor takes an answer that comes after its end', async () => {
    vi.useFakeTimers();
    const listeners = new Set<unknown>();
    let lines: (lines: unknown) => void = () => undefined;
    let answer: (lines: unknown) => void = () => undefined;
    const told: ShownCaption[] = [];
    const follow = (listener: unknown): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    };
    const end = readCaptions({
      status: 'live', streamTime: () => 0, on: (_type: string, listener: unknown) => follow(listener),
      onMessage: (_type, listener) => follow((lines = listener)),
      request: () => new Promise((resolve) => (answer = resolve)), send: () => Promise.resolve(true),
    }, (caption) => told.push(caption), () => 0.5);
    lines([line('waits', 1_000)]);
    expect([vi.getTimerCount(), listeners.size]).toEqual([2, 3]); // the next look and the report
    end();
    end();
    answer([line('late', 0)]);
    await vi.advanceTimersByTimeAsync(0);
    expect([vi.getTimerCount(), listeners.size, told]).toEqual([0, 0, []]);
  });

  it('[CAP14] a session without listeners asks for nothing', async () => {
    const relay = await FakeRelay.start();
    open.relays.push(relay);
    const session = await connect({ event: 'show', token: fakeToken(), relays: [relay.url] });
    open.sessions.push(session);
    relay.last.send(encodeRoomData(CAPTION_MESSAGE, pack([line('x', 0)])));
    session.act({ choice: 0, round: 1 });
    await until('the action is there', () => relay.last.actions.length === 1);
    expect(relay.last.frames.some((frame) => frame[0] === FRAME.roomRequest)).toBe(false);
  });
});
