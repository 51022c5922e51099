/** A real Redis of one's own, for tests and measurements: an empty folder, a free port, every write synced. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const READY_MS = 20_000;
const STOP_MS = 10_000;
const PORT_TRIES = 5;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Where `redis-server` is: `CROWDCUE_REDIS_SERVER`, else the first on the path; undefined where there is none. */
export const redisServerPath = (): string | undefined =>
  [process.env['CROWDCUE_REDIS_SERVER'], ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'redis-server'))]
    .find((path) => path !== undefined && path !== '' && isExecutable(path));

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Resolves when it takes connections; rejects with what it said when it ended instead. */
const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    const settle = (done: () => void): void => {
      clearTimeout(late);
      done();
    };
    child.stdout!.on('data', (chunk: Buffer) => {
      said = (said + String(chunk)).slice(-4_000);
      if (said.includes('Ready to accept connections')) settle(resolve);
    });
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', () => settle(() => reject(new Error(`redis-server ended: ${said}`))));
  });

export class RedisServer {
  #child: ChildProcess | undefined;
  readonly #endWithUs = (): void => void this.#child?.kill('SIGKILL');

  private constructor(readonly port: number, readonly dir: string, private readonly program: string, private readonly options: readonly string[]) {
    process.once('exit', this.#endWithUs);
  }

  /** `options` come after ours and win: `['--appendfsync', 'no']`. */
  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const program = redisServerPath();
    if (program === undefined) throw new Error('no redis-server: install it, or set CROWDCUE_REDIS_SERVER to its path');
    const dir = mkdtempSync(join(tmpdir(), 'crowdcue-redis-'));
    for (let left = PORT_TRIES; ; left--) {
      const server = new RedisServer(await freePort(), dir, program, options);
      try {
        await server.#spawn();
        return server;
      } catch (error) {
        process.off('exit', server.#endWithUs);
        if (left > 1 && String(error).includes('Address already in use')) continue;
        rmSync(dir, { recursive: true, force: true });
        throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** Stops it in its tracks (SIGSTOP): connections stay, nothing is answered. */
  pause(): void {
    this.#child!.kill('SIGSTOP');
  }

  resume(): void {
    this.#child!.kill('SIGCONT');
  }

  /** As if its machine had lost it (SIGKILL). Its folder stays, for `restart`. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Starts it again on the same port, from its log. */
  async restart(): Promise<void> {
    await this.#end('SIGKILL');
    await this.#spawn();
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    process.off('exit', this.#endWithUs);
    rmSync(this.dir, { recursive: true, force: true });
  }

  async #spawn(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.dir, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    this.#child = spawn(this.program, [...args, ...this.options], { stdio: ['ignore', 'pipe', 'ignore'] });
    await ready(this.#child);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(insist);
  }
}
