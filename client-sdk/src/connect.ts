import { CrowdcueError, type JoinAnswer, type QueuePlace } from '@crowdcue/protocol';
import { Access } from './access.js';
import { systemClock, type Clock } from './clock.js';
import { isErrorCode } from './http.js';
import { backoff, type ReconnectPolicy } from './reconnect-policy.js';
import { Session } from './session.js';
import type { TierName } from './session-events.js';
import { safeStorage, type StorageLike } from './storage.js';
import { webSocketClass, type WebSocketClass } from './web-socket.js';

/** What {@link connect} takes: an `origin`, or a `token` and `relays`, or all of them. */
export interface ConnectOptions {
  /** Base address of the origin; needed to join, to claim and to renew a token. */
  readonly origin?: string;
  /** Event id or six-letter code. Where a token is given, its event counts. */
  readonly event: string;
  /** A viewer token that the page already has. */
  readonly token?: string;
  /**
   * How to get in and to renew the token, instead of by id or code: somebody else vouches for the viewer, and the page trades that for the
   * origin's answer. Whatever `CrowdcueError` it throws is treated as the origin's.
   */
  readonly enter?: () => Promise<JoinAnswer>;
  /** WebSocket base addresses of relays, best first. */
  readonly relays?: readonly string[];
  /** Where the viewer is, in the names that relays have (`eu`, `eu-west`): near relays come first. */
  readonly region?: string;
  /** The write rate to begin with. */
  readonly tier?: TierName;
  /** How late the picture is behind the host's, ms, so that the very first state is of its time; `session.setDelay` tells of better knowledge. */
  readonly delay?: number;
  /** When to try again; {@link backoff} by default. */
  readonly reconnect?: ReconnectPolicy;
  /** Keeps the viewer and claim keys. `localStorage` by default, in Node memory. */
  readonly storage?: StorageLike;
  /** Keeps the session over a reload. `sessionStorage` by default, in Node memory. */
  readonly sessionStorage?: StorageLike;
  /** Instead of the platform's; in Node before 22 the package `ws` is taken when it is installed. */
  readonly webSocket?: WebSocketClass;
  readonly fetch?: typeof fetch;
  /** Called while the viewer waits in line to get in: place, from 1, and about how long it takes, ms (0 while nobody can say). Later, the event `queue` tells. */
  readonly onQueue?: (place: QueuePlace) => void;
  /** Gives up, or ends the session. */
  readonly signal?: AbortSignal;
  /** Time and chance, for tests. */
  readonly clock?: Clock;
}

/** The error behind an end that came before the first state. */
const errorOfEnd = ({ code, reason }: { code: number; reason: string }): CrowdcueError =>
  isErrorCode(reason) ? new CrowdcueError(reason) : new CrowdcueError('unavailable', `(${reason === '' ? `close code ${code}` : reason})`);

const wait = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });

/** Asks the origin until it answers, as the policy wants. */
const enter = async (access: Access, policy: ReconnectPolicy, signal: AbortSignal | undefined): Promise<void> => {
  for (let attempt = 0; ; attempt++) {
    try {
      return await access.ready(false);
    } catch (error) {
      const delay = error instanceof CrowdcueError && error.retryable ? policy.nextDelay(attempt, 1006) : null;
      if (delay === null) throw error;
      await wait(delay, signal);
      signal?.throwIfAborted();
    }
  }
};

/**
 * Joins an event. Resolves with the state there; whoever listens right then misses no event.
 * @throws CrowdcueError why the viewer can't be in: `event_unknown`, `token_expired`, `viewer_banned`, `unavailable`, …
 */
export const connect = async (options: ConnectOptions): Promise<Session> => {
  const { signal } = options;
  signal?.throwIfAborted();
  const clock = options.clock ?? systemClock;
  const storage = safeStorage(options.storage, 'localStorage');
  const policy = options.reconnect ?? backoff({ random: clock.random });
  const access = new Access({ ...options, storage, clock });
  const Socket = await webSocketClass(options.webSocket);
  await enter(access, policy, signal);
  return new Promise<Session>((resolve, reject) => {
    const session: Session = new Session(
      { access, storage, sessionStorage: safeStorage(options.sessionStorage, 'sessionStorage'), policy, Socket, clock, tier: options.tier ?? 'default', delay: options.delay, onQueue: options.onQueue ?? (() => {}) },
      { resolve: () => resolve(session), reject: (end) => reject(errorOfEnd(end)) },
    );
    signal?.addEventListener('abort', () => {
      reject(signal.reason);
      session.leave();
    }, { once: true });
    session.start();
  });
};
