import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Relay } from '@crowdcue/relay';
import { SomeonesRoom } from './someones-room.js';
import { runScenario } from './scenario.js';
import { startRelay, startServer, type SomeonesServer } from './someones-server.js';

let server: SomeonesServer;
let relay: Relay;
beforeAll(async () => {
  server = await startServer({ board: { room: SomeonesRoom, filterBy: ['group'] } });
  relay = await startRelay(server);
});
afterAll(async () => {
  await relay.close();
  await server.close();
});

it('[VIR16] 300 stock clients observe through a relay what they observe on the server itself', async () => {
  const seed = 20_260;
  const script = { clients: 300, rounds: 5, seed };
  const direct = await runScenario({ ...script, endpoint: server.http, tag: 'direct' });
  const relayed = await runScenario({ ...script, endpoint: relay.url, tag: 'relayed' });
  expect(relayed).toEqual(direct);
}, 600_000);
