import { CrowdcueError, type JoinAnswer } from '@crowdcue/protocol';
import { systemClock, type Clock } from './clock.js';
import { call } from './http.js';
import { readJson, safeStorage, type StorageLike } from './storage.js';

/** What {@link join} takes. */
export interface JoinOptions {
  /** Base address of the origin: `https://play.example` or `https://example/crowdcue`. */
  readonly origin: string;
  /** Event id or six-letter code. */
  readonly event: string;
  /** An earlier token of this event, to stay the same viewer; the stored one by default. */
  readonly token?: string | undefined;
  /** Where the answer is kept. `localStorage` by default, in Node memory. */
  readonly storage?: StorageLike | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where the viewer is, in the names that relays have (`eu`, `eu-west`): near relays come first. */
  readonly region?: string | undefined;
  /** Lets the viewer in as one of a tier, from now on: the key of a link that the host hands out. */
  readonly tierKey?: string | undefined;
  readonly clock?: Clock | undefined;
}

const keyOf = (origin: string, event: string): string => `crowdcue.join.${origin.replace(/\/+$/, '')}.${event}`;

const isJoinAnswer = (value: unknown): value is JoinAnswer => {
  const a = value as Partial<JoinAnswer> | null | undefined;
  return typeof a === 'object' && a !== null && typeof a.token === 'string' && typeof a.viewer === 'number' && typeof a.expiresAt === 'number'
    && typeof a.event?.id === 'string' && Array.isArray(a.relays) && a.relays.every((relay) => typeof relay === 'string');
};

/**
 * Gets a viewer token and the addresses of relays: `POST {origin}/api/join`. The viewer stays the same as long as the storage
 * keeps the answer. While the origin cannot be reached, a stored answer that is not over stands in, unless a tier is asked for.
 * @throws CrowdcueError `event_unknown`, `event_ended`, `event_full`, `viewer_banned`, `key_forbidden` of the tier's key, `too_many_requests`, `unavailable`, …
 */
export const join = async (options: JoinOptions): Promise<JoinAnswer> => {
  const { origin, event, region, tierKey } = options;
  const storage = safeStorage(options.storage, 'localStorage');
  const stored = readJson(storage, keyOf(origin, event));
  const known = isJoinAnswer(stored) ? stored : undefined;
  const post = (token: string | undefined): Promise<unknown> => call(options, '/api/join', token, { event, region, tierKey }); // what is undefined is not sent
  let answer: unknown;
  try {
    const token = options.token ?? known?.token;
    answer = await post(token).catch((error: unknown) => {
      // An old token that the origin does not take any more costs its viewer, not the join.
      if (token !== undefined && error instanceof CrowdcueError && error.code.startsWith('token_')) return post(undefined);
      throw error;
    });
    if (!isJoinAnswer(answer)) throw new CrowdcueError('internal', 'The answer to the join is not of the shape that this SDK knows.');
  } catch (error) {
    const reachable = !(error instanceof CrowdcueError && error.retryable);
    if (reachable || tierKey !== undefined || known === undefined || known.expiresAt * 1000 <= (options.clock ?? systemClock).wall()) throw error;
    return known;
  }
  for (const name of new Set([event, answer.event.id])) storage.setItem(keyOf(origin, name), JSON.stringify(answer));
  return answer;
};

/** Forgets who the viewer of an event was: the next {@link join} is somebody new. */
export const forget = ({ origin, event, storage: given }: Pick<JoinOptions, 'origin' | 'event' | 'storage'>): void => {
  const storage = safeStorage(given, 'localStorage');
  const stored = readJson(storage, keyOf(origin, event));
  for (const name of [event, ...(isJoinAnswer(stored) ? [stored.event.id] : [])]) storage.removeItem(keyOf(origin, name));
};
