/**
 * A child process that is kept running. Life: `start()` resolves with the first ready line; after that an exit is a crash, said
 * and followed by a restart with backoff; `stop()` asks (SIGTERM), then insists (SIGKILL). A child that ends before it was ever
 * ready is not tried again: its configuration is wrong, and its last lines say how.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readLine } from './log-line.mjs';
import { CommandError, since } from './steps.mjs';

const LEAVE_WITH_PARENT = new URL('./leave-with-parent.mjs', import.meta.url);
const READY_MS = 60_000; // a cold disk and a full journal to replay fit in it
const STOP_MS = 10_000; // a relay's drain; after it the child is killed
const BACKOFF_MS = 500; // first restart; doubles
const MAX_BACKOFF_MS = 10_000;
const HEALTHY_MS = 30_000; // a child that lived this long starts the backoff anew
const TAIL = 20; // lines shown of a child that never got ready

export class Child {
  #proc;
  #stopping = false;
  #restartTimer;
  #failures = 0;
  #exited = Promise.resolve();

  /** `options`: `name`, `script`, `args`, `env`, `cwd`, `verbose`, `say(line)`, `onMessage(message)`, `restart` (default true), `stopMs`. */
  constructor(options) {
    this.options = { args: [], say: console.log, onMessage: () => {}, restart: true, stopMs: STOP_MS, ...options };
  }

  get pid() {
    return this.#proc?.pid;
  }

  /** Starts the process; resolves with its ready message. */
  start() {
    return new Promise((resolve, reject) => {
      const started = process.hrtime.bigint();
      const tail = [];
      let ready = false;
      const proc = this.#spawn();
      const late = setTimeout(() => {
        tail.push(`no ready line after ${READY_MS / 1000} s`);
        proc.kill('SIGKILL');
      }, READY_MS);
      this.#read(proc, tail, (message) => {
        if (message.crowdcue === 'ready') {
          clearTimeout(late);
          ready = true;
          resolve(message);
        }
        this.options.onMessage(message);
      });
      this.#exited = new Promise((exited) => {
        proc.once('close', (code, signal) => {
          clearTimeout(late);
          exited();
          if (ready) return this.#crashed(code, signal, since(started));
          return reject(new CommandError(`${this.options.name} did not start (${signal ?? `exit ${code}`}).`, { details: tail.join('\n') }));
        });
      });
    });
  }

  /** Stops for good: SIGTERM, and SIGKILL when that does not help in time. */
  async stop() {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    if (this.#proc === undefined || this.#proc.exitCode !== null || this.#proc.signalCode !== null) return;
    const insist = setTimeout(() => {
      this.options.say(`${this.options.name} does not stop; killing it`);
      this.#proc.kill('SIGKILL');
    }, this.options.stopMs);
    this.#proc.kill('SIGTERM');
    await this.#exited;
    clearTimeout(insist);
  }

  #spawn() {
    const { script, args, env, cwd } = this.options;
    // Its own process group: Ctrl-C reaches it through us, once, and not from the terminal as well.
    this.#proc = spawn(process.execPath, ['--import', LEAVE_WITH_PARENT.href, script instanceof URL ? fileURLToPath(script) : script, ...args], {
      cwd, env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32',
    });
    this.#proc.stdin.on('error', () => {}); // the pipe only says that we live; its loss is the child's exit, seen below
    return this.#proc;
  }

  #read(proc, tail, onMessage) {
    for (const stderr of [false, true]) {
      createInterface({ input: stderr ? proc.stderr : proc.stdout }).on('line', (line) => {
        const { message, text, show } = readLine(line, { stderr });
        if (message !== undefined) return onMessage(message);
        tail.push(text);
        if (tail.length > TAIL) tail.shift();
        if (show || this.options.verbose) this.options.say(`${this.options.name} | ${text}`);
        return undefined;
      });
    }
  }

  #crashed(code, signal, livedMs) {
    if (this.#stopping) return;
    const ended = `${this.options.name} ended (${signal ?? `exit ${code}`})`;
    if (!this.options.restart) return void this.options.say(ended);
    this.#failures = livedMs >= HEALTHY_MS ? 1 : this.#failures + 1;
    const wait = Math.min(BACKOFF_MS * 2 ** (this.#failures - 1), MAX_BACKOFF_MS);
    this.options.say(`${ended}, starting it again in ${wait / 1000} s`);
    this.#restartTimer = setTimeout(() => {
      this.start().then(
        () => this.options.say(`${this.options.name} is back (process ${this.pid})`),
        () => this.#crashed(code, 'not ready', 0),
      );
    }, wait);
  }
}
