import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createOrigin, type Origin } from '../src/app.js';
import { systemClock } from '../src/clock.js';
import { readConfig } from '../src/config.js';
import { RelayCredential } from '../src/identity/index.js';
import { freePort, MASTER, RELAY_SECRET, tempDir, until } from './support/test-origin.js';

describe('an origin with its real rooms', () => {
  it('[EVT13] [IDN7] a round that runs when the origin is restarted goes on', async () => {
    const dataDir = tempDir();
    const port = String(await freePort());
    const start = (): Promise<Origin> =>
      createOrigin(readConfig({ PORT: port, NODE_ENV: 'test', DATA_DIR: dataDir, MASTER_SECRET: MASTER, RELAY_SECRET, SEED_DEMO: '1' }), { logger: pino({ level: 'silent' }) });
    let origin = await start();
    const call = async (method: string, path: string, body?: unknown, bearer?: string) => {
      const response = await fetch(origin.url + path, { method, headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      return (await response.json()) as Record<string, unknown>;
    };
    try {
      const { session } = (await call('POST', '/api/host/session', { key: new URL(origin.hostLink).hash.slice(5) })) as { session: string };
      const overview = () => call('GET', '/api/events/first-show', undefined, session);
      const cue = await call('POST', '/api/events/first-show/cue', { game: 'tug', inMs: 0, durationMs: 30_000 }, session);
      expect(cue).toMatchObject({ round: 1 });
      await until(async () => (await overview())['phase'] === 'live', 'the round to start');
      await origin.close();
      origin = await start();
      expect(await overview()).toMatchObject({ phase: 'live', round: 1, game: 'tug', endsAt: cue['endsAt'] });
      expect(await call('POST', '/api/events/first-show/cue', { game: 'tug' }, session)).toMatchObject({ code: 'round_running' });
      // A relay's link: its proof is checked before it takes one of the few seats.
      const proof = (secret: string, room: string) => new RelayCredential(secret, systemClock).linkProof('r', 1, room, Math.floor(systemClock.now() / 1000) + 60);
      const link = (text: unknown, method = 'joinById') => call('POST', `/matchmake/${method}/first-show`, { crowdcueLink: { relayId: 'r', incarnation: 1, proof: text } });
      expect(await link(proof(RELAY_SECRET, 'first-show'))).toMatchObject({ roomId: 'first-show', sessionId: expect.any(String) as string });
      for (const bad of ['', 7, proof('x'.repeat(40), 'first-show'), proof(RELAY_SECRET, 'other')]) expect(await link(bad)).toMatchObject({ code: 'relay_forbidden' });
      expect(await link(proof(RELAY_SECRET, 'first-show'), 'joinOrCreate')).toMatchObject({ code: 'relay_forbidden' });
    } finally {
      await origin.close();
    }
  });
});
