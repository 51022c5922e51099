import { z } from 'zod';
import { MOST_RETENTION_DAYS } from '../config.js';
import type { EventDesk } from '../events/event-desk.js';
import type { PeopleDesk } from '../events/people-desk.js';
import type { HostDoor } from './host-door.js';
import { json } from './reply.js';
import { route, type Route } from './router.js';

export interface PeopleRoutesOptions {
  readonly door: HostDoor;
  readonly people: PeopleDesk;
  readonly desk: Pick<EventDesk, 'retention'>;
}

/** One of these names a person. They come in a body, for addresses of pages and requests end up in logs. */
const namedSpec = z.union([
  z.strictObject({ viewer: z.number().int().min(1).max(2 ** 52) }), z.strictObject({ email: z.string().min(1).max(320) }), z.strictObject({ twitch: z.string().regex(/^\d{1,32}$/) }),
], 'name one of viewer (a number), email, twitch (the number of an account)');

export const retentionDays = z.number().int().min(1).max(MOST_RETENTION_DAYS);

/** What a host does for a person who asks what is known of them, or to be forgotten. */
export const peopleRoutes = ({ door: { guard }, people, desk }: PeopleRoutesOptions): Route[] => [
  route({ method: 'POST', path: '/api/events/:id/people/export', guard, body: namedSpec, handle: async ({ params, body }) => json(await people.export(params['id']!, body)) }),
  route({ method: 'POST', path: '/api/events/:id/people/erase', guard, body: namedSpec, handle: async ({ params, body }) => json({ erased: await people.erase(params['id']!, body) }) }),
  route({ method: 'PUT', path: '/api/events/:id/retention', guard, body: z.object({ days: retentionDays }), handle: async ({ params, body }) => json(await desk.retention(params['id']!, body.days)) }),
];
