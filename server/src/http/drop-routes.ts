import { CrowdcueError } from '@crowdcue/protocol';
import { z } from 'zod';
import { winnersCsv, type DropAdmin } from '../events/drop-admin.js';
import type { EventDirectory } from '../events/event-directory.js';
import type { TierDesk } from '../events/tier-desk.js';
import { statementCsv } from '../settlement/index.js';
import type { HostDoor } from './host-door.js';
import { DONE, json, type Reply } from './reply.js';
import { NO_BODY, route, type Route } from './router.js';

export interface DropRoutesOptions {
  readonly door: HostDoor;
  readonly admin: DropAdmin;
  readonly tiers: TierDesk;
  readonly events: Pick<EventDirectory, 'get' | 'find'>;
}

/** Bytes of a list of codes: 20,000 of about 100 characters. */
const CODES_BYTES = 2 * 1024 * 1024;
const reason = z.string().max(200).default('');
const restockSpec = z.strictObject({ variant: z.string().max(64).optional(), add: z.number(), reason });
const openSpec = z.strictObject({ open: z.boolean(), reason });
const revokeSpec = z.strictObject({ reason });
const codesSpec = z.strictObject({ csv: z.string() });

const csv = (body: string, name: string): Reply => ({
  status: 200, body, headers: { 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}.csv"` },
});

/** What anybody may read, and whatever stands between keep for a moment. */
const publicJson = (body: string): Reply => ({ status: 200, body, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=5' } });

/** A whole number of a query or path. Throws `bad_request`. */
const whole = (name: string, text: string, least: number): number => {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= Number.MAX_SAFE_INTEGER)) throw new CrowdcueError('bad_request', `${name}: must be a whole number from ${least}`);
  return value;
};

/** A host's hand on drops, their winners and money; and what anybody may read of a drop. */
export const dropRoutes = ({ door, admin, tiers, events }: DropRoutesOptions): Route[] => {
  const guard = door.guard;
  const at = '/api/events/:id/drops/:drop';
  type Params = Readonly<Record<string, string>>;
  const of = (params: Params): [event: string, drop: string] => [events.get(params['id']!).id, params['drop']!];
  return [
    route({ method: 'POST', path: `${at}/codes`, guard, body: codesSpec, badBody: 'codes_bad_request', mostBytes: CODES_BYTES, handle: async ({ params, body }) => json({ supply: await admin.uploadCodes(...of(params), body.csv) }) }),
    route({ method: 'POST', path: `${at}/restock`, guard, body: restockSpec, handle: async ({ params, body }) => json({ supply: await admin.restock(...of(params), body) }) }),
    route({
      method: 'POST', path: `${at}/open`, guard, body: openSpec,
      handle: async ({ params, body }) => {
        await admin.open(...of(params), body.open, body.reason);
        return DONE;
      },
    }),
    route({
      method: 'DELETE', path: `${at}/viewers/:viewer`, guard, body: revokeSpec,
      handle: async ({ params, body }) => {
        await admin.revoke(...of(params), whole('viewer', params['viewer']!, 1), body.reason);
        return DONE;
      },
    }),
    route({ method: 'GET', path: `${at}/winners`, guard, handle: async ({ params }) => json({ winners: await admin.winners(...of(params)) }) }),
    route({ method: 'GET', path: `${at}/winners.csv`, guard, handle: async ({ params }) => csv(winnersCsv(await admin.winners(...of(params))), `${params['drop']}-winners`) }),
    route({ method: 'GET', path: '/api/events/:id/tiers', guard, handle: async ({ params }) => json({ tiers: await tiers.links(params['id']!) }) }),
    route({ method: 'DELETE', path: '/api/events/:id/tiers/:tier', guard, handle: async ({ params }) => json(await tiers.replace(params['id']!, params['tier']!)) }),
    route({ method: 'GET', path: '/api/events/:id/settlement', guard, handle: async ({ params, query }) => json(await admin.statement(events.get(params['id']!).id, query.has('all'))) }),
    route({ method: 'GET', path: '/api/events/:id/settlement.csv', guard, handle: async ({ params, query }) => csv(statementCsv(await admin.statement(events.get(params['id']!).id, query.has('all'))), `${params['id']}-statement`) }),
    route({ method: 'POST', path: '/api/events/:id/settlement', guard, body: NO_BODY, handle: async ({ params }) => json(await admin.closeStatement(events.get(params['id']!).id)) }),
    route({
      method: 'GET', path: '/api/events/:id/ledger', guard,
      handle: async ({ params, query }) => {
        const from = whole('from', query.get('from') ?? '1', 1);
        const limit = whole('limit', query.get('limit') ?? '1000', 1);
        return json({ entries: await admin.entries(events.get(params['id']!).id, from, limit) });
      },
    }),
    route({ method: 'GET', path: '/api/events/:id/reports/:drop', cors: 'any', handle: async ({ params }) => publicJson(await admin.reportText(events.find(params['id']!).id, params['drop']!)) }),
  ];
};
