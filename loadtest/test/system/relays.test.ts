import { connect, type Session } from '@crowdcue/client';
import type { EventOverview, RelayView } from '@crowdcue/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, type HostApi } from '../../src/system.js';

const SOON = { timeout: 20_000 };

describe('several relays, on real processes', { timeout: 90_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  const sessions: Session[] = [];
  const at: string[] = [];

  beforeAll(async () => {
    system = await CrowdcueSystem.start({ relays: 3, relayEnv: (i) => ({ REGION: i === 2 ? 'us' : 'eu', COST_CLASS: '1' }) });
    host = await system.host();
    await host.post('/api/events', { id: 'show', name: 'Show' });
  });
  afterAll(async () => {
    for (const session of sessions) session.leave();
    await system.stop();
  });

  const list = async (query = ''): Promise<RelayView[]> => ((await (await fetch(`${system.origin.url}/relays${query}`)).json()) as { relays: RelayView[] }).relays;
  const overview = (): Promise<EventOverview> => host.get<EventOverview>('/api/events/show');

  it('[REG22] viewers come to relays of their region, spread; the console shows each with its standing', async () => {
    await expect.poll(async () => (await list()).length, SOON).toBe(3);
    const far = system.relays[2]!.url;
    for (let i = 0; i < 12; i++) expect((await list('?region=eu')).at(-1)!.url).toBe(far);
    for (let i = 0; i < 12; i++) {
      const session = await connect({ origin: system.origin.url, event: 'show', region: 'eu' });
      sessions.push(session);
      session.on('connected', ({ relay }) => { at[i] = relay; });
      await expect.poll(() => at[i]).toBeDefined();
    }
    for (const { url } of system.relays.slice(0, 2)) expect(at).toContain(url);
    expect(at.filter((url) => url === far).length).toBeLessThan(4); // none, unless the machine made both near ones late
    await expect.poll(async () => (await overview()).relays.reduce((sum, { viewers }) => sum + viewers, 0), SOON).toBe(12);
    const { relays } = await overview();
    expect(relays.map(({ id }) => id).sort()).toEqual(['relay-1', 'relay-2', 'relay-3']);
    expect(relays.find(({ id }) => id === 'relay-3')!.standing).toMatchObject({ region: 'us', draining: false, level: 0 });
  });

  it('[REG22] a relay that is stopped sends its viewers to the others before it goes: nothing that they did is lost', async () => {
    await host.post('/api/events/show/cue', { game: 'tug', inMs: 0, durationMs: 60_000 });
    await expect.poll(() => sessions.every(({ state }) => state!.phase === 'live'), SOON).toBe(true);
    const gone = system.relays[0]!.url;
    const movers = sessions.filter((_, i) => at[i] === gone);
    expect(movers.length).toBeGreaterThan(0);
    const first = movers.map((session) => session.act({ choice: 0, value: 1 }));
    const stopping = system.relays[0]!.stop();
    const second = movers.map((session) => session.act({ choice: 0, value: 1 }));
    await Promise.all([...first, ...second].map(({ settled }) => settled));
    expect([...first, ...second].every(({ status }) => status === 'confirmed')).toBe(true);
    await expect.poll(() => movers.every((session) => session.status === 'live' && at[sessions.indexOf(session)] !== gone), SOON).toBe(true);
    await expect.poll(() => movers.map(({ me }) => me?.applied), SOON).toEqual(movers.map(() => 2));
    await stopping;
    expect((await list()).map(({ url }) => url)).not.toContain(gone);
    expect((await overview()).relays.find(({ id }) => id === 'relay-1')!.standing?.draining).toBe(true);
  });

  it('[REG22] a relay that is killed loses its viewers to another within 5 s', async () => {
    const gone = system.relays[1]!.url;
    const movers = sessions.filter((_, i) => at[i] === gone);
    expect(movers.length).toBeGreaterThan(0);
    const back = movers.map((session) => new Promise<number>((resolve) => { session.on('connected', () => resolve(performance.now())); }));
    await system.relays[1]!.kill();
    const killed = performance.now();
    for (const time of await Promise.all(back)) expect(time - killed).toBeLessThan(5_000);
    expect(movers.every((session) => at[sessions.indexOf(session)] !== gone)).toBe(true);
    const acts = sessions.map((session) => session.act({ choice: 0, value: 1 }));
    await Promise.all(acts.map(({ settled }) => settled));
    expect(acts.every(({ status }) => status === 'confirmed')).toBe(true);
  });
});
