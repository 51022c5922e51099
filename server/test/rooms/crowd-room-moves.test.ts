import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matchMaker } from '@colyseus/core';
import { BatchBuilder, CLOSE, CrowdcueError, encodeClock, FRAME } from '@crowdcue/protocol';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { lmdbJournal, type JournalStore } from '../../src/journal/index.js';
import { CrowdRoomHost } from '../../src/rooms/crowd-room-host.js';
import type { CrowdRoom } from '../../src/rooms/crowd-room.js';
import { openLmdbStore, type Store } from '../../src/store/index.js';
import { startColyseus, type TestServer } from '../support/colyseus-server.js';
import { HandLink } from '../support/hand-link.js';
import { LeapingClock } from '../support/manual-clock.js';
import { counter, unmetered } from './core-harness.js';

/** A lease of some seconds over a journal of one process: what a room does with its lease is the same wherever it is kept. */
const LEASE_MS = 3_000;

describe('a crowd room that moves', () => {
  let server: TestServer;
  let store: Store;
  let folder: string;
  let host: CrowdRoomHost;
  let clock: LeapingClock;
  /** Calls of the journal, in order. */
  let calls: string[] = [];
  let gate: Promise<void> | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crowdcue-moves-'));
    store = await openLmdbStore({ path: folder });
    server = await startColyseus({});
  });
  afterAll(async () => {
    await server.close();
    await store.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    calls = [];
    clock = new LeapingClock(systemClock, 3_600_000); // an hour ahead: nothing may depend on what one origin takes the time to be
    const journal = lmdbJournal(store);
    const leased: JournalStore = {
      ...journal, leaseMs: LEASE_MS,
      append: async (...args) => {
        await gate;
        calls.push(`append ${args[2].tick}`);
        await journal.append(...args);
      },
      checkpoint: async (...args) => {
        calls.push(`checkpoint ${args[2].tick}`);
        await journal.checkpoint(...args);
      },
      release: async (room, epoch) => {
        calls.push('release');
        await journal.release(room, epoch);
      },
    };
    host = new CrowdRoomHost({
      journal: leased, games: new Map([[counter.id, counter]]), clock, logger: pino({ level: 'silent' }),
      facts: { facts: async () => undefined }, messages: { request: async () => undefined }, metrics: unmetered,
      sharedTime: async () => systemClock.now(), prepare: async () => undefined, opened: () => undefined, genuine: () => true, admits: () => true,
      verify: () => { throw new CrowdcueError('token_missing'); },
    });
    host.define({ define: (name: string, type: never, options: never) => matchMaker.defineRoomType(name, type, options) } as never);
  });

  const open = async (id: string): Promise<CrowdRoom> => {
    await host.open({ id, maxViewers: 100, createdAt: systemClock.now() });
    return host.local(id) as CrowdRoom;
  };
  const connect = async (id: string, incarnation = 1) => {
    const link = await HandLink.open(server.http, id, { relayId: 'r1', incarnation, proof: 'good' });
    await link.until(() => link.ticks.length > 0 || link.closed !== undefined);
    return link;
  };
  /** One viewer joins and acts `count` times. */
  const batch = (link: HandLink, n: number, count: number, joining = true): Uint8Array => {
    const builder = new BatchBuilder();
    const at = link.ticks.at(-1)!.eventTime;
    if (joining) builder.join({ slot: 0, connection: 0, viewer: 7, sessionId: 'session-7', tier: 'free', name: 'Seven', mac: 'genuine', direct: true });
    for (let i = 1; i <= count; i++) builder.action(0, { n: i, round: 1, choice: 0, value: 1 }, at, -1);
    return builder.encode(n, at);
  };

  it('[ORG8] says nothing, takes no link and does nothing once its lease is over, though nobody told it', async () => {
    const room = await open('slept');
    const link = await connect('slept');
    await link.until(() => link.ticks.length > 2);
    link.socket.send(batch(link, 1, 1)); // under way when the process is stopped
    clock.leap(LEASE_MS); // it was stopped, and wakes
    const [frames, appends] = [link.frames.length, calls.length];
    const answers: number[] = [];
    link.socket.on('message', (data: Buffer) => { if (data[0] === FRAME.clock) answers.push(data[0]); });
    link.socket.send(encodeClock({ sent: 1 }));
    const late = HandLink.open(server.http, 'slept', { relayId: 'r2', incarnation: 1, proof: 'good' }).catch(() => undefined);
    expect(await room.answer({ ask: 'overview' })).toEqual({ ok: false, code: 'room_hold' });
    await expect(room.cue({ game: 'counter' })).rejects.toMatchObject({ code: 'room_hold' });
    await link.until(() => link.closed !== undefined);
    expect(link.closed!.code).toBe(CLOSE.link_reset);
    expect(link.frames.length).toBe(frames);
    expect(answers).toEqual([]);
    expect(calls.length).toBe(appends);
    expect((await late)?.greeting).toBeUndefined();
  });

  it('[ORG8] goes on under a higher epoch when it is opened anew, and the batch that was not acknowledged counts once', async () => {
    await open('again');
    const link = await connect('again');
    const bytes = batch(link, 1, 0);
    clock.leap(LEASE_MS);
    link.socket.send(bytes);
    await link.until(() => link.closed !== undefined);
    await expect.poll(() => host.local('again'), { timeout: 5_000 }).toBeDefined();
    const next = await connect('again');
    expect(next.greeting!.epoch).toBeGreaterThan(link.greeting!.epoch);
    expect(next.greeting!.acked).toBe(0);
    next.socket.send(bytes);
    next.socket.send(bytes);
    await next.until(() => next.ticks.at(-1)!.acked === 1);
    expect((await host.local('again')!.overview()).viewers).toBe(1);
  });

  it('[ORG21] event time is that of the clock that origins share, whatever the time is at the one that opens the room', async () => {
    await open('time');
    const link = await connect('time');
    expect(link.greeting!.eventTime).toBeLessThan(60_000);
    clock.leap(LEASE_MS);
    await link.until(() => link.closed !== undefined);
    await expect.poll(() => host.local('time'), { timeout: 5_000 }).toBeDefined();
    const next = await connect('time');
    expect(next.greeting!.eventTime).toBeGreaterThan(link.ticks.at(-1)!.eventTime);
    expect(next.greeting!.eventTime).toBeLessThan(60_000);
  });

  it('[ORG9] drains: what came is journalled and told, then the checkpoint, then the lease is given back, and nothing is replayed', async () => {
    const room = await open('drained');
    const link = await connect('drained');
    const cue = await room.cue({ game: 'counter', inMs: 0, durationMs: 60_000 });
    await link.until(() => link.ticks.some(({ eventTime }) => eventTime >= cue.startsAt));
    let release!: () => void;
    gate = new Promise((resolve) => { release = resolve; });
    link.socket.send(batch(link, 1, 5));
    await new Promise((resolve) => { link.socket.ping(); link.socket.once('pong', resolve); }); // the room has it
    const closing = host.close();
    await expect(room.stop()).rejects.toMatchObject({ code: 'unavailable' });
    link.socket.send(batch(link, 2, 1, false)); // too late: it is sent again to whoever goes on
    release();
    gate = undefined;
    await closing;
    await link.until(() => link.closed !== undefined);
    expect(link.closed!.code).toBe(CLOSE.link_reset);
    expect(link.ticks.at(-1)!.acked).toBe(1);
    expect(link.ticks.flatMap(({ confirms }) => confirms).at(-1)).toEqual({ slot: 0, n: 5 });
    const last = calls.filter((call) => call.startsWith('append')).at(-1)!.split(' ')[1];
    expect(calls.at(-1)).toBe('release');
    expect(Number(calls.filter((call) => call.startsWith('checkpoint')).at(-1)!.split(' ')[1])).toBeGreaterThanOrEqual(Number(last));
    expect(host.local('drained')).toBeUndefined();
  });

  it('[ORG9] drains in bounded time, also when a tick cannot be journalled', async () => {
    await open('stuck');
    const link = await connect('stuck');
    let fail!: (error: Error) => void;
    gate = new Promise((_resolve, reject) => { fail = reject; });
    gate.catch(() => undefined);
    link.socket.send(batch(link, 1, 0));
    await new Promise((resolve) => { link.socket.ping(); link.socket.once('pong', resolve); });
    const closing = host.close();
    fail(new Error('the store went'));
    await closing;
    gate = undefined;
    await link.until(() => link.closed !== undefined);
    expect(link.ticks.at(-1)!.acked).toBe(0);
  });
});
