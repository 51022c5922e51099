import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import type { EventDirectory } from '../events/event-directory.js';
import { REGION } from '../events/relay-ranking.js';
import { type RelayRegistry, UNTOLD } from '../events/relay-registry.js';
import type { Keys, RelayCredential } from '../identity/index.js';
import { addressGroup } from './client-address.js';
import { json, type Reply } from './reply.js';
import { bearerOf, type Request } from './request.js';
import { route, type Route } from './router.js';
import type { TokenBuckets } from './token-buckets.js';

export interface RelayRoutesOptions {
  readonly clock: Clock;
  readonly credential: RelayCredential;
  readonly registry: RelayRegistry;
  readonly events: EventDirectory;
  readonly keys: Keys;
  /** Lists of relays given out, by address. */
  readonly lists: TokenBuckets;
}

/** More than a process can hold, far below what arithmetic minds. */
const MOST_VIEWERS = 10_000_000;

/** An hour: what is older was not measured. */
const MOST_AGE_MS = 3_600_000;

const isWebSocketUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^wss?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
};

const count = z.number().int().min(0).max(MOST_VIEWERS);

/** Relays of an earlier version say only the first three; what a later one says beyond these is passed over. */
export const registration = z.object({
  relayId: z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must begin with a letter or digit and have 64 letters at most'),
  url: z.string().max(512).refine(isWebSocketUrl, 'must be a ws or wss address').transform((url) => url.replace(/\/+$/, '')),
  incarnation: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  region: z.union([z.literal(''), z.string().regex(REGION, 'must be 1 to 32 of a-z, 0-9 and "-"')]).default(UNTOLD.region),
  costClass: z.number().int().min(0).max(9).default(UNTOLD.costClass),
  viewers: count.default(UNTOLD.viewers),
  capacity: count.min(1).default(UNTOLD.capacity),
  cpu: z.number().min(0).max(1).default(UNTOLD.cpu),
  links: count.default(UNTOLD.links),
  draining: z.boolean().default(UNTOLD.draining),
  level: z.number().int().min(0).max(9).default(UNTOLD.level),
  patchAge: z.object({ p50: z.number().min(0).max(MOST_AGE_MS), p99: z.number().min(0).max(MOST_AGE_MS) }).optional(),
});

/** What relays ask: to be known, and the door key of an event; and what viewers ask of relays. */
export const relayRoutes = ({ clock, credential, registry, events, keys, lists }: RelayRoutesOptions): Route[] => {
  const guard = (request: Request): void => credential.check(bearerOf(request));
  const mayAsk = (request: Request): void => {
    if (!lists.take(addressGroup(request.address))) throw new CrowdcueError('too_many_requests');
  };
  const list = (request: Request): Reply => {
    const event = request.query.get('event');
    if (event !== null) events.get(event);
    return json({ relays: registry.views({ region: regionOf(request, request.query.get('region')) }) });
  };
  return [
    route({
      method: 'POST', path: '/api/relays', guard, body: registration,
      handle: async (call) => {
        await registry.register(call.body);
        return json({ relayId: call.body.relayId, now: clock.now() });
      },
    }),
    ...['/relays', '/api/relays'].map((path) => route({ method: 'GET', path, cors: 'any', guard: mayAsk, handle: list })),
    route({
      method: 'GET', path: '/api/relays/events/:id', guard,
      handle: (call) => {
        const { id } = events.get(call.params['id']!);
        return json({ event: id, roomId: id, doorKey: keys.door(id).text, origin: reachedAt(call), now: clock.now() });
      },
    }),
  ];
};

/** Where the asker is: what it says itself, else what a trusted proxy says. What is no name of a region names none. */
export const regionOf = (request: Request, said: string | null | undefined): string =>
  [said, request.region].map((name) => name?.toLowerCase() ?? '').find((name) => REGION.test(name)) ?? '';

/** This origin's address as the relay that asks reached it: the one that works for it. */
const reachedAt = (request: Request): string =>
  `${request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'}://${request.headers['host'] ?? 'localhost'}`;
