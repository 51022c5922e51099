import { fork, execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, setPriority } from 'node:os';

/** What a server under test tells its parent. */
export type FromServer = { readonly kind: 'ready'; readonly url: string } | { readonly kind: 'cpu'; readonly seconds: number };
export type ToServer = { readonly kind: 'cpu' } | { readonly kind: 'publish'; readonly bytes: number };

const READY_MS = 20_000;
const STOP_MS = 5_000;
/** The nice value of a process that must not wait for the load beside it. */
const PREFERRED = -5;

/** Asked before anybody is pinned: afterwards it says 1. */
const cores = availableParallelism();

/** Puts a process onto one core; false where that can't be done. */
export const pin = (pid: number, core: number): boolean => {
  if (core >= cores) return false;
  try {
    execFileSync('taskset', ['-a', '-cp', String(core), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A server in its own process, whose CPU time can be asked for. */
export class ServerChild {
  private constructor(readonly process: ChildProcess, readonly url: string, readonly pinned: boolean) {}

  /** Resolves when it listens. Core 0 is the servers' under test. */
  static async start(script: URL, env: Record<string, string>, core = 0): Promise<ServerChild> {
    const child = fork(script, { env: { ...process.env, ...env }, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const pinned = pin(child.pid!, core);
    const timeout = AbortSignal.timeout(READY_MS);
    const exited = once(child, 'exit').then(() => Promise.reject(new Error(`${script.pathname} ended before it was ready`)));
    exited.catch(() => {}); // later it is how stop() ends it
    const [message] = (await Promise.race([once(child, 'message', { signal: timeout }), exited])) as [FromServer];
    if (message.kind !== 'ready') throw new Error(`${script.pathname} said ${message.kind} first`);
    return new ServerChild(child, message.url, pinned);
  }

  /** Lets it run before others on its core, where we may; answers whether we may. */
  prefer(): boolean {
    try {
      setPriority(this.process.pid!, PREFERRED);
      return true;
    } catch {
      return false; // only root may
    }
  }

  tell(message: ToServer): void {
    this.process.send(message);
  }

  /** CPU seconds, user and system, that it has used so far. */
  async cpu(): Promise<number> {
    this.tell({ kind: 'cpu' });
    const [message] = (await once(this.process, 'message')) as [FromServer];
    if (message.kind !== 'cpu') throw new Error('the server answered something else');
    return message.seconds;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const insist = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS);
    this.process.kill('SIGTERM');
    await once(this.process, 'exit');
    clearTimeout(insist);
  }
}

/** The server's half: answers for CPU time, and hands `publish` on. */
export const answerParent = (url: string, onPublish: (bytes: number) => void = () => {}): void => {
  process.on('message', (message: ToServer) => {
    if (message.kind === 'publish') return onPublish(message.bytes);
    const { user, system } = process.cpuUsage();
    process.send!({ kind: 'cpu', seconds: (user + system) / 1e6 } satisfies FromServer);
    return undefined;
  });
  process.on('disconnect', () => process.exit(0)); // the parent is gone
  process.send!({ kind: 'ready', url } satisfies FromServer);
};
