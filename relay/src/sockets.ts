import { CLOSE, FRAME, SUBPROTOCOL, type Tier } from '@crowdcue/protocol';
import uWS, { type HttpRequest, type HttpResponse, type TemplatedApp, type us_socket_context_t, type WebSocket } from 'uWebSockets.js';
import type { Clock } from './clock.js';
import { bearsToken, type DirectDoor, directRequest } from './direct-door.js';
import type { FanIn } from './fan-in.js';
import type { Metrics } from './metrics.js';
import { MAX_BACKPRESSURE, type Outlet } from './outlet.js';
import type { Pulse } from './pulse.js';
import { bearsSeat, type StockDoor, stockRequest } from './stock-door.js';
import type { Strangers } from './strangers.js';
import { CLOSED, type Request, type SocketData, Viewer } from './viewers.js';

/** Bytes that uWebSockets.js takes, well above what a viewer may send: so an oversize frame is answered with a code, not cut off. */
const TAKEN_BYTES = 64 * 1024;
/** Seconds without any traffic, ours included, after which uWebSockets.js closes; the pulse pings well before. */
const IDLE_SECONDS = 120;
/** Seconds after which somebody who was turned away may try again. */
const RETRY_S = 10;
/** Pings that a latency probe gets answered, and seconds that it may stay. */
const PROBE_PINGS = 20;
const PROBE_SECONDS = 8;

/** What the sockets need. */
export interface SocketDeps {
  readonly clock: Clock;
  readonly direct: Pick<DirectDoor, 'opened'>;
  readonly stock: Pick<StockDoor, 'opened' | 'closed'>;
  readonly fanIn: Pick<FanIn, 'receive'>;
  readonly pulse: Pulse;
  readonly outlet: Outlet;
  readonly metrics: Metrics;
  readonly strangers: Strangers;
  readonly draining: () => boolean;
  /** Whether there are more connections than this process may have. */
  readonly crowded: () => boolean;
  readonly defaultTier: Tier;
  /** What the stock door reads of an upgrade request; `stockRequest` when it is left out. */
  readonly readStock?: ((req: HttpRequest, address: string, res: HttpResponse) => Request) | undefined;
}

/** The three WebSocket routes: direct door, stock door, and Colyseus's latency probe on "/". */
export const addSockets = (app: TemplatedApp, deps: SocketDeps): void => {
  const common = { maxPayloadLength: TAKEN_BYTES, maxBackpressure: MAX_BACKPRESSURE, idleTimeout: IDLE_SECONDS, sendPingsAutomatically: false, compression: uWS.DISABLED };
  const viewerRoute = <R extends Request>(path: string, read: (req: HttpRequest, address: string, res: HttpResponse) => R, bears: (request: R) => boolean): void => {
    app.ws<SocketData>(path, {
      ...common,
      upgrade: (res, req, context) => {
        const { strangers, metrics, clock, defaultTier } = deps;
        const request = read(req, strangers.of(res, req), res);
        if (!bears(request) && strangers.wary(request.address)) {
          strangers.charge(request.address);
          return turnAway(res, metrics);
        }
        return upgrade(res, req, context, { viewer: new Viewer(request, clock.now(), defaultTier) });
      },
      open: (ws) => opened(ws, deps),
      message: (ws, message, isBinary) => deps.fanIn.receive(ws.getUserData().viewer, message, isBinary),
      pong: (ws) => deps.pulse.pong(ws.getUserData().viewer),
      drain: (ws) => deps.pulse.drained(ws.getUserData().viewer),
      dropped: (ws) => {
        const { viewer } = ws.getUserData();
        viewer.channel?.feed.lost(viewer);
      },
      close: (ws, code) => closed(ws.getUserData().viewer, code, deps),
    });
  };
  viewerRoute('/live/:event', directRequest, bearsToken);
  if (deps.readStock === undefined) viewerRoute('/:process/:room', stockRequest, bearsSeat);
  else viewerRoute('/:process/:room', deps.readStock, () => true);
  addProbe(app);
};

/** Ends a request that can come to nothing, from an address that has sent too many of them, before it costs a WebSocket. */
const turnAway = (res: HttpResponse, metrics: Metrics): void => {
  metrics.refusedWith('too_many_requests');
  res.writeStatus('429 Too Many Requests').writeHeader('retry-after', String(RETRY_S)).end('', true);
};

const upgrade = (res: HttpResponse, req: HttpRequest, context: us_socket_context_t, data: SocketData): void => {
  const { request } = data.viewer;
  const chosen = request.door === 'direct' && request.version ? SUBPROTOCOL : '';
  res.upgrade(data, req.getHeader('sec-websocket-key'), chosen, req.getHeader('sec-websocket-extensions'), context);
};

const opened = (ws: WebSocket<SocketData>, { direct, stock, pulse, outlet, metrics, draining, crowded }: SocketDeps): void => {
  const { viewer } = ws.getUserData();
  viewer.socket = ws;
  pulse.add(viewer);
  if (draining()) return outlet.close(viewer, CLOSE.relay_draining);
  if (crowded()) {
    metrics.refusedWith('event_full');
    return outlet.close(viewer, CLOSE.event_full, 'event_full');
  }
  const { request } = viewer;
  if (request.door === 'direct') direct.opened(viewer, request);
  else stock.opened(viewer, request);
};

/** The one way out, whoever closed: the socket must not be touched from here on. */
const closed = (viewer: Viewer, code: number, { stock, pulse }: SocketDeps): void => {
  viewer.socket = undefined;
  pulse.remove(viewer);
  if (viewer.door === 'stock') stock.closed(viewer, code);
  viewer.channel?.leave(viewer, code);
  viewer.state = CLOSED;
};

/** `Client.getLatency` of the stock SDK: a socket without a session, whose pings are answered. */
const addProbe = (app: TemplatedApp): void => {
  app.ws<{ pings: number }>('/', {
    maxPayloadLength: 64,
    idleTimeout: PROBE_SECONDS,
    upgrade: (res, req, context) =>
      res.upgrade({ pings: 0 }, req.getHeader('sec-websocket-key'), '', req.getHeader('sec-websocket-extensions'), context),
    message: (ws) => {
      const data = ws.getUserData();
      if (data.pings++ < PROBE_PINGS) ws.send(new Uint8Array([FRAME.ping]), true);
      else ws.end(CLOSE.flood);
    },
  });
};
