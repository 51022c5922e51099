import { adviceOf, CLOSE, CrowdcueError, encodeError, encodeJoinRoom } from '@crowdcue/protocol';
import type { HttpRequest } from 'uWebSockets.js';
import { type DoorDeps, refuse } from './admission.js';
import type { Channel } from './channel.js';
import { type DroppedSession, Expiring, randomId, RECONNECT_MS, type Seat, SEAT_MS } from './seats.js';
import type { Request, Viewer } from './viewers.js';

type StockRequest = Extract<Request, { door: 'stock' }>;

const NOTHING = new Uint8Array(0);

/** What the upgrade request of the stock door says; it is only readable during the call. */
export const stockRequest = (req: HttpRequest): StockRequest => ({
  door: 'stock',
  processId: req.getParameter(0),
  roomId: req.getParameter(1),
  session: req.getQuery('sessionId'),
  reconnection: req.getQuery('reconnectionToken'),
  skipHandshake: req.getQuery('skipHandshake') !== undefined,
});

/** The door of a stock Colyseus SDK: a seat by HTTP, then the room's socket with the handshake of Colyseus 0.18. */
export class StockDoor {
  readonly seats: Expiring<Seat>;
  readonly #dropped: Expiring<DroppedSession>;
  /** Sessions that are connected, by reconnection token: a client may come back before its old socket is known to be dead. */
  readonly #connected = new Map<string, Viewer>();

  constructor(private readonly deps: DoorDeps) {
    this.seats = new Expiring(SEAT_MS, () => deps.clock.now());
    this.#dropped = new Expiring(RECONNECT_MS, () => deps.clock.now());
  }

  /** Whether the session of this reconnection token can be taken up again; used by `matchmake/reconnect`. */
  sessionOf(token: string): DroppedSession | undefined {
    const connected = this.#connected.get(token);
    return connected === undefined ? this.#dropped.get(token) : sessionOf(connected);
  }

  opened(viewer: Viewer, request: StockRequest): void {
    try {
      const back = request.reconnection !== undefined;
      const seat = back ? this.#takeUp(request) : this.#takeSeat(request);
      const channel = seat === undefined ? undefined : this.deps.channels.find(seat.event);
      const fits = request.processId === this.deps.relayId && channel?.address.roomId === request.roomId;
      if (seat === undefined || channel === undefined || !fits) return this.#expired(viewer, back);
      viewer.admission = { claims: seat.claims, sessionId: request.session!, keepsDecoder: request.skipHandshake };
      viewer.delay = seat.delay ?? 0;
      channel.admit(viewer);
    } catch (error) {
      refuse(viewer, error, this.deps);
    }
  }

  /** The channel is open: the handshake. Colyseus sends the state only after the client has acknowledged it. */
  letIn(viewer: Viewer, channel: Channel): void {
    const reconnectionToken = (viewer.reconnectionToken = randomId());
    this.#connected.set(reconnectionToken, viewer);
    viewer.state = { kind: 'joining', since: this.deps.clock.now() };
    const reflection = viewer.admission!.keepsDecoder ? NOTHING : channel.reflection;
    this.deps.outlet.offer(viewer, [encodeJoinRoom({ reconnectionToken, reflection })]);
  }

  /** The client has acknowledged the handshake. */
  acknowledged(viewer: Viewer): void {
    viewer.channel!.enter(viewer, []);
  }

  /** The socket is closed: unless the viewer left, or was sent away for good, its session waits for it. */
  closed(viewer: Viewer, code: number): void {
    const token = viewer.reconnectionToken;
    if (token === undefined || !this.#connected.delete(token)) return;
    const left = code === CLOSE.consented || (code >= 4000 && adviceOf(code) === 'stop');
    if (!left) this.#dropped.put(token, sessionOf(viewer));
  }

  #takeSeat({ session }: StockRequest): Seat | undefined {
    return session === undefined ? undefined : this.seats.take(session);
  }

  #takeUp(request: StockRequest): Seat | undefined {
    const token = request.reconnection!;
    const session = this.sessionOf(token);
    if (session === undefined || session.sessionId !== request.session) return undefined;
    const old = this.#connected.get(token);
    this.#connected.delete(token);
    this.#dropped.take(token);
    if (old !== undefined) this.deps.outlet.close(old, CLOSE.taken_over, 'taken_over');
    this.seats.take(session.sessionId);
    // A decoder of another schema cannot go on; the client has to join anew.
    const current = this.deps.channels.find(session.event);
    const readable = !request.skipHandshake || current === undefined || Buffer.from(session.reflection).equals(current.reflection);
    return readable ? session : undefined;
  }

  /** As Colyseus does it: an ERROR frame, then 4002, or 4003 for a reconnection. */
  #expired(viewer: Viewer, back: boolean): void {
    const code = new CrowdcueError('seat_expired').code;
    this.deps.metrics.refusedWith(code);
    this.deps.outlet.offer(viewer, [encodeError(code)]);
    this.deps.outlet.close(viewer, back ? CLOSE.reconnection_refused : CLOSE.with_error);
  }
}

const sessionOf = (viewer: Viewer): DroppedSession => ({
  event: viewer.channel!.address.event,
  claims: viewer.admission!.claims,
  sessionId: viewer.admission!.sessionId,
  delay: viewer.delay,
  reflection: viewer.channel!.reflection,
});
