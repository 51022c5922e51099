import type { CrowdcueError, CrowdView, MeView, QueuePlace, Tier, UnlockView } from '@crowdcue/protocol';
import type { Access } from './access.js';
import type { ShownCaption } from './caption-feed.js';
import type { ActionHandle } from './action-queue.js';
import type { Clock } from './clock.js';
import type { ReconnectPolicy } from './reconnect-policy.js';
import type { StorageLike } from './storage.js';
import type { WebSocketClass } from './web-socket.js';

/** Write rates by name: 20, 10, 5 and 1 a second. */
export type TierName = 'focus' | 'default' | 'crowded' | 'hidden';
export const TIERS: Readonly<Record<TierName, Tier>> = { focus: 0, default: 1, crowded: 2, hidden: 3 };

/** Why a session is over: an error code, `taken_over`, `left`, or what the relay said. */
export interface SessionEnd {
  readonly code: number;
  readonly reason: string;
}

/** Where a session stands. */
export type SessionStatus = 'connecting' | 'queued' | 'live' | 'reconnecting' | 'closed';

/** Who waits for the first state. */
export interface Opening {
  resolve(): void;
  reject(end: SessionEnd): void;
}

/** The events of a {@link Session} and what each carries. */
export interface SessionEvents {
  /** The state changed; the same live object each time. */
  state: CrowdView;
  me: MeView;
  unlock: UnlockView;
  /** A caption whose time has come on this viewer's own picture; it stands until the picture is at `to`. */
  caption: ShownCaption;
  /** The room stands still (`true`) or goes on. */
  hold: boolean;
  confirm: readonly ActionHandle[];
  refused: ActionHandle;
  /** The relay or room complains about something that was sent. */
  error: CrowdcueError;
  reconnecting: { readonly attempt: number; readonly delayMs: number; readonly code: number };
  /** Everybody came at once, or the event is full: the session waits for its turn, `connected` follows. Again whenever the place has changed. */
  queue: QueuePlace;
  connected: { readonly relay: string; readonly resumed: boolean };
  closed: SessionEnd;
}

/** What a session is made of. */
export interface SessionParts {
  readonly access: Access;
  readonly storage: StorageLike;
  readonly sessionStorage: StorageLike;
  readonly policy: ReconnectPolicy;
  readonly Socket: WebSocketClass;
  readonly clock: Clock;
  readonly tier: TierName;
  readonly onQueue: (place: QueuePlace) => void;
  /** ms, as far as it is known from the start. */
  readonly delay: number | undefined;
}
