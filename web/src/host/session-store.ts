/** The host session of this browser, kept per installation until it expires. */
import { wallClock } from '../shared/clock.js';
import { sitePath } from '../shared/site.js';
import { stored } from '../shared/stored.js';
import type { HostSession } from './host-api.js';

const keyOf = (what: string): string => `crowdcue.${what}:${sitePath()}`;

const isSession = (value: unknown): value is HostSession =>
  typeof value === 'object' && value !== null && typeof (value as HostSession).session === 'string'
  && typeof (value as HostSession).expiresAt === 'number';

/** The kept session, unless it is over. */
export const keptSession = (): HostSession | undefined => {
  try {
    const value: unknown = JSON.parse(stored.get(keyOf('host')) ?? 'null');
    return isSession(value) && value.expiresAt * 1000 > wallClock() ? value : undefined;
  } catch {
    return undefined;
  }
};

export const keepSession = (session: HostSession | undefined): void => {
  stored.set(keyOf('host'), session === undefined ? undefined : JSON.stringify(session));
};

/** The event that the desk showed last. */
export const keptEvent = (): string | undefined => stored.get(keyOf('event'));
export const keepEvent = (id: string): void => stored.set(keyOf('event'), id);

/** Takes the one-time key out of the address bar and the history, and gives it back. */
export const takeKey = (): string | undefined => {
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  if (key === null || key === '') return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return key;
};
