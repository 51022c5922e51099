import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import type { HostPerson } from '../events/workspace-desk.js';
import type { DeliveryDesk, EndpointDesk } from '../webhooks/index.js';
import type { HostDoor } from './host-door.js';
import { DONE, json } from './reply.js';
import { NO_BODY, route, type Route } from './router.js';
import type { TokenBuckets } from './token-buckets.js';

export interface WebhookRoutesOptions {
  readonly door: HostDoor;
  readonly endpoints: EndpointDesk;
  readonly deliveries: DeliveryDesk;
  /** Pings of one endpoint: nobody is to be drummed on through us. */
  readonly pings: TokenBuckets;
}

const HOUR_MS = 3_600_000;
/** Hours that the secret before the present one signs too: a day to put the new one where it belongs. */
const OVERLAP_H = { usual: 24, most: 168 };

const url = z.string().min(1).max(2_000);
const types = z.array(z.string().max(80)).min(1).max(40);
const description = z.string().trim().max(200);
const event = z.string().min(1).max(64);
const ids = z.array(z.string().max(120)).min(1).max(500);
const createSpec = z.strictObject({ url, types: types.optional(), description: description.optional(), event: event.optional(), from: z.enum(['start', 'now']).optional() });
const changeSpec = z.strictObject({ url: url.optional(), types: types.optional(), description: description.optional(), paused: z.boolean().optional() });
export const rotateSpec = z.strictObject({ overlapHours: z.number().int().min(0).max(OVERLAP_H.most).optional() }).optional();
const replaySpec = z.strictObject({ ids: ids.optional(), event: event.optional() }).optional();

export const overlapMs = (body: { readonly overlapHours?: number | undefined } | undefined): number => (body?.overlapHours ?? OVERLAP_H.usual) * HOUR_MS;

/** Endpoints of a workspace, and what became of their messages. */
export const webhookRoutes = ({ door, endpoints, deliveries, pings }: WebhookRoutesOptions): Route[] => {
  const { guard } = door;
  const all = '/api/webhooks';
  const one = `${all}/:webhook`;
  const badBody = 'webhook_bad_request';
  const of = (call: { readonly who: HostPerson; readonly params: Readonly<Record<string, string>> }): [workspace: string, id: string] => [call.who.workspace, call.params['webhook']!];
  return [
    route({ method: 'GET', path: all, guard, handle: ({ who }) => json({ webhooks: endpoints.list(who.workspace) }) }),
    route({
      method: 'POST', path: all, guard, body: createSpec, badBody,
      handle: async ({ who, body }) => {
        if (body.event !== undefined && !door.owns(who, body.event)) throw new CrowdcueError('event_unknown');
        const { endpoint, secret } = await endpoints.create(who.workspace, body);
        return json({ webhook: endpoint, secret }, 201);
      },
    }),
    route({ method: 'PUT', path: one, guard, body: changeSpec, badBody, handle: async (call) => json(await endpoints.change(...of(call), call.body)) }),
    route({
      method: 'DELETE', path: one, guard,
      handle: async (call) => {
        await endpoints.remove(...of(call));
        return DONE;
      },
    }),
    route({
      method: 'POST', path: `${one}/secret`, guard, body: rotateSpec, badBody,
      handle: async (call) => {
        const { endpoint, secret } = await endpoints.rotate(...of(call), overlapMs(call.body));
        return json({ webhook: endpoint, secret });
      },
    }),
    route({
      method: 'POST', path: `${one}/ping`, guard, body: NO_BODY,
      handle: async (call) => {
        const { url: to } = endpoints.get(...of(call));
        if (!pings.take(new URL(to).host)) throw new CrowdcueError('too_many_requests');
        return json(await deliveries.ping(...of(call)));
      },
    }),
    route({ method: 'GET', path: `${one}/deliveries`, guard, handle: async (call) => json({ books: await deliveries.books(...of(call)), ...deliveries.health(...of(call)) }) }),
    route({
      method: 'GET', path: `${one}/dead`, guard,
      handle: async (call) => json(await deliveries.dead(...of(call), call.query.get('event') ?? undefined, call.query.get('after') ?? undefined)),
    }),
    route({
      method: 'POST', path: `${one}/replay`, guard, body: replaySpec, badBody,
      handle: async (call) => json({ replayed: await deliveries.replay(...of(call), call.body?.ids, call.body?.event) }),
    }),
    route({ method: 'POST', path: `${one}/discard`, guard, body: z.strictObject({ ids }), badBody, handle: async (call) => json({ discarded: await deliveries.discard(...of(call), call.body.ids) }) }),
  ];
};
