import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import type { EventDirectory } from '../events/event-directory.js';
import { workspaceOf } from '../events/workspace-desk.js';
import { randomText, type RandomSource } from '../identity/index.js';
import type { CommerceDesk, CommerceScope } from '../webhooks/index.js';
import type { HostDoor } from './host-door.js';
import { DONE, json } from './reply.js';
import { parseJson, type Request } from './request.js';
import { checkShape, route, type Route } from './router.js';
import { overlapMs, rotateSpec } from './webhook-routes.js';

export interface CommerceRoutesOptions {
  readonly door: HostDoor;
  readonly commerce: CommerceDesk;
  readonly events: EventDirectory;
  readonly random: RandomSource;
}

const TRACE_LETTERS = '0123456789abcdef';
const TRACE_LENGTH = 32; // a trace id of W3C Trace Context

const entitlement = z.string().regex(/^[\x21-\x7e]{1,64}:[1-9]\d{0,15}$/, 'must be an entitlement of a receipt');
const order = z.string().regex(/^[\x20-\x7e]{1,128}$/, 'must be 1 to 128 printable ASCII characters').optional();
const amount = z.number().int().min(0).max(2 ** 52);
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be three capitals of ISO 4217');
const reportSpec = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['confirmed', 'fulfilled']), entitlement, order }),
  z.strictObject({ type: z.enum(['converted', 'refunded']), entitlement, order, amount, currency }),
]);

/** What a shop says of an entitlement, and the secrets that it signs with. */
export const commerceRoutes = ({ door, commerce, events, random }: CommerceRoutesOptions): Route[] => {
  const { guard } = door;
  type Params = Readonly<Record<string, string>>;
  const knownEvent = (_: Request, params: Params): void => void events.get(params['id']!);
  const secretRoutes = <P extends string>(path: P, scopeOf: (call: { readonly who: { readonly workspace: string }; readonly params: Params }) => CommerceScope): Route[] => [
    route({ method: 'GET', path, guard, handle: (call) => json({ secret: commerce.secret(scopeOf(call)) ?? null }) }),
    route({ method: 'POST', path, guard, body: rotateSpec, badBody: 'webhook_bad_request', handle: async (call) => json(await commerce.rotate(scopeOf(call), overlapMs(call.body)), 201) }),
    route({
      method: 'DELETE', path, guard,
      handle: async (call) => {
        await commerce.remove(scopeOf(call));
        return DONE;
      },
    }),
  ];
  return [
    route({
      method: 'POST', path: '/api/events/:id/commerce', guard: knownEvent, rawBody: true,
      handle: async ({ params, headers, raw = Buffer.alloc(0) }) => {
        const event = events.get(params['id']!);
        const id = commerce.authenticate(event.id, workspaceOf(event), headers, raw); // before anything of it is read
        const report = checkShape(reportSpec, parseJson(raw), 'commerce_bad_request');
        if (!report.entitlement.startsWith(`${event.id}:`)) throw new CrowdcueError('move_unknown');
        return json(await commerce.report(event.id, id, raw, report, randomText(random, TRACE_LETTERS, TRACE_LENGTH)));
      },
    }),
    ...secretRoutes('/api/events/:id/commerce/secret', ({ params }) => ({ event: params['id']! })),
    ...secretRoutes('/api/commerce/secret', ({ who }) => ({ workspace: who.workspace })),
  ];
};
