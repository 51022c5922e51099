import { CLOSE, FRAME, SUBPROTOCOL, type Tier } from '@crowdcue/protocol';
import uWS, { type HttpRequest, type HttpResponse, type TemplatedApp, type us_socket_context_t, type WebSocket } from 'uWebSockets.js';
import type { Clock } from './clock.js';
import { type DirectDoor, directRequest } from './direct-door.js';
import type { FanIn } from './fan-in.js';
import { MAX_BACKPRESSURE, type Outlet } from './outlet.js';
import type { Pulse } from './pulse.js';
import { type StockDoor, stockRequest } from './stock-door.js';
import { CLOSED, type Request, type SocketData, Viewer } from './viewers.js';

/** Bytes that uWebSockets.js takes, well above what a viewer may send: so an oversize frame is answered with a code, not cut off. */
const TAKEN_BYTES = 64 * 1024;
/** Seconds without any traffic, ours included, after which uWebSockets.js closes; the pulse pings well before. */
const IDLE_SECONDS = 120;
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
  readonly draining: () => boolean;
  readonly defaultTier: Tier;
  /** What the stock door reads of an upgrade request; `stockRequest` when it is left out. */
  readonly readStock?: (req: HttpRequest, res: HttpResponse) => Request;
}

/** The three WebSocket routes: direct door, stock door, and Colyseus's latency probe on "/". */
export const addSockets = (app: TemplatedApp, deps: SocketDeps): void => {
  const common = { maxPayloadLength: TAKEN_BYTES, maxBackpressure: MAX_BACKPRESSURE, idleTimeout: IDLE_SECONDS, sendPingsAutomatically: false, compression: uWS.DISABLED };
  const viewerRoute = (path: string, read: (req: HttpRequest, res: HttpResponse) => Request): void => {
    app.ws<SocketData>(path, {
      ...common,
      upgrade: (res, req, context) => upgrade(res, req, context, { viewer: new Viewer(read(req, res), deps.clock.now(), deps.defaultTier) }),
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
  viewerRoute('/live/:event', directRequest);
  viewerRoute('/:process/:room', deps.readStock ?? stockRequest);
  addProbe(app);
};

const upgrade = (res: HttpResponse, req: HttpRequest, context: us_socket_context_t, data: SocketData): void => {
  const offered = req.getHeader('sec-websocket-protocol').split(',').map((part) => part.trim());
  const chosen = offered.includes(SUBPROTOCOL) ? SUBPROTOCOL : '';
  res.upgrade(data, req.getHeader('sec-websocket-key'), chosen, req.getHeader('sec-websocket-extensions'), context);
};

const opened = (ws: WebSocket<SocketData>, { direct, stock, pulse, outlet, draining }: SocketDeps): void => {
  const { viewer } = ws.getUserData();
  viewer.socket = ws;
  pulse.add(viewer);
  if (draining()) return outlet.close(viewer, CLOSE.relay_draining);
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
