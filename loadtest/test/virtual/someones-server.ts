/** Somebody's Colyseus server on a free port of loopback, with the transport's defaults. One a process: its matchmaker is global. */
import { matchMaker, Server, type Room } from '@colyseus/core';
import { uWebSocketsTransport } from '@colyseus/uwebsockets-transport';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { Client as Sdk, type Room as SdkRoom } from '@colyseus/sdk';
import { createRelay, type Relay, type RelayConfig } from '@crowdcue/relay';
import type { AddressInfo } from 'node:net';
import uWS from 'uWebSockets.js';
import { SECRET } from './someones-room.js';

export interface SomeonesServer {
  readonly http: string;
  room<T extends Room>(roomId: string): T;
  close(): Promise<void>;
}

/** What the rooms throw on purpose need not be read. */
const nothing = (): void => undefined;
const QUIET = { debug: nothing, error: nothing, info: nothing, trace: nothing, warn: nothing };
console.info = nothing; // the SDK tells of every reconnection

export const startServer = async (
  types: Record<string, { room: new () => Room; filterBy?: string[] }>, kind: 'uws' | 'ws' = 'uws',
): Promise<SomeonesServer> => {
  const transport = kind === 'uws' ? new uWebSocketsTransport() : new WebSocketTransport();
  const server = new Server({ transport, greet: false, gracefullyShutdown: false, logger: QUIET });
  for (const [name, { room, filterBy }] of Object.entries(types)) {
    const defined = server.define(name, room);
    if (filterBy !== undefined) defined.filterBy(filterBy as never);
  }
  await server.listen(0);
  const port = transport instanceof WebSocketTransport
    ? (transport.server!.address() as AddressInfo).port
    : uWS.us_socket_local_port((transport as unknown as { _listeningSocket: never })._listeningSocket);
  return {
    http: `http://127.0.0.1:${port}`,
    room: <T extends Room>(roomId: string) => matchMaker.getLocalRoomById(roomId) as unknown as T,
    close: () => server.gracefullyShutdown(false),
  };
};

let relays = 0;

/** A relay in front of it. */
export const startRelay = (server: SomeonesServer, config: Partial<RelayConfig> = {}): Promise<Relay> => createRelay({
  host: '127.0.0.1', port: 0, originUrl: server.http, auth: 'none', secret: SECRET, relayId: `relay-${++relays}`, incarnation: Date.now(), ...config,
});

export const sdkFor = (relayOrServer: { url: string } | { http: string }): Sdk =>
  new Sdk('url' in relayOrServer ? relayOrServer.url : relayOrServer.http.replace('http', 'ws'));

/** Waits for a condition, with a deadline. */
export const until = async (holds: () => unknown, what: string, ms = 10_000): Promise<void> => {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
};

/** The next message of a type. */
export const next = <T>(room: SdkRoom, type: string): Promise<T> => new Promise((resolve) => {
  const off = room.onMessage(type, (message: T) => {
    off();
    resolve(message);
  });
});
