/**
 * The same through a real Toxiproxy, where it is installed. It knows latency, jitter, bandwidth, cuts and half-open connections; loss it
 * does not know, so conditions with loss come out milder than with our own proxy.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { sleep } from '../clock.js';
import { freePort } from '../system.js';
import { findProgram } from '../tools/find-program.js';
import type { ChaosProxy, Conditions } from './proxy.js';

export const findToxiproxy = (): string | undefined => findProgram('toxiproxy-server', 'CROWDCUE_TOXIPROXY');

const START_TRIES = 100;
const START_PAUSE_MS = 50;

/** A running Toxiproxy server. */
export class Toxiproxy {
  #count = 0;

  private constructor(readonly child: ChildProcess, readonly api: string) {}

  static async start(program: string): Promise<Toxiproxy> {
    const port = await freePort();
    const child = spawn(program, ['-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
    const toxiproxy = new Toxiproxy(child, `http://127.0.0.1:${port}`);
    for (let tries = 0; tries < START_TRIES; tries++) {
      if (await fetch(`${toxiproxy.api}/version`).then((r) => r.ok, () => false)) return toxiproxy;
      await sleep(START_PAUSE_MS);
    }
    child.kill('SIGKILL');
    throw new Error('Toxiproxy did not start');
  }

  /** A proxy to a port of 127.0.0.1. */
  async proxy(upstreamPort: number): Promise<ChaosProxy> {
    const name = `p${++this.#count}`;
    const port = await freePort();
    await this.#call('POST', '/proxies', { name, listen: `127.0.0.1:${port}`, upstream: `127.0.0.1:${upstreamPort}`, enabled: true });
    const enable = (enabled: boolean): Promise<void> => this.#call('POST', `/proxies/${name}`, { enabled });
    const clear = async (): Promise<void> => {
      const toxics = (await (await fetch(`${this.api}/proxies/${name}/toxics`)).json()) as { name: string }[];
      for (const toxic of toxics) await this.#call('DELETE', `/proxies/${name}/toxics/${toxic.name}`);
    };
    const toxic = async (type: string, attributes: Record<string, number>): Promise<void> => {
      for (const stream of ['upstream', 'downstream']) await this.#call('POST', `/proxies/${name}/toxics`, { name: `${type}-${stream}`, type, stream, attributes });
    };
    return {
      port,
      set: async ({ latencyMs, jitterMs, bytesPerSecond }: Conditions) => {
        await clear();
        if (latencyMs + jitterMs > 0) await toxic('latency', { latency: latencyMs, jitter: jitterMs });
        if (bytesPerSecond > 0) await toxic('bandwidth', { rate: Math.max(1, Math.round(bytesPerSecond / 1000)) });
      },
      cut: () => enable(false),
      halfOpen: () => toxic('timeout', { timeout: 0 }),
      mend: async () => {
        await enable(false); // breaks what is half-open
        await clear();
        await enable(true);
      },
      close: () => this.#call('DELETE', `/proxies/${name}`),
    };
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }

  async #call(method: string, path: string, body?: unknown): Promise<void> {
    const response = await fetch(this.api + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`Toxiproxy answered ${response.status} to ${method} ${path}: ${await response.text()}`);
  }
}
