import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { connect, type Session } from '@crowdcue/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrowdcueSystem, SystemProcess, type HostApi } from '../../src/system.js';

const WORKERS = 2;
/** As many as make it all but sure that each of two workers has some: 2^-23. */
const VIEWERS = 24;
const BACK_MS = 10_000;

describe('workers behind one port', { timeout: 90_000 }, () => {
  let system: CrowdcueSystem;
  let host: HostApi;
  const sessions: Session[] = [];
  beforeAll(async () => {
    system = await CrowdcueSystem.start({ relayEnv: () => ({ WORKERS: String(WORKERS) }) });
    host = await system.host();
  });
  afterAll(async () => {
    for (const session of sessions) session.leave();
    await system.stop();
  });

  const relay = (): SystemProcess => system.relays[0]!;
  const http = (): string => relay().url.replace('ws', 'http');
  const workerPids = async (): Promise<number[]> =>
    (await readFile(`/proc/${relay().pid}/task/${relay().pid}/children`, 'utf8')).trim().split(/\s+/).filter((pid) => pid !== '').map(Number);
  /** Samples of a metric by worker. */
  const samples = async (name: string): Promise<Record<string, number>> => {
    const text = await (await fetch(`${http()}/metrics`)).text();
    const sums: Record<string, number> = {};
    for (const [, labels, value] of text.matchAll(new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm'))) {
      const worker = /worker="(\d+)"/.exec(labels ?? '')?.[1] ?? '';
      sums[worker] = (sums[worker] ?? 0) + Number(value);
    }
    return sums;
  };
  const enter = async (event: string): Promise<Session> => {
    const session = await connect({ origin: system.origin.url, event });
    sessions.push(session);
    return session;
  };

  it('[WRK1] viewers of one address are dealt out among the workers, each of which is a relay of its own; any of them answers for all', async () => {
    await host.post('/api/events', { id: 'shared', name: 'Shared' });
    const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => enter('shared')));
    expect(new Set(viewers.map((viewer) => viewer.viewer.viewer)).size).toBe(VIEWERS);
    await expect.poll(() => viewers[0]!.state!.viewers, { timeout: 5_000 }).toBe(VIEWERS);
    const byWorker = await samples('crowdcue_relay_viewers');
    expect(Object.keys(byWorker).sort()).toEqual(['1', '2']);
    expect(byWorker['1']! + byWorker['2']!).toBe(VIEWERS);
    expect(Math.min(byWorker['1']!, byWorker['2']!)).toBeGreaterThan(0);
    expect(await samples('crowdcue_relay_workers')).toEqual({ '': WORKERS });
    expect(await samples('crowdcue_relay_links_open')).toEqual({ 1: 1, 2: 1 });
    for (const path of ['/health', '/ready']) expect((await fetch(http() + path)).status).toBe(200);
  });

  it('[WRK2] a worker that is killed is started again; its viewers are back meanwhile, and the others never left', async () => {
    const pids = await workerPids();
    expect(pids.length).toBe(WORKERS);
    const dropped = new Set<Session>();
    for (const session of sessions) session.on('reconnecting', () => dropped.add(session));
    process.kill(pids[0]!, 'SIGKILL');
    await expect.poll(() => dropped.size, { timeout: BACK_MS }).toBeGreaterThan(0);
    await expect.poll(() => sessions.every(({ status }) => status === 'live'), { timeout: BACK_MS }).toBe(true);
    expect(dropped.size).toBeLessThan(VIEWERS);
    await expect.poll(() => samples('crowdcue_relay_worker_restarts_total'), { timeout: BACK_MS }).toEqual({ '': 1 });
    await expect.poll(() => samples('crowdcue_relay_workers'), { timeout: BACK_MS }).toEqual({ '': WORKERS });
    const now = await workerPids();
    expect(now.length).toBe(WORKERS);
    expect(now).toContain(pids[1]);
    expect(now).not.toContain(pids[0]);
    await expect.poll(() => sessions[0]!.state!.viewers, { timeout: BACK_MS }).toBe(VIEWERS);
  });

  it('[WRK3] the port is nobody else’s when workers start, and nobody else’s while they run', async () => {
    const { env } = relay();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    await expect(new SystemProcess('relay', env, undefined, port).start()).rejects.toThrow(/ended with 1[\s\S]*the port is taken/);
    taken.close();
    await expect(new SystemProcess('relay', env, undefined, Number(new URL(relay().url).port)).start()).rejects.toThrow(/the port is taken/);
  });

  it('[WRK4] SIGTERM drains every worker and ends with 0; a supervisor that is killed takes its workers along', async () => {
    const second = new SystemProcess('relay', { ...relay().env, RELAY_ID: 'relay-again' }, undefined);
    await second.start();
    expect(await second.stop()).toBe(0);
    await second.start();
    const pids = (await readFile(`/proc/${second.pid}/task/${second.pid}/children`, 'utf8')).trim().split(' ').map(Number);
    await second.kill();
    const lives = (pid: number): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(() => pids.filter(lives), { timeout: BACK_MS }).toEqual([]);
  });

  it('[WRK5] a bad number of workers is named, and stops the process before it starts one', async () => {
    for (const workers of ['0', '65', 'many']) {
      await expect(new SystemProcess('relay', { ...relay().env, WORKERS: workers }, undefined).start()).rejects.toThrow(/ended with 2[\s\S]*WORKERS must be a whole number from 1 to 64/);
    }
  });
});
