/** The four ways in: what a connection says until ticks reach it, and what its ticks look like. */
import { request as plainRequest, Agent } from 'node:http';
import { request as secureRequest, Agent as SecureAgent } from 'node:https';
import { encodeAction, encodeTier, FRAME, SUBPROTOCOL, type Tier } from '@crowdcue/protocol';
import { Packr } from 'msgpackr';
import { BODY_BYTES, BODY_TIME_AT } from './beat-state.js';
import { BINARY, TEXT, type CountingSocket, type Tally, type Target } from './counting-socket.js';

export const SOCKETIO_EVENT = 't';
/** Milliseconds with three decimals, padded: enough for a machine that has been up for thirty years. */
export const SOCKETIO_TIME_DIGITS = 16;
const SOCKETIO_HEAD = `42["${SOCKETIO_EVENT}","`;
const SOCKETIO_PING = 0x32; // "2"
const SOCKETIO_PONG = new TextEncoder().encode('3');
const SOCKETIO_CONNECT = new TextEncoder().encode('40');
/** Bytes before the payload of a small frame. */
const HEAD_BYTES = 2;
/** ROOM_DATA and the type "act". */
const COLYSEUS_ACT = Buffer.from([FRAME.roomData, 0xa3, ...new TextEncoder().encode('act')]);
const packr = new Packr({ useRecords: false });
const JOINED = new Uint8Array([FRAME.joinRoom]);

/** How a load dials; goes to its process as JSON. */
export type Dial =
  | { readonly kind: 'bare'; readonly url: string }
  | { readonly kind: 'relay'; readonly url: string; readonly event: string; readonly tokens: readonly string[]; readonly tiers: readonly Tier[] }
  /** With tokens each viewer shows one, and asks for its seat over a connection of its own, as every browser does. */
  | { readonly kind: 'colyseus'; readonly url: string; readonly roomId: string; readonly tokens?: readonly string[] }
  | { readonly kind: 'socketio'; readonly url: string };

/** What a connection does until it is in. `enter` is called when it is, `wait` when it is put in line, from inside or not. */
export interface Way {
  /** Where connection `i` goes. Throws `NoSeat` when the server gives it none. */
  target(i: number): Target | Promise<Target>;
  opened(i: number, socket: CountingSocket, enter: () => void): void;
  received(i: number, payload: Uint8Array, socket: CountingSocket, enter: () => void, wait: () => void): void;
}

/** The server said no before there was a connection. */
export class NoSeat extends Error {}

type Layout = Pick<Tally, 'first' | 'frameBytes' | 'time'>;

const PATCH_LAYOUT: Layout = {
  first: BINARY, frameBytes: HEAD_BYTES + 1 + BODY_BYTES, time: (bytes, at) => bytes.readDoubleLE(at + HEAD_BYTES + 1 + BODY_TIME_AT),
};

const SOCKETIO_LAYOUT: Layout = {
  first: TEXT, frameBytes: HEAD_BYTES + SOCKETIO_HEAD.length + BODY_BYTES + 2,
  time: (bytes, at) => Number(bytes.toString('latin1', at + HEAD_BYTES + SOCKETIO_HEAD.length, at + HEAD_BYTES + SOCKETIO_HEAD.length + SOCKETIO_TIME_DIGITS)),
};

export const layoutOf = ({ kind }: Dial): Layout => (kind === 'socketio' ? SOCKETIO_LAYOUT : PATCH_LAYOUT);

export const wayOf = (dial: Dial): Way => {
  switch (dial.kind) {
    case 'bare': return bareWay(dial.url);
    case 'relay': return relayWay(dial);
    case 'colyseus': return colyseusWay(dial);
    case 'socketio': return socketioWay(dial.url);
  }
};

const bareWay = (url: string): Way => ({
  target: () => ({ url: new URL(url) }),
  opened: (_i, _socket, enter) => enter(),
  received: () => {},
});

/** The direct door: in when the keyframe is there. */
const relayWay = ({ url, event, tokens, tiers }: Extract<Dial, { kind: 'relay' }>): Way => ({
  target: (i) => ({
    url: new URL(`${url}/live/${event}`), protocols: [SUBPROTOCOL, 'queue.1', `token.${tokens[i]!}`, `session.bench${String(i).padStart(16, '0')}`],
  }),
  opened: () => {},
  received: (i, payload, socket, enter, wait) => {
    if (payload[0] === FRAME.queue) return wait();
    if (payload[0] !== FRAME.roomState) return undefined;
    if (tiers.length > 0) socket.send(encodeTier(tiers[i % tiers.length]!));
    enter();
  },
});

/** A seat over HTTP, then the socket, the handshake, and in when the state is there. */
const colyseusWay = ({ url, roomId, tokens }: Extract<Dial, { kind: 'colyseus' }>): Way => {
  const join = seatsAt(url, tokens === undefined);
  return {
    target: async (i) => {
      const { processId, sessionId } = await join(roomId, tokens?.[i]);
      return { url: new URL(`${url.replace(/^http/, 'ws')}/${processId}/${roomId}?sessionId=${sessionId}`) };
    },
    opened: () => {},
    received: (_i, payload, socket, enter) => {
      if (payload[0] === FRAME.joinRoom) socket.send(JOINED);
      else if (payload[0] === FRAME.roomState) enter();
    },
  };
};

const socketioWay = (url: string): Way => ({
  target: () => ({ url: new URL(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`) }),
  opened: () => {},
  received: (_i, payload, socket, enter) => {
    if (payload[0] === SOCKETIO_PING) socket.send(SOCKETIO_PONG, TEXT);
    else if (payload[0] === 0x30) socket.send(SOCKETIO_CONNECT, TEXT); // "0": the engine is open
    else if (payload[0] === 0x34 && payload[1] === 0x30) enter(); // "40": in the namespace
  },
});

/** One action as its own frame, as a viewer of this server sends it: choice 0 or 1, value 1. */
export const actionFrames = ({ kind }: Dial): ((n: number) => Uint8Array) => {
  if (kind === 'relay') return (n) => encodeAction({ n, round: 1, choice: n & 1, value: 1 });
  if (kind !== 'colyseus') throw new Error(`${kind} takes no actions`);
  return (n) => Buffer.concat([COLYSEUS_ACT, packr.pack({ n, choice: n & 1, value: 1 })]);
};

interface Seat {
  readonly processId: string;
  readonly sessionId: string;
}

/** Asks for seats; `keepAlive` shares a few connections between all viewers, which is quicker than life. */
const seatsAt = (base: string, keepAlive: boolean): ((roomId: string, token?: string) => Promise<Seat>) => {
  const secure = base.startsWith('https:');
  const agent = secure ? new SecureAgent({ keepAlive, rejectUnauthorized: false }) : new Agent({ keepAlive });
  const request = secure ? secureRequest : plainRequest;
  return (roomId, token) => new Promise((resolve, reject) => {
    const asked = request(`${base}/matchmake/joinById/${roomId}`, {
      method: 'POST', agent, headers: {
        'content-type': 'application/json', 'content-length': '2', accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        if (response.statusCode !== 200) return reject(new NoSeat(`HTTP ${response.statusCode}`));
        return resolve(JSON.parse(Buffer.concat(parts).toString()) as Seat);
      });
    });
    asked.on('error', reject);
    asked.end('{}');
  });
};
