import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { RehearsalRunView } from '@crowdcue/protocol';
import { systemClock } from '../src/clock.js';
import { RehearsalRunner, RUN_MS, type RunRecord } from '../src/events/rehearsal-runner.js';
import type { RecordTable } from '../src/store/index.js';
import { startOrigin, tempDir, until } from './support/test-origin.js';

/** A program that stands for the rehearsal's: what it does is one line of JavaScript. */
const program = (code: string): string => {
  const path = join(tempDir(), 'program.mjs');
  writeFileSync(path, `import { createInterface } from 'node:readline';
    const lines = createInterface({ input: process.stdin });
    lines.on('close', () => process.exit(1));
    const link = await new Promise((heard) => lines.once('line', heard));
    ${code}`);
  return path;
};
const VERDICT = '{"holds":true,"findings":[{"what":"joins","good":true,"said":"all"}]}';
const WAITS = "console.log('  here'); setInterval(() => undefined, 1000);";

const setUp = async (code: string | undefined, env: Record<string, string> = {}) => {
  const test = await startOrigin(env, code === undefined ? { rehearsalProgram: '/nowhere/rehearse.js' } : { rehearsalProgram: program(code) });
  await test.event({ id: 'show', drops: [{ id: 'cup', name: 'Cup', kind: 'badge', supply: 2, unlockedBy: 'round-won', proof: 'email' }] });
  const ask = async (method: string, body?: unknown, id = 'show', bearer = test.session) => (await test.call(method, `/api/events/${id}/rehearsal/run`, { body, bearer })).body;
  const over = (): Promise<RehearsalRunView> => until(async () => {
    const view = await ask('GET') as RehearsalRunView;
    return view.state !== 'running' && view.state !== 'none' && view;
  }, 'the run is over');
  return { test, ask, over };
};

it('[RHS5] a host starts a run with a link of its own on the child’s input and none of our secrets; lines and verdict are told, of the rehearsal too', async () => {
  const { test, ask, over } = await setUp(`console.log('  ' + process.argv.slice(2).join(' '));
    const { origin, hash } = new URL(link);
    const traded = await (await fetch(origin + '/api/host/session', { method: 'POST', body: JSON.stringify({ key: hash.slice(5) }) })).json();
    const { role } = await (await fetch(origin + '/api/host/me', { headers: { authorization: 'Bearer ' + traded.session } })).json();
    console.log('  ' + role + ' ' + Object.keys(process.env).filter((name) => !name.startsWith('__')).join(','));
    console.log('nothing that is meant'); console.log('{"more":1}'); console.log('${VERDICT}'); process.exit(0);`);
  expect(await ask('GET')).toEqual({ most: 500, state: 'none', viewers: 0, startedAt: 0, lines: [] });
  expect(await ask('POST', { viewers: 20, seconds: 3, delays: [0, 500], games: ['tug'] })).toMatchObject({ state: 'running', viewers: 20 });
  expect(await over()).toMatchObject({ state: 'ready', holds: true, findings: [{ what: 'joins', good: true, said: 'all' }], lines: ['show --host-link - --viewers 20 --seconds 3 --delays 0,500 --games tug --json', 'host'] });
  const rehearsal = (await test.call('POST', '/api/events/show/rehearsal', { body: {}, bearer: test.session })).body.id as string;
  expect(await ask('GET', undefined, rehearsal)).toMatchObject({ state: 'ready' });
  const again = await test.restart();
  expect((await again.call('GET', '/api/events/show/rehearsal/run', { bearer: test.session })).body.state).toBe('ready');
});

it('[RHS6] one at a time; a stop ends it at once, and so does the end of the origin; without a verdict it failed', async () => {
  const { test, ask } = await setUp(WAITS);
  await test.event({ id: 'other' });
  expect((await ask('DELETE')).code).toBe('rehearsal_none');
  const starts = await Promise.all([ask('POST', {}), ask('POST', {}), ask('POST', {}, 'other')]);
  expect(starts.map(({ code, state }) => code ?? state).toSorted()).toEqual(['rehearsal_running', 'rehearsal_running', 'running']);
  const id = starts[2].state === 'running' ? 'other' : 'show';
  await until(async () => (await ask('GET', undefined, id)).lines.includes('here'), 'it says something');
  expect((await ask('DELETE', undefined, id)).state).toBe('stopped');
  await ask('POST', {});
  const again = await test.restart();
  expect((await again.call('GET', '/api/events/show/rehearsal/run', { bearer: test.session })).body.state).toBe('stopped');
  const { ask: askBroken, over: overBroken } = await setUp("console.error('rehearse: nobody could join'); process.exit(1);");
  await askBroken('POST', {});
  expect(await overBroken()).toMatchObject({ state: 'failed', code: 'internal', lines: ['rehearse: nobody could join'] });
});

it('[RHS7] where it is turned off, not installed, or asked for too much it says so; production runs none unless it is set', async () => {
  expect((await (await setUp(WAITS, { REHEARSAL_VIEWERS: '0' })).ask('POST', {})).code).toBe('rehearsal_off');
  expect((await (await setUp(WAITS, { NODE_ENV: 'production' })).ask('POST', {})).code).toBe('rehearsal_off');
  expect((await (await setUp(undefined)).ask('POST', {})).code).toBe('rehearsal_missing');
  const { test, ask } = await setUp(WAITS, { REHEARSAL_VIEWERS: '50' });
  for (const body of [{ viewers: 51 }, { viewers: 0 }, { viewers: 1e9 }, { seconds: 91 }, { delays: [] }, { delays: [-1] }, { games: ['--x y'] }, { games: ['tug', '../x'] }, { games: [] }]) expect([body, (await ask('POST', body)).code]).toEqual([body, 'bad_request']);
  const { body } = await test.call('POST', '/api/workspaces/members', { body: { name: 'Co', role: 'co-host' }, bearer: test.session });
  const coHost = (await test.call('POST', '/api/host/session', { body: { key: new URL(body.url as string).hash.slice(5) } })).body.session as string;
  for (const method of ['GET', 'POST', 'DELETE']) expect((await ask(method, method === 'POST' ? {} : undefined, 'show', coHost)).code).toBe('role_forbidden');
});

/** Records in memory of several origins, who tell each other of changes. */
const sharedTable = () => {
  const kept = new Map<string, RunRecord>();
  const watchers: ((event: string, record: RunRecord) => void)[] = [];
  const table = (self: number): RecordTable<RunRecord> => {
    const put = async (key: string, value: RunRecord): Promise<void> => {
      kept.set(key, value);
      watchers.forEach((told, i) => { if (i !== self) told(key, value); });
    };
    return {
      entries: () => kept.entries(), put, remove: async (key) => void kept.delete(key),
      add: async (key, value) => (kept.has(key) ? false : put(key, value).then(() => true)),
      change: async (key, make) => (kept.has(key) ? put(key, make(kept.get(key)!)).then(() => kept.get(key)) : undefined),
      watch: (told) => void (watchers[self] = told as (event: string, record: RunRecord) => void),
    };
  };
  return { kept, watchers, table };
};
const SPEC = { viewers: 5, seconds: 3, delays: [0], games: ['tug'] };
const HOST = { member: undefined } as never;

it('[RHS6] one that has run for five minutes is ended, and says that it was late; its round goes off the air', async () => {
  const tidied: string[] = [];
  const runner = new RehearsalRunner({
    table: sharedTable().table(0), clock: systemClock, origin: 'o', most: 10, program: program(WAITS), real: (event) => event, url: () => 'http://127.0.0.1:1', key: () => 'k',
    tidy: async (event) => void tidied.push(event), logger: { warn: () => undefined },
  });
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    await runner.start('show', HOST, SPEC);
    vi.advanceTimersByTime(RUN_MS - 1);
    expect(runner.view('show').state).toBe('running');
    vi.advanceTimersByTime(1);
  } finally {
    vi.useRealTimers();
  }
  await until(() => runner.view('show').state !== 'running', 'it is over');
  expect([runner.view('show'), tidied]).toMatchObject([{ state: 'failed', code: 'rehearsal_late' }, ['show']]);
});

it('[RHS6] [RHS7] of two origins one runs an event’s, the other stops it; a run that is silent has failed, and makes room', async () => {
  const { kept, watchers, table } = sharedTable();
  let leapt = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + leapt, monotonic: () => systemClock.monotonic() };
  const waits = program(WAITS);
  const tidied: string[] = [];
  const [here, there] = [0, 1].map((self) => new RehearsalRunner({
    table: table(self), clock, origin: `o${self}`, most: 10, program: waits, real: (event) => event, url: () => 'http://127.0.0.1:1', key: () => 'k',
    tidy: async (event) => void tidied.push(event), logger: { warn: () => undefined },
  })) as [RehearsalRunner, RehearsalRunner];
  await here.start('show', HOST, SPEC);
  await expect(there.start('show', HOST, SPEC)).rejects.toMatchObject({ code: 'rehearsal_running' });
  await there.start('other', HOST, SPEC);
  expect([here.view('other').state, there.view('show').state]).toEqual(['running', 'running']);
  await there.stop('show');
  await until(() => here.view('show').state === 'stopped', 'it is stopped from afar');
  await there.close();
  expect([there.view('other').state, tidied.toSorted()]).toEqual(['stopped', ['other', 'show']]);
  kept.set('show', { ...kept.get('show')!, state: 'running', seenAt: clock.now() });
  watchers[0]!('show', kept.get('show')!);
  await expect(here.start('show', HOST, SPEC)).rejects.toMatchObject({ code: 'rehearsal_running' });
  leapt = 21_000;
  expect(here.view('show')).toMatchObject({ state: 'failed', code: 'unavailable' });
  await here.start('show', HOST, SPEC);
  await here.close();
});
