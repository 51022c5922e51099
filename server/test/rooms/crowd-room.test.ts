import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matchMaker } from '@colyseus/core';
import { type Decoder, Reflection } from '@colyseus/schema';
import { Client as StockClient } from '@colyseus/sdk';
import { BatchBuilder, CLOSE, CrowdcueError, encodeClock, encodeDelayErrors, FLASH_SERIES_MS, FRAME, LINK, LINK_VERSION, type MeView } from '@crowdcue/protocol';
import { unpack } from 'msgpackr';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import type { Fact } from '../../src/achievements/index.js';
import { lmdbJournal, type JournalStore } from '../../src/journal/index.js';
import { CrowdCore } from '../../src/rooms/crowd-core.js';
import { CrowdRoomHost } from '../../src/rooms/crowd-room-host.js';
import type { CrowdRoom } from '../../src/rooms/crowd-room.js';
import { decodeInputs } from '../../src/rooms/inputs.js';
import { CrowdState } from '../../src/rooms/state.js';
import { openLmdbStore, type Store } from '../../src/store/index.js';
import { startColyseus, type TestServer } from '../support/colyseus-server.js';
import { HandLink } from '../support/hand-link.js';
import { counter, streamed, unmetered } from './core-harness.js';

/** A token for these tests is the viewer's number. */
const verify = (token: string | undefined, event: string) => {
  if (token === undefined) throw new CrowdcueError('token_missing');
  return { evt: event, sub: Number(token), tier: 'free', name: `Viewer ${token}`, iat: 0, exp: 9e9, mac: 'genuine' };
};

class Upstream {
  readonly builder = new BatchBuilder();
  n = 0;
  constructor(readonly link: HandLink) {}
  flush(eventTime = this.link.ticks.at(-1)?.eventTime ?? 0): Uint8Array {
    const bytes = this.builder.encode(++this.n, eventTime);
    this.link.socket.send(bytes);
    return bytes;
  }
  join(slot: number, viewer: number): void {
    this.builder.join({ slot, connection: slot, viewer, sessionId: `session-of-${viewer}`, tier: 'free', name: `Viewer ${viewer}`, mac: 'genuine', direct: true });
  }
}

/** The schema state as a relay's viewer would have it. */
const decodeAll = (link: HandLink): Record<string, unknown> => {
  const decoder: Decoder = Reflection.decode(link.greeting!.reflection);
  for (const { kind, frame } of link.frames) {
    if (kind === 'keyframe') decoder.decode(frame.body);
    else if (frame.patch.length > 0) decoder.decode(frame.patch);
  }
  return (decoder.state as { toJSON(): Record<string, unknown> }).toJSON();
};

const meOf = (link: HandLink, slot: number): MeView | undefined => {
  const frame = link.ticks.flatMap((tick) => tick.privates).filter((each) => each.slot === slot).at(-1)?.frame;
  return frame === undefined ? undefined : unpack(frame.subarray(2 + '__me'.length)) as MeView;
};

describe('crowd room', () => {
  let server: TestServer;
  let store: Store;
  let journal: JournalStore;
  let folder: string;
  let host: CrowdRoomHost;
  const facts: Fact[] = [];
  let gate: Promise<void> | undefined;
  let brokenJournal: Error | undefined;
  const claim = (incarnation = 1) => ({ relayId: 'r1', incarnation, proof: 'good', version: LINK_VERSION });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crowdcue-room-'));
    store = await openLmdbStore({ path: folder });
    journal = lmdbJournal(store);
    const gated: JournalStore = {
      ...journal,
      append: async (...args) => {
        if (brokenJournal !== undefined) throw brokenJournal;
        await gate;
        await journal.append(...args);
      },
    };
    server = await startColyseus({});
    host = new CrowdRoomHost({
      journal: gated, games: new Map([[counter.id, counter], [streamed.id, streamed]]), clock: systemClock, logger: pino({ level: 'silent' }),
      facts: { facts: async (_event, some) => { facts.push(...some); } },
      messages: { request: async (_event, viewer, type, payload) => {
        if (type !== 'echo') throw new CrowdcueError('message_unknown');
        return { viewer, payload };
      } },
      metrics: unmetered, sharedTime: async () => systemClock.now(), prepare: async () => undefined, opened: () => undefined,
      genuine: (_event, { mac }) => mac === 'genuine', admits: ({ proof }) => proof === 'good', verify,
    });
    host.define({ define: (name: string, type: never, options: never) => matchMaker.defineRoomType(name, type, options) } as never);
  });
  afterAll(async () => {
    await server.close();
    await store.close();
    await rm(folder, { recursive: true });
  });

  const open = async (id: string, agoMs = 0) => {
    await host.open({ id, maxViewers: 100, createdAt: systemClock.now() - agoMs });
    return host.local(id) as CrowdRoom;
  }
  const connect = async (id: string, incarnation = 1) => {
    const link = await HandLink.open(server.http, id, claim(incarnation));
    await link.until(() => link.ticks.length > 0);
    return { link, up: new Upstream(link) };
  };

  it('[ROM8] says nothing of a tick before it is journalled', async () => {
    await open('gated');
    const { link, up } = await connect('gated');
    let release!: () => void;
    gate = new Promise((resolve) => { release = resolve; });
    up.join(0, 5);
    up.flush();
    const before = link.ticks.length;
    await new Promise((resolve) => { setTimeout(resolve, 300); }); // six ticks' worth: what must not happen has time to
    expect(link.ticks.slice(before).some((tick) => tick.acked > 0 || tick.confirms.length > 0)).toBe(false);
    release();
    gate = undefined;
    await link.until(() => link.ticks.some((tick) => tick.acked === 1 && tick.confirms.length === 1));
  });

  it('[FUZ3] closes the link of a relay whose batch means nothing, or comes out of order, with a code that says why; others go on', async () => {
    await open('offended');
    const bystander = await HandLink.open(server.http, 'offended', { relayId: 'r2', incarnation: 1, proof: 'good' });
    for (const [incarnation, bytes, reason] of [[1, new Uint8Array([LINK.batch, 1]), 'frame_truncated'], [2, new BatchBuilder().encode(9, 0), 'frame_malformed']] as const) {
      const { link } = await connect('offended', incarnation);
      link.socket.send(bytes);
      await link.until(() => link.closed !== undefined);
      expect(link.closed).toEqual({ code: CLOSE.bad_frame, reason });
    }
    const before = bystander.ticks.length;
    await bystander.until(() => bystander.ticks.length > before + 2);
    expect(bystander.closed).toBeUndefined();
  });

  it('[ROM9] goes on from the journal with a higher epoch: score, round and acknowledged batches stand, repeats fall, facts come again with the same ids', async () => {
    const room = await open('restored');
    const { link, up } = await connect('restored');
    up.join(0, 7);
    up.flush();
    const { round } = await room.cue({ game: 'counter', inMs: 0, durationMs: 30_000 });
    await link.until(() => decodeAll(link)['phase'] === 'live');
    for (let n = 1; n <= 5; n++) up.builder.action(0, { n, round, choice: 0, value: 3 }, link.ticks.at(-1)!.eventTime, -1);
    const batch = up.flush();
    await link.until(() => link.ticks.at(-1)!.acked === up.n);
    const factsBefore = facts.filter((fact) => fact.room === 'restored');
    const stateBefore = decodeAll(link);
    host.forget('restored'); // ends without a word to the journal
    const again = await open('restored', 60_000);
    const second = await connect('restored');
    expect(second.link.greeting!.epoch).toBeGreaterThan(link.greeting!.epoch);
    expect(second.link.greeting!.acked).toBe(up.n);
    second.link.socket.send(batch); // the relay did not hear the acknowledgement
    await second.link.until(() => second.link.ticks.length > 4);
    expect(meOf(second.link, 0)).toMatchObject({ viewer: 7, applied: 5, score: 15 });
    expect(decodeAll(second.link)).toMatchObject({ numbers: stateBefore['numbers'], round: stateBefore['round'], viewers: 1 });
    expect((await again.overview()).round).toBe(1);
    const factsAfter = facts.filter((fact) => fact.room === 'restored').slice(factsBefore.length);
    expect(factsAfter.slice(0, factsBefore.length).every((fact) => factsBefore.some((known) => known.tick === fact.tick && known.ordinal === fact.ordinal))).toBe(true);
  });

  it('[ROM16] tells a viewer who comes back, before its confirmation, which of its actions were refused, also after a restore', async () => {
    await open('refused');
    const { link, up } = await connect('refused');
    up.join(0, 7);
    for (let n = 1; n <= 2; n++) up.builder.action(0, { n, round: 4, choice: 0, value: 1 }, link.ticks.at(-1)!.eventTime, -1);
    up.flush();
    await link.until(() => link.ticks.at(-1)!.acked === 1);
    host.forget('refused');
    await open('refused');
    const again = await connect('refused', 2);
    again.up.join(3, 7);
    again.up.flush();
    await again.link.until(() => again.link.ticks.some((tick) => tick.confirms.length > 0));
    const told = again.link.ticks.find((tick) => tick.confirms.length > 0)!;
    expect(told.refusals).toEqual([{ slot: 3, n: 1, code: 'round_none' }, { slot: 3, n: 2, code: 'round_none' }]);
    expect(told.confirms).toEqual([{ slot: 3, n: 2 }]);
  });

  it('[COH18] marks every tick of a round in stream time, from the one that arms it to the one that ends it, and standings as of their tick', async () => {
    const room = await open('streamed');
    const { link, up } = await connect('streamed');
    up.join(0, 7);
    up.flush();
    await link.until(() => link.ticks.at(-1)!.acked === 1);
    await room.cue({ game: 'streamed', inMs: 300, durationMs: 3_000 });
    await link.until(() => decodeAll(link)['phase'] === 'live');
    up.builder.action(0, { n: 1, round: 1, choice: 0, value: 4 }, link.ticks.at(-1)!.eventTime, -1);
    up.flush();
    await link.until(() => link.ticks.at(-1)!.acked === 2);
    await room.stop();
    await link.until(() => decodeAll(link)['phase'] === 'over');
    up.builder.leave({ slot: 0, connection: 0, code: 4000 });
    up.join(1, 7); // comes back when the round is over
    up.flush();
    await link.until(() => link.ticks.some((tick) => tick.privates.some(({ slot }) => slot === 1)));
    await room.cue({ game: 'counter', inMs: 0, durationMs: 3_000 });
    await link.until(() => decodeAll(link)['phase'] === 'live');
    const decoder: Decoder = Reflection.decode(link.greeting!.reflection);
    const state = decoder.state as unknown as { phase: string; game: string };
    let before = false;
    let seen = 0;
    for (const { kind, frame } of link.frames) {
      if (kind === 'keyframe') { decoder.decode(frame.body); continue; }
      if (frame.patch.length > 0) decoder.decode(frame.patch);
      const now = state.game === 'streamed' && (state.phase === 'armed' || state.phase === 'live');
      expect(frame.shifted, `tick ${frame.tick}, ${state.phase}`).toBe(now || before);
      if (frame.shifted) seen++;
      before = now;
    }
    expect(seen).toBeGreaterThan(6);
    const privates = link.ticks.flatMap((tick) => tick.privates);
    expect(privates.length).toBeGreaterThan(2);
    expect(privates.every(({ timed }) => timed)).toBe(true);
  });

  it('[ROM10] goes on hold when the journal fails, lets links go, and is opened anew with what was journalled', async () => {
    const room = await open('failing');
    const { link, up } = await connect('failing');
    up.join(0, 9);
    up.flush();
    await link.until(() => link.ticks.at(-1)!.acked === 1);
    brokenJournal = new Error('disk full');
    up.join(1, 10);
    up.flush();
    const cued = expect(room.cue({ game: 'counter' })).rejects.toMatchObject({ code: 'room_hold' }); // who waits is told
    await link.until(() => link.closed !== undefined);
    expect(link.closed!.code).toBe(CLOSE.link_reset);
    await cued;
    expect(link.ticks.at(-1)!.acked).toBe(1);
    brokenJournal = undefined;
    await expect.poll(async () => (await host.local('failing')?.overview())?.hold, { timeout: 5_000 }).toBe(false);
    const second = await connect('failing');
    expect(second.link.greeting!.acked).toBe(1);
  });

  it('[ROM11] serves stock clients of the origin beside relays: act, request, private state, leave', async () => {
    const room = await open('beside');
    const { link } = await connect('beside');
    const client = new StockClient(server.http);
    client.auth.token = '4711';
    const viewer = await client.joinById<{ phase: string; viewers: number }>('beside');
    let me: MeView | undefined;
    viewer.onMessage('__me', (message: MeView) => { me = message; });
    const errors: string[] = [];
    viewer.onError((_code, message) => errors.push(message ?? ''));
    await expect.poll(() => viewer.state.viewers).toBe(1);
    viewer.send('act', { choice: 0, value: 4 });
    await expect.poll(() => errors.at(-1)).toMatch(/^round_none: /);
    await room.cue({ game: 'counter', inMs: 0 });
    await expect.poll(() => viewer.state.phase).toBe('live');
    viewer.send('act', { choice: 0, value: 4 });
    await expect.poll(() => me?.score).toBe(4);
    expect(await viewer.request('echo', { a: 1 })).toEqual({ viewer: 4711, payload: { a: 1 } });
    await expect(viewer.request('nothing')).rejects.toThrow();
    await viewer.leave();
    await expect.poll(() => decodeAll(link)['viewers']).toBe(0);
  });

  it('[ROM12] lets nobody make a room of its type or join without a token', async () => {
    const client = new StockClient(server.http);
    await expect(client.create('crowd', { event: 'mine' })).rejects.toThrow(/event_unknown/);
    await open('closed');
    await expect(client.joinById('closed')).rejects.toThrow(/token_missing/);
  });

  it('[ROM13] answers clock questions with event time and refuses a second cue while a round runs', async () => {
    const room = await open('clock');
    const { link } = await connect('clock');
    const answers: Uint8Array[] = [];
    link.socket.on('message', (data: Buffer) => { if (data[0] === FRAME.clock) answers.push(new Uint8Array(data)); });
    link.socket.send(encodeClock({ sent: 12 }));
    await expect.poll(() => answers.length).toBe(1);
    await room.cue({ game: 'counter', inMs: 10_000 });
    await expect(room.cue({ game: 'counter' })).rejects.toMatchObject({ code: 'round_running' });
    await expect(room.cue({ game: 'nothing' })).rejects.toMatchObject({ code: 'round_running' });
    await expect(room.settle(0)).rejects.toMatchObject({ code: 'round_running' }); // no game that a host settles
    await room.stop();
    await expect.poll(async () => (await room.overview()).phase).toBe('idle');
    await expect(room.cue({ game: 'nothing' })).rejects.toMatchObject({ code: 'game_unknown' });
    await expect(room.cue({ game: 'counter', params: { goal: -1 } })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(room.cue({ game: 'counter', params: { other: 1 } })).rejects.toMatchObject({ code: 'bad_request' });
    expect(link.closed).toBeUndefined();
    link.socket.send(new Uint8Array([LINK.keyframeRequest]));
    const keyframes = link.frames.filter(({ kind }) => kind === 'keyframe').length;
    await link.until(() => link.frames.filter(({ kind }) => kind === 'keyframe').length > keyframes);
  });
  it('[CLK17] flashes when the host says so, and not in a round, which ends a series; everybody has its first flash in the state', async () => {
    const room = await open('flashes');
    const { link } = await connect('flashes');
    const shown = (): unknown => decodeAll(link)['flashFrom'];
    const series = (await room.flash(true))!;
    const { eventTime } = await room.overview();
    expect(series.from - eventTime).toBeGreaterThan(1_000);
    expect(series.from - eventTime).toBeLessThanOrEqual(2_000);
    expect(series.until - series.from).toBe(FLASH_SERIES_MS);
    await link.until(() => shown() === series.from);
    expect(await room.overview()).toMatchObject({ flashFrom: series.from });
    expect(await room.flash(false)).toBeUndefined();
    await link.until(() => shown() === 0);
    await room.flash(true);
    await room.cue({ game: 'counter', inMs: 10_000 });
    await link.until(() => decodeAll(link)['phase'] === 'armed');
    expect(shown()).toBe(0);
    await expect(room.flash(true)).rejects.toMatchObject({ code: 'round_running' });
    expect(shown()).toBe(0);
  });

  it('[CLK18] keeps the packager’s clock: assumed within a second until the host says better, in every replay too', async () => {
    const room = await open('packager');
    const { link } = await connect('packager');
    await link.until(() => link.frames.length > 1);
    expect((await room.overview()).packager).toEqual({ offset: 0, error: 1_000 });
    for (const [offset, error] of [[Number.NaN, 0], [Infinity, 0], [4e12, 0], [0, -1], [0, 30_001], [0, Number.NaN]] as const) {
      await expect(room.packager({ offset, error })).rejects.toMatchObject({ code: 'bad_request' });
    }
    const epoch = Number(decodeAll(link)['packagerEpoch']);
    await room.packager({ offset: -1_250, error: 40 });
    await link.until(() => decodeAll(link)['packagerEpoch'] === epoch - 1_250 && decodeAll(link)['packagerError'] === 40);
    // A replay of the journal, as after a crash, comes to the same.
    const core = new CrowdCore(new CrowdState(), { event: 'packager', maxViewers: 1, games: new Map(), genuine: () => true });
    for await (const record of journal.records('packager', -1)) core.step(record.time, decodeInputs(record.bytes));
    expect([core.state.packagerEpoch, core.state.packagerError]).toEqual([epoch - 1_250, 40]);
  });

  it('[CLK19] sums up how well viewers know their delay, by the latest word of each relay; what means nothing costs the link', async () => {
    const room = await open('errors');
    const a = await connect('errors');
    const read = async (): Promise<unknown> => (await room.overview()).delayError;
    expect(await read()).toEqual({ told: 0, p50: 0, p95: 0 });
    a.link.socket.send(encodeDelayErrors([{ error: 5_000, viewers: 4 }]));
    a.link.socket.send(encodeDelayErrors([{ error: 1_000, viewers: 6 }, { error: 100, viewers: 90 }, { error: 50, viewers: 4 }]));
    await expect.poll(read).toEqual({ told: 100, p50: 100, p95: 1_000 });
    a.link.socket.send(new Uint8Array([LINK.delayErrors, 1, 0xff]));
    await a.link.until(() => a.link.closed !== undefined);
    await expect.poll(read).toEqual({ told: 0, p50: 0, p95: 0 });
  });
});
