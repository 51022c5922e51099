import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client as Sdk, type Room as SdkRoom } from '@colyseus/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';

const SECRET = 'a secret of thirty-two characters and more';
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const children: ChildProcess[] = [];
const data = mkdtempSync(join(tmpdir(), 'virtual-'));

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Starts a process and waits for a line of its output. */
const start = async (command: string, args: string[], line: RegExp, env: Record<string, string> = {}): Promise<ChildProcess> => {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let said = '';
  for await (const chunk of child.stdout!) {
    said += String(chunk);
    if (line.test(said)) return child;
  }
  throw new Error(`${command} ended: ${said}`);
};

let ports: number[];
const relay = (): Promise<ChildProcess> => start(process.execPath, [
  path('../../../infra/crowdcue.mjs'), 'relay', '--upstream', `http://127.0.0.1:${ports[0]}`, '--auth', 'forward', '--id', 'r1', '--port', String(ports[2]),
], /"crowdcue":"ready"/, { RELAY_SECRET: SECRET, LOG_LEVEL: 'warn', ORIGIN_URL: '' });

beforeAll(async () => {
  ports = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  await start('redis-server', ['--port', String(ports[3]), '--save', '', '--dir', data, '--bind', '127.0.0.1'], /Ready to accept/);
  for (const [i, here] of ['one', 'two'].entries()) {
    await start(process.execPath, [path('../virtual/server-process.mjs')], /listening/, {
      PORT: String(ports[i]), REDIS_URL: `redis://127.0.0.1:${ports[3]}`, RELAY_SECRET: SECRET, HERE: here,
    });
  }
});
afterAll(async () => {
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(data, { recursive: true });
});

it('[VIR20] `crowdcue relay --upstream` serves rooms of every process of a server, and its viewers come back when it is killed', async () => {
  let running = await relay();
  const sdk = new Sdk(`ws://127.0.0.1:${ports[2]}`);
  sdk.auth.token = 'mine';
  const enter = (at: string): Promise<SdkRoom<unknown, { count: number }>> => sdk.joinOrCreate('counter', { at });
  const rooms = [await enter('one'), await enter('two'), await enter('two')];
  const ask = (room: SdkRoom): Promise<{ count: number; process: string; token: string }> => room.request('count', 1) as never;
  const answers = [await ask(rooms[0]!), await ask(rooms[1]!), await ask(rooms[2]!)];
  expect(answers.map(({ count }) => count)).toEqual([1, 1, 2]);
  expect(new Set(answers.map((answer) => answer.process)).size).toBe(2);
  expect(answers.map(({ token }) => token)).toEqual(['mine', 'mine', 'mine']);

  const backs = rooms.map((room) => {
    room.reconnection.minUptime = 0;
    return new Promise((resolve) => room.onMessage('back', resolve));
  });
  running.kill('SIGKILL');
  await once(running, 'exit');
  running = await relay();
  expect(await Promise.all(backs)).toEqual(answers.map((answer) => answer.process));
  expect((await ask(rooms[2]!)).count).toBe(3);
  await Promise.all(rooms.map((room) => room.leave()));
  running.kill('SIGTERM');
  expect(await once(running, 'exit')).toEqual([0, null]);
});
