import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Relay } from '@crowdcue/relay';
import { BoardState, SomeonesRoom } from './someones-room.js';
import { next, sdkFor, startRelay, startServer, until, type SomeonesServer } from './someones-server.js';

let server: SomeonesServer;
let relay: Relay;
beforeAll(async () => {
  server = await startServer({ board: { room: SomeonesRoom } });
  relay = await startRelay(server);
});
afterAll(async () => {
  await relay.close();
  await server.close();
});

it('first', async () => {
  const room = await sdkFor(relay).joinOrCreate<BoardState>('board', { name: 'ann' });
  const welcome = next(room, 'welcome');
  room.onMessage('said', () => undefined);
  const states: number[] = [];
  room.onStateChange((state) => void states.push(state.players.size));
  expect(await welcome).toEqual({ name: 'ann' });
  expect(states[0]).toBe(1);
  const moved = next(room, 'moved');
  room.send('move', 3);
  expect(await moved).toBe(3);
  await until(() => room.state.players.get(room.sessionId)?.x === 3, 'the patch is there');
  expect(await room.request('add', { a: 1, b: 2 })).toBe(3);
  const said = next(room, 'said');
  room.send('say', 'hi');
  expect(await said).toEqual({ by: room.sessionId, text: 'hi' });
  expect(await room.leave()).toBe(4000);
});
