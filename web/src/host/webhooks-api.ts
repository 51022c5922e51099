/** Endpoints of a workspace and what became of their messages, one function a route; loaded with the panel (docs/webhooks.md). */
import type { HostApi } from './host-api.js';

export type EndpointState = 'on' | 'paused' | 'gone';

export interface Endpoint {
  readonly id: string;
  /** its only event; left out: all of the workspace's */
  readonly event?: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly description: string;
  readonly state: EndpointState;
  /** ms since 1970, until when the secret before this one signs too */
  readonly oldSecretUntil?: number;
}

/** Where its messages stand: the sum over its events, and how it does as the origin that was asked has seen it. */
export interface Standing {
  readonly pending: number;
  readonly dead: number;
  readonly down: boolean;
  readonly lastError?: { readonly error: string; readonly at: number };
}

export interface DeadLetter {
  readonly id: string;
  readonly type: string;
  /** the entitlement */
  readonly subject?: string;
  /** ms since 1970: when it was given up */
  readonly parkedAt: number;
  readonly tries: number;
  readonly error: string;
}

export interface Dead {
  readonly letters: readonly DeadLetter[];
  /** there are more, after this one */
  readonly next?: string;
}

export interface Ping {
  readonly delivered: boolean;
  readonly error?: string;
  /** ms */
  readonly took: number;
}

export interface EndpointDraft {
  readonly url: string;
  readonly description: string;
  readonly event?: string;
  readonly types?: readonly string[];
  readonly from: 'start' | 'now';
}

/** Types of messages; whether a new endpoint is sent them unless it says otherwise. A test holds it against the origin's list. */
export const MESSAGE_TYPES: readonly { readonly type: string; readonly usual: boolean }[] = [
  ...['reserved', 'granted', 'expired', 'fulfilled', 'converted', 'refunded', 'revoked'].map((name) => ({ type: `app.crowdcue.drop.${name}`, usual: true })),
  ...['drop.entered', 'drop.refused', 'drop.unlocked', 'drop.defined', 'drop.opened', 'drop.closed', 'drop.restocked', 'lot.drawn', 'lot.settled'].map((name) => ({ type: `app.crowdcue.${name}`, usual: false })),
];

/** `app.crowdcue.drop.granted` as `drop granted`. */
export const typeText = (type: string): string => type.replace(/^app\.crowdcue\./, '').replaceAll('.', ' ');

const PING_MS = 13_000; // the origin itself waits 10 s for the endpoint
const REPLAY_MS = 60_000; // all of them, one after the other

const path = (id: string, rest = ''): string => `api/webhooks/${encodeURIComponent(id)}${rest}`;

export const endpoints = async (api: HostApi): Promise<readonly Endpoint[]> => (await api.ask<{ webhooks: readonly Endpoint[] }>('api/webhooks')).webhooks;

/** The secret is told this once. */
export const addEndpoint = async (api: HostApi, draft: EndpointDraft): Promise<string> => (await api.ask<{ secret: string }>('api/webhooks', { method: 'POST', body: draft })).secret;

export const pauseEndpoint = (api: HostApi, id: string, paused: boolean): Promise<unknown> => api.ask(path(id), { method: 'PUT', body: { paused } });

export const removeEndpoint = (api: HostApi, id: string): Promise<void> => api.ask(path(id), { method: 'DELETE' });

/** The secret is told this once; the one before signs beside it for a day. */
export const newSecret = async (api: HostApi, id: string): Promise<string> => (await api.ask<{ secret: string }>(path(id, '/secret'), { method: 'POST', body: {} })).secret;

export const ping = (api: HostApi, id: string): Promise<Ping> => api.ask(path(id, '/ping'), { method: 'POST', body: {}, timeoutMs: PING_MS });

export const standing = async (api: HostApi, id: string): Promise<Standing> => {
  const { books, down, lastError } = await api.ask<{ books: readonly { readonly pending: number; readonly dead: number }[] } & Pick<Standing, 'down' | 'lastError'>>(path(id, '/deliveries'));
  const sum = (of: 'pending' | 'dead'): number => books.reduce((all, book) => all + book[of], 0);
  return { pending: sum('pending'), dead: sum('dead'), down, ...(lastError === undefined ? {} : { lastError }) };
};

export const deadLetters = (api: HostApi, id: string, after?: string): Promise<Dead> => api.ask(path(id, `/dead${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`));

/** Sends dead letters again: one, or all. Answers how many. */
export const replay = async (api: HostApi, id: string, letter?: string): Promise<number> =>
  (await api.ask<{ replayed: number }>(path(id, '/replay'), { method: 'POST', body: letter === undefined ? {} : { ids: [letter] }, timeoutMs: REPLAY_MS })).replayed;

/** Forgets one for good. */
export const discard = (api: HostApi, id: string, letter: string): Promise<unknown> => api.ask(path(id, '/discard'), { method: 'POST', body: { ids: [letter] } });
