import type { Logger } from 'pino';
import type { TemplatedApp } from 'uWebSockets.js';
import type { Counted } from './census.js';
import type { Clock } from './clock.js';
import type { Load } from './load.js';
import type { Metrics } from './metrics.js';
import type { Outlet } from './outlet.js';
import type { Pulse } from './pulse.js';
import type { RouteDeps } from './routes.js';
import type { SocketDeps } from './sockets.js';
import type { Strangers } from './strangers.js';
import type { Upstream } from './upstream.js';

/** What both kinds of relay are made on. */
export interface FrontParts {
  readonly app: TemplatedApp;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly load: Load;
  /** Whether the relay has begun to drain. */
  readonly draining: () => boolean;
}

/** A channel, of whichever kind, as a relay's life sees it. */
export interface FrontChannel extends Counted {
  readonly upstream: Upstream;
  close(): void;
}

/** What stands between viewers and rooms: of events of our own origin, or of any Colyseus server. */
export interface Front {
  readonly outlet: Outlet;
  readonly pulse: Pulse;
  readonly strangers: Strangers;
  readonly channels: Iterable<FrontChannel> & { readonly size: number };
  readonly sockets: Pick<SocketDeps, 'direct' | 'stock' | 'fanIn' | 'defaultTier' | 'crowded' | 'readStock'>;
  readonly matchmake: RouteDeps['matchmake'];
  /** Viewers and requests in line. */
  readonly waiting: () => number;
  /** Whether what is behind answers. */
  readonly ready: () => boolean;
  /** The relay listens, at this address. */
  start(url: string): void;
  /** Called every 50 ms, before viewers are looked after. */
  beat(now: number): void;
  /** The relay drains: resolves when its viewers may be sent away. */
  farewell(): Promise<void>;
}
