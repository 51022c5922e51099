/** A Colyseus server on a free port of loopback, as anybody would set one up. One a process: Colyseus's matchmaker is global. */
import { matchMaker, Server, type Room } from '@colyseus/core';
import { uWebSocketsTransport } from '@colyseus/uwebsockets-transport';
import uWS from 'uWebSockets.js';

export interface TestServer {
  readonly port: number;
  readonly http: string;
  readonly transport: uWebSocketsTransport;
  create<T extends Room>(type: string, options: Record<string, unknown>): Promise<T>;
  close(): Promise<void>;
}

export const startColyseus = async (types: Record<string, new () => Room>): Promise<TestServer> => {
  globalThis.WebSocket ??= { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as never;
  const transport = new uWebSocketsTransport({ maxPayloadLength: 8 * 1024 * 1024 });
  const server = new Server({ transport, greet: false, gracefullyShutdown: false });
  for (const [name, type] of Object.entries(types)) server.define(name, type);
  await server.listen(0);
  const port = uWS.us_socket_local_port((transport as unknown as { _listeningSocket: never })._listeningSocket);
  return {
    port, http: `http://127.0.0.1:${port}`, transport,
    create: async <T extends Room>(type: string, options: Record<string, unknown>) => {
      const { roomId } = await matchMaker.createRoom(type, options);
      return matchMaker.getLocalRoomById(roomId) as unknown as T;
    },
    close: () => server.gracefullyShutdown(false),
  };
};
