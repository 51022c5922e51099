import { z } from 'zod';
import type { EventDirectory } from '../events/event-directory.js';
import type { RelayRegistry } from '../events/relay-registry.js';
import type { Keys, RelayCredential } from '../identity/index.js';
import { json } from './reply.js';
import { bearerOf, type Request } from './request.js';
import { route, type Route } from './router.js';

export interface RelayRoutesOptions {
  readonly credential: RelayCredential;
  readonly registry: RelayRegistry;
  readonly events: EventDirectory;
  readonly keys: Keys;
}

const isWebSocketUrl = (text: string): boolean => URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol);

const registration = z.object({
  relayId: z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must begin with a letter or digit and have 64 letters at most'),
  url: z.string().max(512).refine(isWebSocketUrl, 'must be a ws or wss address').transform((url) => url.replace(/\/+$/, '')),
  incarnation: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});

/** What relays ask: to be known, and the door key of an event. */
export const relayRoutes = ({ credential, registry, events, keys }: RelayRoutesOptions): Route[] => {
  const guard = (request: Request): void => credential.check(bearerOf(request));
  return [
    route({
      method: 'POST', path: '/api/relays', guard, body: registration,
      handle: async (call) => {
        await registry.register(call.body);
        return json({ relayId: call.body.relayId });
      },
    }),
    route({
      method: 'GET', path: '/api/relays/events/:id', guard,
      handle: (call) => {
        const { id } = events.get(call.params['id']!);
        return json({ event: id, roomId: id, doorKey: keys.door(id).text, origin: reachedAt(call) });
      },
    }),
  ];
};

/** This origin's address as the relay that asks reached it: the one that works for it. */
const reachedAt = (request: Request): string =>
  `${request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'}://${request.headers['host'] ?? 'localhost'}`;
