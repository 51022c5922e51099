/**
 * Our own TCP proxy: latency, jitter, loss, bandwidth, cuts and half-open connections. A lost segment is one that comes a retransmission
 * time-out later, and everything behind it waits: that is what TCP makes of loss, and all that an application can see of it.
 */
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { now } from '../clock.js';
import { FAIR, type ChaosProxy, type Conditions } from './proxy.js';

/** Bytes of a segment: loss strikes these. */
const SEGMENT = 1_400;
/** Smallest retransmission time-out of Linux, ms; twice the latency comes on top. */
const RETRANSMIT_MS = 200;
/** Bytes on their way in one direction past which the sender is not read. */
const IN_FLIGHT = 256 * 1024;

/** What the two directions of all connections share. */
interface Weather {
  conditions: Conditions;
  halfOpen: boolean;
  readonly random: () => number;
}

/** One direction of one connection. */
class Direction {
  readonly #queue: { readonly at: number; readonly bytes: Buffer }[] = [];
  #bytes = 0;
  #lastAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(readonly from: Socket, readonly to: Socket, readonly weather: Weather) {
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => {
      this.#ended = true;
      this.#pump();
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #take(chunk: Buffer): void {
    if (this.weather.halfOpen) return;
    const { latencyMs, jitterMs, loss, bytesPerSecond } = this.weather.conditions;
    for (let at = 0; at < chunk.length; at += SEGMENT) {
      const bytes = Buffer.from(chunk.subarray(at, at + SEGMENT));
      const lost = this.weather.random() < loss ? RETRANSMIT_MS + 2 * latencyMs : 0;
      const arrives = now() + Math.max(0, latencyMs + jitterMs * (2 * this.weather.random() - 1)) + lost;
      const paced = bytesPerSecond === 0 ? 0 : (bytes.length / bytesPerSecond) * 1000;
      this.#lastAt = Math.max(arrives, this.#lastAt + paced);
      this.#queue.push({ at: this.#lastAt, bytes });
      this.#bytes += bytes.length;
    }
    if (this.#bytes > IN_FLIGHT) this.from.pause();
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      const wait = head.at - now();
      if (wait > 0.5) {
        this.#timer = setTimeout(() => this.#pump(), wait);
        return;
      }
      this.#queue.shift();
      this.#bytes -= head.bytes.length;
      if (!this.weather.halfOpen && !this.to.destroyed) this.to.write(head.bytes);
    }
    if (this.from.isPaused() && this.#bytes <= IN_FLIGHT) this.from.resume();
    if (this.#ended && !this.to.destroyed) this.to.end();
  }
}

export class TcpProxy implements ChaosProxy {
  readonly #pairs = new Set<() => void>();
  readonly #weather: Weather;
  #refusing = false;

  private constructor(readonly server: Server, readonly upstreamPort: () => number, random: () => number) {
    this.#weather = { conditions: FAIR, halfOpen: false, random };
    server.on('connection', (client) => this.#connected(client));
  }

  /** Listens on a free port of 127.0.0.1; `upstreamPort` is asked at each connection, for a process may not be there yet. */
  static async start(upstreamPort: () => number, random: () => number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, upstreamPort, random);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  set(conditions: Conditions): Promise<void> {
    this.#weather.conditions = conditions;
    return Promise.resolve();
  }

  cut(): Promise<void> {
    this.#refusing = true;
    this.#breakAll();
    return Promise.resolve();
  }

  halfOpen(): Promise<void> {
    this.#weather.halfOpen = true;
    return Promise.resolve();
  }

  mend(): Promise<void> {
    if (this.#weather.halfOpen) this.#breakAll();
    this.#weather.halfOpen = false;
    this.#refusing = false;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#breakAll();
    this.server.close();
    await once(this.server, 'close');
  }

  #breakAll(): void {
    for (const destroy of this.#pairs) destroy();
  }

  #connected(client: Socket): void {
    if (this.#refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: this.upstreamPort(), host: '127.0.0.1', allowHalfOpen: true });
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    const directions = [new Direction(client, upstream, this.#weather), new Direction(upstream, client, this.#weather)];
    const destroy = (): void => {
      this.#pairs.delete(destroy);
      for (const direction of directions) direction.stop();
      client.destroy();
      upstream.destroy();
    };
    this.#pairs.add(destroy);
    for (const socket of [client, upstream]) socket.on('error', () => undefined).on('close', () => destroy());
  }
}
