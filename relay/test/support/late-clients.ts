/** Viewers with a delay as they are in the field: a stock SDK that only passes an option, and our SDK. */
import { Client } from '@colyseus/sdk';
import { decodeClock, encodeClock, FRAME } from '@crowdcue/protocol';
import { WebSocket } from 'ws';
import { connect, type Session } from '../../../client-sdk/src/index.js';
import { canonical } from './churn.js';
import { atEnd, type Stage, until } from './harness.js';
import type { RawSocket, StateDecoder, StockRoom } from './shapes.js';

export interface LateClient {
  readonly name: string;
  readonly delay: number;
  /** Whether it is connected and has a state; a new one may have to wait for it. */
  readonly ready: boolean;
  /** The tick that it shows. */
  readonly tick: number;
  readonly json: string;
  /** Calls back at every change of the state. */
  onTick: () => void;
  /** Resolves when everything that the relay wrote so far has been read. */
  barrier(): Promise<void>;
  /** Its connection breaks; it comes back by itself. Resolves when it is back. */
  disturb(): Promise<void>;
}

const jsonOf = (state: unknown): string => canonical(JSON.stringify((state as StateDecoder['state']).toJSON()));
const tickOf = (state: unknown): number => (state as StateDecoder['state'] | undefined)?.tick ?? -1;

export const stockLate = async ({ relay, room }: Stage, sub: number, delay: number): Promise<LateClient> => {
  const joined = (await new Client(relay.url).joinById('show', { token: room.token(sub), delay })) as unknown as StockRoom & {
    ping(done: () => void): void;
    onStateChange(listener: () => void): void;
  };
  joined.reconnection.minUptime = 0;
  atEnd(() => { joined.reconnection.enabled = false; });
  let back = 0;
  joined.onReconnect(() => back++);
  const client: LateClient = {
    name: `stock SDK, ${delay} ms`, delay, onTick: () => undefined,
    get ready() { return joined.state?.phase !== undefined; },
    get tick() { return tickOf(joined.state); },
    get json() { return jsonOf(joined.state); },
    barrier: () => new Promise((resolve) => joined.ping(resolve)),
    disturb: async () => {
      const before = back;
      joined.connection.transport.ws.terminate();
      await until(() => back > before, 'the stock SDK is back', 15_000);
    },
  };
  joined.onStateChange(() => client.onTick());
  return client;
};

export const sdkLate = async ({ relay, room }: Stage, sub: number, delay: number): Promise<LateClient> => {
  let socket: RawSocket | undefined;
  let answered = 0;
  class Tapped extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      socket = this as unknown as RawSocket;
      socket.on('message', (data: Buffer | ArrayBuffer) => {
        const frame = new Uint8Array(data as ArrayBuffer);
        if (frame[0] === FRAME.clock) answered = Math.max(answered, decodeClock(frame).sent);
      });
    }
  }
  let session: Session | undefined;
  const end = new AbortController();
  atEnd(() => end.abort());
  const options = { event: 'show', token: room.token(sub), relays: [relay.url], delay, signal: end.signal, reconnect: { nextDelay: () => 20 }, webSocket: Tapped as never };
  const client: LateClient = {
    name: `our SDK, ${delay} ms`, delay, onTick: () => undefined,
    get ready() { return session?.status === 'live'; },
    get tick() { return tickOf(session?.state); },
    get json() { return jsonOf(session!.state); },
    barrier: async () => {
      const sent = performance.now();
      socket!.send(encodeClock({ sent }));
      await until(() => answered >= sent, 'the relay answers', 15_000);
    },
    disturb: async () => {
      const before = socket;
      (before as unknown as { terminate(): void }).terminate();
      await until(() => socket !== before && socket!.readyState === 1, 'our SDK is back', 15_000);
    },
  };
  connect(options).then((made) => {
    session = made;
    made.onStateChange(() => client.onTick());
    client.onTick();
  }, () => undefined); // it was ended before it had a state
  await until(() => socket?.readyState === 1, 'our SDK is connected', 15_000);
  return client;
};
