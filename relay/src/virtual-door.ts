/**
 * The door of a relay in front of somebody's Colyseus server: stock clients, whose seats, tokens and messages are the room's affair.
 * Matchmaking goes to the upstream and comes back as it is, but that the seat leads here; the socket then becomes a join in the room's
 * next batch, and what it sends becomes messages. The relay checks shape and rate, and where it is asked to connect to.
 */
import {
  closeForError, CrowdcueError, decodeLinkSession, ERRORS, FRAME, LIMITS,
} from '@crowdcue/protocol';
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { codeOf, type DoorDeps } from './admission.js';
import type { ClientAddresses } from './client-address.js';
import { Answer, corsHeaders } from './http.js';
import { stockRequest } from './stock-door.js';
import type { Request, Viewer } from './viewers.js';
import type { VirtualChannel } from './virtual-channel.js';
import type { VirtualChannels } from './virtual-channels.js';
import type { VirtualOutlet } from './virtual-outlet.js';
import { openPlace } from './virtual-place.js';
import type { VirtualUpstream } from './virtual-upstream.js';

type StockRequest = Extract<Request, { door: 'stock' }>;

/** Bytes of a matchmaking body. */
const BODY_BYTES = 64 * 1024;
/** Ms beyond the relay's own time limit that a room's hooks may take to let somebody in. */
const HOOKS_MS = 20_000;
const PONG: Uint8Array = new Uint8Array([FRAME.ping]);

/** What the door needs. */
export interface VirtualDoorDeps extends Pick<DoorDeps, 'clock' | 'metrics' | 'log'> {
  readonly outlet: VirtualOutlet;
  readonly channels: VirtualChannels;
  readonly upstream: VirtualUpstream;
  readonly secret: string;
  readonly addresses: ClientAddresses;
  readonly draining: () => boolean;
}

/** Stands where the two doors, the fan-in and the matchmaking of an event relay stand. */
export class VirtualDoor {
  constructor(private readonly deps: VirtualDoorDeps) {}

  /** What the upgrade request says; it is only readable during the call. */
  readonly read = (req: HttpRequest, address: string, res: HttpResponse): Request => {
    const headers: [string, string][] = [];
    req.forEach((name, value) => headers.push([name, value]));
    const connection = { token: req.getQuery('_authToken'), headers: this.deps.upstream.headersOf(headers), address: this.#addressOf(res, req) };
    return { ...stockRequest(req, address), connection };
  };

  /** A seat's socket. What the seat is worth, the room says. */
  opened(viewer: Viewer, request: Request): void {
    try {
      if (request.door === 'direct') throw new CrowdcueError('event_unknown'); // there are no events here
      this.#join(viewer, request);
    } catch (error) {
      const code = codeOf(error, this.deps.log);
      this.deps.metrics.refusedWith(code);
      if (code === 'seat_expired') this.deps.outlet.expired(viewer);
      else this.deps.outlet.close(viewer, closeForError(code), code);
    }
  }

  closed(): void {
    // its leave is the channel's
  }

  receive(viewer: Viewer, message: ArrayBuffer, isBinary: boolean): void {
    const now = this.deps.clock.now();
    viewer.lastHeardAt = now;
    try {
      if (!viewer.frames.take(now)) throw new CrowdcueError('flood');
      if (!isBinary) throw new CrowdcueError('frame_text');
      if (message.byteLength > LIMITS.viewerFrameBytes) throw new CrowdcueError('frame_oversize');
      if (message.byteLength === 0) throw new CrowdcueError('frame_truncated');
      const channel = viewer.channel as VirtualChannel | undefined;
      if (channel === undefined || !viewer.entered) return;
      const frame = new Uint8Array(message);
      if (frame[0] === FRAME.ping) channel.feed.direct(viewer, [PONG]);
      else channel.message(viewer, frame);
    } catch (error) {
      if (!(error instanceof CrowdcueError)) throw error;
      this.deps.metrics.refusedWith(error.code);
      this.deps.outlet.close(viewer, closeForError(error.code), error.code);
    }
  }

  /** `POST /matchmake/:method/:name`. */
  handle(res: HttpResponse, req: HttpRequest): void {
    const cors = corsHeaders(req);
    const query = req.getQuery();
    const path = req.getUrl() + (query === undefined || query === '' ? '' : `?${query}`);
    const headers: [string, string][] = [];
    req.forEach((name, value) => headers.push([name, value]));
    const address = this.#addressOf(res, req);
    const answer = new Answer(res);
    answer.body(BODY_BYTES)
      .then((body) => {
        if (this.deps.draining()) throw new CrowdcueError('unavailable');
        return this.deps.upstream.matchmake({ path, headers, address, body });
      })
      .then(({ status, type, body }) => answer.send(status, type, body, cors), (error: unknown) => {
        const code = codeOf(error, this.deps.log);
        this.deps.metrics.refusedWith(code);
        answer.json(ERRORS[code].http, { code: ERRORS[code].http, error: `${code}: ${ERRORS[code].message}` }, cors);
      });
  }

  #join(viewer: Viewer, request: StockRequest): void {
    const { session, reconnection, skipHandshake, connection, seat, roomId } = request;
    const place = openPlace(this.deps.secret, seat, roomId);
    // A link is nobody's session, and its proof nothing that a viewer has.
    if (session === undefined || decodeLinkSession(session) !== undefined) throw new CrowdcueError('seat_expired');
    viewer.state = { kind: 'joining', since: this.deps.clock.now() + HOOKS_MS };
    this.deps.channels.open(place).join(viewer, {
      sessionId: session, reconnection: reconnection ?? '', skipHandshake, token: this.deps.upstream.tokenOf(connection!.token),
      address: connection!.address, headers: connection!.headers,
    });
  }

  /** The viewer's own address, as far as trusted proxies vouch for it. */
  #addressOf(res: HttpResponse, req: HttpRequest): string {
    return this.deps.addresses.of(Buffer.from(res.getRemoteAddressAsText()).toString('latin1'), req.getHeader('x-forwarded-for') || undefined);
  }
}
