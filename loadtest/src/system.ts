/**
 * The real thing for tests and measurements: origins and relays as processes of their own, on free ports of loopback, with an empty data
 * folder, or with a Redis of their own where there are several origins. Processes can be killed, paused and started again on the same
 * port; `stop` ends what was started and removes what it wrote.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RedisServer } from './redis-server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_MS = 30_000;
const STOP_MS = 15_000;
/** An origin may be paused: nobody waits for it longer than this, ms. */
const ANSWER_MS = 10_000;
/** Lines of output that are shown of a process that did not start. */
const TAIL = 40;

/** What a process prints when it is ready. */
export interface Ready {
  readonly url: string;
  readonly hostLink?: string;
  readonly viewerLink?: string;
}

/** One process of the system. */
export class SystemProcess {
  #child: ChildProcess | undefined;
  #ready: Ready | undefined;
  #port: number | undefined;
  /** What it said of things that went wrong: lines of level error and fatal, and what is no log line at all. The last ones, over all its runs. */
  readonly troubles: string[] = [];
  /** Address of its inspector, when it was started with one. */
  inspector: string | undefined;

  /** `port`: one that must be had, instead of a free one. */
  constructor(readonly name: 'server' | 'relay', readonly env: Record<string, string>, readonly core: number | undefined, port?: number) {
    this.#port = port;
  }

  get url(): string {
    return this.#ready!.url;
  }

  get ready(): Ready {
    return this.#ready!;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** Starts it; a second time on the port that it had. */
  async start(): Promise<void> {
    this.#port ??= Number(this.env['PORT'] ?? 0) || await freePort();
    const command = [process.execPath, join(ROOT, this.name, 'dist/main.js')];
    if (this.core !== undefined) command.unshift('taskset', '-c', String(this.core));
    const child = spawn(command[0]!, command.slice(1), { cwd: ROOT, env: { ...process.env, ...this.env, PORT: String(this.#port) }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    createInterface({ input: child.stderr }).on('line', (line) => this.#heard(line));
    this.#ready = await readyLine(this.name, child);
  }

  /** SIGKILL: no farewell, no flush. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end; resolves with its exit code, null when it had to be killed. */
  async stop(): Promise<number | null> {
    await this.#end('SIGTERM');
    return this.#child?.exitCode ?? null;
  }

  /** SIGSTOP: its connections stay, and it does nothing. */
  pause(): void {
    this.#child!.kill('SIGSTOP');
  }

  resume(): void {
    this.#child!.kill('SIGCONT');
  }

  /** With what it ended; null while it runs, or when a signal ended it. */
  get exitCode(): number | null {
    return this.#child!.exitCode;
  }

  #heard(line: string): void {
    const inspector = /^Debugger listening on (ws:\S+)/.exec(line)?.[1];
    if (inspector !== undefined) this.inspector = inspector;
    else if (isTrouble(line) && this.troubles.push(line) > TAIL) this.troubles.shift();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT'); // a paused one does not hear
    const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(insist);
  }
}

const ERROR_LEVEL = 50;

const isTrouble = (line: string): boolean => {
  if (line.trim() === '' || /^(For help, see: https:\/\/nodejs\.org|Debugger )/.test(line)) return false; // Node's own, of an inspector
  try {
    const { level } = JSON.parse(line) as { level?: unknown };
    return typeof level !== 'number' || level >= ERROR_LEVEL;
  } catch {
    return true;
  }
};

/**
 * A port that is free now. Not 0: sockets of a listener on port 0 lack SO_REUSEADDR (uSockets sets it for named ports only), and what is
 * left of them after a kill would keep the same port from being taken again.
 */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const readyLine = (name: string, child: ChildProcess): Promise<Ready> => new Promise((resolve, reject) => {
  const tail: string[] = [];
  const fail = (why: string): void => reject(new Error(`${name} ${why}\n${tail.join('\n')}`));
  const late = setTimeout(() => {
    child.kill('SIGKILL');
    fail(`was not ready within ${READY_MS} ms`);
  }, READY_MS);
  child.once('close', (code) => { // not `exit`: what it said last is still to be read then
    clearTimeout(late);
    fail(`ended with ${code}`);
  });
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.startsWith('{"crowdcue":"ready"')) {
        clearTimeout(late);
        resolve(JSON.parse(line) as Ready);
      } else if (tail.push(line) > TAIL) tail.shift();
    });
  }
});

export interface SystemOptions {
  /** More than one share a Redis. */
  readonly origins?: number;
  /** Keeps everything in a Redis, also with one origin. */
  readonly redis?: boolean;
  readonly relays?: number;
  /** Cores to pin the origin and the relays to. */
  readonly originCore?: number;
  readonly relayCore?: number;
  /** More of the environment, by position from 0; a `PORT` here is the one that it takes. */
  readonly originEnv?: (index: number) => Record<string, string>;
  readonly relayEnv?: (index: number) => Record<string, string>;
}

/** What a system is made of. */
interface Parts {
  readonly origins: readonly SystemProcess[];
  readonly relays: readonly SystemProcess[];
  readonly redis: RedisServer | undefined;
}

const nothing = (): Record<string, string> => ({});

export class CrowdcueSystem {
  /** The first one. */
  readonly origin: SystemProcess;
  readonly origins: readonly SystemProcess[];
  readonly relays: readonly SystemProcess[];
  readonly redis: RedisServer | undefined;

  private constructor(parts: Parts, readonly secrets: { master: string; relay: string }, readonly dataDir: string) {
    [this.origin] = parts.origins as [SystemProcess];
    this.origins = parts.origins;
    this.relays = parts.relays;
    this.redis = parts.redis;
  }

  static async start({ origins = 1, redis = origins > 1, relays = 1, originCore, relayCore, originEnv = nothing, relayEnv = nothing }: SystemOptions = {}): Promise<CrowdcueSystem> {
    const dataDir = await mkdtemp(join(tmpdir(), 'crowdcue-system-'));
    const secrets = { master: randomBytes(32).toString('base64url'), relay: randomBytes(32).toString('base64url') };
    const shared = { HOST: '127.0.0.1', RELAY_SECRET: secrets.relay, LOG_LEVEL: 'warn', PUBLIC_URL: '', NODE_ENV: 'test' };
    const server = redis ? await RedisServer.start() : undefined;
    const parts = { origins: [] as SystemProcess[], relays: [] as SystemProcess[], redis: server };
    const store: Record<string, string> = server === undefined ? { DATA_DIR: dataDir } : { DATA_DIR: dataDir, REDIS_URL: server.url };
    try {
      for (let i = 1; i <= origins; i++) parts.origins.push(new SystemProcess('server', { ...shared, ...store, MASTER_SECRET: secrets.master, SEED_DEMO: '0', ...originEnv(i - 1) }, originCore));
      await Promise.all(parts.origins.map((origin) => origin.start()));
      for (let i = 1; i <= relays; i++) {
        // What else the machine has to do must not change how often viewers are written: no budget unless a test wants one.
        const env = { ...shared, ORIGIN_URL: parts.origins[0]!.url, RELAY_ID: `relay-${i}`, RELAY_PUBLIC_URL: '', WRITE_BUDGET: '1', ...relayEnv(i - 1) };
        const relay = new SystemProcess('relay', env, relayCore);
        parts.relays.push(relay);
        await relay.start();
      }
    } catch (error) {
      for (const each of [...parts.relays, ...parts.origins]) await each.kill();
      await server?.stop();
      await rm(dataDir, { recursive: true, force: true });
      throw error;
    }
    return new CrowdcueSystem(parts, secrets, dataDir);
  }

  /** Ends relays and origins as an operator would; what they kept stays until `stop`. */
  async rest(): Promise<void> {
    for (const each of [...this.relays, ...this.origins]) await each.stop();
  }

  async stop(): Promise<void> {
    await this.rest();
    await this.redis?.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  /** A host's session, by the one-time link that the origin printed. */
  async host(origin: SystemProcess = this.origin): Promise<HostApi> {
    const key = new URL(origin.ready.hostLink!).hash.replace('#key=', '');
    const { session } = await call<{ session: string }>(origin.url, 'POST', '/api/host/session', undefined, { key });
    return new HostApi(() => origin.url, session);
  }
}

const call = async <T>(base: string, method: string, path: string, bearer: string | undefined, body?: unknown): Promise<T> => {
  const response = await fetch(base + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
};

/** The console's side of the origin's HTTP. */
export class HostApi {
  constructor(readonly base: () => string, readonly session: string) {}

  get<T>(path: string): Promise<T> {
    return call(this.base(), 'GET', path, this.session);
  }

  /** The same session at another origin. */
  at(origin: SystemProcess): HostApi {
    return new HostApi(() => origin.url, this.session);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return call(this.base(), 'POST', path, this.session, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return call(this.base(), 'PUT', path, this.session, body);
  }
}
