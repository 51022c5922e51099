import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One try that reached the shop. */
export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly id: string;
  // The tests say what they expect of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly event: any;
}

export type Behaviour = (call: Call, response: ServerResponse) => void;

const OK: Behaviour = (_, response) => void response.writeHead(204).end();

/** A shop that hears webhooks on real sockets; each path behaves as it is told, and takes everything unless told. */
export class Shop {
  readonly calls: Call[] = [];
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #waiting = new Set<() => void>();
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server, private readonly scheme: 'http' | 'https') {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#hear(request, response));
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    });
  }

  /** `tls`: key and certificate, PEM; without them in plain text. */
  static async start(port = 0, tls?: { readonly key: Buffer; readonly cert: Buffer }): Promise<Shop> {
    const shop = tls === undefined ? new Shop(createServer(), 'http') : new Shop(createTlsServer(tls), 'https');
    await new Promise<void>((resolve) => shop.server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => shop.stop());
    return shop;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string, host = '127.0.0.1'): string {
    return `${this.scheme}://${host}:${this.port}${path}`;
  }

  /** Ends every connection, as a receiver that restarts does. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  behave(path: string, behaviour: Behaviour): void {
    this.#behaviours.set(path, behaviour);
  }

  at(path: string): Call[] {
    return this.calls.filter((call) => call.path === path);
  }

  /** Resolves when `probe` holds; looked at with every call. */
  until(probe: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!probe()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  stop(): Promise<void> {
    this.hangUp();
    return new Promise((resolve) => (this.server.listening ? this.server.close(() => resolve()) : resolve()));
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const headers = request.headers as Record<string, string>;
    const call: Call = { path: request.url!, headers, body, id: headers['webhook-id'] ?? '', event: JSON.parse(body) };
    this.calls.push(call);
    (this.#behaviours.get(call.path) ?? OK)(call, response);
    for (const look of [...this.#waiting]) look();
  }
}

/** A port that answers every connection with these bytes, which are no HTTP, or with nothing at all. */
export const oddServer = async (bytes: string | undefined): Promise<{ readonly url: string; connections(): number; server: TcpServer }> => {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', () => { if (bytes !== undefined) socket.end(bytes); });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => {
    for (const socket of sockets) socket.destroy();
    server.close(() => resolve());
  }));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, connections: () => connections, server };
};
