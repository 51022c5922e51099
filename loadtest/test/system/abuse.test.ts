import { connect, type Socket } from 'node:net';
import { CLOSE, encodeRoomData, FRAME, LIMITS } from '@crowdcue/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { now } from '../../src/clock.js';
import { Peer } from '../../src/fuzz/peer.js';
import { OPCODE, rawFrame } from '../../src/fuzz/raw-frames.js';
import { Rounds } from '../../src/rounds.js';
import { joinMany } from '../../src/swarm/join-many.js';
import { reportTable, type SwarmReport } from '../../src/swarm/report.js';
import { Swarm } from '../../src/swarm/swarm.js';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';
import { metricIn, readMetrics } from '../../src/watch/metrics.js';
import { rssOf } from '../../src/watch/rss.js';
import { SlowReader } from '../support/slow-reader.js';

const ROUND_MS = 85_000;
const MIB = 2 ** 20;

const exact = (report: SwarmReport, viewers: number): void => {
  expect(report).toMatchObject({ unsettled: 0, confirmedNotApplied: 0, appliedNotConfirmed: 0, mismatches: 0, compared: viewers, reconnects: 0, closedBy: {} });
  expect(report.confirmed).toBe(report.applied);
  expect(report.confirmed).toBeGreaterThan(viewers);
};

describe('others do not notice', { timeout: 240_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  const undo: (() => void)[] = [];
  beforeAll(async () => {
    system = await CrowdcueSystem.start();
    host = await system.host();
  });
  afterEach(() => { for (const step of undo.splice(0)) step(); });
  afterAll(() => system.stop());
  const relay = (): string => system.relays[0]!.url;
  const tokens = async (event: string, count: number): Promise<string[]> => (await joinMany(system.origin.url, event, count, 16)).answers.map(({ token }) => token);

  /** A crowd that plays while something is done; tells what it saw. */
  const meanwhile = async (event: string, viewers: number, done: (swarm: Swarm) => Promise<void>): Promise<SwarmReport> => {
    const swarm = await Swarm.start({ origin: system.origin.url, event, viewers, probeSecret: system.secrets.relay });
    const rounds = new Rounds({ event, roundMs: ROUND_MS, hosts: () => [host], overview: () => host.get(`/api/events/${event}`) });
    await expect.poll(() => swarm.progress().phase, { timeout: 20_000 }).toBe('live');
    await done(swarm);
    await rounds.end();
    return swarm.finish();
  };
  /** Until every viewer has acted so often more. */
  const acts = async (swarm: Swarm, each: number): Promise<void> => {
    const until = swarm.progress().confirmed + each * swarm.options.viewers;
    await expect.poll(() => swarm.progress().confirmed, { timeout: 60_000, interval: 100 }).toBeGreaterThanOrEqual(until);
  };

  it('[FLD1] floods, oversize frames and 400 connections that say nothing or half of something: each is closed, the crowd’s verdict is exact', async () => {
    await host.post('/api/events', { id: 'flood', name: 'Flood', maxViewers: 5_000 });
    const mine = await tokens('flood', 6);
    const calm = await meanwhile('flood', 100, (swarm) => acts(swarm, 5));
    let floods = 0;
    let oversize = 0;
    const stormy = await meanwhile('flood', 100, async (swarm) => {
      const silent = await Promise.all(Array.from({ length: 200 }, () => silentViewer(mine[5]!)));
      const halves = Array.from({ length: 200 }, (_, i) => halfRequest(i % 2 === 0 ? relay() : system.origin.url));
      let storm = true;
      const flooding = mine.slice(0, 3).map(async (token, i) => { while (storm) floods += await offend(token, i, floodFrames, CLOSE.flood); });
      const sending = mine.slice(3, 5).map(async (token, i) => { while (storm) oversize += await offend(token, 10 + i, () => rawFrame(OPCODE.binary, encodeRoomData('x', new Uint8Array(LIMITS.viewerFrameBytes))), CLOSE.oversize); });
      await acts(swarm, 5);
      for (const peer of silent) {
        await peer.until(() => peer.ending !== undefined);
        expect(peer.ending!.code).toBe(CLOSE.try_reconnect); // too late to come in, worth another try; a stock client knows one code for that
      }
      await Promise.all(halves);
      storm = false;
      await Promise.all([...flooding, ...sending]);
    });
    console.log(`without:\n${reportTable(calm)}\nwith ${floods} floods and ${oversize} oversize frames:\n${reportTable(stormy)}`);
    console.log(`patch age p99: ${calm.patchAge!.p99.toFixed(1)} ms without, ${stormy.patchAge!.p99.toFixed(1)} ms with`);
    exact(calm, 100);
    exact(stormy, 100);
    expect([floods, oversize].every((count) => count > 0)).toBe(true);
  });

  const offend = async (token: string, i: number, frames: () => Uint8Array, code: number): Promise<number> => {
    const peer = new Peer(`${relay()}/live/flood`, ['crowdcue.v1', `token.${token}`, `session.flooding-session-${i}`]);
    if (!(await peer.came(FRAME.roomState))) throw new Error(`offender ${i} did not get in: ${peer.ending?.code} ${peer.ending?.reason}`);
    peer.socket.sendRaw(frames());
    expect((await peer.end())?.code).toBe(code);
    return 1;
  };
  const floodFrames = (): Uint8Array => Buffer.concat(Array.from({ length: 5_000 }, () => rawFrame(OPCODE.binary, Uint8Array.of(FRAME.ping))));

  /** By the stock door, up to its handshake, which it never acknowledges. */
  const silentViewer = async (token: string): Promise<Peer> => {
    const answer = await fetch(`${relay().replace('ws', 'http')}/matchmake/joinById/flood`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: '{}' });
    const seat = await answer.json() as { processId: string; roomId: string; sessionId: string };
    const peer = new Peer(`${relay()}/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`, []);
    expect(await peer.came(FRAME.joinRoom)).toBe(true);
    return peer;
  };

  /** Half of a request, and then nothing; resolves when the other side has hung up. */
  const halfRequest = (base: string): Promise<void> => new Promise((resolve) => {
    const socket: Socket = connect(Number(new URL(base).port), '127.0.0.1');
    undo.push(() => socket.destroy());
    socket.on('error', () => undefined).resume().once('close', () => resolve());
    socket.write('GET /live/flood HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConn');
  });

  it('[FLD2] 50 of 500 viewers never read what they ask for: the relay keeps a bounded part of it, closes them with 4202, and the others see nothing', async () => {
    const drops = Array.from({ length: 32 }, (_, i) => ({ id: `drop-${i}-${'x'.repeat(50)}`, name: '幕'.repeat(120), kind: 'badge', supply: 1, unlockedBy: 'round-won' }));
    await host.post('/api/events', { id: 'slow', name: 'Slow', maxViewers: 5_000, drops });
    const mine = await tokens('slow', 50);
    const report = await meanwhile('slow', 450, async (swarm) => {
      const readers = mine.map((token, i) => new SlowReader(relay(), 'slow', token, `slow-reader-session-${i}`));
      undo.push(() => readers.forEach((reader) => reader.destroy()));
      await expect.poll(() => readers.every((reader) => reader.in), { timeout: 20_000 }).toBe(true);
      const before = rssOf(system.relays[0]!.pid);
      let most = before;
      // As often as a room serves one viewer; what the kernel takes of the answers before anything waits at the relay is some 4 MiB each.
      const asking = setInterval(() => readers.forEach((reader) => reader.ask()), 1_000 / LIMITS.viewerRequestsPerSecond);
      undo.push(() => clearInterval(asking));
      const evicted = async (): Promise<number> => {
        most = Math.max(most, rssOf(system.relays[0]!.pid));
        return metricIn(await readMetrics(relay()), 'crowdcue_relay_closes_total', 'too_slow');
      };
      const began = now();
      await expect.poll(evicted, { timeout: 150_000, interval: 250 }).toBe(50);
      clearInterval(asking);
      console.log(`50 slow readers evicted in ${((now() - began) / 1000).toFixed(1)} s; the relay held ${(before / MIB).toFixed(0)} MiB, then ${(most / MIB).toFixed(0)} MiB at most`);
      // What waits for one is bounded by the high mark and one answer; what the kernel holds is not the relay's.
      expect(most - before).toBeLessThan(50 * 2 * LIMITS.viewerHighMarkBytes + 64 * MIB);
      readers[0]!.readAgain();
      await expect.poll(() => readers[0]!.ending, { timeout: 20_000 }).toEqual({ code: CLOSE.too_slow, reason: '' });
      for (const reader of readers) reader.destroy();
      await acts(swarm, 2);
    });
    console.log(reportTable(report));
    exact(report, 450);
  });
});
