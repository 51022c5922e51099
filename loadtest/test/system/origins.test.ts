import { connect, type Session } from '@crowdcue/client';
import { Client as StockClient } from '@colyseus/sdk';
import { CLOSE, readToken, type EventOverview, type HostViewer } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Swarm } from '../../src/swarm/swarm.js';
import { CrowdcueSystem, type HostApi, type SystemProcess } from '../../src/system.js';
import { replay } from '../support/replay.js';

const VIEWERS = 150;
const ROUND_MS = 20_000;
/** What viewers are promised of an origin that is gone; what it was is printed. */
const HELD_MS = 10_000;

const freshToken = async (at: SystemProcess, event: string): Promise<string> => {
  const answer = await fetch(`${at.url}/api/join`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ event }) });
  return ((await answer.json()) as { token: string }).token;
};

describe('several origins on one Redis, on real processes', { timeout: 120_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  const sessions: Session[] = [];
  beforeAll(async () => {
    system = await CrowdcueSystem.start({ origins: 2 });
    host = await system.host();
  });
  afterAll(async () => {
    for (const session of sessions) session.leave();
    await system.stop();
  });

  /** The relay knows the first origin; the room is made at the second, which may go. */
  const away = (): SystemProcess => system.origins[1]!;
  const overview = (event: string, at: SystemProcess = system.origin): Promise<EventOverview> => host.at(at).get<EventOverview>(`/api/events/${event}`);
  const made = async (event: string, at: SystemProcess, supply: number | null = null): Promise<void> => {
    await host.at(at).post('/api/events', { id: event, name: event, drops: [{ id: 'rope', name: 'Rope', kind: 'badge', supply, unlockedBy: 'round-won' }] });
    await expect.poll(() => overview(event).then(({ phase }) => phase, () => undefined), { timeout: 5_000 }).toBe('idle');
  };
  const enter = async (event: string): Promise<Session> => {
    const session = await connect({ origin: system.origin.url, event });
    sessions.push(session);
    return session;
  };
  /** Spans for which a viewer was told to hold, ms. */
  const holdsOf = (viewer: Session): number[] => {
    const holds: number[] = [];
    let since = 0;
    viewer.on('hold', (on) => {
      if (on) since = performance.now();
      else holds.push(performance.now() - since);
    });
    return holds;
  };

  /** A crowd plays a round; `fault` strikes in its middle. Everything confirmed is applied, and the result is what the journal says. */
  const playThrough = async (event: string, fault: () => Promise<void>) => {
    const watcher = await enter(event);
    const holds = holdsOf(watcher);
    const swarm = await Swarm.start({ origin: system.origin.url, event, viewers: VIEWERS, rate: 2 });
    await host.post(`/api/events/${event}/cue`, { game: 'tug', inMs: 500, durationMs: ROUND_MS, params: { goal: 1_000_000 } });
    await expect.poll(() => swarm.progress().confirmed, { timeout: 20_000 }).toBeGreaterThan(VIEWERS * 6);
    const before = swarm.progress().confirmed;
    const struck = performance.now();
    await fault();
    await expect.poll(() => swarm.progress().confirmed, { timeout: 20_000, interval: 20 }).toBeGreaterThan(before + VIEWERS / 2);
    const again = performance.now() - struck;
    await expect.poll(() => swarm.progress().phase, { timeout: ROUND_MS + 20_000, interval: 200 }).toBe('over');
    const report = await swarm.finish();
    const result = (await overview(event)).rounds;
    await expect.poll(async () => (await overview(event)).drops[0]!.unlocked).toBe(result[0]!.winners); // no reward lost, none twice
    const journal = await replay(system, event);
    expect(report.joins).toMatchObject({ count: VIEWERS, failed: 0 });
    expect(report.unsettled).toBe(0);
    expect(report.confirmed + report.refused).toBe(report.sent);
    expect([report.confirmedNotApplied, report.appliedNotConfirmed]).toEqual([0, 0]);
    expect(report.applied).toBe(report.confirmed);
    expect([report.compared, report.mismatches]).toEqual([VIEWERS, 0]);
    expect(result).toHaveLength(1);
    expect(result[0]!.actions).toBe(report.confirmed);
    expect(result).toEqual(journal.rounds);
    expect(journal.differences).toEqual([]);
    expect(journal.epochs).toEqual([...journal.epochs].sort((a, b) => a - b)); // nothing was written behind a successor's back
    return { holds, again, report, journal };
  };
  const tell = (what: string, { holds, again, report, journal }: Awaited<ReturnType<typeof playThrough>>): void => {
    console.log(`${what}: held ${holds.map(Math.round).join(' + ')} ms, actions confirmed again after ${Math.round(again)} ms; ${report.sent} sent, `
      + `${report.confirmed} confirmed, ${report.refused} refused ${JSON.stringify(report.refusedBy)}, ${report.reconnects} reconnects; ${journal.ticks} ticks in epochs ${journal.epochs.join(', ')}`);
  };

  it('[ORG14] a room whose origin is killed in the middle of a round goes on at the other: all that was confirmed counts once, and the result is what its journal says', async () => {
    await made('killed', away());
    const played = await playThrough('killed', () => away().kill());
    tell('origin killed', played);
    expect(Math.max(...played.holds)).toBeLessThan(HELD_MS);
    expect(played.journal.epochs).toHaveLength(2);
    await away().start();
    expect((await overview('killed', away())).rounds).toHaveLength(1); // it is asked of the one that has the room now
  });

  it('[ORG15] an origin that is stopped past its lease and wakes commits nothing; the round ended elsewhere', async () => {
    await made('paused', away());
    const played = await playThrough('paused', async () => {
      away().pause();
      await expect.poll(() => system.origin.url && overview('paused').then(({ hold }) => hold, () => true), { timeout: 15_000 }).toBe(false);
      away().resume();
    });
    tell('origin paused', played);
    expect(Math.max(...played.holds)).toBeLessThan(HELD_MS);
    expect(played.journal.epochs).toHaveLength(2);
    expect((await overview('paused', away())).rounds).toHaveLength(1); // awake, and knows who has the room
  });

  it('[ORG16] an origin that is told to end gives its rooms away in order, within a second or so, and ends with 0', async () => {
    await made('drained', away());
    const played = await playThrough('drained', async () => {
      await away().stop();
      expect(away().exitCode).toBe(0);
    });
    tell('origin drained', played);
    expect(Math.max(...played.holds)).toBeLessThan(HELD_MS);
    expect(played.journal.epochs).toHaveLength(2);
    await away().start();
  });

  it('[ORG17] when Redis goes and comes back rooms hold and go on, requests are told to try again, and no origin ends', async () => {
    await made('outage', away(), 5);
    const token = await freshToken(system.origin, 'outage');
    const claim = async (at: SystemProcess): Promise<{ status: number; body: { code?: string; retryable?: boolean } }> => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await fetch(`${at.url}/api/events/outage/claims`, { method: 'POST', headers, body: JSON.stringify({ drop: 'rope', key: 'a-key-of-mine' }) });
      return { status: answer.status, body: await answer.json() as { code?: string; retryable?: boolean } };
    };
    const played = await playThrough('outage', async () => {
      await system.redis!.kill();
      for (const origin of system.origins) {
        expect(await claim(origin)).toMatchObject({ status: 503, body: { code: 'store_unavailable', retryable: true } });
        await expect.poll(() => overview('outage', origin).then(() => 'answered', String), { timeout: 10_000 }).toMatch(/answered 503/);
        expect((await fetch(`${origin.url}/health`)).status).toBe(200);
      }
      await system.redis!.restart();
    });
    tell('Redis killed and started', played);
    expect(system.origins.map(({ exitCode }) => exitCode)).toEqual([null, null]);
    expect(await claim(system.origin)).toMatchObject({ status: 403, body: { code: 'claim_not_unlocked' } });
  });

  it('[ORG18] any origin answers for any event: host, viewers, drops and stock clients, wherever the room is', async () => {
    await made('anywhere', away(), 2);
    await expect(host.post('/api/events', { id: 'anywhere', name: 'again' })).rejects.toThrow(/event_exists/);
    const viewer = await enter('anywhere');
    const token = await freshToken(system.origin, 'anywhere');
    const seat = await fetch(`${system.origin.url}/matchmake/joinById/anywhere`, {
      method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: '{}',
    }).then((answer) => answer.json() as Promise<{ publicAddress: string }>);
    expect(`http://${seat.publicAddress}`).toBe(away().url);
    const stock = await new StockClient(system.origin.url).joinById<{ phase: string; drops: Map<string, { left: number }> }>('anywhere', { token });
    await expect.poll(() => stock.state?.drops?.get('rope')?.left).toBe(2);

    await expect(host.post('/api/events/anywhere/stop', {})).rejects.toThrow(/round_none/);
    await expect(host.post('/api/events/anywhere/cue', { game: 'tug', inMs: -1 })).rejects.toThrow(/bad_request.*inMs must be/s);
    await host.post('/api/events/anywhere/cue', { game: 'tug', inMs: 0, durationMs: 30_000 });
    await expect(host.post('/api/events/anywhere/cue', { game: 'tug' })).rejects.toThrow(/round_running/);
    await expect.poll(() => stock.state.phase).toBe('live');
    await viewer.act({ choice: 0, value: 1 }).settled;
    await host.post('/api/events/anywhere/stop', {});
    await expect.poll(async () => (await viewer.drops()).find(({ id }) => id === 'rope')?.state).toBe('unlocked');
    const overviews = await Promise.all(system.origins.map((origin) => overview('anywhere', origin)));
    expect(overviews.map(({ drops, rounds }) => [drops[0]!.unlocked, rounds[0]!.actions])).toEqual([[1, 1], [1, 1]]);

    expect(await viewer.claim('rope')).toMatchObject({ status: 'granted', serial: 1, supply: 2 }); // asked of the first origin
    await expect.poll(() => stock.state.drops.get('rope')!.left).toBe(1); // shown by the second one's room
    const { viewers } = await host.get<{ viewers: HostViewer[] }>('/api/events/anywhere/viewers?q=');
    const banned = readToken(token).sub;
    expect(viewers.map((each) => each.viewer).sort()).toEqual([viewer.viewer.viewer, banned].sort());
    const left = new Promise<number>((resolve) => { stock.onLeave((code) => resolve(code)); });
    await host.post(`/api/events/anywhere/viewers/${banned}/ban`, {});
    expect(await left).toBe(CLOSE.banned);
    for (const origin of system.origins) {
      const drops = (): Promise<number> => fetch(`${origin.url}/api/events/anywhere/drops`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status);
      await expect.poll(drops).toBe(403);
    }
  });

  it('[ORG20] an origin that is told to end while Redis is away ends all the same', async () => {
    await made('ending', away());
    for (const [gone, back] of [['kill', 'restart'], ['pause', 'resume']] as const) {
      await system.redis![gone]();
      await away().stop();
      expect(away().exitCode).toBe(0);
      await system.redis![back]();
      await away().start();
    }
    await expect.poll(() => overview('ending').then(({ phase }) => phase, String), { timeout: 10_000 }).toBe('idle');
  });

  it('[ORG19] a host link works once over all origins, and a session at each; signing out ends it at each', async () => {
    const trade = (at: SystemProcess, key: string): Promise<number> =>
      fetch(`${at.url}/api/host/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ key }) }).then(({ status }) => status);
    const { url } = await host.post<{ url: string }>('/api/host/links', {});
    const key = new URL(url).hash.slice('#key='.length);
    expect((await Promise.all([trade(system.origin, key), trade(away(), key), trade(away(), key)])).sort()).toEqual([200, 403, 403]);
    await expect(host.at(away()).get('/api/events')).resolves.toBeDefined();
    await fetch(`${system.origin.url}/api/host/session`, { method: 'DELETE', headers: { authorization: `Bearer ${host.session}` } });
    await expect.poll(() => host.at(away()).get('/api/events').then(() => 'in', String)).toMatch(/host_forbidden/);
  });
});

describe('three origins, many rooms', { timeout: 60_000 }, () => {
  const ROOMS = 24;
  let system: CrowdcueSystem;
  beforeAll(async () => { system = await CrowdcueSystem.start({ origins: 3, relays: 0 }); });
  afterAll(() => system.stop());

  const roomsAt = async (origin: SystemProcess): Promise<number> =>
    Number(/^crowdcue_origin_rooms (\d+)$/m.exec(await (await fetch(`${origin.url}/metrics`)).text())?.[1]);

  it('[ORG22] every room of an origin that died is open again, once, and both that are left have their part', async () => {
    const [first, second, third] = system.origins as [SystemProcess, SystemProcess, SystemProcess];
    const host = await system.host(third);
    await Promise.all(Array.from({ length: ROOMS }, (_, i) => host.post('/api/events', { id: `room-${i}`, name: `Room ${i}` })));
    expect(await roomsAt(third)).toBe(ROOMS);
    await third.kill();
    const died = performance.now();
    await expect.poll(async () => await roomsAt(first) + await roomsAt(second), { timeout: 20_000, interval: 50 }).toBe(ROOMS);
    const [one, two] = [await roomsAt(first), await roomsAt(second)];
    console.log(`${ROOMS} rooms open again ${Math.round(performance.now() - died)} ms after their origin died: ${one} and ${two}`);
    expect(Math.min(one, two)).toBeGreaterThanOrEqual(ROOMS / 6);
    for (let i = 0; i < ROOMS; i++) expect((await host.at(first).get<EventOverview>(`/api/events/room-${i}`)).hold).toBe(false);
  });
});
