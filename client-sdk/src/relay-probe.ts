import type { Clock } from './clock.js';
import type { WebSocketClass, WebSocketLike } from './web-socket.js';

/** Relays that are measured: the ranking's first. */
export const PROBED = 3;
/** All that measuring may cost, ms; and what the others get once one has answered. */
const BOUND_MS = 400;
const GRACE_MS = 60;
/** Round trips that differ by less than this are the same, ms: among them the origin's ranking counts, which spreads the load. */
const BAND_MS = 20;
/** Round trips until a socket is open: TCP, TLS, upgrade. */
const TRIPS = { ws: 2, wss: 3 } as const;

/** Round trip to a relay, ms: `undefined` while nothing is known, Infinity when there is nobody. */
type Trip = number | undefined;

/**
 * Measures the round trips to `relays`, at once and within 400 ms, and gives them in the order to try: the nearest, then as they were,
 * then those that do not answer. `ping` is what the stock SDK's latency probe asks; it is handed in, for this part is loaded by itself
 * and shares nothing.
 */
export const byNearness = async (Socket: WebSocketClass, relays: readonly string[], clock: Clock, ping: Uint8Array<ArrayBuffer>): Promise<readonly string[]> => {
  const trips = await measure(Socket, relays.slice(0, PROBED), clock, ping);
  const nearest = Math.min(...trips.map((trip) => trip ?? Infinity));
  const best = trips.findIndex((trip) => trip !== undefined && trip <= nearest + BAND_MS);
  if (nearest === Infinity || best < 0) return relays;
  const rank = (index: number): number => (index === best ? 0 : trips[index] === Infinity ? 2 : 1);
  return relays.map((relay, index) => ({ relay, index })).sort((a, b) => rank(a.index) - rank(b.index) || a.index - b.index).map(({ relay }) => relay);
};

const measure = (Socket: WebSocketClass, relays: readonly string[], clock: Clock, ping: Uint8Array<ArrayBuffer>): Promise<Trip[]> =>
  new Promise((resolve) => {
    const trips: Trip[] = relays.map(() => undefined);
    /** Of those that are open and have not answered: what the round trip is at least. */
    const leasts: (() => number)[] = [];
    let left = relays.length;
    let graced = false;
    const sockets: WebSocketLike[] = [];
    const end = (): void => {
      clearTimeout(bound);
      for (const socket of sockets) {
        socket.onopen = socket.onmessage = socket.onclose = null;
        close(socket);
      }
      resolve(trips.map((trip, index) => trip ?? leasts[index]?.()));
    };
    let bound = setTimeout(end, BOUND_MS);
    const told = (index: number, trip: number): void => {
      trips[index] = trip;
      if (!graced && trip < Infinity) {
        graced = true;
        clearTimeout(bound);
        bound = setTimeout(end, Math.min(GRACE_MS, Math.max(0, began + BOUND_MS - clock.now())));
      }
      // Nobody can be nearer by more than the band than a first one that is this near.
      if (--left === 0 || (index === 0 && trip <= BAND_MS)) end();
    };
    const began = clock.now();
    relays.forEach((relay, index) => {
      try {
        sockets.push(probe(Socket, relay, clock, ping, (least) => (leasts[index] = least), (trip) => told(index, trip)));
      } catch {
        told(index, Infinity);
      }
    });
  });

const probe = (Socket: WebSocketClass, relay: string, clock: Clock, ping: Uint8Array<ArrayBuffer>, opened: (least: () => number) => void, told: (trip: number) => void): WebSocketLike => {
  const url = `${relay.replace(/^http/, 'ws').replace(/\/+$/, '')}/`;
  const began = clock.now();
  const socket = new Socket(url, []);
  let asked = began;
  socket.binaryType = 'arraybuffer';
  socket.onerror = () => {}; // a close follows
  socket.onopen = () => {
    asked = clock.now();
    const likely = (asked - began) / TRIPS[url.startsWith('wss') ? 'wss' : 'ws'];
    opened(() => Math.max(likely, clock.now() - asked));
    socket.send(ping);
  };
  socket.onmessage = () => {
    socket.onmessage = socket.onclose = null;
    told(clock.now() - asked);
  };
  socket.onclose = () => told(Infinity);
  return socket;
};

const close = (socket: WebSocketLike): void => {
  try {
    socket.close();
  } catch {
    // it was not even open
  }
};
