import { CrowdcueError, encodeJoinRoom, encodeWelcome, LIMITS, SUBPROTOCOL } from '@crowdcue/protocol';
import type { HttpRequest } from 'uWebSockets.js';
import { addressOf, checkToken, type DoorDeps, refuse } from './admission.js';
import type { Channel } from './channel.js';
import type { EventAddress } from './origin-api.js';
import { type Request, SESSION_ID, type Viewer } from './viewers.js';

type DirectRequest = Extract<Request, { door: 'direct' }>;

/** Version that WELCOME carries. */
const VERSION = 2;
const NOTHING = new Uint8Array(0);

/** What the upgrade request of the direct door says; it is only readable during the call. */
export const directRequest = (req: HttpRequest, address: string): DirectRequest => {
  const offered = { version: false, resume: false, queue: false, token: undefined as string | undefined, session: undefined as string | undefined, delay: undefined as string | undefined };
  for (const part of req.getHeader('sec-websocket-protocol').split(',')) {
    const text = part.trim();
    const dot = text.indexOf('.');
    switch (text.slice(0, dot)) {
      case 'token': offered.token ??= text.slice(dot + 1); break;
      case 'session': offered.session ??= text.slice(dot + 1); break;
      case 'delay': offered.delay ??= text.slice(dot + 1); break;
      default:
        offered.version ||= text === SUBPROTOCOL;
        offered.resume ||= text === 'resume.1';
        offered.queue ||= text === 'queue.1';
    }
  }
  return { door: 'direct', address, event: req.getParameter(0), ...offered };
};

/** Whether the request may carry a token; it costs nothing to tell. */
export const bearsToken = ({ token }: DirectRequest): boolean => token !== undefined && token.length <= LIMITS.tokenBytes && token.split('.').length === 3;

/** How late the viewer's picture is, ms, where it said so as it came. */
const readDelay = (text: string | undefined): number => {
  if (text === undefined) return 0;
  if (!/^\d{1,9}$/.test(text)) throw new CrowdcueError('frame_malformed');
  return Math.min(Number(text), LIMITS.delayMs);
};

/** The door of our own SDK: one WebSocket, the token in its subprotocol, everything that the viewer needs in the first write. */
export class DirectDoor {
  constructor(private readonly deps: DoorDeps) {}

  /** The socket is open. Everything is checked here, because a browser cannot see why an upgrade failed. */
  opened(viewer: Viewer, request: DirectRequest): void {
    this.deps.strangers.check(request.address, () => this.#check(viewer, request));
  }

  #check(viewer: Viewer, request: DirectRequest): void {
    if (viewer.state.kind === 'closed') return; // it left while others were checked
    try {
      if (!request.version) throw new CrowdcueError('frame_unknown');
      if (request.token === undefined) throw new CrowdcueError('token_missing');
      if (request.session === undefined || !SESSION_ID.test(request.session)) throw new CrowdcueError('frame_malformed');
      viewer.delay = readDelay(request.delay);
      const address = addressOf(request.event, this.deps);
      if (!(address instanceof Promise)) return this.#admit(viewer, request, address);
      address.then((found) => this.#admit(viewer, request, found)).catch((error: unknown) => refuse(viewer, error, this.deps));
    } catch (error) {
      refuse(viewer, error, this.deps);
    }
  }

  /** The channel is open: into the room. */
  letIn(viewer: Viewer, channel: Channel): void {
    const { sessionId } = viewer.admission!;
    // One that was in before the room had no place for it has its decoder.
    const keepsDecoder = viewer.admission!.keepsDecoder || viewer.welcomed;
    viewer.welcomed = true;
    channel.enter(viewer, [
      encodeWelcome({ version: VERSION, relayId: this.deps.relayId, sessionId, eventTime: channel.clock.eventNow() }),
      encodeJoinRoom({ reconnectionToken: '', reflection: keepsDecoder ? NOTHING : channel.reflection }),
    ]);
  }

  #admit(viewer: Viewer, request: DirectRequest, address: EventAddress): void {
    const claims = checkToken(address, request.token, this.deps.clock);
    if (viewer.state.kind === 'closed') return; // it left while the origin was asked
    viewer.admit({ claims, sessionId: request.session!, keepsDecoder: request.resume });
    this.deps.channels.open(address).admit(viewer);
  }
}
