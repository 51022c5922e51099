/** The real thing for a browser: one origin and one relay as processes of their own, on free ports, with an empty data folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_MS = 30_000;
const STOP_MS = 10_000;
const TAIL = 40; // last lines shown of a process that did not start

/** What a process says of itself when it is ready. */
export interface Ready {
  readonly crowdcue: 'ready';
  readonly process: string;
  readonly url: string;
  readonly hostLink?: string;
  readonly viewerLink?: string;
}

export interface System {
  readonly originUrl: string;
  readonly relayUrl: string;
  readonly hostLink: string;
  stop(): Promise<void>;
}

interface Running {
  readonly ready: Ready;
  stop(): Promise<void>;
}

const parse = (line: string): Ready | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    const message = JSON.parse(line) as Partial<Ready>;
    return message.crowdcue === 'ready' && typeof message.url === 'string' ? (message as Ready) : undefined;
  } catch {
    return undefined;
  }
};

const stopProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(insist);
};

const start = (name: string, env: Record<string, string>): Promise<Running> => {
  const child = spawn(process.execPath, [join(ROOT, name, 'dist/main.js')], { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const tail: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${name} ${why}\n${tail.join('\n')}`));
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`said nothing for ${READY_MS} ms`);
    }, READY_MS);
    child.once('exit', (code) => {
      clearTimeout(late);
      fail(`ended with ${code}`);
    });
    const read = (line: string): void => {
      const ready = parse(line);
      if (ready === undefined) return void (tail.push(line) > TAIL && tail.shift());
      clearTimeout(late);
      resolve({ ready, stop: () => stopProcess(child) });
    };
    createInterface({ input: child.stdout }).on('line', read);
    createInterface({ input: child.stderr }).on('line', read);
  });
};

/** Starts both; `stop` ends them and removes what they wrote. */
export const startSystem = async (): Promise<System> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'crowdcue-web-'));
  const shared = { PORT: '0', HOST: '127.0.0.1', RELAY_SECRET: randomBytes(32).toString('base64url'), LOG_LEVEL: 'warn', PUBLIC_URL: '' };
  const running: Running[] = [];
  const stop = async (): Promise<void> => {
    for (const each of running.toReversed()) await each.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const origin = await start('server', { ...shared, DATA_DIR: dataDir, MASTER_SECRET: randomBytes(32).toString('base64url'), SEED_DEMO: '0' });
    running.push(origin);
    const relay = await start('relay', { ...shared, ORIGIN_URL: origin.ready.url, RELAY_ID: 'relay-1', RELAY_PUBLIC_URL: '' });
    running.push(relay);
    return { originUrl: origin.ready.url, relayUrl: relay.ready.url, hostLink: origin.ready.hostLink ?? '', stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
