/**
 * Chromium by its own protocol: Playwright holds every page visible, and what is tested here is a page that is hidden and frozen for
 * real. The process is its own group and ends with `close`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { until } from './fake-relay.js';

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-port=0'];

type Fields = Record<string, unknown>;

export class RawChromium {
  #id = 0;
  readonly #waiting = new Map<number, { resolve(result: Fields): void; reject(error: Error): void }>();

  private constructor(private readonly child: ChildProcess, private readonly socket: WebSocket, private readonly profile: string) {
    socket.on('message', (data: Buffer) => {
      const { id, result, error } = JSON.parse(String(data)) as { id?: number; result?: Fields; error?: { message: string } };
      const asked = this.#waiting.get(id ?? -1);
      if (error === undefined) asked?.resolve(result ?? {});
      else asked?.reject(new Error(error.message));
    });
  }

  static async start(executable: string): Promise<RawChromium> {
    const profile = mkdtempSync(join(tmpdir(), 'crowdcue-chromium-'));
    const child = spawn(executable, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], { stdio: 'ignore', detached: true });
    const where = await until('Chromium listens', () => {
      try {
        const [port, path] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
        return path === undefined || path === '' ? undefined : `ws://127.0.0.1:${port}${path}`;
      } catch {
        return undefined;
      }
    }, 30_000);
    const socket = new WebSocket(where);
    await new Promise<void>((resolve, reject) => socket.on('open', () => resolve()).on('error', reject));
    return new RawChromium(child, socket, profile);
  }

  send(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  /** Opens a page; resolves when `ready`, an expression, is true there. */
  async open(url: string, ready: string): Promise<RawPage> {
    const { targetId } = await this.send('Target.createTarget', { url });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new RawPage(this, targetId as string, sessionId as string);
    for (const end = Date.now() + 20_000; (await page.run(ready)) !== true;) {
      if (Date.now() > end) throw new Error(`the page never came to ${ready}`);
    }
    return page;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.socket.terminate();
    process.kill(-this.child.pid!, 'SIGKILL');
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

export class RawPage {
  constructor(private readonly chromium: RawChromium, private readonly targetId: string, private readonly sessionId: string) {}

  /** The value of an expression, awaited. */
  async run(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.chromium.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, this.sessionId) as { result: { value?: unknown }; exceptionDetails?: unknown };
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** Hides the page, and stops it; only `thaw` makes it run again. */
  async freeze(): Promise<void> {
    await this.chromium.send('Page.setWebLifecycleState', { state: 'frozen' }, this.sessionId);
  }

  async thaw(): Promise<void> {
    await this.chromium.send('Page.setWebLifecycleState', { state: 'active' }, this.sessionId);
  }

  /** Brings another tab in front. */
  async hide(): Promise<void> {
    const { targetId } = await this.chromium.send('Target.createTarget', { url: 'about:blank' });
    await this.chromium.send('Target.activateTarget', { targetId });
  }

  async show(): Promise<void> {
    await this.chromium.send('Target.activateTarget', { targetId: this.targetId });
  }
}
