import type { ConnectOptions } from '../connect.js';
import type { Session } from '../session.js';

/** What the element needs of a session; the SDK's {@link Session} is one, tests hand in their own. */
export type GameSession = Pick<
  Session,
  | 'status' | 'state' | 'me' | 'hold' | 'pending' | 'viewer' | 'eventTime' | 'streamTime' | 'act' | 'tap' | 'claim' | 'drops' | 'seen' | 'ask' | 'on' | 'onMessage' | 'leave'
  | 'setTier' | 'setDelay' | 'clockError'
>;

/** Opens a session: resolves when there is a state, rejects with a `CrowdcueError`. */
export type OpenSession = (options: ConnectOptions) => Promise<GameSession>;
