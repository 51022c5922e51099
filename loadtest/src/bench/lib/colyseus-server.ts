/**
 * Plain Colyseus 0.18 as a peer: one room of the state that all sides carry, on the transport of Colyseus that the environment names
 * (`uws` or `ws`). Both transports are as they come, which is without compression; `ws` pings every 3 s as it always does. Matchmaking,
 * driver and presence are the in-memory defaults. The room has no hooks,
 * but where a door key is given: then `onAuth` checks each viewer's token as our relay does, the very same check. Its patches are sent by its own `broadcastPatch`; the timer that
 * calls it is ours, because all sides of a comparison must have exactly one rate (`setInterval` is late by a part of a millisecond each time).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { matchMaker, Room, Server } from '@colyseus/core';
import { uWebSocketsTransport } from '@colyseus/uwebsockets-transport';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { verifyToken } from '@crowdcue/protocol';
import uWS from 'uWebSockets.js';
import { wall } from '../../clock.js';
import { EVENT } from './tokens.js';
import { Beat, BeatState, beatJson, EncodedBeat } from './beat-state.js';
import { answerParent } from './child.js';
import { userSpace } from './memory-use.js';
import { metronome } from './metronome.js';
import { tlsOfEnv } from './tls-files.js';

/** What `@colyseus/core` reads on reconnection and Node 20 lacks. */
(globalThis as { WebSocket?: unknown }).WebSocket ??= { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

let publishing = false;
let sent = 0;
let messages = 0;
let applied = 0;
/** The newest room: the one that everything is about. */
let room: BeatRoom | undefined;
const setRoom = (made: BeatRoom): void => {
  room = made;
};

const key = process.env['BENCH_DOOR_KEY'];
const doorKey = key === undefined ? undefined : Buffer.from(key, 'base64url');
const door = (text: string): string => createHmac('sha256', doorKey!).update(text).digest('base64url');

class BeatRoom extends Room {
  override autoDispose = false;
  override patchRate = null;
  override state = new BeatState();
  readonly lastN = new Map<string, number>();
  readonly beat = new Beat(this.state);

  override onCreate({ maxClients }: { maxClients?: number }): void {
    if (maxClients !== undefined) this.maxClients = maxClients;
    this.onMessage('act', (client, { n }: { n: number }) => {
      messages++;
      if (n <= (this.lastN.get(client.sessionId) ?? 0)) return; // sent again
      this.lastN.set(client.sessionId, n);
      applied++;
    });
    this.beat.change(); // the first number stands in the state that the first viewer gets
    this.broadcastPatch();
    setRoom(this);
  }

  /** Before a seat is given, by Colyseus's own rule for a static one. */
  static override async onAuth(token: string): Promise<unknown> {
    return doorKey === undefined ? true : verifyToken(token, door, EVENT, wall() / 1000, (a, b) => timingSafeEqual(Buffer.from(a), Buffer.from(b)));
  }

  /** One change and its patch. */
  tick(): void {
    this.beat.change();
    sent += this.clients.length;
    this.broadcastPatch();
  }
}

const tls = tlsOfEnv();

const uws = (): { transport: uWebSocketsTransport; port: () => number } => {
  const transport = new uWebSocketsTransport({}, tls === undefined ? {} : { key_file_name: tls.keyFile, cert_file_name: tls.certFile });
  // `_listeningSocket` is private; the transport tells its port in no other way.
  return { transport, port: () => uWS.us_socket_local_port((transport as unknown as { _listeningSocket: uWS.us_socket })._listeningSocket as never) };
};

const ws = (): { transport: WebSocketTransport; port: () => number } => {
  const server = tls === undefined ? createServer() : createSecureServer({ key: readFileSync(tls.keyFile), cert: readFileSync(tls.certFile) });
  return { transport: new WebSocketTransport({ server: server as ReturnType<typeof createServer> }), port: () => (server.address() as AddressInfo).port };
};

const { transport, port } = process.env['BENCH_TRANSPORT'] === 'ws' ? ws() : uws();
const server = new Server({ transport, greet: false, gracefullyShutdown: false });
server.define('beat', BeatRoom);
await server.listen(0, '127.0.0.1');

const openRoom = async (maxClients?: number): Promise<string> => (await matchMaker.createRoom('beat', { maxClients })).roomId;

await openRoom();
metronome(Number(process.env['TICK_MS']), () => {
  if (publishing) room!.tick();
});
answerParent(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port()}`, {
  publish: (on: boolean) => {
    publishing = on;
  },
  sent: () => sent, viewers: () => room!.clients.length, actions: () => ({ messages, applied }), memory: userSpace,
  /** A new room, which everything is about from then on. */
  room: (maxClients?: number) => openRoom(maxClients),
  roomId: () => room!.roomId,
  truth: () => ({ seq: room!.beat.seq, json: beatJson(room!.state) }),
  reflection: () => Buffer.from(new EncodedBeat().reflection).toString('base64'),
});
