/**
 * A relay and origin stand-in on port 0 that a test cranks by hand: real sockets, real protocol frames, a real schema encoder.
 * It judges nothing; what arrives is recorded, what leaves is what the test says. `crash` cuts everything as SIGKILL would.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Encoder, Reflection, schema, t } from '@colyseus/schema';
import {
  decodeAction, decodeClock, encodeClock, encodeJoinRoom, encodeRoomData, encodeRoomState, encodeWelcome, FRAME, joinPatches, mintToken,
  type Action,
} from '@crowdcue/protocol';
import { pack } from 'msgpackr';
import { WebSocketServer, type WebSocket } from 'ws';

const Top = schema({ name: t.string(), score: t.float64() }, 'FakeTop');
const State = schema({
  phase: t.string().default('live'), round: t.uint32().default(1), game: t.string().default('tug'), startsAt: t.float64().default(0),
  endsAt: t.float64().default(0), viewers: t.uint32().default(0), players: t.uint32().default(0),
  numbers: t.map('float64'), texts: t.map('string'), top: t.map(Top),
}, 'FakeState');

export interface FakeViewer {
  readonly protocols: readonly string[];
  readonly url: string;
  readonly frames: Uint8Array[];
  readonly actions: Action[];
  readonly socket: WebSocket;
  send(frame: Uint8Array): void;
}

export type Route = (body: { [key: string]: unknown }, request: IncomingMessage) => { status: number; body: unknown } | undefined;

/** A condition with a deadline instead of a sleep. */
export const until = async <T>(what: string, check: () => T | undefined | false | null, ms = 8_000): Promise<T> => {
  const end = Date.now() + ms;
  for (;;) {
    const value = check();
    if (value !== undefined && value !== false && value !== null) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for: ${what}`);
    await new Promise((wake) => setTimeout(wake, 5));
  }
};

/** A token that no relay would take but that reads well. */
export const fakeToken = (sub = 7, exp = 4_000_000_000, evt = 'show'): string =>
  mintToken({ evt, sub, tier: 'viewer', name: 'Calm Heron', iat: 0, exp, mac: 'AAAA' }, () => 'c2ln');

export class FakeRelay {
  readonly state = new State();
  readonly encoder = new Encoder(this.state);
  readonly viewers: FakeViewer[] = [];
  /** Answers of HTTP routes, by `METHOD /path`. */
  readonly routes = new Map<string, Route>();
  /** Latency probes that came. */
  probes = 0;
  /** Ms that a probe's answer takes; undefined: it gets none. */
  probeMs: number | undefined = 0;
  readonly requests: { route: string; authorization: string | undefined; body: { [key: string]: unknown } }[] = [];
  /** Called for each upgrade; a close code refuses. */
  admit: (viewer: FakeViewer) => { code: number; reason: string } | undefined = () => undefined;
  /** Called for each action. */
  onAction: (viewer: FakeViewer, action: Action) => void = () => {};
  /** What is written after the keyframe in the same go. */
  greet: (viewer: FakeViewer) => Uint8Array[] = () => [];
  /** Whether a viewer has to wait in line, until `letIn`. */
  waits: (viewer: FakeViewer) => boolean = () => false;
  eventTime = (): number => performance.now() + 1_000_000;
  readonly #probing = new Set<WebSocket>();
  /** What WELCOME says. */
  version = 2;
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;
  port = 0;

  static async start(): Promise<FakeRelay> {
    const relay = new FakeRelay();
    relay.encoder.encodeAll();
    relay.encoder.discardChanges();
    await relay.listen();
    return relay;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get last(): FakeViewer {
    return this.viewers.at(-1)!;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => void this.#http(request, response));
    this.#server = server;
    this.#sockets = new WebSocketServer({ server, handleProtocols: () => 'crowdcue.v1', perMessageDeflate: false });
    this.#sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => this.#connect(socket, request));
    await new Promise<void>((ready) => server.listen(this.port, '127.0.0.1', ready));
    this.port = (server.address() as AddressInfo).port;
  }

  /** Everything is cut at once; `listen` brings it back on the same port. */
  async crash(): Promise<void> {
    for (const socket of [...this.viewers.map((viewer) => viewer.socket), ...this.#probing]) socket.terminate();
    this.#server!.closeAllConnections();
    await new Promise((closed) => this.#server!.close(closed));
  }

  keyframe(): Uint8Array {
    return encodeRoomState(this.encoder.encodeAll().slice());
  }

  /** What changed since the last call, to everybody. */
  patch(change: (state: InstanceType<typeof State>) => void): void {
    change(this.state);
    const body = this.encoder.encode().slice();
    this.encoder.discardChanges();
    if (body.length > 0) this.broadcast(joinPatches([body]));
  }

  broadcast(frame: Uint8Array): void {
    for (const viewer of this.viewers) viewer.send(frame);
  }

  #probed(socket: WebSocket): void {
    this.probes++;
    this.#probing.add(socket);
    socket.on('close', () => this.#probing.delete(socket));
    socket.on('message', (data: Buffer) => {
      if (this.probeMs !== undefined) setTimeout(() => socket.send(data.subarray(0, 1)), this.probeMs);
    });
  }

  #connect(socket: WebSocket, request: IncomingMessage): void {
    if (request.url === '/') return this.#probed(socket);
    const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
    const viewer: FakeViewer = {
      protocols, url: request.url ?? '', frames: [], actions: [], socket,
      send: (frame) => void (socket.readyState === 1 && socket.send(frame)),
    };
    this.viewers.push(viewer);
    const refusal = this.admit(viewer);
    if (refusal !== undefined) return void socket.close(refusal.code, refusal.reason);
    socket.on('message', (data: Buffer) => this.#receive(viewer, Uint8Array.from(data)));
    if (!this.waits(viewer)) this.letIn(viewer);
    return undefined;
  }

  /** The first write of a relay; `again` leaves the reflection out, as for one that was in before. */
  letIn(viewer: FakeViewer, again = viewer.protocols.includes('resume.1')): void {
    const sessionId = viewer.protocols.find((part) => part.startsWith('session.'))!.slice(8);
    const reflection = again ? new Uint8Array() : Reflection.encode(this.encoder);
    viewer.send(encodeWelcome({ version: this.version, relayId: 'fake', sessionId, eventTime: this.eventTime() }));
    viewer.send(encodeJoinRoom({ reconnectionToken: 'x', reflection }));
    viewer.send(this.keyframe());
    for (const frame of this.greet(viewer)) viewer.send(frame);
  }

  #receive(viewer: FakeViewer, frame: Uint8Array): void {
    viewer.frames.push(frame);
    if (frame[0] === FRAME.clock) {
      const { sent, received } = decodeClock(frame);
      const time = this.eventTime();
      if (received === undefined) viewer.send(encodeClock({ sent, received: time, answered: time }));
    } else if (frame[0] === FRAME.action) {
      const action = decodeAction(frame);
      viewer.actions.push(action);
      this.onAction(viewer, action);
    }
  }

  async #http(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const route = `${request.method} ${request.url}`;
    const body = (text === '' ? {} : JSON.parse(text)) as { [key: string]: unknown };
    this.requests.push({ route, authorization: request.headers.authorization, body });
    const answer = this.routes.get(route)?.(body, request);
    if (answer === undefined) return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    return undefined;
  }

  /** `POST /api/join` that gives this relay's address; the viewer stays the same with an old token. */
  openJoin(token: () => string = () => fakeToken()): void {
    this.routes.set('POST /api/join', () => ({
      status: 200,
      body: {
        token: token(), viewer: 7, name: 'Calm Heron', event: { id: 'show', name: 'Show', code: 'ABCDEF', accent: '#fff' }, relays: [this.url],
        expiresAt: 4_000_000_000,
      },
    }));
  }
}

export const roomData = (type: string, value: unknown): Uint8Array => encodeRoomData(type, Uint8Array.from(pack(value)));

/** A Storage that tests look into. */
export class MapStorage {
  readonly map = new Map<string, string>();
  getItem(key: string): string | null {
    return this.map.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.map.set(key, value);
  }
  removeItem(key: string): void {
    this.map.delete(key);
  }
}
