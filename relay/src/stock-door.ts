import { adviceOf, CLOSE, CrowdcueError, encodeError, encodeJoinRoom } from '@crowdcue/protocol';
import type { HttpRequest } from 'uWebSockets.js';
import { addressOf, type DoorDeps, refuse } from './admission.js';
import type { Channel } from './channel.js';
import type { EventAddress } from './origin-api.js';
import { eventIn, openSeat, openSession, randomId, schemaOf, SEAT_S, sealSeat, sealSession, Spent, type StockSession } from './seats.js';
import type { Request, Viewer, ViewerClaims } from './viewers.js';

type StockRequest = Extract<Request, { door: 'stock' }>;

const NOTHING = new Uint8Array(0);
/** Between a relay's id, which has none of it, and a sealed seat; it stays as it is in a path. */
const CUT = '~';

/** What the upgrade request of the stock door says; it is only readable during the call. */
export const stockRequest = (req: HttpRequest, address: string): StockRequest => {
  const processId = req.getParameter(0) ?? '';
  return {
    door: 'stock',
    address,
    seat: processId.slice(processId.indexOf(CUT) + 1),
    roomId: req.getParameter(1) ?? '',
    session: req.getQuery('sessionId'),
    reconnection: req.getQuery('reconnectionToken'),
    skipHandshake: req.getQuery('skipHandshake') !== undefined,
  };
};

/** Whether the request may carry a seat; it costs next to nothing to tell. */
export const bearsSeat = ({ seat, reconnection }: StockRequest): boolean => eventIn(reconnection ?? seat) !== undefined;

/** What Colyseus's matchmaking answers, and its SDK makes the socket's address of. */
export interface SeatAnswer {
  readonly name: string;
  readonly sessionId: string;
  readonly roomId: string;
  readonly processId: string;
}

/** The room's name in what matchmaking answers, and the one that stands for "the event of my token". */
export const CROWD = 'crowd';

/**
 * The door of a stock Colyseus SDK: a seat by HTTP, then the room's socket with the handshake of Colyseus 0.18. Seats and sessions are
 * sealed, so that the socket may come to another worker, or a dropped session to another relay. Each is taken once here; across relays
 * the room sees to it, whose newest session of a viewer wins.
 */
export class StockDoor {
  readonly #spent = new Spent();

  constructor(private readonly deps: DoorDeps) {}

  /** A seat for a viewer whose token was checked; `delay` in ms. */
  seatFor(address: EventAddress, claims: ViewerClaims, delay: number): SeatAnswer {
    const sessionId = randomId();
    const sealed = sealSeat(address.doorKey, { claims, sessionId, delay }, this.#now() + SEAT_S);
    return { name: CROWD, sessionId, roomId: address.roomId, processId: `${this.deps.relayId}${CUT}${sealed}` };
  }

  /** Where a dropped session may be taken up again; used by `matchmake/reconnect`, `from` somewhere. Throws `seat_expired` and what the origin says. */
  async placeOf(token: string, roomId: string, from: string): Promise<SeatAnswer> {
    const event = eventIn(token);
    if (event === undefined) throw new CrowdcueError('seat_expired');
    const address = await addressOf(event, this.deps);
    const session = address.roomId === roomId ? await this.deps.strangers.checked(from, () => this.#sessionOf(address, token)) : undefined;
    if (session === undefined) {
      this.deps.strangers.charge(from);
      throw new CrowdcueError('seat_expired');
    }
    this.deps.channels.open(address); // its link comes up while the client connects
    return { name: CROWD, sessionId: session.sessionId, roomId, processId: this.deps.relayId };
  }

  /** The socket is open. */
  opened(viewer: Viewer, request: StockRequest): void {
    this.deps.strangers.check(request.address, () => this.#check(viewer, request));
  }

  #check(viewer: Viewer, request: StockRequest): void {
    if (viewer.state.kind === 'closed') return; // it left while others were checked
    const back = request.reconnection !== undefined;
    const event = eventIn(request.reconnection ?? request.seat);
    if (event === undefined) return this.#expired(viewer, back);
    try {
      const address = addressOf(event, this.deps);
      if (!(address instanceof Promise)) return this.#admit(viewer, request, address);
      address.then((found) => this.#admit(viewer, request, found)).catch((error: unknown) => refuse(viewer, error, this.deps));
    } catch (error) {
      refuse(viewer, error, this.deps);
    }
  }

  /** The channel is open: the handshake. Colyseus sends the state only after the client has acknowledged it. */
  letIn(viewer: Viewer, channel: Channel): void {
    const { claims, sessionId, keepsDecoder, schema } = viewer.admission!;
    // It was in before the room had no place for it: a state over the one that it has is a resync.
    if (viewer.reconnectionToken !== undefined) return channel.enter(viewer, []);
    const current = schemaOf(channel.reflection);
    // A decoder of another schema cannot go on; the client has to join anew.
    if (keepsDecoder && schema !== undefined && schema !== current) return this.#expired(viewer, true);
    const reconnectionToken = (viewer.reconnectionToken = sealSession(channel.address.doorKey, { claims, sessionId, delay: viewer.delay, schema: current }));
    viewer.state = { kind: 'joining', since: this.deps.clock.now() };
    this.deps.outlet.offer(viewer, [encodeJoinRoom({ reconnectionToken, reflection: keepsDecoder ? NOTHING : channel.reflection })]);
  }

  /** The client has acknowledged the handshake. */
  acknowledged(viewer: Viewer): void {
    const { replaces } = viewer.admission!;
    if (replaces !== undefined) this.#spent.add(replaces);
    viewer.channel!.enter(viewer, []);
  }

  /** The socket is closed: when the viewer left, or was sent away for good, its session is over. */
  closed({ reconnectionToken }: Viewer, code: number): void {
    const left = code === CLOSE.consented || (code >= 4000 && adviceOf(code) === 'stop');
    if (left && reconnectionToken !== undefined) this.#spent.add(reconnectionToken);
  }

  #admit(viewer: Viewer, request: StockRequest, address: EventAddress): void {
    if (viewer.state.kind === 'closed') return; // it left while the origin was asked
    const replaces = request.reconnection;
    const seat = replaces === undefined ? openSeat(address.doorKey, request.seat, this.#now()) : this.#sessionOf(address, replaces);
    const fits = seat?.sessionId === request.session && address.roomId === request.roomId;
    if (seat === undefined || !fits || (replaces === undefined && !this.#spent.add(request.seat))) return this.#expired(viewer, replaces !== undefined);
    viewer.delay = seat.delay;
    viewer.admit({ ...seat, keepsDecoder: request.skipHandshake, ...(replaces === undefined ? {} : { replaces }) });
    this.deps.channels.open(address).admit(viewer);
  }

  #sessionOf(address: EventAddress, token: string): StockSession | undefined {
    return this.#spent.has(token) ? undefined : openSession(address.doorKey, token, this.#now());
  }

  /** Seconds since 1970. */
  #now(): number {
    return this.deps.clock.wall() / 1000;
  }

  /** As Colyseus does it: an ERROR frame, then 4002, or 4003 for a reconnection. */
  #expired(viewer: Viewer, back: boolean): void {
    const code = new CrowdcueError('seat_expired').code;
    this.deps.metrics.refusedWith(code);
    this.deps.strangers.charge(viewer.request.address);
    this.deps.outlet.offer(viewer, [encodeError(code)]);
    this.deps.outlet.close(viewer, back ? CLOSE.reconnection_refused : CLOSE.with_error);
  }
}
