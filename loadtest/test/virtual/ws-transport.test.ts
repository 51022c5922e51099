import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Relay } from '@crowdcue/relay';
import { SomeonesRoom } from './someones-room.js';
import { runScenario } from './scenario.js';
import { startRelay, startServer, type SomeonesServer } from './someones-server.js';

let server: SomeonesServer;
let relay: Relay;
beforeAll(async () => {
  server = await startServer({ board: { room: SomeonesRoom, filterBy: ['group'] } }, 'ws');
  relay = await startRelay(server);
});
afterAll(async () => {
  await relay.close();
  await server.close();
});

it('[VIR15] the server\'s transport makes no difference: the same holds over @colyseus/ws-transport', async () => {
  const script = { clients: 24, rounds: 4, seed: 41 };
  const direct = await runScenario({ ...script, endpoint: server.http, tag: 'direct' });
  const relayed = await runScenario({ ...script, endpoint: relay.url, tag: 'relayed' });
  expect(relayed).toEqual(direct);
}, 120_000);
