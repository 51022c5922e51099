import type { TokenClaims } from '@crowdcue/protocol';
import { z } from 'zod';
import type { NameDesk } from '../events/name-desk.js';
import type { ViewerDesk } from '../events/viewer-desk.js';
import type { HostDoor } from './host-door.js';
import { json } from './reply.js';
import { bearerOf, type Request } from './request.js';
import { route, type Route } from './router.js';

export interface NameRoutesOptions {
  readonly door: HostDoor;
  readonly names: NameDesk;
  readonly viewers: Pick<ViewerDesk, 'identify'>;
}

const MOST_DECIDED = 200; // in one press
// The filter says what is wrong with a name; here is only what no name is.
const askSpec = z.object({ name: z.string().max(1_000).nullable() });
const decideSpec = z.object({ viewers: z.array(z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)).min(1).max(MOST_DECIDED), outcome: z.enum(['approve', 'decline']) });

/** Names that viewers choose: they ask, the host's team decides. */
export const nameRoutes = ({ door, names, viewers }: NameRoutesOptions): Route[] => {
  const { guard } = door;
  const path = '/api/events/:id/names';
  const viewer = (request: Request, params: Readonly<Record<string, string>>): TokenClaims => viewers.identify(params['id']!, bearerOf(request));
  return [
    route({ method: 'GET', path: '/api/events/:id/name', cors: 'any', guard: viewer, handle: ({ who }) => json(names.view(who.evt, who.sub)) }),
    route({ method: 'POST', path: '/api/events/:id/name', cors: 'any', guard: viewer, body: askSpec, handle: async ({ who, body }) => json(await names.ask(who.evt, who.sub, body.name)) }),
    route({ method: 'GET', path, guard, handle: ({ params }) => json(names.list(params['id']!)) }),
    route({ method: 'PUT', path, guard, body: z.object({ free: z.boolean() }), handle: async ({ params, body }) => json(await names.free(params['id']!, body.free)) }),
    route({ method: 'POST', path, guard, body: decideSpec, handle: async ({ params, body }) => json(await names.decide(params['id']!, body.viewers, body.outcome === 'approve')) }),
  ];
};
