import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isInstalled } from '../bootstrap.mjs';
import { Child } from '../lib/child.mjs';
import { resetDataDir, takeDataDir } from '../lib/data-dir.mjs';
import { tryLock, withLock } from '../lib/lock.mjs';
import { readLine } from '../lib/log-line.mjs';
import { freePort } from '../lib/ports.mjs';
import { composeEnvFile, developmentSecrets } from '../lib/secrets.mjs';
import { summarize } from '../lib/test-summary.mjs';
import { fixture } from './fixture.js';

const script = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const gone = async (pid: number): Promise<void> => vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 10_000 });

/** A process that lives until the test ends. */
const somebody = (): number => {
  const proc = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void proc.kill('SIGKILL'));
  return proc.pid!;
};
/** The pid of a process that has ended. */
const nobody = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('locks', () => {
  it('are held by one living process, and taken over from a dead one', () => {
    const path = join(fixture(), 'x.lock');
    const pid = somebody();
    writeFileSync(path, String(pid));
    expect(tryLock(path)).toEqual({ holder: pid });
    writeFileSync(path, String(nobody()));
    const lock = tryLock(path);
    expect(readFileSync(path, 'utf8')).toBe(String(process.pid));
    lock.release!();
    expect(existsSync(path)).toBe(false);
  });

  it('make others wait, one at a time, and a waiting one can give up', async () => {
    const root = fixture({ 'a.mjs': '' });
    const path = join(root, 'x.lock');
    const log = join(root, 'log');
    writeFileSync(log, '');
    writeFileSync(join(root, 'a.mjs'), `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as wait } from 'node:timers/promises';
      const { withLock } = await import(${JSON.stringify(new URL('../lib/lock.mjs', import.meta.url).href)});
      await withLock(${JSON.stringify(path)}, async () => {
        appendFileSync(${JSON.stringify(log)}, 'in '); await wait(50); appendFileSync(${JSON.stringify(log)}, 'out ');
      });`);
    writeFileSync(path, String(nobody()));
    const all = Array.from({ length: 4 }, () => once(spawn(process.execPath, [join(root, 'a.mjs')], { stdio: 'inherit' }), 'exit'));
    await Promise.all(all);
    expect(readFileSync(log, 'utf8')).toBe('in out '.repeat(4));
    expect(readdirSync(root).toSorted()).toEqual(['a.mjs', 'log']);

    writeFileSync(path, String(somebody()));
    const signal = AbortSignal.timeout(50);
    await expect(withLock(path, () => {}, { signal })).rejects.toThrow(/abort/i);
  });
});

describe('data folders', () => {
  it('go to one start each; another start gets the next one, or a clear line when it asked for this one', () => {
    const state = fixture();
    const pid = somebody();
    const first = takeDataDir(state, undefined);
    expect(first.path).toBe(join(state, 'data'));
    writeFileSync(join(first.path, 'start.lock'), String(pid));
    expect(takeDataDir(state, undefined).path).toBe(join(state, 'data-2'));
    expect(() => takeDataDir(state, first.path)).toThrow(`in use by process ${pid}`);
  });

  it('are emptied by --reset only when they are ours', () => {
    const mine = takeDataDir(fixture(), undefined).path;
    writeFileSync(join(mine, 'ledger'), 'x');
    resetDataDir(mine);
    expect(existsSync(join(mine, 'ledger'))).toBe(false);
    const others = fixture({ 'photos/a.jpg': 'x' });
    takeDataDir('', join(others, 'photos'));
    expect(() => resetDataDir(join(others, 'photos'))).toThrow('was not made by Crowdcue');
    expect(existsSync(join(others, 'photos/a.jpg'))).toBe(true);
  });
});

describe('ports', () => {
  it('are the next free ones, never one that is about to be taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const next = await freePort(port, '127.0.0.1');
    expect(next).toBeGreaterThan(port);
    expect(await freePort(port, '127.0.0.1', [next])).toBeGreaterThan(next);
  });
});

describe('secrets', () => {
  it('are made once, private, and overridden by the environment', async () => {
    const state = fixture();
    const first = await developmentSecrets(state, {});
    expect(first.RELAY_SECRET).toMatch(/^[\w-]{43}$/);
    expect(await developmentSecrets(state, { RELAY_SECRET: 'mine' })).toEqual({ ...first, RELAY_SECRET: 'mine' });
    expect(await developmentSecrets(state, {})).toEqual(first);
    expect(statSync(join(state, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('of compose stay when the domain changes', () => {
    const path = join(fixture(), 'compose.env');
    composeEnvFile(path, { DOMAIN: 'a.example' }, {});
    const first = readFileSync(path, 'utf8');
    composeEnvFile(path, { DOMAIN: 'b.example' }, {});
    expect(readFileSync(path, 'utf8')).toBe(first.replace('a.example', 'b.example'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('lines of a child', () => {
  it('are messages, log entries shown from a warning up, or text', () => {
    expect(readLine('{"crowdcue":"ready","url":"u"}')).toEqual({ message: { crowdcue: 'ready', url: 'u' } });
    expect(readLine('{"level":30,"msg":"hello"}')).toEqual({ text: 'info hello', show: false });
    expect(readLine('{"level":50,"time":1,"pid":2,"hostname":"h","msg":"no","room":"r","err":{"message":"why"}}')).toEqual({ text: 'error no: why room=r', show: true });
    expect(readLine('{ not json', { stderr: true })).toEqual({ text: '{ not json', show: true });
    expect(readLine('banner')).toEqual({ text: 'banner', show: false });
  });
});

describe('children', () => {
  const READY = `console.log(JSON.stringify({ crowdcue: 'ready', pid: process.pid })); setInterval(() => {}, 1000);`;
  const child = (source: string, options: object = {}) => {
    const said: string[] = [];
    const kept = new Child({ name: 'origin', script: join(fixture({ 'main.mjs': source }), 'main.mjs'), say: (line: string) => said.push(line), ...options });
    onTestFinished(() => kept.stop());
    return { kept, said };
  };

  it('are started again when they die, and stop when asked', async () => {
    const { kept, said } = child(READY);
    const { pid } = await kept.start();
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(said.at(-1)).toMatch(/^origin is back/), { timeout: 10_000 });
    expect(said[0]).toBe('origin ended (SIGKILL), starting it again in 0.5 s');
    expect(kept.pid).not.toBe(pid);
    await kept.stop();
    await gone(kept.pid);
    expect(said).toHaveLength(2);
  });

  it('are not tried again when they never got ready; their last lines say why', async () => {
    const { kept } = child(`console.error('PORT must be a number'); process.exitCode = 1;`);
    await expect(kept.start()).rejects.toMatchObject({ message: 'origin did not start (exit 1).', details: 'PORT must be a number' });
  });

  it('may have worker threads: the end of a thread’s stdin is not that of the process', async () => {
    const thread = `import { parentPort } from 'node:worker_threads'; parentPort.postMessage('up'); setInterval(() => {}, 1000);`;
    const { kept, said } = child(`import { Worker } from 'node:worker_threads';
      new Worker(new URL(${JSON.stringify(`data:text/javascript,${encodeURIComponent(thread)}`)})).on('message', () => { ${READY} });`);
    const { pid } = await kept.start();
    await new Promise((resolve) => { setTimeout(resolve, 300); }); // what must not happen has time to
    expect(kept.pid).toBe(pid);
    process.kill(pid, 0);
    expect(said).toEqual([]);
  });

  it('are killed when they do not listen', async () => {
    const { kept, said } = child(`process.on('SIGTERM', () => {}); ${READY}`, { stopMs: 100 });
    const { pid } = await kept.start();
    await kept.stop();
    await gone(pid);
    expect(said).toEqual(['origin does not stop; killing it']);
  });

  it('go when the process that started them is killed', async () => {
    const main = join(fixture({ 'main.mjs': READY }), 'main.mjs');
    const url = JSON.stringify(new URL('../lib/child.mjs', import.meta.url).href);
    const code = `const { Child } = await import(${url}); const c = new Child({ name: 'x', script: ${JSON.stringify(main)} }); await c.start(); console.log(c.pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code]);
    const pid = Number(String((await once(parent.stdout, 'data'))[0]));
    process.kill(pid, 0);
    parent.kill('SIGKILL');
    await gone(pid);
  });
});

describe('the last line of npm test', () => {
  const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((test) => ({ status: test })) });
  it('counts tests, files that do not load, errors outside tests and a broken build', () => {
    const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, testResults: [file('passed', 'passed')] };
    expect(summarize(report, 0)).toMatchObject({ line: '3 passed, 0 failed, 2 skipped', exitCode: 0 });
    expect(summarize({ ...report, testResults: [file('failed')] }, 1)).toMatchObject({ line: '3 passed, 1 failed, 2 skipped', exitCode: 1 });
    expect(summarize({ ...report, numFailedTests: 2, testResults: [file('failed', 'failed', 'failed')] }, 1)).toMatchObject({ failed: 2 });
    expect(summarize(report, 1)).toMatchObject({ failed: 1, exitCode: 1 });
    expect(summarize(report, 0, 1)).toMatchObject({ failed: 1, exitCode: 1 });
  });
  it('is a failure when nothing ran', () => {
    expect(summarize(undefined, 1)).toMatchObject({ line: '0 passed, 1 failed', exitCode: 1 });
    expect(summarize({ numPassedTests: 0, testResults: [] }, 0)).toMatchObject({ line: '0 passed, 0 failed', exitCode: 1 });
  });
});

describe('what is installed', () => {
  const lock = (packages: object): string => JSON.stringify({ packages });
  const root = (stamp: object | undefined) => fixture({
    'package-lock.json': lock({ '': {}, relay: {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/mac': { version: '1.0.0', optional: true } }),
    ...(stamp && { 'node_modules/.package-lock.json': lock(stamp) }),
  });
  it('is what npm noted, compared with the lock file', () => {
    expect(isInstalled(root(undefined))).toBe(false);
    expect(isInstalled(root({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
    expect(isInstalled(root({ 'node_modules/a': { version: '0.9.0' } }))).toBe(false);
    expect(isInstalled(root({}))).toBe(false);
  });
});

describe('commands', () => {
  const run = (name: string, ...args: string[]) => spawnSync(process.execPath, [script(name), ...args], { encoding: 'utf8' });
  it.each([
    ['crowdcue.mjs'], ['crowdcue.mjs', 'up'], ['crowdcue.mjs', 'origin'], ['crowdcue.mjs', 'relay'], ['crowdcue.mjs', 'simulate'],
    ['start.mjs'], ['test.mjs'], ['check.mjs'], ['bench.mjs'],
  ])('%s %s tells how it is used', (name, ...args) => {
    const { status, stdout, stderr } = run(name!, ...args, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^(crowdcue|npm) /);
  });
  it.each([
    [['crowdcue.mjs', 'fly'], 'crowdcue: there is no command "fly"; there are up, origin, relay, simulate, deliveries, rehearse, ledger, backup, restore, viewer, load.'],
    [['crowdcue.mjs', 'up', '--domian', 'x'], `crowdcue up: Unknown option '--domian'. Try crowdcue up --help.`],
    [['crowdcue.mjs', 'up', '--domain', 'a b'], 'crowdcue up: "a b" is not a host name.'],
    [['start.mjs', '--port', '70000'], '--port takes a whole number from 0 to 65535, not "70000".'],
    [['check.mjs', 'nothing'], 'There is no check "nothing"; there are types, lint, layers, docs, spec, hygiene, lockfile, size.'],
  ])('%s ends with one line and exit code 2', ([name, ...args], line) => {
    const { status, stderr } = run(name!, ...args);
    expect({ status, stderr: stderr.trim() }).toEqual({ status: 2, stderr: line });
  });
});
