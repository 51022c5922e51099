/** A shop that hears of grants by webhook on a real socket: counts them by their id, and checks each signature (Standard Webhooks 1.0). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { now, sleep } from '../clock.js';
import type { HostApi } from '../system.js';

const PATH = '/hook';
const LOOK_MS = 50;

export class ShopReceiver {
  readonly #heard = new Map<string, number>();
  #secret = '';
  #messages = 0;
  #forged = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      void this.#hear(request).finally(() => response.writeHead(204).end());
    });
  }

  static async start(): Promise<ShopReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ShopReceiver(server);
  }

  /** Has an event's grants sent here. */
  async register(host: HostApi, event: string): Promise<void> {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${PATH}`;
    const { secret } = await host.post<{ secret: string }>('/api/webhooks', { url, event, types: ['app.crowdcue.drop.granted'] });
    this.#secret = secret;
  }

  /** Waits until each of these came, at most `withinMs`. */
  async heardOf(ids: readonly string[], withinMs: number): Promise<{ messages: number; repeats: number; missing: number; forged: number }> {
    const missing = (): number => ids.filter((id) => !this.#heard.has(id)).length;
    for (const end = now() + withinMs; missing() > 0 && now() < end; ) await sleep(LOOK_MS);
    return { messages: this.#messages, repeats: this.#messages - this.#heard.size, missing: missing(), forged: this.#forged };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #hear(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures } = request.headers as Record<string, string | undefined>;
    const key = Buffer.from(this.#secret.replace(/^whsec_/, ''), 'base64');
    const wanted = Buffer.from(createHmac('sha256', key).update(`${id}.${time}.`).update(Buffer.concat(chunks)).digest('base64'));
    const good = (signatures ?? '').split(' ').some((each) => {
      const given = Buffer.from(each.replace(/^v1,/, ''));
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    });
    if (!good || id === undefined) return void (this.#forged += 1);
    this.#messages += 1;
    this.#heard.set(id, (this.#heard.get(id) ?? 0) + 1);
  }
}
