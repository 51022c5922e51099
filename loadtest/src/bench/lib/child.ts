/**
 * A process of a benchmark: forked, pinned to a core, and asked things over the channel that Node gives it. What it answers for is a
 * table of handlers (`answerParent`); its CPU time is among them always, so that it is read where it is spent.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, setPriority } from 'node:os';

const READY_MS = 30_000;
const STOP_MS = 5_000;
/** The nice value of a process that must not wait for the load beside it. */
const PREFERRED = -5;

/** Asked before anybody is pinned: afterwards it says 1. */
const cores = availableParallelism();

/** The core of whatever is measured, and that of everything else. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

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

interface Question {
  readonly id: number;
  readonly kind: string;
  readonly argument: unknown;
}

type Answer = { readonly id: number; readonly value?: unknown; readonly error?: string };

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly core?: number;
  readonly execArgv?: readonly string[];
}

export class Child {
  #id = 0;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();

  private constructor(readonly process: ChildProcess, readonly name: string, readonly url: string, readonly pinned: boolean) {
    process.on('message', (answer: Answer) => {
      const waiter = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.error === undefined) waiter?.resolve(answer.value);
      else waiter?.reject(new Error(`${name}: ${answer.error}`));
    });
    process.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${name} ended with ${code}`));
      this.#waiting.clear();
    });
  }

  /** Resolves when it is ready; `url` is where it listens, if it does. */
  static async start(script: URL, { env = {}, core = SERVER_CORE, execArgv = [] }: ChildOptions = {}): Promise<Child> {
    const child = fork(script, { env: { ...process.env, ...env }, execArgv: [...execArgv], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const pinned = pin(child.pid!, core);
    const name = script.pathname.replace(/^.*\//, '').replace(/\.\w+$/, '');
    const exited = once(child, 'exit').then(() => Promise.reject(new Error(`${name} ended before it was ready`)));
    exited.catch(() => {}); // later it is how stop() ends it
    const [{ ready }] = (await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(READY_MS) }), exited])) as [{ ready: string }];
    pin(child.pid!, core); // again, for threads that it has made since
    return new Child(child, name, ready, pinned);
  }

  get pid(): number {
    return this.process.pid!;
  }

  ask<T>(kind: string, argument?: unknown): Promise<T> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.process.send({ id, kind, argument } satisfies Question);
    });
  }

  /** CPU seconds, user and system, that it has used so far. */
  cpu(): Promise<number> {
    return this.ask('cpu');
  }

  /** Lets it run before others on its core, where we may; answers whether we may. */
  prefer(): boolean {
    try {
      setPriority(this.pid, PREFERRED);
      return true;
    } catch {
      return false; // only root may
    }
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const insist = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS);
    this.process.kill('SIGTERM');
    await once(this.process, 'exit');
    clearTimeout(insist);
  }
}

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** The child's half: says that it is ready and answers questions by kind. */
export const answerParent = (url: string, handlers: Readonly<Record<string, (argument: never) => unknown>> = {}): void => {
  const all: Readonly<Record<string, (argument: never) => unknown>> = { cpu: cpuSeconds, ...handlers };
  process.on('message', ({ id, kind, argument }: Question) => {
    const handler = all[kind];
    const answer = (rest: Partial<Answer>): void => void process.send!({ id, ...rest } satisfies Answer);
    if (handler === undefined) return answer({ error: `knows no "${kind}"` });
    Promise.resolve().then(() => handler(argument as never)).then((value) => answer({ value }), (error: unknown) => answer({ error: String(error) }));
    return undefined;
  });
  process.on('disconnect', () => process.exit(0)); // the parent is gone
  process.on('SIGTERM', () => process.exit(0)); // whatever a peer would do first: nothing here needs a farewell
  process.send!({ ready: url });
};
