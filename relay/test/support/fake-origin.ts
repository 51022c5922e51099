/**
 * An origin without Colyseus, cranked by hand: it answers the relay's HTTP, speaks the link protocol on a real socket and holds a real
 * @colyseus/schema state, so that what arrives at viewers is what a stock SDK decodes. Nothing ticks unless a test says so.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Batch, decodeBatch, decodeClock, decodeDelayErrors, type DelayErrors, encodeClock, encodeGreeting, encodeKeyframe, encodeTick, FRAME, innerMacText, LINK, LINK_VERSION, mintToken, type TickFrame, type TokenClaims,
} from '@crowdcue/protocol';
import { WebSocketServer } from 'ws';
import { checkLinkProof } from '../../src/index.js';
import { ChurningState, seeded } from './churn.js';
import type { RawSocket } from './shapes.js';

export const SECRET = 'a relay secret of the tests';

interface LinkOf { relayId: string; incarnation: number; acked: number; applied: number; socket: RawSocket | undefined; kicks: TickFrame['kicks'][number][] }
export interface Applied { relayId: string; n: number; batch: Batch }
type Extra = Partial<Pick<TickFrame, 'confirms' | 'refusals' | 'privates' | 'directs' | 'broadcasts' | 'kicks' | 'mark' | 'shifted'>>;

export class FakeRoom {
  readonly doorKey = randomBytes(32);
  epoch = 1;
  readonly churn: ChurningState;
  readonly links = new Map<string, LinkOf>();
  readonly applied: Applied[] = [];
  readonly delayErrors: DelayErrors[][] = [];
  repeats = 0;
  /** Acknowledges with every tick what was applied. */
  acks = true;
  /** Keyframe requests that came. */
  asked = 0;
  answersKeyframeRequests = true;
  /** What it speaks on its links: 1 is the origin of the version before. */
  version = LINK_VERSION;
  /** Past it joins are refused with `event_full`, as a room does; then connections of one viewer take each other over too. */
  maxViewers = Number.POSITIVE_INFINITY;
  /** Who is in, by viewer number; kept while `maxViewers` is finite. */
  readonly online = new Map<number, { link: LinkOf; slot: number; connection: number }>();
  mostOnline = 0;
  /** Whether ticks belong to a round in stream time. */
  shifted = false;
  onApplied: ((a: Applied) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly event: string, readonly roomId: string, seed: number) {
    this.churn = new ChurningState(seeded(seed));
  }

  get now(): number {
    return 1_000_000 + performance.now();
  }

  token(sub: number, over: Partial<TokenClaims> = {}, key: Buffer = this.doorKey): string {
    const iat = Math.floor(Date.now() / 1000);
    const claims = { evt: this.event, sub, tier: 'public', name: `Viewer ${sub}`, iat, exp: iat + 3600, ...over };
    const mac = createHmac('sha256', 'inner').update(innerMacText(claims)).digest('base64url');
    return mintToken({ ...claims, mac, ...(over.mac === undefined ? {} : { mac: over.mac }) }, (text) => createHmac('sha256', key).update(text).digest('base64url'));
  }

  /** One tick to every link. */
  crank(extra: Extra = {}, quiet = false): number {
    const patch = this.churn.step(quiet);
    for (const link of this.links.values()) {
      if (this.acks) link.acked = link.applied;
      link.socket?.send(encodeTick({
        epoch: this.epoch, tick: this.churn.tick, eventTime: this.now, acked: link.acked, mark: false, shifted: this.shifted, patch,
        confirms: [], refusals: [], privates: [], directs: [], broadcasts: [], ...extra, kicks: [...link.kicks.splice(0), ...(extra.kicks ?? [])],
      }, this.version));
    }
    return this.churn.tick;
  }

  /** Ticks by itself, as a room does. */
  run(ms = 10): void {
    this.#timer = setInterval(() => this.crank(), ms);
  }

  halt(): void {
    clearInterval(this.#timer);
  }

  keyframe(): void {
    const frame = encodeKeyframe({ epoch: this.epoch, tick: this.churn.tick, eventTime: this.now, body: this.churn.keyframe() });
    for (const link of this.links.values()) link.socket?.send(frame);
  }

  /** Cuts every link without a word. */
  cut(): void {
    for (const link of this.links.values()) link.socket?.terminate();
  }

  /** Closes every link with a code. */
  end(code: number): void {
    for (const link of this.links.values()) link.socket?.close(code);
  }

  linked(): boolean {
    return [...this.links.values()].some((link) => link.socket !== undefined);
  }

  connect(socket: RawSocket, relayId: string, incarnation: number): void {
    const key = `${relayId}/${incarnation}`;
    const link = this.links.get(key) ?? { relayId, incarnation, acked: 0, applied: 0, socket: undefined, kicks: [] };
    this.links.set(key, link);
    link.socket = socket;
    socket.send(encodeGreeting({ epoch: this.epoch, acked: link.acked, eventTime: this.now, tickMs: 50, reflection: this.churn.reflection, version: this.version }));
    socket.send(encodeKeyframe({ epoch: this.epoch, tick: this.churn.tick, eventTime: this.now, body: this.churn.keyframe() }));
    // As the plugin does it: the keyframe's own tick, whose patch is in it.
    socket.send(encodeTick({
      epoch: this.epoch, tick: this.churn.tick, eventTime: this.now, acked: link.acked, mark: false, shifted: this.shifted, patch: new Uint8Array(0),
      confirms: [], refusals: [], privates: [], directs: [], broadcasts: [], kicks: [],
    }));
    socket.on('message', (data: Buffer) => this.#received(link, new Uint8Array(data)));
    socket.on('close', () => { if (link.socket === socket) link.socket = undefined; });
  }

  #received(link: LinkOf, frame: Uint8Array): void {
    switch (frame[0]) {
      case FRAME.clock: {
        const { sent } = decodeClock(frame);
        link.socket?.send(encodeClock({ sent, received: this.now, answered: this.now }));
        return;
      }
      case LINK.delayErrors:
        this.delayErrors.push(decodeDelayErrors(frame));
        return;
      case LINK.keyframeRequest:
        this.asked++;
        if (this.answersKeyframeRequests) this.keyframe();
        return;
      case LINK.batch: {
        const batch = decodeBatch(frame);
        if (batch.n <= link.applied) { this.repeats++; return; }
        if (batch.n !== link.applied + 1) throw new Error(`batch ${batch.n} after ${link.applied}`);
        link.applied = batch.n;
        if (this.maxViewers < Number.POSITIVE_INFINITY) this.#count(link, batch);
        const a = { relayId: link.relayId, n: batch.n, batch };
        this.applied.push(a);
        this.onApplied?.(a);
        return;
      }
      default: throw new Error(`unknown link frame ${frame[0]}`);
    }
  }

  #count(link: LinkOf, batch: Batch): void {
    for (const { viewer, slot, connection } of batch.joins) {
      const before = this.online.get(viewer);
      if (before === undefined && this.online.size >= this.maxViewers) {
        link.kicks.push({ slot, connection, reason: 'event_full' });
        continue;
      }
      before?.link.kicks.push({ slot: before.slot, connection: before.connection, reason: 'taken_over' });
      this.online.set(viewer, { link, slot, connection });
    }
    for (const { slot, connection } of batch.leaves) {
      for (const [viewer, at] of this.online) if (at.link === link && at.slot === slot && at.connection === connection) this.online.delete(viewer);
    }
    this.mostOnline = Math.max(this.mostOnline, this.online.size);
  }

  /** Everything that was applied, flat. */
  get joins() { return this.applied.flatMap(({ batch }) => batch.joins); }
  get leaves() { return this.applied.flatMap(({ batch }) => batch.leaves); }
  get messages() { return this.applied.flatMap(({ batch }) => batch.messages); }
  get actions() {
    return this.applied.flatMap(({ batch: { actions: c, time } }) =>
      Array.from({ length: c.length }, (_, i) => ({ slot: c.slot[i]!, n: c.n[i]!, round: c.round[i]!, choice: c.choice[i]!, value: c.value[i]!, elapsed: c.elapsed[i]! - 1, at: time - c.age[i]! })));
  }
}

export class FakeOrigin {
  readonly rooms = new Map<string, FakeRoom>();
  readonly registrations: { relayId: string; url: string; incarnation: number; [field: string]: unknown }[] = [];
  /** Answers of the routes below "/api/" and "/matchmake/" instead of the origin's own. */
  broken: ((path: string) => { status: number; body: unknown } | undefined) | undefined;
  lookups = 0;
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;
  #seats = new Map<string, { roomId: string; relayId: string; incarnation: number }>();
  port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  room(event: string, seed = 1): FakeRoom {
    const room = new FakeRoom(event, `room-${event}`, seed);
    this.rooms.set(event, room);
    return room;
  }

  async start(): Promise<this> {
    this.#server = createServer((req, res) => void this.#http(req, res));
    this.#sockets = new WebSocketServer({ server: this.#server, maxPayload: 16 << 20 });
    this.#sockets.on('connection', (socket: RawSocket, req: IncomingMessage) => this.#connected(socket, req));
    await new Promise<void>((resolve) => this.#server!.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    for (const room of this.rooms.values()) { room.halt(); room.cut(); }
    this.#sockets?.close();
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** Its wall clock, told in its answers; an origin of an earlier version tells none. */
  time: (() => number) | undefined;

  #told(): { now?: number } {
    return this.time === undefined ? {} : { now: this.time() };
  }

  async #http(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const answer = (status: number, body: unknown): void => void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const url = req.url!;
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const fault = this.broken?.(url);
    if (fault !== undefined) return answer(fault.status, fault.body);
    if (url.startsWith('/api/') && req.headers.authorization !== `Bearer ${SECRET}`) return answer(403, { code: 'relay_forbidden', error: 'no' });
    if (url === '/api/relays') { this.registrations.push(body); return answer(200, this.#told()); }
    if (url.startsWith('/api/relays/events/')) {
      this.lookups++;
      const room = this.rooms.get(url.slice('/api/relays/events/'.length));
      if (room === undefined) return answer(404, { code: 'event_unknown', error: 'no such event', retryable: false });
      return answer(200, { event: room.event, roomId: room.roomId, doorKey: room.doorKey.toString('base64url'), origin: this.url, ...this.#told() });
    }
    if (url.startsWith('/matchmake/joinById/')) {
      const roomId = url.slice('/matchmake/joinById/'.length);
      if (![...this.rooms.values()].some((r) => r.roomId === roomId)) return answer(522, { code: 522, error: `room "${roomId}" not found` });
      const link = body.crowdcueLink;
      if (!checkLinkProof(SECRET, link.proof, { ...link, roomId }, (this.time?.() ?? Date.now()) / 1000)) return answer(525, { code: 525, error: 'relay_forbidden: A relay link needs its credential.' });
      const sessionId = randomBytes(6).toString('hex');
      this.#seats.set(sessionId, { roomId, ...link });
      return answer(200, { name: 'crowd', sessionId, roomId, processId: 'p1' });
    }
    answer(404, { code: 'not_found', error: url });
  }

  #connected(socket: RawSocket, req: IncomingMessage): void {
    const url = new URL(req.url!, this.url);
    const seat = this.#seats.get(url.searchParams.get('sessionId') ?? '');
    const room = [...this.rooms.values()].find((r) => r.roomId === seat?.roomId);
    if (seat === undefined || room === undefined) return socket.close(4002);
    room.connect(socket, seat.relayId, seat.incarnation);
  }
}
